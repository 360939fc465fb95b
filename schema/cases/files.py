"""The files and papers of cases behind ``/files/{token}``."""

import uuid
from datetime import datetime

from django.core import signing

from schema.cases import links
from schema.cases.links import Link
from schema.downloads import Download
from tenants.cases.adapters.exports import MEDIA_TYPES
from tenants.cases.errors import CaseExportNotFoundError, CaseNotFoundError
from tenants.cases.operations import exporting, reveal
from tenants.cases.queries import StoredFile
from tenants.cases.rules import ExportFormat
from tongban.identity import queries as identity
from tongban.kernel import calendar, files
from tongban.kernel.actors import Actor
from tongban.kernel.context import center_context
from tongban.kernel.errors import RequestError
from tongban.registry import queries as registry


def open_linked(token: str, *, now: datetime) -> Download | None:
    """Return the file that a link names, None where it names none or its asker may not have it.

    The link's maker is resolved again by the token that asked for it and must still see the case:
    whatever has expired, ended or was never there is None alike.
    """
    try:
        link = Link.read(token, now=now)
        if link.kind == links.COPY:
            return None
        actor = identity.actor_of_token(link.token_id, now=now)
        center = registry.resolve_center(link.center_code)
        with center_context(center.code):
            if link.kind == links.EXPORT:
                return _exported(actor, link, now)
            file = _accessed(actor, link, now)
        stream = files.open_file(center.code, file.sha256)
    except (
        signing.BadSignature,
        RequestError,
        CaseNotFoundError,
        CaseExportNotFoundError,
        FileNotFoundError,
    ):
        return None
    return Download(stream, file.filename, file.media_type)


def _accessed(actor: Actor, link: Link, now: datetime) -> StoredFile:
    if link.kind == links.PAPER:
        return reveal.open_paper(actor=actor, paper_id=link.key, now=now)
    return reveal.open_material_file(actor=actor, file_id=link.key, now=now)


def _exported(actor: Actor, link: Link, now: datetime) -> Download:
    export = exporting.open_export(actor=actor, export_id=uuid.UUID(link.key), now=now)
    stream = files.open_file(exporting.folder(export.pk), export.sha256)
    day = calendar.local_day(export.requested_at)
    media_type = MEDIA_TYPES[ExportFormat(export.format)]
    return Download(stream, f"办件清单{day}.{export.format}", media_type)
