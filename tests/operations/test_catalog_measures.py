"""What is measured of a catalog: counts, promises, 一审一核, and what was cut since a day."""

from datetime import date, timedelta
from decimal import Decimal

from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import issuing
from tests.issuing import CITY, FIRST, issue, materials, steps
from tongban.catalog import models
from tongban.catalog.operations import offer
from tongban.catalog.queries import measures
from tongban.catalog.queries.measures import Cuts
from tongban.catalog.rules.content import HandlingType, Limit, MatterLevel, ServiceLine, Step
from tongban.catalog.rules.content import StepKind as Kind
from tongban.catalog.rules.reduction import Measure
from tongban.kernel.calendar import LimitUnit

ONE, TWO, THREE = (f"37019990000{n}" for n in range(1, 4))
DAY = LimitUnit.WORKING_DAY
SECOND, THIRD = FIRST + timedelta(days=10), FIRST + timedelta(days=20)
REVIEWED = (Step("审查", Kind.REVIEW), Step("审核", Kind.VERIFICATION))


def cuts(since: date = FIRST, on: date = THIRD, **options) -> Cuts:
    return measures.cuts_of(**{"issuer_code": CITY, "since": since, "on": on, **options})


def end(code: str, on: date) -> None:
    """Let a matter end without a successor, as a cancelled one does."""
    models.MatterRevision.objects.filter(matter__code=code, status="published").update(
        status="superseded", effective_to=on
    )


def test_ten_six_twenty_to_five_three_ten_passes_and_six_materials_do_not(catalog):
    issue(ONE, materials=materials(10), steps=steps(6))
    quick = {"promised_limit": Limit(10, DAY)}
    issue(ONE, on=SECOND, materials=materials(6), steps=steps(3), **quick)
    issue(ONE, on=THIRD, materials=materials(5), steps=steps(3), **quick)
    now = measures.reduction_of(matter_code=ONE, baseline=1, on=THIRD)
    assert now
    assert all(cut.is_enough for cut in now)
    before = measures.reduction_of(matter_code=ONE, baseline=1, number=2, on=THIRD)
    assert before
    assert [(c.measure, c.percent) for c in before if not c.is_enough] == [
        (Measure.MATERIALS, Decimal(40))
    ]
    on_second = measures.reduction_of(matter_code=ONE, baseline=1, on=SECOND)
    assert on_second == before


def test_only_what_is_or_was_in_force_is_compared(catalog):
    issue(ONE)
    issue(ONE, on=THIRD, materials=materials(3))
    assert measures.reduction_of(matter_code=ONE, baseline=1, number=2, on=SECOND) is None
    assert measures.reduction_of(matter_code=ONE, baseline=7, on=THIRD) is None
    assert measures.reduction_of(matter_code=TWO, baseline=1, on=THIRD) is None
    end(ONE, THIRD + timedelta(days=1))
    assert measures.reduction_of(matter_code=ONE, baseline=1, on=THIRD + timedelta(days=1)) is None


def test_cuts_come_from_the_differences_of_versions(catalog):
    issue(ONE, materials=materials(10), steps=steps(6))
    issue(TWO, materials=materials(4), steps=steps(2))
    assert cuts() == Cuts(0, 0, 0, 0, 0)
    issue(ONE, on=SECOND, materials=materials(7), steps=steps(2))
    issue(TWO, on=SECOND, materials=materials(5), steps=steps(2))
    assert cuts() == Cuts(3, 1, 4, 0, 0)
    issue(ONE, on=THIRD, materials=materials(9), steps=steps(1))
    assert cuts() == Cuts(3, 3, 5, 0, 0)
    assert cuts(on=THIRD - timedelta(days=1)) == Cuts(3, 1, 4, 0, 0)
    assert cuts(since=SECOND + timedelta(days=1)) == Cuts(0, 2, 1, 0, 0)
    assert cuts(since=THIRD + timedelta(days=1), on=date(2027, 1, 1)) == Cuts(0, 0, 0, 0, 0)


def test_a_matter_that_ends_is_cut_whole(catalog):
    issue(ONE, materials=materials(10), steps=steps(6))
    end(ONE, SECOND)
    assert cuts() == Cuts(10, 0, 6, 0, 1)
    assert cuts(on=SECOND - timedelta(days=1)) == Cuts(0, 0, 0, 0, 0)
    # Taken up again, its demands are new ones.
    issue(ONE, on=THIRD, materials=materials(2), steps=steps(1))
    assert cuts() == Cuts(10, 2, 6, 1, 1)


def test_what_was_in_force_on_no_day_is_no_cut(catalog):
    issue(ONE, materials=materials(5))
    issue(ONE, on=SECOND, materials=materials(1))
    issue(ONE, on=SECOND, materials=materials(4))
    assert cuts() == Cuts(1, 0, 0, 0, 0)


def test_a_tree_counts_what_lies_below_and_no_neighbour(catalog):
    county, neighbour = "371402000000", "371700000000"
    for code, issuer in ((ONE, CITY), (TWO, county), (THREE, neighbour)):
        issue(code, issuer=issuer, materials=materials(3))
        issue(code, issuer=issuer, on=SECOND, materials=materials(1))
    assert cuts().materials == 2
    assert cuts(below=True).materials == 4
    assert cuts(issuer_code="370000000000", below=True).materials == 6
    assert measures.standing_of(issuer_code=CITY, on=THIRD).matters == 1
    assert measures.standing_of(issuer_code=CITY, below=True, on=THIRD).matters == 2


def test_counts_mean_promise_and_share_of_one_review(catalog):
    issue(ONE, promised_limit=Limit(2, DAY), steps=REVIEWED)
    issue(TWO, promised_limit=Limit(7, LimitUnit.CALENDAR_DAY), steps=REVIEWED)
    issue(
        THREE.replace("3701", "3720"),
        matter_type="20",
        service_line=ServiceLine.CONVENIENCE,
        handling_type=HandlingType.IMMEDIATE,
        promised_limit=Limit(1, DAY),
        steps=(*REVIEWED, *REVIEWED),
    )
    found = measures.standing_of(issuer_code=CITY, on=FIRST)
    assert found.matters == 3
    assert found.by_type == {"01": 2, "20": 1}
    assert found.by_line == {ServiceLine.APPROVAL: 2, ServiceLine.CONVENIENCE: 1}
    assert (found.one_review, found.one_review_percent) == (2, Decimal("66.67"))
    assert found.mean_promise == Decimal("3.50")  # 2 and 5 working days; what is done at once not
    end(ONE, SECOND)
    later = measures.standing_of(issuer_code=CITY, on=SECOND)
    assert (later.matters, later.mean_promise) == (2, Decimal("5.00"))
    assert measures.standing_of(issuer_code=CITY, on=SECOND - timedelta(days=1)) == found
    nothing = measures.standing_of(issuer_code=CITY, on=FIRST - timedelta(days=1))
    assert (nothing.matters, nothing.one_review_percent, nothing.mean_promise) == (0, None, None)


def test_a_center_is_measured_by_its_own_promises(catalog):
    for code in (ONE, TWO):
        issue(code, levels=(MatterLevel.COUNTY,), promised_limit=Limit(10, DAY))
    offer.open_default_offerings(
        actor=issuing.OPERATOR,
        center_codes=["371402", "371425"],
        effective_from=FIRST,
        now=issuing.at(FIRST),
    )
    models.Offering.objects.filter(center_code__in=["371402", "371425"]).exclude(
        matter__code__in=[ONE, TWO]
    ).delete()
    for limit in (Limit(13, LimitUnit.WORKING_HOUR), Limit(4, DAY)):
        offer.edit_offering(
            actor=issuing.OPERATOR,
            center_code="371402",
            matter_code=ONE,
            terms=offer.OfferingTerms(promised_limit=limit),
            now=issuing.at(FIRST),
        )
        own = Decimal(2) if limit.unit == LimitUnit.WORKING_HOUR else Decimal(4)
        found = measures.standing_at(center_code="371402", on=FIRST)
        assert (found.matters, found.mean_promise) == (2, (own + 10) / 2)
    assert measures.standing_at(center_code="371425", on=FIRST).mean_promise == Decimal(10)
    # A newer standard that undercuts the center's promise holds instead of it.
    issue(ONE, on=SECOND, levels=(MatterLevel.COUNTY,), promised_limit=Limit(2, DAY))
    assert measures.standing_at(center_code="371402", on=SECOND).mean_promise == Decimal(6)


def test_any_number_of_matters_and_versions_takes_one_query(catalog):
    issue(ONE)
    counted = []
    for code in (TWO, THREE):
        for day in (FIRST, SECOND, THIRD):
            issue(code, on=day, materials=materials(day.day % 7))
        for measure in (
            cuts,
            lambda: measures.standing_of(issuer_code=CITY, on=THIRD),
            lambda: measures.standing_at(center_code="371402", on=THIRD),
        ):
            with CaptureQueriesContext(connection) as captured:
                measure()
            counted.append(len(captured))
    assert counted == [1] * 6
