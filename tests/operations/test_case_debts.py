"""容缺受理: what may follow is owed after acceptance, and the result stays until it came."""

import uuid
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tenants.cases import errors, models, rules
from tenants.cases.operations import debts
from tenants.cases.states import Lamp, State
from tenants.handoffs.operations import answer
from tenants.handoffs.states import Direction
from tenants.staff.rules import CenterRole
from tenants.windows.operations import terms
from tests import casework, handing, revising
from tests.casework import Desk
from tests.handing import COUNTY, STATION
from tests.operations.test_case_rebase import move
from tongban.catalog.rules.content import Limit, Necessity
from tongban.kernel.calendar import LimitUnit
from tongban.kernel.context import center_context
from tongban.kernel.models import Timer

MONDAY = "2026-03-02T10:00+08:00"
YELLOW, DUE = "2026-03-12T00:00+08:00", "2026-03-16T17:00+08:00"
LATER = datetime(2040, 1, 9, 2, 0, tzinfo=UTC)
"""Later than any onboarding of the test centers, whose keys are valid from then on."""
OWED = "M03"


def at(text):
    return datetime.fromisoformat(text).astimezone(UTC)


def may_follow(now, *, days=20):
    """Let the plan of the shop follow after acceptance, with a promise of so many days."""
    content = revising.content_of(now=now)
    revising.revise(
        now=now,
        promised_limit=Limit(days, LimitUnit.WORKING_DAY),
        materials=tuple(
            replace(item, necessity=Necessity.DEFERRABLE) if item.code == OWED else item
            for item in content.materials
        ),
    )


@pytest.fixture
def desk(db):
    desk = Desk(now=at(MONDAY))
    may_follow(desk.now)
    return desk


@pytest.fixture
def owing(desk):
    """The number of a case that was accepted with a gap."""
    number = desk.submitted()
    desk.accept(number, with_gap=True)
    return number


def debt(desk, number):
    (found,) = rules.read_debts(desk.case(number).debts)
    return found


def bring(desk, number, content=b"plan"):
    return desk.add(number, material_code=OWED, files=[casework.pdf("plan.pdf", content)])


def settle(desk, number, **said):
    said = {"material": OWED, "is_accepted": True, **said}
    return desk._case(debts.settle_debt, said.pop("actor", desk.clerk), number, **said)


def approve(desk, number):
    desk.start(number)
    desk.review(number)
    desk.verify(number)
    desk.decide(number)


def refused(desk, error, step, *said, **more):
    before = desk.holdings()
    with pytest.raises(error) as raised:
        step(*said, **more)
    assert desk.holdings() == before
    return raised.value


def test_a_gap_that_nobody_stated_refuses_the_acceptance_and_names_it(desk):
    number = desk.submitted()
    error = refused(desk, errors.MaterialGapError, desk.accept, number)
    assert error.params["materials"] == [OWED]
    assert error.params["names"]


def test_with_the_gap_stated_what_lacks_is_owed_until_a_day_of_the_office_terms(desk, owing):
    found = debt(desk, owing)
    assert (found.code, found.due_at, found.yellow_at) == (OWED, at(DUE), at(YELLOW))
    assert desk.case(owing).state == State.ACCEPTED
    assert desk.case(owing).debts_open == 1


def test_nothing_is_owed_where_everything_is_there(desk):
    files = handing.all_files(COUNTY, casework.BOOKS) | {OWED: [casework.pdf("plan.pdf")]}
    number = desk.submit(files=files).case.number
    assert desk.accept(number, with_gap=True).debts == []


def test_the_center_settles_the_days_and_they_never_pass_the_promise(desk):
    with center_context(COUNTY):
        terms.set_terms(
            actor=desk.who(CenterRole.MANAGER), expected_version=0, debt_days=60, now=desk.now
        )
    number = desk.submitted()
    case = desk.accept(number, with_gap=True)
    assert debt(desk, number).due_at == case.promised_due_at


def test_what_is_required_is_never_a_gap(desk):
    number = desk.submitted()
    with center_context(COUNTY):
        models.MaterialFile.objects.filter(
            material__case__number=number, material__code="M01"
        ).delete()
    error = refused(desk, errors.MaterialMissingError, desk.accept, number, with_gap=True)
    assert error.params["materials"] == ["M01"]


def test_the_lamp_of_a_debt_turns_yellow_and_red_once_and_red_goes_to_the_supervisor(desk, owing):
    desk.pass_time(at(YELLOW) - timedelta(seconds=1))
    assert debt(desk, owing).lamp is Lamp.GREEN
    desk.pass_time(at(YELLOW))
    assert debt(desk, owing).lamp is Lamp.YELLOW
    desk.pass_time(at(DUE))
    assert debt(desk, owing).lamp is Lamp.YELLOW
    desk.pass_time(at(DUE) + rules.MOMENT)
    desk.pass_time(at(DUE) + timedelta(hours=1))
    assert debt(desk, owing).lamp is Lamp.RED
    names = [event.name for event in desk.events(owing)]
    assert names.count("case.debt_due_soon") == names.count("case.debt_overdue") == 1
    with center_context(COUNTY):
        found = models.Finding.objects.filter(case__number=owing, code="DEBT_OVERDUE")
        assert found.count() == 1
        assert models.Urging.objects.filter(case__number=owing).count() == 1
        assert not Timer.objects.filter(kind="case.debt_due", fired_at=None).exists()


def test_what_came_waits_for_the_center_and_no_lamp_turns_meanwhile(desk, owing):
    bring(desk, owing)
    desk.pass_time(at(DUE) + timedelta(hours=1))
    assert debt(desk, owing).lamp is Lamp.GREEN


def test_the_result_stays_until_what_is_owed_was_accepted(desk, owing):
    approve(desk, owing)
    error = refused(desk, errors.DebtOpenError, desk.issue, owing)
    assert error.params["materials"] == [OWED]
    refused(desk, errors.CaseSettleDebtNotAllowedError, settle, desk, owing)
    bring(desk, owing)
    refused(desk, errors.DebtOpenError, desk.issue, owing)
    settle(desk, owing, is_accepted=False, text="图纸没有盖章")
    assert debt(desk, owing).returned == "图纸没有盖章"
    refused(desk, errors.DebtOpenError, desk.issue, owing)
    bring(desk, owing, b"sealed plan")
    assert settle(desk, owing).debts_open == 0
    assert desk.issue(owing).state == State.ISSUED


def test_after_the_approval_nothing_but_what_is_owed_is_taken(desk, owing):
    approve(desk, owing)
    refused(desk, errors.CaseAddMaterialNotAllowedError, desk.add, owing, material_code="M01")


def test_what_came_is_looked_at_by_staff_and_given_back_with_a_word(desk, owing):
    bring(desk, owing)
    manager = desk.who(CenterRole.MANAGER)
    refused(desk, errors.CaseSettleDebtNotAllowedError, settle, desk, owing, actor=manager)
    refused(desk, errors.TextInvalidError, settle, desk, owing, is_accepted=False)
    refused(desk, errors.DebtNotFoundError, settle, desk, owing, material="M01")


@pytest.mark.parametrize("end", ["withdraw", "reject"])
def test_a_case_that_ends_owes_nothing_any_more(desk, owing, end):
    if end == "withdraw":
        desk.withdraw(owing)
    else:
        desk.start(owing)
        desk.review(owing, is_favourable=False)
        desk.verify(owing, is_favourable=False)
        desk.decide(
            owing,
            decision=rules.Decision.REJECT,
            ground_code=next(iter(rules.REJECTION_GROUNDS)),
            text="不符合条件",
        )
    assert desk.case(owing).debts_open == 0
    assert debt(desk, owing).dropped_at == desk.now
    desk.pass_time(at(DUE) + timedelta(days=1))
    assert debt(desk, owing).lamp is Lamp.GREEN


def test_the_place_where_the_case_came_in_sees_what_it_owes(db):
    may_follow(LATER)
    station, county = Desk(STATION, now=LATER), Desk(COUNTY, now=LATER)
    number = station.submit(station.who(CenterRole.STATION_OPERATOR)).case.number
    handing.relay_all(now=LATER)
    with center_context(COUNTY):
        answer.accept_handoff(
            actor=handing.staff(COUNTY).actor,
            handoff_id=handing.handoff_at(COUNTY, number, Direction.INCOMING).id,
            idempotency_key=uuid.uuid4(),
            now=LATER,
        )
    county.accept(number, with_gap=True)
    handing.relay_all(now=LATER)
    assert debt(station, number) == debt(county, number)
    bring(station, number)
    handing.relay_all(now=LATER)
    assert debt(county, number).arrived_at is not None
    settle(county, number)
    handing.relay_all(now=LATER)
    assert station.case(number).debts_open == 0


def rebased(desk, *, now, **changes):
    """Publish the materials anew, each by its code with what changes, and move the case to them."""
    content = revising.content_of(now=now)
    kept = [
        replace(item, **changes.get(item.code, {}))
        for item in content.materials
        if changes.get(item.code, {}) is not None
    ]
    new = changes.get("new")
    revising.revise(now=now, materials=(*kept, *((new,) if new else ())))
    return desk


def test_a_rebase_drops_what_nobody_asks_for_any_more(desk, owing):
    rebased(desk, now=desk.now, **{OWED: None})
    move(desk, owing, now=desk.now)
    assert debt(desk, owing).dropped_at == desk.now
    assert desk.case(owing).debts_open == 0
    desk.pass_time(at(DUE) + timedelta(days=1))
    assert debt(desk, owing).lamp is Lamp.GREEN
    with center_context(COUNTY):
        assert not Timer.objects.filter(kind="case.debt_due", fired_at=None).exists()


def test_a_rebase_opens_a_debt_of_what_may_follow_now(desk, owing):
    later = at("2026-03-04T10:00+08:00")
    lease = revising.material("M04", "租赁合同", necessity=Necessity.DEFERRABLE)
    rebased(desk, now=later, new=lease)
    move(desk, owing, now=later)
    former, new = rules.read_debts(desk.case(owing).debts)
    assert (former.code, former.due_at) == (OWED, at(DUE)), "the day that was told stands"
    assert (new.code, new.opened_at, new.due_at) == ("M04", later, at("2026-03-18T17:00+08:00"))
    assert desk.case(owing).debts_open == 2
    approve(desk, owing)
    assert refused(desk, errors.DebtOpenError, desk.issue, owing).params["materials"] == [
        OWED,
        "M04",
    ]


def test_a_rebase_before_the_acceptance_opens_none(desk):
    number = desk.submitted()
    lease = revising.material("M04", "租赁合同", necessity=Necessity.DEFERRABLE)
    rebased(desk, now=desk.now, new=lease)
    move(desk, number, now=desk.now)
    assert desk.case(number).debts == []


def test_silence_accepts_with_the_gap_that_nobody_stated(desk):
    number = desk.submitted()
    told_by = desk.case(number).notice_due_at
    desk.pass_time(told_by + rules.MOMENT)
    case = desk.case(number)
    assert (case.state, case.accepted_at) == (State.ACCEPTED, at(MONDAY))
    found = debt(desk, number)
    assert found.code == OWED
    # Ten working days from the silence, not from the receipt that it counts from.
    assert found.due_at == at("2026-03-23T17:00+08:00")
    assert desk.events(number)[-1].actor["name"] == "视为受理"
    desk.pass_time(found.due_at + rules.MOMENT)
    assert debt(desk, number).lamp is Lamp.RED


def test_what_was_accepted_is_not_judged_against_again_until_another_came(desk, owing):
    bring(desk, owing)
    settle(desk, owing)
    desk.start(owing)
    against = {"is_favourable": False, "grounds": [rules.Ground("FALSE_MATERIALS", OWED)]}
    refused(desk, errors.PointConfirmedError, desk.review, owing, **against)
    desk.now += timedelta(hours=1)
    bring(desk, owing, b"another plan")
    desk.review(owing, **against)
