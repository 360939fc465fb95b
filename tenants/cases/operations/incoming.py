"""Uploaded files: examined before anything else, stored when the rest is sure."""

import contextlib
import io
import os
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import IO, Any

from django.conf import settings
from django.db import connection

from tenants.cases import errors, models, queries, rules
from tenants.cases.operations import uploads
from tongban.kernel import crypto, files, media, scans
from tongban.kernel.actors import Actor


@dataclass(frozen=True, slots=True)
class ExaminedFile:
    """A file that may be handed in."""

    stream: IO[bytes]
    filename: str
    media_type: str
    sha256: str
    size: int
    upload: models.Upload | None = None
    """Where it came in parts before; its stream is closed then."""


@dataclass(frozen=True, slots=True)
class Addition:
    """Stored files for one material of a case, or for a further one that has only a name.

    Or none, where a commitment is to stand for it.
    """

    code: str
    name: str
    files: Sequence[Mapping[str, Any]]
    told: str = ""
    """What the applicant was told who commits instead (告知承诺); empty where nobody does."""


Examined = Mapping[str, Sequence[ExaminedFile]]
"""Files by the code of their material."""


def examine(
    incoming: Mapping[str, Sequence[rules.Handed]], *, actor: Actor, now: datetime
) -> Examined:
    """Return the files with their content hashes, a file twice in one material once.

    Nothing is stored. Raises: FileEmptyError, FileTooLargeError, FileTypeNotAllowedError,
    TooManyFilesError, UploadNotFoundError, UploadUnfinishedError.
    """
    if len(incoming) > rules.MAX_MATERIALS:
        raise errors.TooManyMaterialsError(path=("materials",), limit=rules.MAX_MATERIALS)
    return {code: _examine_all(code, sequence, actor, now) for code, sequence in incoming.items()}


def _examine_all(
    code: str, incoming: Sequence[rules.Handed], actor: Actor, now: datetime
) -> list[ExaminedFile]:
    if len(incoming) > rules.MAX_FILES:
        raise errors.TooManyFilesError(path=("materials",), material=code, limit=rules.MAX_FILES)
    found: dict[str, ExaminedFile] = {}
    for file in incoming:
        examined = (
            _examine_upload(code, file.upload_id, actor, now)
            if isinstance(file, rules.IncomingUpload)
            else _examine(code, file, limit=settings.FILE_SIZE_LIMIT)
        )
        found.setdefault(examined.sha256, examined)
    return list(found.values())


def _examine_upload(code: str, upload_id: uuid.UUID, actor: Actor, now: datetime) -> ExaminedFile:
    upload = queries.access_upload(actor=actor, upload_id=upload_id, now=now)
    if upload.used_at is not None:
        # Of a repeat only the hash is looked at; anything else is refused before it is stored.
        return ExaminedFile(io.BytesIO(), upload.filename, "", upload.sha256, upload.length, upload)
    with uploads.joined(upload) as stream:
        whole = rules.IncomingFile(upload.filename, stream)
        examined = _examine(code, whole, limit=settings.RESUMABLE_SIZE_LIMIT)
    return replace(examined, upload=upload)


def _examine(code: str, file: rules.IncomingFile, *, limit: int) -> ExaminedFile:
    filename = files.plain_name(file.filename)
    size = file.stream.seek(0, os.SEEK_END)
    if size == 0:
        raise errors.FileEmptyError(path=("materials",), material=code, filename=filename)
    if size > limit:
        raise errors.FileTooLargeError(
            path=("materials",),
            material=code,
            filename=filename,
            size=size,
            limit=limit,
        )
    media_type = media.media_type(file.stream)
    if media_type is None:
        raise errors.FileTypeNotAllowedError(path=("materials",), material=code, filename=filename)
    sha256, size = files.digest(file.stream)
    return ExaminedFile(file.stream, filename, media_type, sha256, size)


def as_canonical(examined: Examined) -> dict[str, list[str]]:
    """Return the files as an idempotency record compares them: by their hashes."""
    return {code: sorted(file.sha256 for file in found) for code, found in examined.items()}


def store(
    examined: Sequence[ExaminedFile], *, by: rules.Party, now: datetime
) -> list[dict[str, Any]]:
    """Store files under this center and return them as events and manifests list them.

    Bytes that a rolled-back transaction leaves behind are referred to by nothing. Raises:
    FileInfectedError for a content in which a scanner found something before, UploadUsedError.
    """
    if not examined:
        return []
    with contextlib.ExitStack() as opened:
        streams = {file.sha256: opened.enter_context(_opened(file, now)) for file in examined}
        infected = scans.take_in(streams, now=now)
    for file in examined:
        if file.sha256 in infected:
            raise errors.FileInfectedError(path=("materials",), filename=file.filename)
    listed = []
    for file, file_id in zip(examined, _new_ids(len(examined)), strict=True):
        listed.append(
            {
                "id": file_id,
                "sha256": file.sha256,
                "size": file.size,
                "media_type": file.media_type,
                "filename": file.filename,
                "added_at": str(crypto.plain_json(now)),
                "added_by": by.as_json(),
            }
        )
    return listed


@contextlib.contextmanager
def _opened(file: ExaminedFile, now: datetime) -> Iterator[IO[bytes]]:
    if file.upload is None:
        yield file.stream
        return
    uploads.use_upload(file.upload, sha256=file.sha256, now=now)
    with uploads.joined(file.upload) as stream:
        yield stream


def _new_ids(count: int) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT uuidv7()::text FROM generate_series(1, %s)", [count])
        return [row[0] for row in cursor.fetchall()]
