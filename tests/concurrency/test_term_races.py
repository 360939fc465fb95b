"""Terms of debts and commitments against people: whoever comes first has it, and red comes once."""

import uuid
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from tenants.cases import errors, models, rules
from tenants.cases.operations import commitments, debts
from tests import casework, handing
from tests.casework import Desk
from tests.concurrency import dying
from tests.concurrency.test_case_races import race
from tests.concurrency.test_clock_races import die
from tests.operations.test_case_debts import OWED, may_follow
from tests.operations.test_commitment_terms import WHAT, publish, submitted
from tongban.exchange.operations import timers
from tongban.kernel.context import center_context
from tongban.kernel.errors import DomainError

MONDAY = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)


@pytest.fixture
def desk(committed_db):
    desk = Desk(now=MONDAY)
    desk.holdings()  # its people exist before the race
    return desk


def fire(desk, at):
    return timers.fire_timers(desk.center, clock=lambda: at)


def named(desk, number, name):
    return [event.name for event in desk.events(number)].count(name)


def owing(desk):
    number = desk.submitted()
    desk.accept(number, with_gap=True)
    (debt,) = rules.read_debts(desk.case(number).debts)
    return number, debt.due_at + timedelta(seconds=1)


def settle(desk, number, now, *, is_accepted):
    return desk._case(
        debts.settle_debt,
        desk.clerk,
        number,
        material=OWED,
        is_accepted=is_accepted,
        text="看过",
        now=now,
    )


def bring(desk, number, now):
    files = [casework.pdf("plan.pdf", uuid.uuid4().bytes)]
    return desk.add(number, material_code=OWED, files=files, now=now)


def test_of_what_came_at_the_last_moment_and_the_term_one_is_first(desk):
    may_follow(desk.now)
    for _ in range(4):
        number, late = owing(desk)
        race([partial(bring, desk, number, late), *[partial(fire, desk, late)] * 3], threads=4)
        (debt,) = rules.read_debts(desk.case(number).debts)
        assert debt.arrived_at == late
        assert named(desk, number, "case.debt_overdue") == (debt.lamp == "red")
        race([partial(settle, desk, number, late, is_accepted=False)] * 2, threads=2)
        race([partial(fire, desk, late)] * 4, threads=4)
        assert named(desk, number, "case.debt_returned") == 1
        assert named(desk, number, "case.debt_overdue") == 1
        with center_context(desk.center):
            found = models.Finding.objects.filter(case__number=number, code="DEBT_OVERDUE")
            assert found.count() == 1
        handing.log_of(desk.center, number)


def test_of_a_look_and_the_term_nothing_is_both_settled_and_late(desk):
    may_follow(desk.now)
    for _ in range(4):
        number, late = owing(desk)
        bring(desk, number, desk.now)
        looks = [
            partial(settle, desk, number, late, is_accepted=True),
            partial(settle, desk, number, late, is_accepted=False),
            *[partial(fire, desk, late)] * 2,
        ]
        results = race(looks, threads=4)
        lost = [result for result in results[:2] if isinstance(result, DomainError)]
        assert [type(error) for error in lost] == [errors.CaseSettleDebtNotAllowedError]
        fire(desk, late)
        is_settled = desk.case(number).debts_open == 0
        assert named(desk, number, "case.debt_settled") == is_settled
        assert named(desk, number, "case.debt_overdue") == (not is_settled)
        handing.log_of(desk.center, number)


def committed(desk):
    publish(desk.now)
    number = submitted(desk)
    desk.accept(number)
    (commitment,) = rules.read_commitments(desk.case(number).commitments)
    return number, commitment.due_at + timedelta(seconds=1)


def verify(desk, number, now, *, is_kept):
    return desk._case(
        commitments.verify_commitment,
        desk.reviewer,
        number,
        material=WHAT,
        is_kept=is_kept,
        reason="现场核查",
        now=now,
    )


def test_of_two_who_verify_and_the_term_one_finds_it_and_red_comes_before_or_never(desk):
    number, late = committed(desk)
    looks = [partial(verify, desk, number, late, is_kept=True)] * 2
    results = race([*looks, *[partial(fire, desk, late)] * 3], threads=5)
    lost = [result for result in results[:2] if isinstance(result, DomainError)]
    assert [type(error) for error in lost] == [errors.CaseVerifyCommitmentNotAllowedError]
    fire(desk, late)
    names = [event.name for event in desk.events(number)]
    assert names.count("case.commitment_kept") == 1
    assert names.count("case.commitment_overdue") <= 1
    assert "case.commitment_overdue" not in names[names.index("case.commitment_kept") :]
    handing.log_of(desk.center, number)


@pytest.mark.slow
@pytest.mark.parametrize("point", ["before-commit:1", "after-commit:1"])
def test_a_worker_that_is_killed_while_a_term_ends(committed_db, point):
    desk = Desk(now=MONDAY)
    number, late = committed(desk)
    fire(desk, late - timedelta(days=3))
    before = len(desk.events(number))
    die(committed_db, point, "fire_timers", desk.center, late.isoformat())
    dying.fire_timers(desk.center, late.isoformat())
    names = [event.name for event in desk.events(number)][before:]
    assert names.count("case.commitment_overdue") == 1
    with center_context(desk.center):
        found = models.Finding.objects.filter(case__number=number, code="COMMITMENT_UNVERIFIED")
        assert found.count() == 1
