"""三个压减: whether materials, steps and promised days were cut by as much as was demanded."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from tongban.catalog.rules.figures import Figures

DEMANDED_PERCENT = 50
"""“材料、环节、时限三个压减50%”: what each of the three must be cut by, unless another is asked."""


class Measure(StrEnum):
    """What is to be cut: 材料, 环节, 时限."""

    MATERIALS = "materials"
    STEPS = "steps"
    PROMISED_DAYS = "promised_days"


@dataclass(frozen=True, slots=True)
class Cut:
    """How much less of one measure there is than at the baseline."""

    measure: Measure
    before: Decimal
    after: Decimal
    percent: Decimal | None
    """Two places, negative where it grew; None where the baseline had nothing to cut."""
    is_enough: bool


def cuts(before: Figures, after: Figures, *, demanded: int = DEMANDED_PERCENT) -> tuple[Cut, ...]:
    """Return what was cut of materials, steps and promised days, in this order.

    ``demanded`` is in percent. A time that one of the two doesn't promise is left out.
    """
    pairs = [
        (Measure.MATERIALS, Decimal(before.materials), Decimal(after.materials)),
        (Measure.STEPS, Decimal(before.steps), Decimal(after.steps)),
    ]
    if before.promised_days is not None and after.promised_days is not None:
        pairs.append((Measure.PROMISED_DAYS, before.promised_days, after.promised_days))
    return tuple(_cut(measure, old, new, demanded) for measure, old, new in pairs)


def _cut(measure: Measure, before: Decimal, after: Decimal, demanded: int) -> Cut:
    saved = (before - after) * 100
    return Cut(
        measure=measure,
        before=before,
        after=after,
        percent=round(saved / before, 2) if before else None,
        # Unrounded: 49.996 % is not yet a half. Nothing stays nothing, which is enough.
        is_enough=saved >= demanded * before if before else not after,
    )
