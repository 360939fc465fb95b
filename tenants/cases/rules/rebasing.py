"""What a rebase does to a case."""

from dataclasses import dataclass
from datetime import datetime

from tongban.catalog.rules.repinning import Differences
from tongban.catalog.rules.snapshot import OfferingSnapshot


@dataclass(frozen=True, slots=True)
class LegalBasis:
    """The article that demands something of a running case."""

    statute: str
    article: str


@dataclass(frozen=True, slots=True)
class DueChange:
    """A due date before and after a rebase; None where there is none (yet)."""

    former: datetime | None
    due_at: datetime | None


@dataclass(frozen=True, slots=True)
class Rebase:
    """What moving a case from its pinned offering to the present one changes."""

    former: OfferingSnapshot
    offering: OfferingSnapshot
    differences: Differences
    statutory: DueChange
    promised: DueChange
    missing: tuple[str, ...]
    """Codes of materials that must be handed in, and are not, before an approval."""
    keeps_promise: bool
    """Whether the present promise is longer, so that the former one goes on to bind."""
    reopens_review: bool
    """Whether recorded reviews say nothing any more, so that they are to be recorded anew."""
