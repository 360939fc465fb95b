"""Large files in parts: begun, gone on with after whatever broke, handed in once, or thrown away.

Each part is a file of the upload's folder, and counts once its row says so. What a killed process
left behind is a file that no row names: it goes with the folder.
"""

import io
import shutil
import tempfile
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial
from typing import IO, Final

from django.conf import settings
from django.db import transaction
from django.db.models import F, Func, QuerySet, Sum, Value

from tenants.cases import errors, models, queries
from tongban.kernel import context, files
from tongban.kernel.actors import Actor
from tongban.kernel.ports import DueTimer
from tongban.kernel.transactions import Work, unit_of_work

EXPIRY_TIMER: Final = "case.upload_expiry"
SLOTS: Final = 5
"""How many uploads of one person may wait to be handed in, at one center."""
LASTS: Final = timedelta(hours=24)
PART: Final = 1 << 20
"""So much is lost at most of what was sent when a process is killed."""
SPARE_PARTS: Final = 1_000
"""So often the line may break, or a client send less than a part, until it has to begin anew."""
_REMEMBERED: Final = timedelta(days=90)
"""As long as an idempotency key: its repeat is known by the file's content."""


def begin_upload(*, actor: Actor, length: int, filename: str, now: datetime) -> models.Upload:
    """Reserve one of the actor's slots for a file, for who could hand it in.

    Raises: UploadNotAllowedError, UploadSizeError, UploadSlotsError, UploadRoomError.
    """
    if not actor.real_name and queries.membership_of(actor) is None:
        raise errors.UploadNotAllowedError
    if not 0 < length <= settings.RESUMABLE_SIZE_LIMIT:
        raise errors.UploadSizeError(limit=settings.RESUMABLE_SIZE_LIMIT)
    with unit_of_work() as work:
        upload = models.Upload(
            owner=actor.key,
            filename=files.plain_name(filename),
            length=length,
            expires_at=now + LASTS,
        )
        _take_slot(upload)
        _require_room()
        work.schedule(kind=EXPIRY_TIMER, key=str(upload.pk), fires_at=upload.expires_at)
        _audit(work, actor, "begin_upload", upload, now)
    return upload


def _take_slot(upload: models.Upload) -> None:
    own = models.Upload.objects.filter(owner=upload.owner)
    taken = set(own.filter(slot__isnull=False).values_list("slot", flat=True))
    for upload.slot in sorted(set(range(SLOTS)) - taken):
        # Another request may take it at the same moment.
        models.Upload.objects.bulk_create([upload], ignore_conflicts=True)
        if own.filter(pk=upload.pk).exists():
            return
    raise errors.UploadSlotsError(limit=SLOTS)


def _require_room() -> None:
    """Raise where all that waits is more than the center has room for; many at once may exceed it.

    What an upload may become is counted, not what has come.
    """
    waiting = models.Upload.objects.filter(slot__isnull=False).aggregate(whole=Sum("length"))
    if waiting["whole"] > settings.RESUMABLE_ROOM:
        raise errors.UploadRoomError


def append_to_upload(
    *, actor: Actor, upload_id: uuid.UUID, offset: int, read: Callable[[int], bytes], now: datetime
) -> models.Upload:
    """Write what ``read`` returns behind ``offset``, part by part; what has come stays.

    Each part is a transaction of its own: the line is slow. Of two who write at once one goes on.
    Raises: UploadNotFoundError, UploadOffsetError, UploadPartsError.
    """
    upload = queries.access_unused(actor=actor, upload_id=upload_id, now=now)
    if offset != upload.offset:
        raise errors.UploadOffsetError(offset=upload.offset)
    if len(upload.parts) >= upload.length // PART + SPARE_PARTS:
        raise errors.UploadPartsError
    while part := _read_part(read, min(PART, upload.length - upload.offset)):
        sha256, size = files.store(folder(upload.pk), io.BytesIO(part))
        if not _count_part(actor, upload, sha256, size, now):
            if not models.Upload.objects.filter(pk=upload.pk).exists():
                files.discard(folder(upload.pk))  # it was thrown away meanwhile
            behind = queries.access_unused(actor=actor, upload_id=upload_id, now=now)
            raise errors.UploadOffsetError(offset=behind.offset)
        upload.offset += size
    return upload


def _count_part(actor: Actor, upload: models.Upload, sha256: str, size: int, now: datetime) -> bool:
    """Count a part that is stored, unless another came in its place; the last one is audited."""
    with unit_of_work() as work:
        is_next = models.Upload.objects.filter(pk=upload.pk, offset=upload.offset, used_at=None)
        parts = Func(F("parts"), Value(sha256), function="array_append")
        is_counted = bool(is_next.update(offset=F("offset") + size, parts=parts))
        if is_counted and upload.offset + size == upload.length:
            _audit(work, actor, "complete_upload", upload, now)
    return is_counted


def _read_part(read: Callable[[int], bytes], size: int) -> bytes:
    found = bytearray()
    try:
        while len(found) < size and (more := read(size - len(found))):
            found += more
    except OSError:
        pass  # the line broke: what came before is kept
    return bytes(found)


def abandon_upload(*, actor: Actor, upload_id: uuid.UUID, now: datetime) -> None:
    """Throw an upload away that was not handed in. Raises: UploadNotFoundError."""
    with unit_of_work() as work:
        upload = queries.access_unused(actor=actor, upload_id=upload_id, now=now)
        unused = models.Upload.objects.filter(pk=upload.pk, used_at=None)
        if not _forget(unused):
            raise errors.UploadNotFoundError(path=("uploads",))  # handed in at this moment
        work.cancel_timer(kind=EXPIRY_TIMER, key=str(upload.pk))
        _audit(work, actor, "abandon_upload", upload, now)


def expire_upload(timer: DueTimer, now: datetime) -> None:
    """Forget an upload whose time is over."""
    del now
    with unit_of_work():
        _forget(models.Upload.objects.filter(pk=timer.key))


def _forget(found: QuerySet[models.Upload]) -> int:
    owners = [folder(upload.pk) for upload in found]
    deleted, _by_model = found.delete()
    for owner in owners if deleted else ():
        transaction.on_commit(partial(files.discard, owner))
    return deleted


def left_folders(now: datetime) -> list[str]:
    """Return the folders of uploads that are gone or handed in: their removal was cut off."""
    del now
    lying = files.folders(_uploads())
    unused = models.Upload.objects.filter(pk__in=lying, used_at=None)
    waiting = {str(key) for key in unused.values_list("pk", flat=True)}
    return [name for name in lying if name not in waiting]


def discard_left_folder(name: str, now: datetime) -> None:
    """Remove the folder of an upload that is gone or handed in."""
    del now
    files.discard_folder(f"{_uploads()}/{name}")


def _audit(work: Work, actor: Actor, action: str, upload: models.Upload, now: datetime) -> None:
    work.audit_action(
        actor=actor,
        action=f"case.{action}",
        object_type="upload",
        object_key=str(upload.pk),
        at=now,
        data={"length": upload.length},
    )


def folder(upload_id: uuid.UUID) -> str:
    """Return under which owner the parts of an upload to this center lie."""
    return f"{_uploads()}/{upload_id}"


def _uploads() -> str:
    return f"{context.current_center()}/uploads"


@contextmanager
def joined(upload: models.Upload) -> Iterator[IO[bytes]]:
    """Open a whole upload for reading. Raises: UploadUnfinishedError, UploadNotFoundError."""
    if upload.offset < upload.length:
        raise errors.UploadUnfinishedError(path=("uploads",), filename=upload.filename)
    with tempfile.TemporaryFile() as stream:
        try:
            for part in upload.parts:
                with files.open_file(folder(upload.pk), part) as kept:
                    shutil.copyfileobj(kept, stream)
        except FileNotFoundError as error:  # it was handed in, or has expired, at this moment
            raise errors.UploadNotFoundError(path=("uploads",)) from error
        stream.seek(0)
        yield stream


def use_upload(upload: models.Upload, *, sha256: str, now: datetime) -> None:
    """Mark an upload as handed in, in the transaction that does so; its parts go with the commit.

    Raises: UploadUsedError.
    """
    with unit_of_work() as work:
        unused = models.Upload.objects.filter(pk=upload.pk, used_at=None)
        if not unused.update(used_at=now, sha256=sha256, slot=None, parts=[]):
            raise errors.UploadUsedError(path=("uploads",), filename=upload.filename)
        work.schedule(kind=EXPIRY_TIMER, key=str(upload.pk), fires_at=now + _REMEMBERED)
        owner = folder(upload.pk)
        transaction.on_commit(lambda: files.discard(owner))
