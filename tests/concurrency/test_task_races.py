"""Clerks who reach for one task at the same moment: one has it, the others are told who."""

from functools import partial

import pytest

from tenants.cases import errors, models
from tenants.cases.operations import claims
from tenants.cases.states import State, TaskKind
from tenants.staff.rules import CenterRole
from tests import handing, stationing
from tests.casework import Desk
from tests.concurrency.test_case_races import race
from tongban.kernel.context import center_context
from tongban.kernel.models import AuditEntry, Timer

CLERKS = 6


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


def claim(desk, number, actor):
    with center_context(desk.center):
        claims.claim_task(actor=actor, number=number, kind=TaskKind.INTAKE, now=desk.now)
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
