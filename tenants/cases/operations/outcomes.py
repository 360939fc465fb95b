"""What operations on cases answer."""

from dataclasses import dataclass

from tenants.cases import models


@dataclass(frozen=True, slots=True)
class Outcome:
    """The case as it stands now."""

    case: models.Case
    is_pending: bool = False
    """The case is held elsewhere: the request is on its way there and comes back as an event."""


@dataclass(frozen=True, slots=True)
class Submitted:
    """A case that was just submitted or saved."""

    case: models.Case
    query_code: str | None
    """With the number it shows the progress to anybody; None for a draft."""
