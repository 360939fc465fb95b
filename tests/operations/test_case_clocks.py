"""The ledger of a case's clock: special procedures, the one extension, and what they move."""

import uuid
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tenants.cases import errors, queries, rules
from tenants.cases.rules import PauseKind
from tenants.cases.states import State
from tenants.handoffs.operations import answer
from tenants.handoffs.states import Direction
from tenants.staff.rules import CenterRole
from tenants.windows.operations import terms
from tenants.windows.rules import Reckoning
from tests import casework, handing, revising
from tests.casework import Desk
from tongban.catalog.rules.content import Limit, ProcedureKind, SpecialProcedure, Step, StepKind
from tongban.catalog.rules.snapshot import read_snapshot
from tongban.kernel.calendar import LimitUnit
from tongban.kernel.clocks import MoveKind
from tongban.kernel.context import center_context


@pytest.fixture
def desk(db):
    return Desk()


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def dues(case):
    return case.statutory_due_at, case.promised_due_at


def explained(desk, number):
    with center_context(desk.center):
        return {reason.clock: reason for reason in queries.explain_due(desk.case(number))}


def paper(desk, number, kind):
    with center_context(desk.center):
        return desk.case(number).papers.get(kind=kind)


def test_a_clock_that_stands_still_has_no_due_date_and_goes_on_by_the_ledger(desk):
    desk.now = at("2026-03-02T10:00+08:00")
    number = desk.in_review()
    assert dues(desk.case(number)) == (
        at("2026-03-30T17:00+08:00"),
        at("2026-03-05T17:00+08:00"),
    )
    case = desk.suspend(number, now=at("2026-03-03T09:00+08:00"))
    assert (case.state, *dues(case)) == (State.SUSPENDED, None, None)
    standing = explained(desk, number)
    assert standing["statutory"].due_at is None
    assert standing["statutory"].moves[-1].kind is MoveKind.PAUSE
    assert standing["statutory"].moves[-1].ground == PauseKind.HEARING

    case = desk.resume(number, now=at("2026-03-09T16:00+08:00"))
    assert case.state == State.IN_REVIEW
    # 4, 5, 6 and 9 March are not counted; one day was used on the 3rd.
    assert dues(case) == (at("2026-04-03T17:00+08:00"), at("2026-03-11T17:00+08:00"))
    reason = explained(desk, number)["promised"]
    assert [move.kind for move in reason.moves] == [MoveKind.LIMIT, MoveKind.PAUSE]
    assert reason.moves[-1].due_after == case.promised_due_at
    assert [e.name for e in desk.events(number)][-2:] == ["case.suspended", "case.resumed"]
    said = paper(desk, number, rules.PaperKind.SPECIAL_PROCEDURE)
    assert (said.number, said.statement["title"]) == (f"{number}-TB1", "特别程序告知书")


def test_each_stay_has_a_paper_of_its_own(desk):
    number = desk.in_review()
    for day in (1, 2):
        desk.suspend(number, now=desk.now + timedelta(days=day), kind=PauseKind.INSPECTION)
        desk.resume(number, now=desk.now + timedelta(days=day, hours=5))
    with center_context(desk.center):
        papers = desk.case(number).papers.filter(kind=rules.PaperKind.SPECIAL_PROCEDURE)
        assert [p.number[-3:] for p in papers.order_by("number")] == ["TB1", "TB2"]


def test_an_extension_is_given_once_by_another_chief_representative(desk):
    number = desk.in_review()
    before = dues(desk.case(number))
    case = desk.extend(number)
    # Ten working days more each; 清明 on 6 April is off.
    assert before == (at("2026-03-19T17:00+08:00"), at("2026-02-25T17:00+08:00"))
    assert dues(case) == (at("2026-04-02T17:00+08:00"), at("2026-03-10T17:00+08:00"))
    reason = explained(desk, number)["statutory"]
    assert reason.moves[-1].kind is MoveKind.EXTENSION
    assert reason.due_at == case.statutory_due_at
    said = paper(desk, number, rules.PaperKind.EXTENSION)
    assert said.number == f"{number}-YQ1"
    assert case.ledger["extension"]["approver"]["name"] == desk.events(number)[-1].actor["name"]
    held = desk.holdings()
    with pytest.raises(errors.CaseExtendNotAllowedError) as refused:
        desk.extend(number, amount=1)
    assert refused.value.params["reason"] == "EXTENDED"
    assert desk.holdings() == held


def test_whoever_handles_a_case_approves_no_extension_of_it(desk):
    number = desk.submitted()
    desk.accept(number)
    desk.start(number, actor=desk.chief)
    held = desk.holdings()
    with pytest.raises(errors.SameApproverError):
        desk.extend(number)
    assert desk.holdings() == held
    other = handing.staff(desk.center, CenterRole.CHIEF_REPRESENTATIVE, name="另一首代").actor
    assert desk.extend(number, actor=other).ledger["extension"]["amount"] == 10


@pytest.mark.parametrize("amount", [0, -1, 11, 10_000])
def test_a_permit_is_extended_by_ten_days_at_most(desk, amount):
    number = desk.in_review()
    held = desk.holdings()
    with pytest.raises(errors.ExtensionTooLongError) as refused:
        desk.extend(number, amount=amount)
    assert refused.value.params["limit"] == 10
    assert desk.holdings() == held


def test_a_limit_that_is_over_is_not_extended(desk):
    number = desk.in_review()
    held = desk.holdings()
    with pytest.raises(errors.CaseExtendNotAllowedError) as refused:
        desk.extend(number, now=at("2026-03-19T17:01+08:00"))
    assert refused.value.params["reason"] == "OVERDUE"
    assert desk.holdings() == held


def with_content(offering, **said):
    """Return a pinned offering whose standard says something else."""
    return replace(offering, content=replace(offering.content, **said))


def test_what_law_and_offering_allow(desk):
    offering = read_snapshot(desk.submit().case.offering)

    def longest(**said):
        return rules.longest_extension(with_content(offering, **said))

    assert longest() == Limit(10, LimitUnit.WORKING_DAY)
    assert longest(joint_departments=("消防救援大队",)).amount == 15
    assert longest(matter_type="07") is None
    own = SpecialProcedure(ProcedureKind.EXTENSION, "延长", Limit(30, LimitUnit.CALENDAR_DAY))
    other = SpecialProcedure(ProcedureKind.OTHER, "听证", Limit(20, LimitUnit.WORKING_DAY))
    assert longest(matter_type="07", special_procedures=(other, own)) == own.limit
    assert longest(special_procedures=(own,)).amount == 10


def test_a_consultation_pauses_only_where_the_center_says_so(desk):
    number = desk.in_review()
    held = desk.holdings()
    with pytest.raises(errors.CaseSuspendNotAllowedError) as refused:
        desk.suspend(number, kind=PauseKind.CONSULTATION)
    assert refused.value.params["reason"] == "CONSULTATION"
    assert desk.holdings() == held
    with center_context(desk.center):
        terms.set_terms(
            actor=desk.who(CenterRole.MANAGER),
            expected_version=0,
            consultation_pauses=True,
            now=desk.now,
        )
    assert desk.suspend(number, kind=PauseKind.CONSULTATION).state == State.SUSPENDED


@pytest.mark.parametrize(
    ("said", "error"),
    [
        ({"reason": " "}, errors.TextInvalidError),
        ({"document": ""}, errors.TextInvalidError),
        ({"expected_days": 0}, errors.ProcedureDaysError),
        ({"expected_days": 1001}, errors.ProcedureDaysError),
    ],
)
def test_the_applicant_is_told_what_why_and_how_long(desk, said, error):
    number = desk.in_review()
    held = desk.holdings()
    with pytest.raises(error):
        desk.suspend(number, **said)
    assert desk.holdings() == held


def test_neither_window_nor_management_nor_applicant_touches_the_clock(desk):
    number = desk.in_review()
    own = casework.citizen()
    held = desk.holdings()
    for step, error in (
        (desk.suspend, errors.CaseSuspendNotAllowedError),
        (desk.extend, errors.CaseExtendNotAllowedError),
        (desk.terminate, errors.CaseTerminateNotAllowedError),
        (desk.resume, errors.CaseResumeNotAllowedError),
    ):
        for actor, reason in ((desk.clerk, "ROLE"), (own, "OWN_CASE")):
            with pytest.raises(error) as refused:
                step(number, actor=actor)
            assert refused.value.params["reason"] == reason
    with pytest.raises(errors.CaseResumeNotAllowedError) as refused:
        desk.resume(number)
    assert refused.value.params["reason"] == "STATE"
    assert desk.holdings() == held


def test_a_termination_names_its_ground(desk):
    number = desk.in_review()
    desk.suspend(number)
    held = desk.holdings()
    for ground, error in (
        ("", errors.GroundRequiredError),
        ("LAZY", errors.GroundUnknownError),
    ):
        with pytest.raises(error):
            desk.terminate(number, ground_code=ground)
    assert desk.holdings() == held
    case = desk.terminate(number, ground_code="ORGANIZATION_ENDED", text="企业已注销")
    assert (case.state, case.decision["ground_text"]) == (
        State.TERMINATED,
        "法人或者其他组织依法终止",
    )
    assert paper(desk, number, rules.PaperKind.TERMINATION).number == f"{number}-ZZ1"


def test_a_disputed_completion_is_open_again_with_a_finding(desk):
    number = desk.completed()
    held = desk.holdings()
    with pytest.raises(errors.CaseDisputeCompletionNotAllowedError):
        desk.dispute(number, actor=desk.reviewer)
    with pytest.raises(errors.TextInvalidError):
        desk.dispute(number, statement="")
    assert desk.holdings() == held
    case = desk.dispute(number, actor=casework.citizen())
    assert (case.state, case.completed_at, case.delivery) == (State.ISSUED, None, None)
    (finding,) = case.findings
    assert (finding["code"], finding["center_code"]) == ("COMPLETION_DISPUTED", desk.center)
    event = desk.events(number)[-1]
    assert event.data["former_delivery"]["receiver_name_masked"] == "赵*试"
    assert event.actor["role"] == "applicant"
    assert desk.complete(number).state == State.COMPLETED


def test_steps_have_clocks_of_their_own_and_so_has_delivery(desk):
    number = desk.in_review()
    case = desk.case(number)
    offering = with_content(
        read_snapshot(case.offering),
        steps=(
            Step("审查", StepKind.REVIEW, Limit(1, LimitUnit.WORKING_DAY)),
            Step("审核", StepKind.VERIFICATION, Limit(4, LimitUnit.WORKING_HOUR)),
            Step("决定", StepKind.DECISION),
        ),
    )

    def steps(case, *stages):
        return [
            (clock.step, clock.started_at)
            for clock in rules.running_clocks(case, offering, stages)
            if clock.name == "step"
        ]

    later = case.accepted_at + timedelta(hours=3)
    assert steps(case) == [("审查", case.accepted_at)]
    assert steps(case, rules.Stage(StepKind.VERIFICATION, later)) == [("审核", later)]
    assert steps(case, rules.Stage(StepKind.DECISION, later)) == []
    desk.review(number)
    desk.verify(number)
    desk.decide(number)
    assert list(explained(desk, number)) == ["statutory", "promised", "delivery"]
    assert explained(desk, number)["delivery"].due_at == at("2026-03-05T17:00+08:00")


def test_a_year_without_its_official_notice_is_said_to_be_provisional(desk):
    desk.now = at("2026-12-28T10:00+08:00")
    number = desk.submitted()
    desk.accept(number)
    reasons = explained(desk, number)
    assert reasons["statutory"].provisional_years == (2027,)
    assert reasons["promised"].provisional_years == ()


def test_every_copy_follows_the_ledger(db):
    station, county = Desk(handing.STATION), Desk(handing.COUNTY)
    number = station.submit(station.who(CenterRole.STATION_OPERATOR)).case.number
    handing.relay_all()
    offered = handing.handoff_at(handing.COUNTY, number, Direction.INCOMING)
    with center_context(handing.COUNTY):
        answer.accept_handoff(
            actor=county.reviewer,
            handoff_id=offered.id,
            idempotency_key=uuid.uuid4(),
            now=county.now,
        )
    county.accept(number)
    county.start(number)
    county.suspend(number)
    county.resume(number, now=county.now + timedelta(hours=30))
    county.extend(number, now=county.now + timedelta(hours=31))
    handing.relay_all()
    here, there = handing.case_at(handing.COUNTY, number), handing.case_at(handing.STATION, number)
    assert here.ledger == there.ledger
    assert here.ledger["extension"]["amount"] == 10
    assert dues(here) == dues(there)
    assert handing.log_of(handing.COUNTY, number) == handing.log_of(handing.STATION, number)
    with center_context(handing.STATION):
        kinds = set(there.papers.values_list("kind", flat=True))
    assert {rules.PaperKind.EXTENSION, rules.PaperKind.SPECIAL_PROCEDURE} <= kinds
    held = county.holdings()
    with pytest.raises(errors.NotCustodianError):
        station.suspend(number)
    assert county.holdings() == held


def test_a_lower_center_that_reviews_first_has_its_own_twenty_days(db):
    county = Desk(handing.COUNTY, now=at("2026-03-02T10:00+08:00"))
    matter = "370110100101"
    assert county.submit(request=casework.application(matter_code=matter)).case.route == []
    revising.take_off_the_list(handing.COUNTY, matter, now=county.now)
    case = county.submit(
        request=casework.application(matter_code=matter, hold_for_review=True)
    ).case
    reason = explained(county, case.number)["preliminary"]
    assert (case.owner_code, case.route[0]["kind"]) == (handing.CITY, "upward")
    assert reason.due_at == at("2026-03-30T17:00+08:00")


# --- beside a counter that knows nothing of clocks --------------------------------------------

START = datetime(2024, 1, 2, 2, 0, tzinfo=UTC)
moments = st.integers(0, 60 * 24 * 60).map(lambda minutes: timedelta(minutes=minutes))


@st.composite
def ledgers(draw):
    """Return what may happen to a case: up to three stays that are over, perhaps an extension."""
    ledger, moment = rules.Ledger(), START
    for _ in range(draw(st.integers(0, 3))):
        since = moment + draw(moments)
        moment = since + draw(moments)
        stay = rules.Stay(draw(st.sampled_from(PauseKind)), since, "x", "y", 3)
        ledger = ledger.suspended(stay).resumed(moment, "z")
    if draw(st.booleans()):
        extension = Limit(draw(st.integers(1, 15)), LimitUnit.WORKING_DAY)
        ledger = ledger.extended(rules.Extension(extension, moment, "x", {"name": "y"}))
    return ledger


_AFTER_HOURS = tuple(
    rules.Stay(PauseKind.HEARING, since, "x", "y", 3, until, "z")
    for since, until in (
        (datetime(2024, 1, 2, 16, tzinfo=UTC), datetime(2024, 1, 3, 9, 1, tzinfo=UTC)),
        (datetime(2024, 1, 3, 9, 1, tzinfo=UTC), datetime(2024, 1, 4, 9, 1, tzinfo=UTC)),
    )
)


@settings(max_examples=200, deadline=None)
@example(rules.Ledger(_AFTER_HOURS), 1)
@given(ledgers(), st.integers(1, 45))
def test_the_ledger_comes_back_from_json_and_ends_where_counting_ends(ledger, amount):
    assert rules.read_ledger(ledger.to_json()) == ledger
    reckoning = Reckoning()
    clock = ledger.clock(START, Limit(amount, LimitUnit.WORKING_DAY))
    total = amount + (ledger.extension.limit.amount if ledger.extension else 0)
    counted: list[rules.Stay] = []
    for stay in ledger.stays:
        if stay.since > over_at(reckoning, total, counted):
            break
        counted.append(stay)
    end = reckoning.end_of(clock)
    assert end is not None
    last = crossed_off(reckoning, total, counted)
    begins = counted[-1].until if counted else START
    assert end.date() >= last
    assert end >= begins
    between = [last + timedelta(days=n) for n in range(1, (end.date() - last).days)]
    assert not any(reckoning.calendar.is_working_day(day) for day in between)


def over_at(reckoning, left, stays):
    """Return when the limit is over: not before it went on, be that after hours."""
    day = crossed_off(reckoning, left, stays)
    closes = reckoning.terms.hours.closes_at(day)
    if not stays or closes >= stays[-1].until:
        return closes
    day += timedelta(days=1)
    while not reckoning.calendar.is_working_day(day):
        day += timedelta(days=1)
    return reckoning.terms.hours.closes_at(day)


def crossed_off(reckoning, left, stays):
    """Return the working day on which so many days are crossed off, as on a wall calendar."""
    day = (START + timedelta(hours=8)).date()
    spans = [
        ((stay.since + timedelta(hours=8)).date(), (stay.until + timedelta(hours=8)).date())
        for stay in stays
    ]
    while left:
        day += timedelta(days=1)
        stood = any(since < day <= until for since, until in spans)
        left -= reckoning.calendar.is_working_day(day) and not stood
    day = max([day, *(until for _since, until in spans)])
    while not reckoning.calendar.is_working_day(day):
        day += timedelta(days=1)
    return day
