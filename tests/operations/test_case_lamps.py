"""Lamps change at their moment; what follows when a limit is over, and what can't be undone."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tenants.cases import errors, models, queries, rules
from tenants.cases.states import Lamp, State
from tenants.handoffs.operations import answer, offer
from tenants.handoffs.states import Direction
from tenants.staff.rules import CenterRole
from tenants.windows.operations import terms
from tenants.windows.rules import OfficeTerms, Reckoning
from tests import casework, handing, revising
from tests.casework import Desk
from tongban.catalog.rules.content import Limit
from tongban.kernel.calendar import LimitUnit
from tongban.kernel.context import center_context
from tongban.kernel.models import LogEntry, Timer

CONFIRMATION = "370710300101"
"""婚姻登记, no permit."""
DAYS = LimitUnit.WORKING_DAY
MONDAY = "2026-03-02T10:00+08:00"


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


@pytest.fixture
def desk(db):
    return Desk(now=at(MONDAY))


def five_days(desk, **said):
    """Let the books' licence be promised within five working days."""
    revising.revise(now=desk.now, promised_limit=Limit(5, DAYS), **said)


def lamp(desk, number):
    return desk.case(number).lamp


def board(desk):
    """Return what the center's own board was told: former lamp and lamp."""
    with center_context(desk.center):
        entries = LogEntry.objects.filter(topic="lamp").order_by("position")
        return [(entry.data["former"], entry.data["lamp"]) for entry in entries]


def waiting(desk, kind="case.lamp"):
    with center_context(desk.center):
        return list(
            Timer.objects.filter(kind=kind, fired_at=None).values_list("fires_at", flat=True)
        )


def test_of_five_days_the_third_is_green_and_the_fourth_yellow(desk):
    five_days(desk)
    number = desk.submitted()
    assert desk.accept(number).promised_due_at == at("2026-03-09T17:00+08:00")
    assert lamp(desk, number) == Lamp.GREEN
    desk.start(number)
    assert desk.pass_time(at("2026-03-05T23:59+08:00")) == 0
    assert lamp(desk, number) == Lamp.GREEN
    assert desk.pass_time(at("2026-03-06T00:00+08:00")) == 1
    assert lamp(desk, number) == Lamp.YELLOW
    assert desk.pass_time(at("2026-03-09T17:00+08:00")) == 0
    assert desk.pass_time(at("2026-03-09T17:00:01+08:00")) == 1
    assert lamp(desk, number) == Lamp.RED
    assert board(desk) == [("", "green"), ("green", "yellow"), ("yellow", "red")]
    assert [e.name for e in desk.events(number)][-2:] == ["case.lamp_changed"] * 2
    assert desk.pass_time(at("2026-04-09T17:00+08:00")) == 0
    assert waiting(desk) == []


def test_the_percentage_is_the_center_s_own(desk):
    five_days(desk)
    with center_context(desk.center):
        terms.set_terms(
            actor=desk.who(CenterRole.MANAGER), expected_version=0, yellow_percent=60, now=desk.now
        )
    desk.pass_time(desk.now)
    number = desk.submitted()
    desk.accept(number)
    assert desk.pass_time(at("2026-03-04T23:59+08:00")) == 0
    assert desk.pass_time(at("2026-03-05T00:00+08:00")) == 1
    assert lamp(desk, number) == Lamp.YELLOW


def test_a_worker_that_was_away_finds_the_lamp_as_it_is(desk):
    number = desk.submitted()
    desk.accept(number)
    assert desk.pass_time(at("2026-03-20T10:00+08:00")) == 1
    assert board(desk) == [("", "green"), ("green", "red")]


def test_a_suspended_case_has_no_lamp_and_no_timer(desk):
    number = desk.in_review()
    desk.suspend(number, now=at("2026-03-03T10:00+08:00"))
    assert (lamp(desk, number), waiting(desk)) == ("", [])
    assert desk.pass_time(at("2026-03-20T10:00+08:00")) == 0
    desk.resume(number, now=at("2026-03-23T10:00+08:00"))
    # One day of three was used; the second begins on the 24th, the third on the 25th.
    assert lamp(desk, number) == Lamp.GREEN
    assert waiting(desk) == [at("2026-03-25T00:00+08:00")]
    desk.pass_time(at("2026-03-25T00:00+08:00"))
    assert lamp(desk, number) == Lamp.YELLOW
    desk.extend(number, amount=10, now=at("2026-03-25T10:00+08:00"))
    assert lamp(desk, number) == Lamp.GREEN


def test_decision_withdrawal_and_termination_put_it_out(desk):
    numbers = [desk.verified() for _ in range(3)]
    desk.decide(numbers[0])
    desk.withdraw(numbers[1])
    desk.terminate(numbers[2])
    assert [lamp(desk, number) for number in numbers] == ["", "", ""]
    assert waiting(desk) == []
    assert board(desk) == [("", "green")] * 3 + [("green", "")] * 3


def test_a_rebase_moves_lamp_and_timer(desk):
    number = desk.in_review()
    five_days(desk, statutory_limit=Limit(10, DAYS))
    before = waiting(desk)
    from tenants.cases.operations import rebase

    with center_context(desk.center):
        rebase.rebase_case(
            actor=desk.chief,
            number=number,
            legal_basis=rules.LegalBasis("条例", "第一条"),
            reason="x",
            extends_promise=True,
            idempotency_key=uuid.uuid4(),
            now=desk.now,
        )
    assert before == [at("2026-03-05T00:00+08:00")]
    assert waiting(desk) == [at("2026-03-06T00:00+08:00")]


def test_past_due_it_goes_to_the_supervisor_once(desk):
    number = desk.in_review()
    desk.pass_time(at("2026-03-06T10:00+08:00"))
    case = desk.case(number)
    assert (case.state, case.lamp) == (State.IN_REVIEW, Lamp.RED)
    assert [finding["code"] for finding in case.findings] == ["OVERDUE"]
    with center_context(desk.center):
        (urged,) = models.Urging.objects.filter(case=case)
        assert urged.escalated_at is not None
        assert urged.by["role"] == "system"
    desk.suspend(number, now=at("2026-03-06T11:00+08:00"))
    desk.resume(number, now=at("2026-03-06T12:00+08:00"))
    assert lamp(desk, number) == Lamp.YELLOW
    assert desk.pass_time(at("2026-03-06T12:00+08:00")) == 1
    case = desk.case(number)
    with center_context(desk.center):
        assert models.Urging.objects.count() == 1
    assert case.lamp == Lamp.RED
    assert len(case.findings) == 1


def tacit(desk):
    revising.revise(now=desk.now, tacit_approval=True, tacit_approval_basis=0)


def test_where_law_allows_it_silence_approves(desk):
    tacit(desk)
    number = desk.in_review()
    assert desk.pass_time(at("2026-03-05T17:00:01+08:00")) == 1
    case = desk.case(number)
    assert (case.state, case.lamp) == (State.APPROVED, "")
    assert case.decision["deemed"]["statute"]
    (finding,) = case.findings
    assert (finding["code"], finding["center_code"]) == ("TACIT_APPROVAL", desk.center)
    assert finding["department"] == case.offering["department"]
    with center_context(desk.center):
        assert case.papers.filter(kind=rules.PaperKind.APPROVAL).count() == 1
        delivery = {reason.clock: reason for reason in queries.explain_due(case)}["delivery"]
    # The result is due within one working day of the approval by default.
    assert (delivery.limit.amount, delivery.due_at) == (1, at("2026-03-06T17:00+08:00"))
    held = desk.holdings()
    with pytest.raises(errors.CaseDecideNotAllowedError):
        desk.decide(
            number, decision=rules.Decision.REJECT, ground_code="CONDITIONS_NOT_MET", text="x"
        )
    assert desk.holdings() == held
    assert desk.issue(number).state == State.ISSUED


def test_a_late_veto_is_refused_before_the_worker_comes(desk):
    tacit(desk)
    number = desk.verified(favourable=False)
    other = desk.verified()
    late = at("2026-03-05T17:00:01+08:00")
    held = desk.holdings()
    for step, error, said in (
        (
            desk.decide,
            errors.CaseDecideNotAllowedError,
            {"decision": rules.Decision.REJECT, "ground_code": "CONDITIONS_NOT_MET"},
        ),
        (desk.suspend, errors.CaseSuspendNotAllowedError, {}),
        (desk.extend, errors.CaseExtendNotAllowedError, {}),
        (desk.terminate, errors.CaseTerminateNotAllowedError, {}),
    ):
        with pytest.raises(error) as refused:
            step(number, now=late, **said)
        assert refused.value.params["reason"] == "TACIT"
    assert desk.holdings() == held
    assert desk.decide(other, now=late).state == State.APPROVED
    on_time = at("2026-03-05T17:00+08:00")
    said = {"decision": rules.Decision.REJECT, "ground_code": "CONDITIONS_NOT_MET"}
    assert desk.decide(number, now=on_time, **said).state == State.REJECTED
    assert desk.pass_time(late) == 0


def test_no_notice_within_five_days_is_an_acceptance_as_of_the_day_of_receipt(desk):
    number = desk.submitted()
    assert waiting(desk, "case.notice_due") == [
        at("2026-03-09T17:00+08:00") + timedelta(microseconds=1)
    ]
    assert desk.pass_time(at("2026-03-09T17:00+08:00")) == 0
    desk.pass_time(at("2026-03-09T17:00:01+08:00"))
    case = desk.case(number)
    assert (case.accepted_at, case.notice_due_at) == (desk.now, None)
    # The legal limit runs from receipt, not from the day on which nothing was told.
    assert case.statutory_due_at == at("2026-03-30T17:00+08:00")
    assert [finding["code"] for finding in case.findings] == ["NOTICE_OVERDUE", "OVERDUE"]
    assert (case.state, case.lamp) == (State.ACCEPTED, Lamp.RED)
    assert desk.events(number)[1].data["deemed"]["article"] == "第三十二条"
    with center_context(desk.center):
        assert case.papers.filter(kind=rules.PaperKind.ACCEPTANCE).count() == 1


@pytest.mark.parametrize("step", ["notify", "refuse", "accept", "withdraw"])
def test_whoever_acts_in_time_has_no_acceptance_by_silence(desk, step):
    number = desk.submitted()
    getattr(desk, step)(number, now=at("2026-03-09T17:00+08:00"))
    assert waiting(desk, "case.notice_due") == []
    state = desk.case(number).state
    desk.pass_time(at("2026-03-09T17:30+08:00"))
    assert desk.case(number).state == state


def test_where_the_law_of_permits_does_not_hold_silence_is_a_finding(desk):
    number = desk.submit(request=casework.application(matter_code=CONFIRMATION)).case.number
    desk.pass_time(at("2026-03-10T17:00+08:00"))
    case = desk.case(number)
    assert case.state == State.SUBMITTED
    assert [finding["code"] for finding in case.findings] == ["NOTICE_OVERDUE"]


def test_lamps_are_where_custody_is_and_every_copy_follows(db):
    station, county = Desk(handing.STATION), Desk(handing.COUNTY, now=casework.ACCEPTED_AT)
    number = station.submit(station.who(CenterRole.STATION_OPERATOR)).case.number
    handing.relay_all()
    assert len(waiting(station, "case.notice_due")) == 1
    offered = handing.handoff_at(handing.COUNTY, number, Direction.INCOMING)
    said = {"actor": county.reviewer, "handoff_id": offered.id, "now": county.now}
    with center_context(handing.COUNTY):
        answer.accept_handoff(**said, idempotency_key=uuid.uuid4())
    handing.relay_all()
    assert waiting(station, "case.notice_due") == []
    assert len(waiting(county, "case.notice_due")) == 1
    county.accept(number)
    county.pass_time(at("2026-03-20T10:00+08:00"))
    handing.relay_all()
    assert [handing.case_at(c, number).lamp for c in (handing.COUNTY, handing.STATION)] == [
        "red",
        "red",
    ]
    assert board(county) == [("", "green"), ("green", "red")]
    assert board(station) == []
    assert handing.log_of(handing.COUNTY, number) == handing.log_of(handing.STATION, number)
    with center_context(handing.STATION):
        assert models.Urging.objects.filter(case__number=number).count() == 1
    with center_context(handing.COUNTY):
        answer.return_handoff(**said, reason="不属本中心", idempotency_key=uuid.uuid4())
    handing.relay_all()
    assert board(station) == [("", "red")]
    assert board(county)[-1] == ("red", "")


def test_a_station_accepts_nothing_by_silence_but_the_center_that_decides_does(db):
    station, county = Desk(handing.STATION, now=at(MONDAY)), Desk(handing.COUNTY)
    operator = station.who(CenterRole.STATION_OPERATOR)
    request = casework.application(hold_for_review=True)
    number = station.submit(operator, request=request).case.number
    late = at("2026-03-10T10:00+08:00")
    assert station.pass_time(late) == 1
    case = station.case(number)
    assert (case.state, case.owner_code) == (State.SUBMITTED, handing.COUNTY)
    assert [finding["code"] for finding in case.findings] == ["NOTICE_OVERDUE"]
    assert case.findings[0]["center_code"] == handing.STATION
    with center_context(handing.STATION):
        offer.offer_handoff(
            actor=operator,
            number=number,
            destination=None,
            reason="",
            idempotency_key=uuid.uuid4(),
            now=late,
        )
    handing.relay_all(now=late)
    offered = handing.handoff_at(handing.COUNTY, number, Direction.INCOMING)
    with center_context(handing.COUNTY):
        answer.accept_handoff(
            actor=county.reviewer, handoff_id=offered.id, idempotency_key=uuid.uuid4(), now=late
        )
    county.pass_time(late)
    handing.relay_all(now=late)
    for center in (handing.COUNTY, handing.STATION):
        case = handing.case_at(center, number)
        assert case.state == State.ACCEPTED
        # Receipt is at the station.
        assert case.accepted_at == case.received_at == at(MONDAY)
        assert case.statutory_due_at == at("2026-03-30T17:00+08:00")


def test_an_offer_that_comes_back_finds_its_timer_again(db):
    station, county = Desk(handing.STATION, now=at(MONDAY)), Desk(handing.COUNTY)
    number = station.submit(station.who(CenterRole.STATION_OPERATOR)).case.number
    handing.relay_all(now=station.now)
    late = at("2026-03-09T17:00:01+08:00")
    assert station.pass_time(late) == 1  # in transit there is nobody to act on
    assert station.case(number).findings == []
    offered = handing.handoff_at(handing.COUNTY, number, Direction.INCOMING)
    with center_context(handing.COUNTY):
        answer.decline_handoff(
            actor=county.reviewer,
            handoff_id=offered.id,
            reason="不属本中心",
            idempotency_key=uuid.uuid4(),
            now=late,
        )
    handing.relay_all(now=late)
    assert station.pass_time(late) == 1
    assert [f["code"] for f in station.case(number).findings] == ["NOTICE_OVERDUE"]


# --- urging -----------------------------------------------------------------------------------


def test_an_urging_is_answered_or_goes_to_the_supervisor(desk):
    answered, silent = desk.in_review(), desk.in_review()
    for number in (answered, silent):
        desk.urge(number)
    desk.reply(answered)
    assert len(waiting(desk, "case.urging_due")) == 1
    assert desk.pass_time(at("2026-03-03T17:00+08:00")) == 0
    assert desk.pass_time(at("2026-03-03T17:00:01+08:00")) == 1
    with center_context(desk.center):
        rows = {row.case.number: row for row in models.Urging.objects.select_related("case")}
    assert rows[answered].replied_by["role"] == "staff"
    assert rows[answered].escalated_at is None
    assert rows[silent].escalated_at is not None
    assert [f["code"] for f in desk.case(silent).findings] == ["URGING_UNANSWERED"]
    assert desk.reply(silent).findings
    held = desk.holdings()
    with pytest.raises(errors.CaseReplyUrgingNotAllowedError) as refused:
        desk.reply(silent)
    assert refused.value.params["reason"] == "NOT_URGED"
    assert desk.holdings() == held
    desk.urge(silent)
    assert desk.case(silent).urgings_open == 1
    held = desk.holdings()
    for urging in (1, 7):
        with pytest.raises(errors.UrgingNotFoundError):
            desk.reply(silent, urging=urging)
    assert desk.holdings() == held


def test_an_urging_waits_where_the_case_is(db):
    station, county = Desk(handing.STATION, now=handing.NOW), Desk(handing.COUNTY, now=handing.NOW)
    operator = station.who(CenterRole.STATION_OPERATOR)
    request = casework.application(hold_for_review=True)
    number = station.submit(operator, request=request).case.number
    station.urge(number)
    with center_context(handing.STATION):
        offer.offer_handoff(
            actor=operator,
            number=number,
            destination=None,
            reason="",
            idempotency_key=uuid.uuid4(),
            now=station.now,
        )
    handing.relay_all()
    offered = handing.handoff_at(handing.COUNTY, number, Direction.INCOMING)
    with center_context(handing.COUNTY):
        answer.accept_handoff(
            actor=county.reviewer,
            handoff_id=offered.id,
            idempotency_key=uuid.uuid4(),
            now=county.now,
        )
    handing.relay_all()
    assert waiting(station, "case.urging_due") == []
    assert waiting(county, "case.urging_due") == [
        at("2026-03-03T17:00+08:00") + timedelta(microseconds=1)
    ]
    county.reply(number)
    handing.relay_all()
    assert [handing.case_at(c, number).urgings_open for c in (handing.COUNTY, handing.STATION)] == [
        0,
        0,
    ]


def test_only_management_and_supervision_urge_and_only_who_handles_answers(desk):
    number = desk.in_review()
    desk.urge(number, actor=desk.who(CenterRole.SUPERVISOR))
    held = desk.holdings()
    for actor in (desk.clerk, desk.reviewer, casework.citizen()):
        with pytest.raises(errors.CaseUrgeNotAllowedError):
            desk.urge(number, actor=actor)
    for actor in (desk.who(CenterRole.MANAGER), casework.citizen()):
        with pytest.raises(errors.CaseReplyUrgingNotAllowedError):
            desk.reply(number, actor=actor)
    with pytest.raises(errors.TextInvalidError):
        desk.urge(number, text="")
    assert desk.holdings() == held


# --- beside a counter that asks every day ------------------------------------------------------

START = datetime(2024, 9, 2, 2, 0, tzinfo=UTC)


@settings(max_examples=150, deadline=None)
@given(
    st.integers(0, 40),
    st.sampled_from([DAYS, LimitUnit.CALENDAR_DAY]),
    st.integers(1, 100),
    st.lists(st.tuples(st.integers(0, 20), st.integers(0, 20)), max_size=3),
)
def test_what_is_announced_is_what_a_daily_look_finds(amount, unit, percent, stays):
    ledger, moment = rules.Ledger(), START
    for pause, length in stays:
        since = moment + timedelta(days=pause)
        moment = since + timedelta(days=length)
        stay = rules.Stay(rules.PauseKind.HEARING, since, "x", "y", 1)
        ledger = ledger.suspended(stay).resumed(moment, "z")
    reckoning = Reckoning(terms=OfficeTerms(yellow_percent=percent))
    clock = rules.lamp_clock(START, Limit(amount, unit), ledger)
    due = reckoning.end_of(clock)
    shown, look = rules.showing(reckoning, clock, START), START
    while look < due + timedelta(days=2):
        look += timedelta(days=1)
        used = reckoning.used(clock, look)
        if look > due:
            expected = Lamp.RED
        elif amount and used * 100 >= percent * amount:
            expected = Lamp.YELLOW
        else:
            expected = Lamp.GREEN
        while shown.next_at is not None and shown.next_at <= look:
            assert rules.showing(reckoning, clock, shown.next_at - rules.MOMENT).lamp == shown.lamp
            shown = rules.showing(reckoning, clock, shown.next_at)
        assert shown.lamp == expected
