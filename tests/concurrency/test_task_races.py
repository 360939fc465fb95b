"""Clerks who reach for one task at the same moment: one has it, the others are told who."""

from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from tenants.cases import errors, models
from tenants.cases.operations import claims
from tenants.cases.states import State, TaskKind
from tenants.staff.rules import CenterRole
from tests import handing, stationing
from tests.casework import Desk
from tests.concurrency import dying
from tests.concurrency.test_case_races import race
from tests.concurrency.test_clock_races import die
from tests.operations.test_task_leaving import end_membership, held
from tongban.exchange.operations import timers
from tongban.kernel.context import center_context
from tongban.kernel.models import AuditEntry, LogEntry, Timer

CLERKS = 6
_DYING = Path(dying.__file__)


@pytest.fixture
def desk(committed_db):
    desk = Desk()
    desk.holdings()  # its people exist before the race
    return desk


@pytest.fixture
def clerks(desk):
    return [
        handing.staff(desk.center, CenterRole.CLERK, name=f"经办{n}").actor for n in range(CLERKS)
    ]


def claim(desk, number, actor, now=None):
    with center_context(desk.center):
        claims.claim_task(actor=actor, number=number, kind=TaskKind.INTAKE, now=now or desk.now)
    return actor


def test_one_of_those_who_reach_for_a_task_has_it(desk, clerks):
    number = desk.submitted()
    results = race([partial(claim, desk, number, clerk) for clerk in clerks], threads=CLERKS)
    (winner,) = [result for result in results if result in clerks]
    badge = stationing.staff_number(desk, winner)
    refusals = [result for result in results if result is not winner]
    assert [type(refusal) for refusal in refusals] == [errors.TaskClaimedError] * (CLERKS - 1)
    assert {refusal.params["staff_number"] for refusal in refusals} == {badge}
    with center_context(desk.center):
        task = models.Task.objects.select_related("holder").get()
        assert task.holder is not None
        assert task.holder.staff_number == badge
        assert AuditEntry.objects.filter(action="case.claim_task").count() == 1
        assert Timer.objects.filter(kind="case.task_lease", fired_at=None).count() == 1


def test_taking_a_task_and_doing_it_have_one_outcome(desk, clerks):
    first, second = clerks[:2]
    for _ in range(4):
        number = desk.submitted()
        taken, done = race(
            [partial(claim, desk, number, first), partial(desk.accept, number, second)], threads=2
        )
        is_done = desk.case(number).state == State.ACCEPTED
        assert isinstance(taken, errors.TaskNotFoundError) == is_done
        assert isinstance(done, errors.TaskClaimedError) != is_done


def test_a_lease_that_ends_while_it_is_renewed_is_renewed(desk, clerks):
    for clerk in clerks:
        number = desk.submitted()
        claim(desk, number, clerk)
        over = desk.now + timedelta(minutes=30)
        fire = partial(timers.fire_timers, desk.center, clock=lambda over=over: over)
        race([partial(claim, desk, number, clerk, over), fire], threads=2)
        with center_context(desk.center):
            task = models.Task.objects.get(case__number=number)
            assert task.leased_until == over + timedelta(minutes=30)
            (timer,) = Timer.objects.filter(kind="case.task_lease", key=task.pk, fired_at=None)
            assert timer.fires_at == task.leased_until


def test_who_takes_a_task_and_leaves_at_once_holds_nothing_in_the_end(desk, clerks):
    for clerk in clerks[:4]:
        number = desk.submitted()
        race([partial(claim, desk, number, clerk), partial(end_membership, desk, clerk)], threads=2)
        timers.fire_timers(desk.center, clock=lambda: desk.now)
        assert held(desk) == set()


@pytest.mark.slow
@pytest.mark.parametrize("point", ["before-commit:1", "after-commit:1"])
def test_a_killed_worker_frees_what_somebody_left_once(committed_db, desk, point):
    numbers = [desk.submitted(), desk.submitted()]
    for number in numbers:
        claim(desk, number, desk.clerk)
    end_membership(desk, desk.clerk)
    die(committed_db, point, "fire_timers", desk.center, desk.now.isoformat())
    assert held(desk) == (set(numbers) if point == "before-commit:1" else set())
    dying.fire_timers(desk.center, desk.now.isoformat())
    assert held(desk) == set()
    with center_context(desk.center):
        assert LogEntry.objects.filter(topic="task", name="task.released").count() == len(numbers)
