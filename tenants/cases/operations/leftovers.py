"""The bytes of files whose draft is gone, where nothing else refers to the same content.

A content is one file, whoever hands it in, and somebody may hand it in at this very moment: he
finds it stored and stores nothing. So it is put aside first, and goes for good when longer than
any such request takes nothing has come to refer to it; else it is put back.
"""

from datetime import datetime, timedelta
from typing import Final

from tenants.cases import models
from tenants.cases.operations import uploads
from tongban.kernel import context, files, ports, scans
from tongban.kernel.models import OutboxMessage
from tongban.kernel.ports import DueTimer
from tongban.kernel.transactions import Work, unit_of_work

LEFTOVER_TIMER: Final = "case.leftover"
ASIDE_FOR: Final = timedelta(hours=1)
"""Longer than a request, or the way of a message whose files were copied, takes."""
_SCANNED_WITHIN: Final = timedelta(minutes=15)


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


def follow_leftover(timer: DueTimer, now: datetime) -> None:
    """Put a content aside that nothing refers to, then remove it; or put it back."""
    sha256, center = timer.key, context.current_center()
    aside, is_aside = f"{center}/aside", bool(timer.payload.get("is_aside"))
    with unit_of_work() as work:
        if _is_referred_to(sha256):
            if files.holds(aside, sha256):
                files.copy(origin=aside, destination=center, sha256=sha256)
                files.remove(aside, sha256)
        elif scans.is_pending(sha256):
            work.schedule(kind=LEFTOVER_TIMER, key=sha256, fires_at=now + _SCANNED_WITHIN)
        elif is_aside:
            files.remove(aside, sha256)
            files.remove(files.quarantine(center), sha256)
        else:
            if files.holds(center, sha256):
                files.copy(origin=center, destination=aside, sha256=sha256)
                files.remove(center, sha256)
            work.schedule(
                kind=LEFTOVER_TIMER,
                key=sha256,
                fires_at=now + ASIDE_FOR,
                payload={"is_aside": True},
            )


def _is_referred_to(sha256: str) -> bool:
    """Tell whether a case, a paper, what is on its way or another feature needs a content."""
    leaving = OutboxMessage.objects.filter(
        settled_at__isnull=True, payload__files__contains=[sha256]
    )
    return (
        models.MaterialFile.objects.filter(sha256=sha256).exists()
        or models.Paper.objects.filter(sha256=sha256).exists()
        or leaving.exists()
        or any(uses(sha256) for uses in ports.file_users.values())
    )
