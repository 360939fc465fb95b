"""What is measured of a content: materials, steps, promised days, 一审一核."""

from dataclasses import dataclass
from decimal import Decimal

from tongban.catalog.rules import checks
from tongban.catalog.rules.content import MatterContent, StepKind


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures of one content."""

    materials: int
    steps: int
    promised_days: Decimal | None
    """Nominal working days: 7 calendar days are 5, 6.5 working hours are one."""
    is_one_review: bool
    """Whether it is decided by one review and one verification (一审一核)."""


def figures_of(content: MatterContent) -> Figures:
    """Return the figures of a content."""
    kinds = [step.kind for step in content.steps]
    return Figures(
        materials=len(content.materials),
        steps=len(content.steps),
        promised_days=checks.working_days(content.promised_limit)
        if content.promised_limit
        else None,
        is_one_review=kinds.count(StepKind.REVIEW) == 1 and kinds.count(StepKind.VERIFICATION) == 1,
    )
