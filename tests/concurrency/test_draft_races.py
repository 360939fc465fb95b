"""Whoever discards a draft and whoever hands it in at the same moment; and kills between."""

import time
import uuid
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from tenants.cases import errors, models
from tenants.cases.operations import leftovers, provisional
from tenants.staff.rules import CenterRole
from tests import casework, people
from tests.casework import Desk
from tests.concurrency import dying
from tests.concurrency.test_case_races import race
from tests.concurrency.test_clock_races import die
from tongban.kernel import files
from tongban.kernel.context import center_context
from tongban.kernel.errors import DomainError
from tongban.kernel.models import AuditEntry, Timer

_DYING = Path(__file__).with_name("dying.py")
ROUNDS = 12
STEP = 0.003


@pytest.fixture
def desk(committed_db):
    desk = Desk()
    desk.holdings()
    return desk


def drafted(desk, **said):
    return desk.submit(request=casework.application(as_draft=True, **said)).case.number


def present(desk):
    with center_context(desk.center):
        tables = (models.Case, models.CaseEvent, models.Material, models.MaterialFile)
        return [table.objects.count() for table in tables]


def after(seconds, call, *arguments, **said):
    time.sleep(max(seconds, 0))
    return call(*arguments, **said)


def test_of_handing_a_draft_in_and_discarding_it_one_wins(desk):
    """Handing in locks the provisional number first, and so does discarding: nobody is killed."""
    won = set()
    with center_context(desk.center):
        block = provisional.reserve_numbers(
            actor=desk.clerk, count=ROUNDS, idempotency_key=uuid.uuid4(), now=desk.now
        ).numbers
    for late, number in enumerate(block, start=-ROUNDS // 3):  # else one might win every round
        draft = drafted(desk, provisional_number=number)
        goes_on = casework.application(draft_number=draft, provisional_number=number)

        calls = [
            partial(after, late * STEP, desk.submit, request=goes_on, files={}),
            partial(after, -late * STEP, desk.discard, draft),
        ]
        handed_in, discarded = race(calls, threads=2)
        if isinstance(handed_in, DomainError):
            won.add("discarded")
            assert isinstance(
                handed_in, errors.CaseNotFoundError | errors.ProvisionalNumberUsedError
            )
            assert discarded == draft
            assert desk.events(draft) == []
        else:
            won.add("handed in")
            assert isinstance(discarded, errors.CaseDiscardNotAllowedError)
            assert [event.name for event in desk.events(draft)] == [
                "case.drafted",
                "case.submitted",
            ]
        with center_context(desk.center):
            pending = Timer.objects.filter(kind="case.draft_end", key=draft, fired_at=None)
            assert not pending.exists()
    assert won == {"discarded", "handed in"}


def test_one_key_discards_once(desk):
    draft, key = drafted(desk), uuid.uuid4()
    assert race([lambda: desk.discard(draft, idempotency_key=key)] * 20) == [draft] * 20
    assert present(desk) == [0, 0, 0, 0]
    with center_context(desk.center):
        assert AuditEntry.objects.filter(action="case.discard").count() == 1


@pytest.fixture
def killed(desk, committed_db):
    """Return what does a step in a process of its own, which is killed at a point."""
    return partial(die, committed_db)


@pytest.mark.slow
@pytest.mark.parametrize(("point", "left"), [("before-commit:1", 1), ("after-commit:1", 0)])
def test_a_killed_process_has_discarded_all_or_nothing(desk, killed, point, left):
    draft, key = drafted(desk), str(uuid.uuid4())
    before = present(desk)
    account = people.account("killed-clerk", name="县窗口")
    people.member(desk.center, account, CenterRole.CLERK)
    token, now = people.token(account, now=desk.now), desk.now.isoformat()
    killed(point, "discard_case", desk.center, token, draft, key, now)
    assert present(desk) == (before if left else [0, 0, 0, 0])
    assert dying.discard_case(desk.center, token, draft, key, now) == draft
    assert present(desk) == [0, 0, 0, 0]
    with center_context(desk.center):
        assert AuditEntry.objects.filter(action="case.discard").count() == 1


@pytest.mark.slow
@pytest.mark.parametrize("count", range(1, 3))
def test_a_killed_worker_leaves_no_content_behind(desk, killed, count):
    draft = drafted(desk)
    with center_context(desk.center):
        found = list(models.MaterialFile.objects.values_list("sha256", flat=True))
    desk.discard(draft)
    now = desk.now.isoformat()
    killed(f"before-commit:{count}", "fire_timers", desk.center, now)
    desk.pass_time(desk.now)
    desk.pass_time(desk.now + leftovers.ASIDE_FOR + timedelta(minutes=1))
    for folder in (desk.center, f"{desk.center}/aside"):
        assert not any(files.holds(folder, sha256) for sha256 in found)
