"""待办认领: one person at a task, until it is done, given back, passed on, or left for too long."""

import uuid
from datetime import timedelta
from importlib import import_module
from typing import Any

import pytest
from django.db import connection

from tenants.cases import errors, models, queries
from tenants.cases.operations import claims
from tenants.cases.states import TaskKind
from tenants.handoffs.operations import answer, offer
from tenants.handoffs.states import Direction
from tenants.staff.rules import CenterRole, PostingKind
from tenants.windows.operations import terms, windows
from tests import casework, handing, people, stationing
from tests.casework import Desk
from tongban.exchange.operations import timers
from tongban.kernel.context import center_context
from tongban.kernel.models import AuditEntry, LogEntry, Timer

LEASE = timedelta(minutes=30)


@pytest.fixture
def desk(db):
    return Desk()


def colleague(desk, *roles: CenterRole):
    """Return one more member with these roles, who did nothing yet."""
    return handing.staff(desk.center, *(roles or (CenterRole.CLERK,)), name="同事").actor


def call(desk, operation: Any, actor, number, kind=TaskKind.INTAKE, **said: Any):
    said.setdefault("now", desk.now)
    with center_context(desk.center):
        return operation(actor=actor, number=number, kind=kind, **said)


def claim(desk, actor, number, kind=TaskKind.INTAKE, **said):
    return call(desk, claims.claim_task, actor, number, kind, **said)


def waiting(desk, number):
    """Return what waits of a case, each with the staff number of who holds it."""
    with center_context(desk.center):
        return {
            task.kind: task.holder.staff_number if task.holder else ""
            for task in models.Task.objects.filter(case__number=number).select_related("holder")
        }


def told(desk, number):
    with center_context(desk.center):
        entries = LogEntry.objects.filter(topic="task", subject=number).order_by("position")
        return [(e.name.removeprefix("task."), e.data["kind"]) for e in entries]


STEPS = {
    TaskKind.INTAKE: (Desk.submitted, "clerk", Desk.accept, TaskKind.REVIEW),
    TaskKind.REVIEW: (Desk.in_review, "reviewer", Desk.review, TaskKind.VERIFICATION),
    TaskKind.VERIFICATION: ("reviewed", "chief", Desk.verify, TaskKind.DECISION),
    TaskKind.DECISION: (Desk.verified, "chief", Desk.decide, TaskKind.ISSUE),
    TaskKind.ISSUE: ("decided", "clerk", Desk.issue, TaskKind.DELIVERY),
    TaskKind.DELIVERY: ("issued", "clerk", Desk.complete, None),
}
"""Kind of work → how a case comes to wait for it, who does it how, and what waits then."""


def reached(desk, by):
    if not isinstance(by, str):
        return by(desk)
    number = desk.in_review() if by == "reviewed" else desk.verified()
    if by == "reviewed":
        desk.review(number)
    if by in {"decided", "issued"}:
        desk.decide(number)
    if by == "issued":
        desk.issue(number)
    return number


@pytest.mark.parametrize("kind", list(STEPS))
def test_who_holds_a_task_does_it_and_nobody_else_and_then_it_is_done(desk, kind):
    reach, role, do, following = STEPS[kind]
    number, holder = reached(desk, reach), getattr(desk, role)
    assert waiting(desk, number) == {kind: ""}
    claim(desk, holder, number, kind)
    other = colleague(desk, CenterRole.CLERK, CenterRole.REVIEWER, CenterRole.CHIEF_REPRESENTATIVE)
    before = desk.holdings()
    with pytest.raises(errors.TaskClaimedError) as refused:
        do(desk, number, actor=other)
    assert (refused.value.params["holder"], refused.value.params["staff_number"]) == (
        "岗位" + holder_role(desk, holder)[:8],
        stationing.staff_number(desk, holder),
    )
    assert refused.value.params["until"] == desk.now + LEASE
    with pytest.raises(errors.TaskClaimedError):
        claim(desk, other, number, kind)
    assert desk.holdings() == before
    do(desk, number, actor=holder)
    assert waiting(desk, number) == ({following: ""} if following else {})
    with center_context(desk.center):
        assert not Timer.objects.filter(kind="case.task_lease", fired_at=None).exists()


def holder_role(desk, actor):
    return next(role.value for role, each in desk.staff.items() if each == actor)


def test_nobody_is_forced_to_claim(desk):
    number = desk.completed()
    assert waiting(desk, number) == {}
    opened = [kind for name, kind in told(desk, number) if name == "opened"]
    assert opened == [kind.value for kind in TaskKind]


def test_available_actions_say_who_holds_the_task(desk):
    number = desk.submitted()
    claim(desk, desk.clerk, number)

    def codes(actor):
        with center_context(desk.center):
            case = queries.access_case(actor=actor, number=number)
            found = queries.available_actions(
                actor, queries.membership_of(actor), case, now=desk.now
            )
        return {each.action: each.code for each in found}

    assert codes(desk.clerk)["accept_case"] == ""
    assert codes(desk.reviewer)["accept_case"] == "TASK_CLAIMED"
    assert codes(desk.reviewer)["add_material"] == ""
    assert codes(casework.citizen(500))["accept_case"] == "CASE_ACCEPT_NOT_ALLOWED"


def test_a_notice_ends_the_claim_and_the_supplement_that_came_back_waits_for_anybody(desk):
    number = desk.submitted()
    claim(desk, desk.clerk, number)
    desk.notify(number)
    assert waiting(desk, number) == {}
    desk.answer(number)
    assert waiting(desk, number) == {"intake": ""}
    assert [name for name, _kind in told(desk, number)] == ["opened", "claimed", "closed", "opened"]


def test_what_stands_still_waits_for_nobody(desk):
    number = desk.in_review()
    claim(desk, desk.reviewer, number, TaskKind.REVIEW)
    desk.suspend(number)
    assert waiting(desk, number) == {}
    desk.resume(number)
    assert waiting(desk, number) == {"review": ""}


def test_a_claim_is_renewed_by_claiming_and_audited_once(desk):
    number = desk.submitted()
    claim(desk, desk.clerk, number)
    again = claim(desk, desk.clerk, number, now=desk.now + timedelta(minutes=20))
    assert again.claimed_at == desk.now
    assert again.leased_until == desk.now + timedelta(minutes=20) + LEASE
    with center_context(desk.center):
        assert AuditEntry.objects.filter(action="case.claim_task").count() == 1
        (timer,) = Timer.objects.filter(kind="case.task_lease", fired_at=None)
        assert timer.fires_at == again.leased_until


def test_a_lease_frees_what_somebody_left_and_once(desk):
    number = desk.submitted()
    claim(desk, desk.clerk, number)
    claim(desk, desk.clerk, number, now=desk.now + timedelta(minutes=20))
    assert fire(desk, desk.now + LEASE) == 0
    over = desk.now + timedelta(minutes=20) + LEASE
    assert fire(desk, over) == 1
    assert waiting(desk, number) == {"intake": ""}
    assert fire(desk, over + LEASE) == 0
    assert [name for name, _kind in told(desk, number)] == [
        "opened", "claimed", "claimed", "lapsed",
    ]  # fmt: skip
    desk.accept(number, actor=desk.reviewer)


def fire(desk, until):
    return timers.fire_timers(desk.center, clock=lambda: until)


def test_a_lease_that_is_over_binds_nobody_though_no_timer_fired_yet(desk):
    number = desk.submitted()
    claim(desk, desk.clerk, number)
    later = desk.now + LEASE
    taken = claim(desk, desk.reviewer, number, now=later)
    assert taken.claimed_at == later
    fire(desk, later)
    assert waiting(desk, number) == {"intake": stationing.staff_number(desk, desk.reviewer)}


def test_the_center_settles_for_how_long(desk):
    with center_context(desk.center):
        terms.set_terms(
            actor=desk.who(CenterRole.MANAGER), expected_version=0, lease_minutes=90, now=desk.now
        )
    number = desk.submitted()
    assert claim(desk, desk.clerk, number).leased_until == desk.now + timedelta(minutes=90)


def test_a_task_is_given_back_by_its_holder_or_by_who_may_pass_it_on(desk):
    number = desk.submitted()
    with pytest.raises(errors.TaskNotHeldError):
        call(desk, claims.release_task, desk.clerk, number)
    claim(desk, desk.clerk, number)
    with pytest.raises(errors.TaskClaimedError):
        call(desk, claims.release_task, desk.reviewer, number)
    assert waiting(desk, number)["intake"]
    call(desk, claims.release_task, desk.clerk, number)
    assert waiting(desk, number) == {"intake": ""}
    claim(desk, desk.clerk, number)
    call(desk, claims.release_task, desk.who(CenterRole.MANAGER), number)
    assert waiting(desk, number) == {"intake": ""}


def test_a_task_is_passed_on_to_somebody_whose_work_it_is(desk):
    number, manager = desk.submitted(), desk.who(CenterRole.MANAGER)
    other = colleague(desk)
    claim(desk, desk.clerk, number)

    def reassign(actor, to):
        badge = to if isinstance(to, str) else stationing.staff_number(desk, to)
        return call(desk, claims.reassign_task, actor, number, staff_number=badge)

    desk.holdings()
    cashier = desk.who(CenterRole.CASHIER)
    before = desk.holdings()
    for actor, to, reason in (
        (desk.clerk, other, "REASSIGN"),
        (desk.reviewer, other, "REASSIGN"),
        (manager, cashier, "PERSON"),
        (manager, manager, "PERSON"),
        (manager, "9999999", "PERSON"),
        (manager, "\x00", "PERSON"),
    ):
        with pytest.raises(errors.TaskNotAllowedError) as refused:
            reassign(actor, to)
        assert refused.value.params["reason"] == reason
    assert desk.holdings() == before
    reassign(manager, other)
    assert waiting(desk, number) == {"intake": stationing.staff_number(desk, other)}
    with pytest.raises(errors.TaskClaimedError):
        desk.accept(number)
    reassign(desk.chief, desk.clerk)
    desk.accept(number)
    with center_context(desk.center):
        passed = AuditEntry.objects.filter(action="case.reassign_task").order_by("sequence")
        badges = [stationing.staff_number(desk, who) for who in (desk.clerk, other)]
        assert [entry.data["former"] for entry in passed] == badges


def test_a_chief_representative_passes_on_what_is_of_the_own_department(desk):
    number = desk.submitted()
    stationing.settle(desk)
    stranger = colleague(desk, CenterRole.CHIEF_REPRESENTATIVE)
    badge = stationing.staff_number(desk, desk.clerk)
    with pytest.raises(errors.TaskNotAllowedError):
        call(desk, claims.reassign_task, stranger, number, staff_number=badge)
    call(desk, claims.reassign_task, desk.chief, number, staff_number=badge)


def test_a_decision_is_taken_by_who_holds_the_deed(desk):
    number = desk.verified()
    station = stationing.open_station(desk)
    with pytest.raises(errors.DecisionOutsideCenterError):
        claim(desk, desk.chief, number, TaskKind.DECISION)
    station.post(desk.chief, PostingKind.CHIEF_REPRESENTATIVE)
    with pytest.raises(errors.NotAuthorizedError):
        claim(desk, desk.chief, number, TaskKind.DECISION)
    station.grant()
    claim(desk, desk.chief, number, TaskKind.DECISION)


def test_who_may_not_take_a_task(desk):
    number = desk.submit(casework.citizen(500)).case.number
    account = people.account("citizen-500", id_number=people.id_number(500))
    manager, supervisor = desk.who(CenterRole.MANAGER), desk.who(CenterRole.SUPERVISOR)
    before = desk.holdings()
    for actor, reason in (
        (manager, "ROLE"),
        (supervisor, "ROLE"),
        (people.actor(account), "ROLE"),
    ):
        with pytest.raises(errors.TaskNotAllowedError) as refused:
            claim(desk, actor, number)
        assert refused.value.params["reason"] == reason
    for actor in (handing.staff(handing.DISTRICT).actor, casework.citizen(501)):
        with pytest.raises(errors.CaseNotFoundError):
            claim(desk, actor, number)
    with pytest.raises(errors.TaskNotFoundError):
        claim(desk, desk.clerk, number, TaskKind.DELIVERY)
    assert desk.holdings() == before
    people.member(desk.center, account, CenterRole.CLERK)
    with pytest.raises(errors.TaskNotAllowedError) as refused:
        claim(desk, people.actor(account), number)
    assert refused.value.params["reason"] == "OWN_CASE"
    assert waiting(desk, number) == {"intake": ""}


def test_who_sits_at_a_window_takes_what_lies_there(desk):
    hall = stationing.Station(desk)
    for code in ("01", "02"):
        hall.open_window(code)
    hall.seat(desk.clerk, "01")
    other = colleague(desk)
    hall.seat(other, "02")
    here, online = desk.submitted(), desk.submit(casework.citizen(500)).case.number
    with pytest.raises(errors.TaskNotAllowedError) as refused:
        claim(desk, other, here)
    assert refused.value.params["reason"] == "WINDOW"
    claim(desk, other, online)  # which no window took on
    claim(desk, desk.clerk, here)
    with center_context(desk.center):
        windows.unseat_member(
            actor=desk.who(CenterRole.MANAGER),
            staff_number=stationing.staff_number(desk, desk.clerk),
            now=desk.now,
        )
    desk.accept(here)  # what somebody holds stays theirs


def answered(operation, center, number, now):
    with center_context(center):
        operation(
            actor=handing.staff(center).actor,
            handoff_id=handing.handoff_at(center, number, Direction.INCOMING).id,
            idempotency_key=uuid.uuid4(),
            now=now,
            **({"reason": "材料不符"} if operation is answer.decline_handoff else {}),
        )
    handing.relay_all(now=now)


def test_work_goes_along_with_the_case_and_its_claim_does_not(db):
    station = Desk(center=handing.STATION, now=handing.NOW)
    county = Desk(center=handing.COUNTY, now=handing.NOW)
    operator = station.who(CenterRole.STATION_OPERATOR)
    number = station.submit(operator, request=handing.request(handing.FOOD, hold=True)).case.number
    claim(station, operator, number)
    send(station, number)
    assert (waiting(station, number), waiting(county, number)) == ({}, {})
    with pytest.raises(errors.CustodyInTransitError):
        claim(station, operator, number)
    answered(answer.decline_handoff, handing.COUNTY, number, handing.NOW)
    assert waiting(station, number) == {"intake": ""}
    send(station, number)
    answered(answer.accept_handoff, handing.COUNTY, number, handing.NOW)
    assert (waiting(station, number), waiting(county, number)) == ({}, {"intake": ""})
    with pytest.raises(errors.NotCustodianError):
        claim(station, operator, number)
    with center_context(handing.STATION):
        assert not Timer.objects.filter(kind="case.task_lease", fired_at=None).exists()


def send(desk, number):
    with center_context(desk.center):
        offer.offer_handoff(
            actor=desk.who(CenterRole.STATION_OPERATOR),
            number=number,
            destination=None,
            reason="",
            idempotency_key=uuid.uuid4(),
            now=desk.now,
        )
    handing.relay_all(now=desk.now)


def test_an_upgrade_finds_what_waits(desk):
    for reach in (by for by, *_rest in STEPS.values()):
        reached(desk, reach)
    desk.accept(desk.submitted())
    desk.notify(desk.submitted())
    desk.completed()
    columns = ("case_id", "kind", "department", "matter_code", "window_code", "holder_id")
    with center_context(desk.center):
        tasks = models.Task.objects.order_by("case_id").values_list(*columns)
        followed = list(tasks)
        assert len(followed) == len(STEPS) + 1
        models.Task.objects.all().delete()
        with connection.cursor() as cursor:
            cursor.execute(import_module("tenants.cases.migrations.0014_tasks").COPY)
        assert list(tasks.all()) == followed
