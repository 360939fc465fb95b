"""Time against people: whoever comes first has it, and a timer has its effect once."""

import os
import signal
import subprocess
import sys
from datetime import UTC, datetime, time
from functools import partial
from pathlib import Path

import pytest

from tenants.cases import errors, models, rules
from tenants.cases.states import State
from tenants.staff.rules import CenterRole
from tenants.windows.operations import terms
from tests import casework, database, handing, revising
from tests.casework import Desk
from tests.concurrency import dying
from tests.concurrency.test_case_races import race
from tongban.exchange.operations import timers
from tongban.kernel.context import center_context
from tongban.kernel.errors import DomainError
from tongban.kernel.models import LogEntry, Timer

LATE = datetime(2026, 3, 5, 9, 0, 1, tzinfo=UTC)
"""A second after the promise of three working days that began on Monday."""


@pytest.fixture
def desk(committed_db):
    desk = Desk(now=datetime(2026, 3, 2, 2, 0, tzinfo=UTC))
    desk.holdings()  # its people exist before the race
    return desk


def names(desk, number):
    return [event.name for event in desk.events(number)]


def fire(desk):
    return timers.fire_timers(desk.center, clock=lambda: LATE)


def test_of_silence_and_decision_one_is_the_outcome(desk):
    revising.revise(now=desk.now, tacit_approval=True, tacit_approval_basis=0)
    for _ in range(6):
        number = desk.verified()
        results = race([partial(desk.decide, number, now=LATE), partial(fire, desk)], threads=2)
        assert names(desk, number).count("case.approved") == 1
        case = desk.case(number)
        assert case.state == State.APPROVED
        lost = [result for result in results if isinstance(result, DomainError)]
        assert bool(lost) == ("deemed" in case.decision)
        with center_context(desk.center):
            assert case.papers.filter(kind=rules.PaperKind.APPROVAL).count() == 1
            assert not Timer.objects.filter(key=number, fired_at=None).exists()
        handing.log_of(desk.center, number)


def test_of_a_veto_at_the_last_moment_and_silence_one_is_the_outcome(desk):
    revising.revise(now=desk.now, tacit_approval=True, tacit_approval_basis=0)
    at_last = datetime(2026, 3, 5, 9, 0, tzinfo=UTC)
    for _ in range(4):
        number = desk.verified()
        veto = partial(
            desk.decide,
            number,
            now=at_last,
            decision=rules.Decision.REJECT,
            ground_code="CONDITIONS_NOT_MET",
        )
        (vetoed, _fired) = race([veto, partial(fire, desk)], threads=2)
        expected = State.APPROVED if isinstance(vetoed, DomainError) else State.REJECTED
        assert desk.case(number).state == expected
        assert len([n for n in names(desk, number) if n in {"case.approved", "case.rejected"}]) == 1


def test_many_workers_turn_a_lamp_red_once(desk):
    number = desk.in_review()
    race([partial(fire, desk)] * 8, threads=8)
    assert desk.case(number).lamp == "red"
    assert names(desk, number).count("case.lamp_changed") == 1
    with center_context(desk.center):
        assert models.Urging.objects.count() == 1
        assert LogEntry.objects.filter(topic="lamp").count() == 2
        assert Timer.objects.filter(kind="case.lamp", fired_at=None).count() == 0


def test_of_silence_and_a_notice_one_is_the_outcome(desk):
    number = desk.submitted()
    late = datetime(2026, 3, 9, 9, 0, 1, tzinfo=UTC)
    results = race(
        [
            partial(desk.notify, number, now=late),
            lambda: timers.fire_timers(desk.center, clock=lambda: late),
        ],
        threads=2,
    )
    refused = isinstance(results[0], errors.CaseIssueNoticeNotAllowedError)
    expected = State.ACCEPTED if refused else State.SUPPLEMENT_REQUESTED
    assert desk.case(number).state == expected
    assert names(desk, number)[1] == ("case.accepted" if refused else "case.notice_issued")


_DYING = Path(dying.__file__)


def die(url, point, step, *arguments):
    """Do a step in a process of its own that is killed at the point."""
    died = subprocess.run(
        [sys.executable, "-W", "ignore", str(_DYING), point, step, *arguments],
        env={
            **os.environ,
            "TONGBAN_DATABASE_URL": url,
            "PYTHONPATH": f"{database.PROJECT / 'platform'}:{database.PROJECT}",
        },
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert died.returncode == -signal.SIGKILL, died.stderr


@pytest.mark.slow
@pytest.mark.parametrize("point", ["before-commit:1", "after-commit:1"])
def test_a_worker_that_is_killed_while_a_limit_ends(committed_db, point):
    desk = Desk(now=datetime(2026, 3, 2, 2, 0, tzinfo=UTC))
    revising.revise(now=desk.now, tacit_approval=True, tacit_approval_basis=0)
    number = desk.in_review()
    die(committed_db, point, "fire_timers", desk.center, LATE.isoformat())
    dying.fire_timers(desk.center, LATE.isoformat())
    assert names(desk, number) == ["case.submitted", "case.accepted", "case.review_started",
                                   "case.approved"]  # fmt: skip
    with center_context(desk.center):
        assert models.Paper.objects.filter(kind=rules.PaperKind.APPROVAL).count() == 1
    assert casework.holdings(desk.center)["CaseEvent"] == 4


@pytest.mark.slow
@pytest.mark.parametrize("point", ["before-commit:1", "after-commit:1", "before-commit:2"])
def test_a_worker_that_is_killed_while_it_reckons_anew(committed_db, point):
    desk = Desk(now=datetime(2026, 3, 2, 2, 0, tzinfo=UTC))
    numbers = [desk.in_review() for _ in range(5)]
    with center_context(desk.center):
        terms.set_terms(
            actor=desk.who(CenterRole.MANAGER),
            expected_version=0,
            hours=(time(9), time(12), time(14), time(18)),
            now=desk.now,
        )
    die(committed_db, point, "recompute_by_two", desk.center, desk.now.isoformat())
    dying.recompute_by_two(desk.center, desk.now.isoformat())
    for number in numbers:
        assert names(desk, number).count("case.due_recomputed") == 1
        assert desk.case(number).promised_due_at == datetime(2026, 3, 5, 10, 0, tzinfo=UTC)
    with center_context(desk.center):
        assert not Timer.objects.filter(kind=terms.CHANGED_TIMER, fired_at=None).exists()
