"""Nobody has a task in hand that is not theirs to do: an own case's, or what they reviewed."""

import pytest

from tenants.cases import errors, queries
from tenants.cases.operations import claims
from tenants.cases.states import TaskKind
from tenants.staff.rules import CenterRole
from tests import casework, handing, people, stationing
from tests.casework import Desk
from tongban.kernel.context import center_context


@pytest.fixture
def desk(db):
    return Desk()


def call(desk, operation, actor, number, kind=TaskKind.INTAKE, **said):
    with center_context(desk.center):
        return operation(actor=actor, number=number, kind=kind, now=desk.now, **said)


def who_applied(desk, *roles):
    """Return a member of the center who is the applicant of a case, and its number."""
    request = casework.application()
    account = people.account(
        "applied", name="赵测试", id_number=request.applicant.id_number, now=desk.now
    )
    people.member(desk.center, account, *roles)
    return people.actor(account), desk.submit(request=request).case.number


def test_nobody_steers_who_handles_their_own_case(desk):
    manager, number = who_applied(desk, CenterRole.MANAGER)
    call(desk, claims.claim_task, desk.clerk, number)
    friend = stationing.staff_number(desk, desk.reviewer)
    before = desk.holdings()
    for operation, said in (
        (claims.release_task, {}),
        (claims.reassign_task, {"staff_number": friend}),
    ):
        with pytest.raises(errors.TaskNotAllowedError) as refused:
            call(desk, operation, manager, number, **said)
        assert refused.value.params["reason"] == "OWN_CASE"
    assert desk.holdings() == before


def test_who_reviewed_neither_takes_nor_gets_the_verification(desk):
    number = desk.in_review()
    desk.review(number)
    before, badge = desk.holdings(), stationing.staff_number(desk, desk.reviewer)
    for actor, operation, said in (
        (desk.reviewer, claims.claim_task, {}),
        (desk.who(CenterRole.MANAGER), claims.reassign_task, {"staff_number": badge}),
    ):
        with pytest.raises(errors.TaskNotAllowedError) as refused:
            call(desk, operation, actor, number, TaskKind.VERIFICATION, **said)
        assert refused.value.params["reason"] == "SAME_PERSON"
    assert desk.holdings() == before

    def mine(actor):
        with center_context(desk.center):
            found = queries.find_tasks(actor=actor, window=None, is_mine=True, now=desk.now)
            return [(task.kind, task.case.number) for task in found]

    another = handing.staff(desk.center, CenterRole.REVIEWER, name="同事").actor
    assert mine(desk.reviewer) == []
    assert mine(another) == [(TaskKind.VERIFICATION, number)]
    call(desk, claims.claim_task, another, number, TaskKind.VERIFICATION)
