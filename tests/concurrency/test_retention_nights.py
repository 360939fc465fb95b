"""What was kept long enough goes by itself every night, and it is seen that it did."""

import io
import os
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from django.core.management import call_command
from django.db import transaction
from django.test import Client

from tenants.cases import models as cases
from tenants.cases.operations import leftovers, uploads
from tests import casework
from tests.concurrency import dying
from tests.concurrency.test_case_races import race
from tests.concurrency.test_clock_races import die
from tests.concurrency.test_retention import age, batches, left, many
from tongban.exchange import models, queries
from tongban.exchange.operations import retention, timers
from tongban.exchange.operations.contexts import context_of
from tongban.exchange.operations.sweep import Sweeper
from tongban.kernel import files
from tongban.kernel.context import SharedRole, center_context, shared_context
from tongban.kernel.files import ScanState
from tongban.kernel.models import FileScan, OutboxMessage, Timer
from tongban.kernel.transactions import PLATFORM

COUNTY = casework.COUNTY
pytestmark = pytest.mark.usefixtures("own_storage")


@pytest.fixture
def night():
    """The next night, by the clock on the wall; the first runs are set for it."""
    return retention.next_night(datetime.now(UTC))


def begin(*codes):
    for code in codes:
        with context_of(code):
            retention.begin(code, datetime.now(UTC))


def pending():
    return Timer.objects.get(kind=retention.TIMER, fired_at=None)


def test_the_night_is_two_o_clock_in_shandong():
    assert retention.next_night(datetime(2026, 3, 1, 17, 59, tzinfo=UTC)) == datetime(
        2026, 3, 2, 18, 0, tzinfo=UTC
    )
    assert retention.next_night(datetime(2026, 3, 1, 15, 59, tzinfo=UTC)) == datetime(
        2026, 3, 1, 18, 0, tzinfo=UTC
    )


def test_every_night_what_is_old_goes_and_it_is_told_where_operators_look(
    db, night, monkeypatch, capsys
):
    monkeypatch.setattr(retention, "BATCH", 2)
    begin(COUNTY, PLATFORM)
    for code in (COUNTY, PLATFORM):
        with context_of(code):
            for number in range(5):
                age("inbox", night - timedelta(days=91), number)
    with center_context(COUNTY):
        age("message", night - timedelta(days=366), 1)
    with shared_context(SharedRole.PLATFORM):
        age("parked", night - timedelta(days=31), 1)
    Sweeper(clock=lambda: night - timedelta(seconds=1)).sweep(nudged=set)
    assert left(COUNTY, "inbox", night) >= 5

    Sweeper(clock=lambda: night).sweep(nudged=set)
    for code, deleted in (
        (COUNTY, {"inbox": 5, "message": 1}),
        (PLATFORM, {"inbox": 5, "parked": 1}),
    ):
        with context_of(code):
            assert pending().fires_at == night + timedelta(days=1)
            told = [(data["rows"]) for data in batches()]
        assert sum(told) == sum(deleted.values())
        assert max(told) == 2
        Sweeper(clock=lambda: night).sweep(nudged=set)  # brings a center's word to the platform
        with shared_context(SharedRole.PLATFORM):
            run = models.RetentionRun.objects.get(code=code)
        assert (run.ran_at, run.deleted) == (night, deleted)

    told = Client().get("/readyz").json()
    assert told["retentionNever"] == 7
    assert told["retentionOldestSeconds"] is not None
    assert "tongban_retention_never 7" in Client().get("/metrics").content.decode()
    call_command("retention", "--dry-run", COUNTY, "371722")
    shown = capsys.readouterr().out
    assert "inbox 5，message 1" in shown
    assert "尚未运行" in shown

    Sweeper(clock=lambda: night + timedelta(days=1)).sweep(nudged=set)
    with shared_context(SharedRole.PLATFORM):
        runs = {run.code: run for run in queries.retention_runs()}
    assert runs[PLATFORM].ran_at == night + timedelta(days=1)
    assert runs[PLATFORM].deleted == {}


def test_several_workers_do_a_night_once(committed_db, night, monkeypatch):
    monkeypatch.setattr(retention, "BATCH", 50)
    many(night, 300)
    begin(COUNTY)

    def work():
        while timers.fire_timers(COUNTY, clock=lambda: night):
            pass

    race([partial(work) for _ in range(3)], threads=3)
    work()
    with center_context(COUNTY):
        assert sum(data["rows"] for data in batches()) == 300
        (word,) = OutboxMessage.objects.filter(kind=retention.RAN_KIND)
        assert word.payload["deleted"] == {"idempotency": 300}
        assert pending().fires_at == night + timedelta(days=1)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("point", "gone"), [("before-commit:1", 0), ("after-commit:1", 50), ("after-commit:2", 100)]
)
def test_a_night_goes_on_after_a_kill(committed_db, night, point, gone):
    many(night, 120)
    begin(COUNTY)
    die(committed_db, point, "run_retention_by_fifty", COUNTY, night.isoformat())
    with center_context(COUNTY):
        assert sum(data["rows"] for data in batches()) == gone
    dying.fire_timers(COUNTY, night.isoformat())
    with center_context(COUNTY):
        assert sum(data["rows"] for data in batches()) == 120
        (word,) = OutboxMessage.objects.filter(kind=retention.RAN_KIND)
        assert word.payload["deleted"] == {"idempotency": 120}


def lay(owner, text):
    return files.store(owner, io.BytesIO(text.encode()))[0]


def test_what_a_kill_left_in_quarantine_and_of_uploads_goes(db, night):
    quarantine = files.quarantine(COUNTY)
    states = [ScanState.CLEAN, ScanState.PENDING, ScanState.INFECTED]
    with center_context(COUNTY):
        lying = {state: lay(quarantine, f"{night} {state}") for state in states}
        for state, sha256 in lying.items():
            FileScan.objects.create(
                sha256=sha256,
                state=state,
                due_at=night + timedelta(days=1) if state is ScanState.PENDING else None,
            )
        kept = [
            cases.Upload.objects.create(
                owner="account:1", slot=slot, filename="x", length=9, expires_at=night,
                used_at=used_at,
            )
            for slot, used_at in ((0, None), (None, night))
        ]  # fmt: skip
        gone = "01990000-0000-7000-8000-000000000000"
        parts = {
            key: lay(uploads.folder(key), f"{night} {key}")
            for key in (kept[0].pk, kept[1].pk, gone)
        }
    begin(COUNTY)
    assert timers.fire_timers(COUNTY, clock=lambda: night) == 1
    while timers.fire_timers(COUNTY, clock=lambda: night):
        pass
    with center_context(COUNTY):
        held = {state: files.holds(quarantine, sha256) for state, sha256 in lying.items()}
        parts_held = [files.holds(uploads.folder(key), sha256) for key, sha256 in parts.items()]
        found = [retention.count_old(kind, now=night) for kind in ("quarantine", "upload")]
        audited = batches().filter(object_key__in=["quarantine", "upload"])
        assert sorted(data["rows"] for data in audited) == [1, 2]
    assert held == {ScanState.CLEAN: False, ScanState.PENDING: True, ScanState.INFECTED: True}
    assert files.holds(COUNTY, lying[ScanState.CLEAN])
    assert parts_held == [True, False, False]
    assert found == [0, 0]


def nights(first, count=16):
    for _night in range(count):
        for moment in (first, first + leftovers.ASIDE_FOR):
            while timers.fire_timers(COUNTY, clock=partial(lambda at: at, moment)):
                pass
        first += timedelta(days=1)


def grow_old(root, days):
    for path in root.rglob("*"):
        then = path.stat().st_mtime - 86_400 * days
        os.utime(path, (then, then))


def test_what_a_kill_left_half_written_goes_after_a_day(db, night, own_storage):
    folders = [own_storage / COUNTY / place for place in ("ab", "quarantine/cd", "uploads/x/ef")]
    for folder in folders:
        folder.mkdir(parents=True)
        (folder / ".coming-old").write_bytes(b"half")
    grow_old(own_storage, days=2)
    for folder in folders:
        (folder / ".coming-new").write_bytes(b"half")
    begin(COUNTY)
    nights(night, count=1)
    assert [list(folder.iterdir()) for folder in folders] == [
        [folder / ".coming-new"] for folder in folders
    ]
    with center_context(COUNTY):
        (told,) = batches().filter(object_key="unfinished")
    assert told["rows"] == 3


@pytest.mark.parametrize("scanner", ["", "tcp://127.0.0.1:9"])
def test_what_was_handed_in_and_rolled_back_goes(db, night, own_storage, settings, scanner):
    settings.SCANNER = scanner
    desk = casework.Desk()
    kept, gone = casework.pdf(content=b"kept"), casework.pdf(content=b"gone")
    number = desk.submitted()
    desk.add(number, files=[kept])
    before = stored(own_storage)
    with center_context(COUNTY), transaction.atomic():
        desk.add(number, files=[gone])
        transaction.set_rollback(True)
    (left,) = stored(own_storage) - before
    grow_old(own_storage, days=-15)  # until the last night who stored it may commit yet
    begin(COUNTY)
    nights(night)
    assert stored(own_storage) >= before | {left}
    grow_old(own_storage, days=15)
    nights(night + timedelta(days=16))
    assert before <= stored(own_storage)
    assert left.rsplit("/", 1)[-1] not in str(stored(own_storage))
    with center_context(COUNTY):
        assert [data["rows"] for data in batches().filter(object_key="content")] == [1]


def stored(root):
    return {str(path.relative_to(root)) for path in (root / COUNTY).rglob("*") if path.is_file()}


@pytest.mark.parametrize("scanner", ["", "tcp://127.0.0.1:9"])
def test_what_is_swept_while_it_is_handed_in_again_stays(
    committed_db, own_storage, settings, scanner
):
    settings.SCANNER = scanner
    desk = casework.Desk()
    number = desk.submitted()
    before = stored(own_storage)

    def hand_in():
        desk.add(number, files=[casework.pdf(content=b"again")])

    def sweep():
        with center_context(COUNTY):
            share = (leftovers.unreferred(desk.now + timedelta(days=day)) for day in range(16))
            (found,) = {sha256 for nightly in share for sha256 in nightly}
            leftovers.let_go(found, desk.now)
        desk.pass_time(desk.now)

    with center_context(COUNTY), transaction.atomic():
        hand_in()
        transaction.set_rollback(True)
    (left,) = stored(own_storage) - before
    then = (desk.now - timedelta(days=3)).timestamp()
    os.utime(own_storage / left, (then, then))
    with center_context(COUNTY), transaction.atomic():
        hand_in()  # finds it stored and stores nothing
        race([sweep], threads=1)
    assert left not in stored(own_storage)
    desk.pass_time(desk.now + leftovers.ASIDE_FOR)
    assert stored(own_storage) == before | {left}
