"""The catalog's files behind ``/files/{token}``."""

from datetime import datetime

from django.core import signing

from schema.catalog.links import Link
from schema.downloads import Download
from tongban.catalog import queries
from tongban.identity import queries as identity
from tongban.kernel import files, media
from tongban.kernel.actors import ANONYMOUS
from tongban.kernel.context import SharedRole, shared_context
from tongban.kernel.errors import RequestError


def open_linked(token: str, *, now: datetime) -> Download | None:
    """Return the file that a link names, None where it names none or its asker may not have it.

    A draft's link is checked against the person again: who has signed out, or has lost the role,
    sees it no more.
    """
    try:
        link = Link.read(token, now=now)
        actor = (
            ANONYMOUS if link.is_for_everybody else identity.actor_of_token(link.token_id, now=now)
        )
        with shared_context(SharedRole.READER):
            file = queries.access_attachment(actor=actor, place=link.place)
        if file is None:
            return None
        stream = files.open_file(files.CATALOG, file.sha256)
    except (signing.BadSignature, RequestError, FileNotFoundError):
        return None
    # A draft's text is the editor's; what is handed out is named by what it is.
    media_type = media.media_type(stream) or "application/octet-stream"
    return Download(stream, file.name, media_type, is_public=link.is_for_everybody)
