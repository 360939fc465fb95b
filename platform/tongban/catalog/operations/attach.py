"""Blank forms and samples: an editor puts files to the draft in work."""

import os
from dataclasses import dataclass, field
from datetime import datetime
from typing import IO

from django.conf import settings

from tongban.catalog import errors, models, policies
from tongban.catalog.operations import changing, describing, draft
from tongban.catalog.rules import attachments
from tongban.catalog.rules.attachments import AttachmentKind, NoPlaceError
from tongban.catalog.rules.content import StoredFile
from tongban.catalog.states import IN_WORK, RevisionAction
from tongban.kernel import files, media
from tongban.kernel.actors import Actor
from tongban.kernel.transactions import unit_of_work


@dataclass(frozen=True, slots=True)
class IncomingFile:
    """A file as it is uploaded; the stream can be rewound."""

    filename: str
    stream: IO[bytes] = field(repr=False)


def attach_file(
    *,
    actor: Actor,
    matter_code: str,
    kind: AttachmentKind,
    material_code: str = "",
    file: IncomingFile | None,
    expected_digest: str = "",
    now: datetime,
) -> models.MatterRevision:
    """Put a file to a place of the matter's draft, instead of what stood there; None takes it away.

    Runs in the catalog context, locks the draft; a repeat changes nothing. ``material_code`` is
    empty for the sample of the result. ``expected_digest`` names the draft that was seen, where the
    caller minds others' edits. What is uploaded is believed neither its name nor its type.
    Raises: CatalogFileError, RevisionNotFoundError where nothing is in work that the actor may see,
    DraftNotAllowedError, RevisionNotEditableError, AttachmentPlaceError, StaleVersionError.
    """
    wanted = None if file is None else _examined(file)
    with unit_of_work() as work:
        changing.one_at_a_time()
        revision = _in_work(actor, matter_code)
        if not policies.may_draft(actor, revision.matter.issuer_code):
            raise errors.DraftNotAllowedError
        draft.require_state(revision, RevisionAction.EDIT, errors.RevisionNotEditableError)
        if expected_digest:
            draft.require_digest(revision, expected_digest)
        try:
            content = attachments.with_file(revision.read(), kind, material_code, wanted)
        except NoPlaceError:
            raise errors.AttachmentPlaceError(path=("material",), material=material_code) from None
        if content.digest == revision.content_hash:
            return revision
        if file is not None:
            files.store(files.CATALOG, file.stream)
        describing.write_content(revision, content)
        if actor.key not in revision.editors:
            revision.editors = [*revision.editors, actor.key]
        revision.save(update_fields=[*describing.CONTENT, "editors"])
        work.audit_action(
            actor=actor,
            action="revision.attach",
            object_type="revision",
            object_key=f"{matter_code}/{revision.number}",
            at=now,
            data={
                "kind": kind,
                "material": material_code,
                "sha256": wanted.sha256 if wanted else "",
                "contentHash": revision.content_hash,
            },
        )
    return revision


def _in_work(actor: Actor, matter_code: str) -> models.MatterRevision:
    found = models.MatterRevision.objects.filter(matter__code=matter_code, status__in=IN_WORK)
    number = found.values_list("number", flat=True).first()
    if number is None:
        raise errors.RevisionNotFoundError(path=("matter",), matter=matter_code)
    return draft.access_revision(actor=actor, matter_code=matter_code, number=number)


def _examined(file: IncomingFile) -> StoredFile:
    name = files.plain_name(file.filename)
    size = file.stream.seek(0, os.SEEK_END)
    if size == 0:
        raise errors.CatalogFileError(path=("file",), reason="EMPTY", filename=name)
    if size > settings.FILE_SIZE_LIMIT:
        raise errors.CatalogFileError(
            path=("file",), reason="TOO_LARGE", filename=name, limit=settings.FILE_SIZE_LIMIT
        )
    media_type = media.media_type(file.stream)
    if media_type is None:
        raise errors.CatalogFileError(path=("file",), reason="TYPE", filename=name)
    sha256, size = files.digest(file.stream)
    return StoredFile(name=name, sha256=sha256, media_type=media_type, size=size)
