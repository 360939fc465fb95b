"""What was kept long enough goes, in batches; what is younger, and what law keeps, stays."""

import os
import signal
import subprocess
import sys
import uuid
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from django.core.management import CommandError, call_command

from tenants.cases import models as cases
from tenants.messages import models as messages
from tests import casework, database, handing
from tests.concurrency import dying_command
from tests.concurrency.test_case_races import race
from tongban.audit.operations import verify
from tongban.exchange import models as exchange
from tongban.exchange.operations import retention
from tongban.exchange.operations.contexts import context_of
from tongban.kernel import actors
from tongban.kernel.context import center_context
from tongban.kernel.models import (
    AuditEntry,
    IdempotencyRecord,
    InboxMessage,
    LogEntry,
    OutboxMessage,
    Timer,
)
from tongban.kernel.transactions import PLATFORM

COUNTY = casework.COUNTY
DAYS = {
    "idempotency": 90,
    "inbox": 90,
    "outbox": 30,
    "timer": 30,
    "message": 365,
    "export": 90,
    "parked": 30,
}
EVERYWHERE = {"idempotency", "inbox", "outbox", "timer"}
AT_A_CENTER = [kind for kind in DAYS if kind != "parked"]
pytestmark = pytest.mark.usefixtures("own_storage")


def age(kind, moment, number):
    """Make a row of a kind that ended at a moment."""
    key = uuid.uuid4()
    match kind:
        case "idempotency":
            IdempotencyRecord.objects.create(
                actor="account:1", operation="x", key=key, input_digest="", created_at=moment
            )
        case "inbox":
            InboxMessage.objects.create(
                message_id=key, origin="371402", kind="x", received_at=moment
            )
        case "outbox":
            OutboxMessage.objects.create(
                message_id=key, destination=PLATFORM, kind="x", key="x", payload={},
                settled_at=moment,
            )  # fmt: skip
        case "timer":
            Timer.objects.create(kind="x", key=str(key), fires_at=moment, fired_at=moment)
        case "parked":
            exchange.ParkedMessage.objects.create(
                message_id=key, origin="371402", destination=PLATFORM, kind="x", key="x",
                error="", parked_at=moment - timedelta(days=400), released_at=moment,
            )  # fmt: skip
        case "message":
            messages.Message.objects.create(
                case_number="1", epoch=1, sequence=number, channel="in_app", kind="intake",
                text="x", recipient_hash=b"x", state="sent", created_at=moment, sent_at=moment,
            )  # fmt: skip
        case "export":
            cases.CaseExport.objects.create(
                filter={}, order="latest", format="csv", account_id=1, requested_by={},
                requested_at=moment, state="expired",
            )  # fmt: skip


def left(code, kind, now):
    """Count the rows of a kind that are left, whatever their age."""
    with context_of(code):
        return retention.ports.retained[kind].older_than(now + timedelta(days=1)).count()


@pytest.fixture
def now():
    return datetime.now(UTC)


@pytest.fixture
def aged(db, now):
    """Three old rows and a young one of each kind, at a center and at the platform."""
    for code in (PLATFORM, COUNTY):
        with context_of(code):
            for kind in set(DAYS) & set(retention.kinds_at(code)):
                limit = now - timedelta(days=DAYS[kind])
                for number in range(3):
                    age(kind, limit - timedelta(days=number, seconds=1), number)
                age(kind, limit + timedelta(minutes=5), 9)


LEFT_BEHIND = ("quarantine", "upload", "unfinished", "content")  # test_retention_nights.py


def test_every_kind_has_a_term_and_is_proven_here():
    assert set(retention.ports.retained) == set(DAYS)
    assert set(retention.kinds_at(PLATFORM)) == EVERYWHERE | {"parked"}
    assert set(retention.kinds_at(COUNTY)) == {*AT_A_CENTER, *LEFT_BEHIND}


@pytest.mark.parametrize("kind", DAYS)
def test_what_is_old_goes_and_nothing_younger(aged, kind, now):
    for code in (PLATFORM, COUNTY):
        if kind not in retention.kinds_at(code):
            continue
        before = left(code, kind, now)
        with context_of(code):
            assert retention.count_old(kind, now=now) == 3
            gone = retention.delete_batch(actor=actors.operator("x"), kind=kind, now=now)
            again = retention.delete_batch(actor=actors.operator("x"), kind=kind, now=now)
            (entry,) = AuditEntry.objects.filter(action="retention.delete")
        assert (gone, again) == (3, 0)
        assert left(code, kind, now) == before - 3
        assert (entry.object_key, entry.data["rows"]) == (kind, 3)


def test_what_still_has_to_happen_never_goes(db, now):
    number = casework.Desk().submitted()
    later = now + timedelta(days=4000)
    with center_context(COUNTY):
        messages.Message.objects.filter(channel="sms").update(state="waiting", due_at=now)
        kept = (OutboxMessage, Timer, cases.Case, cases.CaseEvent, LogEntry)
        before = [model.objects.count() for model in kept]
        assert all(before)
        for kind in retention.kinds_at(COUNTY):
            retention.delete_batch(actor=actors.operator("x"), kind=kind, now=later)
        assert [model.objects.count() for model in kept] == before
        (waiting,) = messages.Message.objects.all()
        assert waiting.state == "waiting"
        assert verify.verify_log(code=COUNTY).faults == 0
    assert handing.log_of(COUNTY, number)


def run(*arguments):
    call_command("retention", *arguments)


def test_a_dry_run_tells_and_touches_nothing(aged, now, capsys):
    before = {kind: left(COUNTY, kind, now) for kind in AT_A_CENTER}
    run("--dry-run", COUNTY)
    shown = capsys.readouterr().out
    assert COUNTY in shown
    assert "发给申请人的消息" in shown
    assert {kind: left(COUNTY, kind, now) for kind in AT_A_CENTER} == before
    run(COUNTY, PLATFORM)
    after = {kind: left(COUNTY, kind, now) for kind in AT_A_CENTER}
    assert after == {kind: count - 3 for kind, count in before.items()}
    capsys.readouterr()
    run("--dry-run", COUNTY, PLATFORM)
    assert "没有到期的记录" in capsys.readouterr().out
    with pytest.raises(CommandError, match="999999"):
        run("999999")


def test_one_center_is_cleaned_without_touching_another(aged, now, capsys):
    with center_context("371722"):
        age("message", now - timedelta(days=366), 1)
    run(COUNTY)
    assert left("371722", "message", now) == 1


def many(now, rows):
    with center_context(COUNTY):
        IdempotencyRecord.objects.bulk_create(
            IdempotencyRecord(
                actor="account:1", operation="x", key=uuid.uuid4(), input_digest="",
                created_at=now - timedelta(days=91),
            )
            for _ in range(rows)
        )  # fmt: skip


def batches():
    """Return what the audit log says of each batch that was deleted."""
    return AuditEntry.objects.filter(action="retention.delete").values_list("data", flat=True)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("point", "gone"),
    [("before-commit:1", 0), ("after-commit:1", 2_000), ("before-commit:2", 2_000)],
)
def test_a_killed_run_leaves_whole_batches_and_the_next_goes_on(committed_db, now, point, gone):
    many(now, 3 * retention.BATCH // 2)
    died = subprocess.run(
        [
            *(sys.executable, "-W", "ignore", dying_command.__file__, point, "retention", COUNTY),
        ],
        env={
            **os.environ,
            "TONGBAN_DATABASE_URL": committed_db,
            "PYTHONPATH": f"{database.PROJECT / 'platform'}:{database.PROJECT}",
        },
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    assert died.returncode == -signal.SIGKILL, died.stderr
    with center_context(COUNTY):
        assert retention.count_old("idempotency", now=now) == 3_000 - gone
        assert sum(data["rows"] for data in batches()) == gone
    run(COUNTY)
    with center_context(COUNTY):
        assert retention.count_old("idempotency", now=now) == 0
        assert sum(data["rows"] for data in batches()) == 3_000


def test_two_at_once_delete_each_row_once(committed_db, now, monkeypatch):
    monkeypatch.setattr(retention, "BATCH", 50)
    many(now, 300)

    def work():
        gone = 0
        with center_context(COUNTY):
            while rows := retention.delete_batch(
                actor=actors.operator("x"), kind="idempotency", now=now
            ):
                gone += rows
        return gone

    assert sum(race([partial(work) for _ in range(3)], threads=3)) == 300
    with center_context(COUNTY):
        assert sum(data["rows"] for data in batches()) == 300
