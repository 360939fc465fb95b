"""Whoever leaves the center, or the department that posted them, leaves no task locked."""

from datetime import timedelta

import pytest

from tenants.cases import errors, models
from tenants.cases.operations import claims
from tenants.cases.states import TaskKind
from tenants.staff import models as staff_models
from tenants.staff.operations import members, postings
from tenants.staff.rules import CenterRole
from tests import handing, stationing
from tests.casework import Desk
from tongban.exchange.operations import timers
from tongban.kernel.context import center_context
from tongban.kernel.models import LogEntry, Timer


@pytest.fixture
def desk(db):
    return Desk()


def claim(desk, actor, number):
    with center_context(desk.center):
        claims.claim_task(actor=actor, number=number, kind=TaskKind.INTAKE, now=desk.now)


def held(desk):
    with center_context(desk.center):
        tasks = models.Task.objects.filter(holder__isnull=False)
        return set(tasks.values_list("case__number", flat=True))


def end_posting(desk, actor):
    stationing.Station(desk).keep(
        postings.end_posting, staff_number=stationing.staff_number(desk, actor), ended_on=None
    )


def end_membership(desk, actor):
    badge = stationing.staff_number(desk, actor)
    with center_context(desk.center):
        members.end_membership(
            actor=handing.staff(desk.center, CenterRole.SYSTEM_ADMINISTRATOR).actor,
            staff_number=badge,
            expected_version=staff_models.Member.objects.get(staff_number=badge).version,
            now=desk.now,
        )


def lose_role(desk, actor):
    badge = stationing.staff_number(desk, actor)
    with center_context(desk.center):
        members.change_roles(
            actor=handing.staff(desk.center, CenterRole.SYSTEM_ADMINISTRATOR).actor,
            staff_number=badge,
            roles=[CenterRole.CASHIER],
            expected_version=staff_models.Member.objects.get(staff_number=badge).version,
            now=desk.now,
        )


@pytest.mark.parametrize("end", [end_posting, end_membership, lose_role])
def test_who_leaves_leaves_no_task_locked(desk, end):
    station = stationing.open_station(desk)
    station.post(desk.clerk)
    first, second, others = desk.submitted(), desk.submitted(), desk.submitted()
    for number in (first, second):
        claim(desk, desk.clerk, number)
    claim(desk, desk.reviewer, others)
    end(desk, desk.clerk)
    assert timers.fire_timers(desk.center, clock=lambda: desk.now) == 1
    assert held(desk) == {others}
    desk.accept(first, actor=desk.reviewer)
    with center_context(desk.center):
        told = LogEntry.objects.filter(topic="task", name="task.released")
        assert set(told.values_list("subject", flat=True)) == {first, second}
        assert Timer.objects.filter(kind="case.task_lease", fired_at=None).count() == 1
    assert timers.fire_timers(desk.center, clock=lambda: desk.now + timedelta(minutes=5)) == 0


def test_who_may_decide_no_more_keeps_nobody_from_deciding(desk):
    station, number = stationing.settle(desk), desk.verified()
    with center_context(desk.center):
        claims.claim_task(actor=desk.chief, number=number, kind=TaskKind.DECISION, now=desk.now)
    station.revoke()
    assert held(desk) == {number}
    assert timers.fire_timers(desk.center, clock=lambda: desk.now) == 1
    assert held(desk) == set()


def test_what_was_passed_on_in_time_stays(desk):
    number, manager = desk.submitted(), desk.who(CenterRole.MANAGER)
    claim(desk, desk.clerk, number)
    badge = stationing.staff_number(desk, desk.reviewer)
    end_membership(desk, desk.clerk)
    with center_context(desk.center):
        claims.reassign_task(
            actor=manager, number=number, kind=TaskKind.INTAKE, staff_number=badge, now=desk.now
        )
    timers.fire_timers(desk.center, clock=lambda: desk.now)
    assert held(desk) == {number}
    with pytest.raises(errors.TaskClaimedError):
        desk.accept(number, actor=desk.chief)
