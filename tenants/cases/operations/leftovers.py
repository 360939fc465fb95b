"""The bytes of files to which nothing refers: of a draft that is gone, or that never became one.

A content is one file, whoever hands it in, and somebody may hand it in at this very moment: he
finds it stored and stores nothing. So it is put aside first, and goes for good when longer than
any such request takes nothing has come to refer to it; else it is put back.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Final

from tenants.cases import models
from tenants.cases.operations import uploads
from tongban.kernel import calendar, context, files, ports, scans
from tongban.kernel.models import OutboxMessage, Timer
from tongban.kernel.ports import DueTimer
from tongban.kernel.transactions import Work, unit_of_work

LEFTOVER_TIMER: Final = "case.leftover"
ASIDE_FOR: Final = timedelta(hours=1)
"""Longer than a request, or the way of a message whose files were copied, takes."""
_SCANNED_WITHIN: Final = timedelta(minutes=15)
_REFERRED_TO_WITHIN: Final = timedelta(days=2)
"""Longer than what stored a content takes to commit the row that names it."""
_FOLDERS: Final = 256
_FOLDERS_A_NIGHT: Final = 16
_AT_ONCE: Final = 2_000


def leave(work: Work, case: models.Case, *, now: datetime) -> None:
    """Let go of the files of the locked ``case`` that no other case here has, and their uploads."""
    kept = models.MaterialFile.objects
    own = set(kept.filter(material__case=case).values_list("sha256", flat=True))
    others = kept.filter(sha256__in=own).exclude(material__case=case)
    alone = own - set(others.values_list("sha256", flat=True))
    for sha256 in sorted(alone):
        work.schedule(kind=LEFTOVER_TIMER, key=sha256, fires_at=now)
    for upload in models.Upload.objects.filter(sha256__in=alone, used_at__isnull=False):
        work.cancel_timer(kind=uploads.EXPIRY_TIMER, key=str(upload.pk))
        upload.delete()


def unreferred(now: datetime) -> list[str]:
    """Return contents that nothing refers to and nobody lets go of yet, of tonight's folders.

    A transaction that rolled back left them. All folders are looked into within 16 nights; of a
    million files that is 60,000 names a night, with two statements for each 2,000 of them.
    """
    center = context.current_center()
    first = calendar.local_day(now).toordinal() * _FOLDERS_A_NIGHT % _FOLDERS
    lying = [
        (owner, sha256)
        for owner in _homes(center)
        for place in range(first, first + _FOLDERS_A_NIGHT)
        for sha256 in files.in_folder(owner, place)
    ]
    found = set()
    for start in range(0, len(lying), _AT_ONCE):
        batch = lying[start : start + _AT_ONCE]
        needed = _referred_to({sha256 for _owner, sha256 in batch})
        found |= {
            sha256
            for owner, sha256 in batch
            if sha256 not in needed and files.is_older(owner, sha256, now - _REFERRED_TO_WITHIN)
        }
    going = Timer.objects.filter(kind=LEFTOVER_TIMER, key__in=found, fired_at=None)
    return sorted(found.difference(going.values_list("key", flat=True)))


def let_go(sha256: str, now: datetime) -> None:
    """Let go of a content that nothing refers to."""
    with unit_of_work() as work:
        work.schedule(kind=LEFTOVER_TIMER, key=sha256, fires_at=now)


def follow_leftover(timer: DueTimer, now: datetime) -> None:
    """Put a content aside that nothing refers to, then remove it; or put it back."""
    sha256, homes = timer.key, _homes(context.current_center())
    with unit_of_work() as work:
        if _referred_to({sha256}):
            for home in homes:
                _move(sha256, origin=_aside(home), destination=home)
        elif scans.is_pending(sha256):
            work.schedule(kind=LEFTOVER_TIMER, key=sha256, fires_at=now + _SCANNED_WITHIN)
        elif timer.payload.get("is_aside"):
            for home in homes:
                files.remove(_aside(home), sha256)
        else:
            for home in homes:
                _move(sha256, origin=home, destination=_aside(home))
            work.schedule(
                kind=LEFTOVER_TIMER,
                key=sha256,
                fires_at=now + ASIDE_FOR,
                payload={"is_aside": True},
            )


def _homes(center: str) -> tuple[str, str]:
    return center, files.quarantine(center)


def _aside(home: str) -> str:
    return f"{home}/aside"


def _move(sha256: str, *, origin: str, destination: str) -> None:
    if files.holds(origin, sha256):
        files.copy(origin=origin, destination=destination, sha256=sha256)
        files.remove(origin, sha256)


def _referred_to(sha256s: Collection[str]) -> set[str]:
    """Return which contents a case, a paper, what is on its way or another feature needs."""
    needed: set[str] = set()
    for kept in (models.MaterialFile, models.Paper):
        needed.update(kept.objects.filter(sha256__in=sha256s).values_list("sha256", flat=True))
    open_ = set(sha256s) - needed
    if not open_:
        return needed
    leaving = OutboxMessage.objects.filter(
        settled_at__isnull=True, payload__files__has_any_keys=list(open_)
    )
    for sent in leaving.values_list("payload__files", flat=True):
        needed |= open_.intersection(sent)
    return needed.union(*(uses(open_) for uses in ports.file_users.values()))
