"""``GET /files/{token}``: hands out one file, after authorizing its asker again."""

from datetime import datetime
from http import HTTPStatus
from typing import Final

from django.core import signing
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.views.decorators.http import require_safe

from schema.cases import links
from schema.cases.links import Link
from schema.context import RequestContext
from tenants.cases import queries
from tenants.cases.errors import CaseNotFoundError
from tenants.cases.operations import reveal
from tenants.cases.queries import StoredFile
from tongban.identity import queries as identity
from tongban.kernel import files
from tongban.kernel.actors import Actor
from tongban.kernel.context import center_context
from tongban.kernel.errors import RequestError
from tongban.registry import queries as registry

_HEADERS: Final = {
    "Cache-Control": "private, no-store",
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


@require_safe
def serve(_request: HttpRequest, token: str) -> HttpResponseBase:
    """Answer the bytes of the file that a link names, as an attachment.

    The link's maker is resolved again by the token that asked for it and must still see the case:
    whatever has expired, ended or was never there answers 404 alike.
    """
    now = RequestContext().now()
    try:
        link = Link.read(token, now=now)
        actor = identity.actor_of_token(link.token_id, now=now)
        center = registry.resolve_center(link.center_code)
        with center_context(center.code):
            file = _accessed(actor, link, now)
        stream = files.open_file(center.code, file.sha256)
    except (signing.BadSignature, RequestError, CaseNotFoundError, FileNotFoundError):
        return _gone()
    return FileResponse(
        stream,
        as_attachment=True,
        filename=file.filename,
        content_type=file.media_type,
        headers=_HEADERS,
    )


def _accessed(actor: Actor, link: Link, now: datetime) -> StoredFile:
    if link.kind == links.PAPER:
        return queries.access_paper(actor=actor, paper_id=link.key)
    return reveal.open_material_file(actor=actor, file_id=link.key, now=now)


def _gone() -> HttpResponse:
    return HttpResponse(
        "链接已失效或文件不存在，请重新获取。\n",
        status=HTTPStatus.NOT_FOUND,
        content_type="text/plain; charset=utf-8",
        headers=_HEADERS,
    )
