"""What is in uploaded contents: until a scanner has said so, they are given to nobody.

An upload lies in quarantine until it was found clean. What leaves for another center meanwhile
goes without its bytes, and the center that waits for them is remembered here: with the answer they
follow. A neighbour believes the answer and does not scan again.
"""

import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import IO, Final

from django.conf import settings
from django.db import connection, transaction
from django.db.models import QuerySet

from tongban.kernel import context, files, ports, statements
from tongban.kernel.files import ScanState
from tongban.kernel.models import FileScan
from tongban.kernel.transactions import Work, unit_of_work

FOLLOWS_KIND: Final = "file.scanned"
LATE_TIMER: Final = "file.scan_heard_late"
LEASE: Final = timedelta(minutes=5)
"""So long whoever scans a file has it for itself: longer than any attempt takes."""
_FIRST_PAUSE: Final = timedelta(seconds=15)
_LONGEST_PAUSE: Final = timedelta(minutes=15)
_LONGEST_NAME: Final = 200
_RANKS: Final = {ScanState.PENDING: 0, ScanState.CLEAN: 1, ScanState.INFECTED: 2}
"""An answer gives way only to a worse one."""
_HELD_BACK: Final = (ScanState.PENDING, ScanState.INFECTED)


@dataclass(frozen=True, slots=True)
class Known:
    """What one center knows of a content, as it tells another."""

    state: ScanState
    signature: str = ""

    @property
    def is_released(self) -> bool:
        """Whether its bytes may be handed out."""
        return self.state not in _HELD_BACK


def is_set_up() -> bool:
    """Tell whether uploads are scanned."""
    return bool(settings.SCANNER)


def take_in(contents: Mapping[str, IO[bytes]], *, now: datetime) -> list[str]:
    """Store uploads of the running center where they belong, by SHA-256.

    Where some are known as infected nothing is stored, and these are returned. Within the caller's
    unit of work. One statement where no scanner is set up.
    """
    center = context.current_center()
    known = {scan.pk: scan.state for scan in _scans(list(contents))}
    infected = [sha256 for sha256, state in known.items() if state == ScanState.INFECTED]
    if infected:
        return infected
    unknown = ScanState.PENDING if is_set_up() else ScanState.NOT_SCANNED
    waiting = [each for each in contents if known.get(each, unknown) == ScanState.PENDING]
    for sha256, stream in contents.items():
        files.store(files.quarantine(center) if sha256 in waiting else center, stream)
    if waiting:
        _await_scan(sorted(waiting), now)
    return []


@statements.compiled
def _scans(sha256s: list[str]) -> QuerySet[FileScan]:
    return FileScan.objects.filter(pk__in=sha256s).only("state")


_AWAIT = """
INSERT INTO kernel_filescan (sha256, state, signature, due_at, attempts, followers)
SELECT sha256, %s, '', %s, 0, '{}' FROM unnest(%s::text[]) AS new (sha256)
    ON CONFLICT DO NOTHING RETURNING sha256
"""


def _await_scan(sha256s: Collection[str], now: datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_AWAIT, [ScanState.PENDING, now, list(sha256s)])
        new = {row[0] for row in cursor.fetchall()}
    for sha256 in set(sha256s) - new:
        # Who settles it before this transaction commits does not see what refers to it yet.
        with unit_of_work() as work:
            key, payload = str(uuid.uuid4()), {"sha256": sha256}
            work.schedule(kind=LATE_TIMER, key=key, fires_at=now, payload=payload)
    # What was awaited from a neighbour is here now. A locked row is being settled by its answer.
    awaited = FileScan.objects.select_for_update(skip_locked=True).filter(
        pk__in=sha256s, state=ScanState.PENDING, due_at=None
    )
    FileScan.objects.filter(pk__in=[row.pk for row in awaited]).update(due_at=now)


def is_pending(sha256: str) -> bool:
    """Tell whether a content of the running center is still to be scanned."""
    return FileScan.objects.filter(pk=sha256, state=ScanState.PENDING).exists()


def missing(sha256s: Collection[str]) -> list[str]:
    """Return which of these files the running center neither has nor knows to be held back."""
    held_back = set(
        FileScan.objects.filter(pk__in=sha256s, state__in=_HELD_BACK).values_list("pk", flat=True)
    )
    center = context.current_center()
    return [each for each in sha256s if each not in held_back and not files.holds(center, each)]


def depart(sha256s: Collection[str], *, destination: str) -> dict[str, Known]:
    """Return what the running center knows of files that leave for ``destination``.

    Of what is still to be scanned it is remembered that ``destination`` waits for it. Files that
    were never to be scanned are not named.
    """
    with unit_of_work():
        rows = list(FileScan.objects.select_for_update().filter(pk__in=sha256s).order_by("pk"))
        for row in rows:
            if row.state == ScanState.PENDING and destination not in row.followers:
                row.followers.append(destination)
                row.save(update_fields=["followers"])
    return {row.pk: Known(ScanState(row.state), row.signature) for row in rows}


def arrive(known: Mapping[str, Known], *, now: datetime) -> None:
    """Note in the running center what another one knows of files that it sent, bytes included."""
    FileScan.objects.bulk_create(
        [FileScan(sha256=sha256) for sha256 in sorted(known)], ignore_conflicts=True
    )
    for sha256, told in sorted(known.items()):
        if told.state is not ScanState.PENDING:
            settle(sha256, told, now=now)


@dataclass(frozen=True, slots=True)
class Claimed:
    """A file that the caller has to scan for one lease."""

    sha256: str
    attempt: int


def claim(now: datetime) -> Claimed | None:
    """Take the next file of the running center that is due for a scan, None where none is."""
    with unit_of_work():
        row = (
            FileScan.objects.select_for_update(skip_locked=True)
            .filter(due_at__lte=now)
            .order_by("due_at", "pk")
            .first()
        )
        if row is None:
            return None
        row.attempts += 1
        row.due_at = now + LEASE
        row.save(update_fields=["attempts", "due_at"])
    return Claimed(row.pk, row.attempts)


def postpone(claimed: Claimed, *, now: datetime) -> None:
    """Let a file that could not be scanned be tried again, after a pause that grows."""
    pause = min(_FIRST_PAUSE * 2 ** min(claimed.attempt - 1, 10), _LONGEST_PAUSE)
    FileScan.objects.filter(
        pk=claimed.sha256, attempts=claimed.attempt, state=ScanState.PENDING
    ).update(due_at=now + pause)


def settle(sha256: str, found: Known, *, now: datetime) -> None:
    """Note what was found in a file, release it where that is nothing, and tell who waits for it.

    A second answer has an effect only where it is worse. Raises: FileNotFoundError where a clean
    file is nowhere.
    """
    with unit_of_work() as work:
        row = FileScan.objects.select_for_update().get(pk=sha256)
        if _RANKS[found.state] <= _RANKS[ScanState(row.state)]:
            return
        center = context.current_center()
        if found.is_released:
            files.release(center, sha256)
            transaction.on_commit(lambda: files.remove(files.quarantine(center), sha256))
        followers, row.followers = row.followers, []
        row.state, row.signature = found.state, found.signature[:_LONGEST_NAME]
        row.due_at = None
        row.save()
        for follower in followers:
            _follow(work, sha256, follower)
        _tell(row, now)


def hear_late(timer: ports.DueTimer, now: datetime) -> None:
    """Tell once more what was found in a content that was uploaded while it was noted."""
    with unit_of_work():
        row = FileScan.objects.select_for_update().get(pk=timer.payload["sha256"])
        if row.state != ScanState.PENDING:
            _tell(row, now)


def _tell(row: FileScan, now: datetime) -> None:
    scanned = ports.ScannedFile(row.pk, row.state == ScanState.INFECTED, row.signature)
    for hear in ports.scan_readers.values():
        hear(scanned, now)


def _follow(work: Work, sha256: str, destination: str) -> None:
    work.send(destination=destination, kind=FOLLOWS_KIND, key=sha256, payload={"files": [sha256]})


def second_copies(now: datetime) -> list[str]:
    """Return the clean files that lie in quarantine still: their release was cut off at its end.

    What was found infected, and what waits for a scan, is none.
    """
    del now
    lying = files.listed(files.quarantine(context.current_center()))
    clean = FileScan.objects.filter(pk__in=lying, state=ScanState.CLEAN)
    return list(clean.order_by("pk").values_list("pk", flat=True))


def remove_second_copy(sha256: str, now: datetime) -> None:
    """Remove a clean file from quarantine where the copy to hand out is whole, idempotently."""
    del now
    center = context.current_center()
    files.release(center, sha256)
    files.remove(files.quarantine(center), sha256)
