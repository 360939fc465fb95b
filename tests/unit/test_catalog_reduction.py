"""三个压减50%: what was cut of materials, steps and promised days, and whether it is enough."""

from decimal import Decimal

import pytest

from tongban.catalog.rules import reduction
from tongban.catalog.rules.figures import Figures
from tongban.catalog.rules.reduction import Measure


def figures(materials: int, steps: int, days: str | None) -> Figures:
    return Figures(materials, steps, None if days is None else Decimal(days), is_one_review=False)


BEFORE = figures(10, 6, "20")


def test_a_half_of_each_is_enough():
    cuts = reduction.cuts(BEFORE, figures(5, 3, "10"))
    assert [cut.measure for cut in cuts] == list(Measure)
    assert [cut.percent for cut in cuts] == [Decimal("50.00")] * 3
    assert all(cut.is_enough for cut in cuts)


def test_what_falls_short_is_named_with_its_percentage():
    cuts = reduction.cuts(BEFORE, figures(6, 3, "10"))
    assert [(cut.measure, cut.percent) for cut in cuts if not cut.is_enough] == [
        (Measure.MATERIALS, Decimal("40.00"))
    ]


def test_another_demand_can_be_set():
    cuts = reduction.cuts(BEFORE, figures(6, 3, "10"), demanded=40)
    assert all(cut.is_enough for cut in cuts)


@pytest.mark.parametrize(
    ("before", "after", "percent", "enough"),
    [
        (0, 0, None, True),
        (0, 1, None, False),
        (4, 5, Decimal("-25.00"), False),
        (3, 0, Decimal("100.00"), True),
        (7, 4, Decimal("42.86"), False),
    ],
)
def test_nothing_and_growth(before, after, percent, enough):
    cut = reduction.cuts(figures(before, 6, "20"), figures(after, 3, "10"))[0]
    assert (cut.percent, cut.is_enough) == (percent, enough)


def test_almost_a_half_is_not_a_half():
    """10,001 hundredths of a day to 5,001: 49.995 %, which two places show as 50."""
    cut = reduction.cuts(figures(1, 1, "100.01"), figures(1, 1, "50.01"))[2]
    assert (cut.percent, cut.is_enough) == (Decimal("50.00"), False)


def test_a_time_that_nobody_promised_is_not_measured():
    cuts = reduction.cuts(figures(2, 2, None), figures(1, 1, "5"))
    assert [cut.measure for cut in cuts] == [Measure.MATERIALS, Measure.STEPS]
