"""``GET /files/{token}``: hands out one file, after authorizing its asker again."""

from http import HTTPStatus
from typing import Final

from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.views.decorators.http import require_safe

from schema.cases import files as case_files
from schema.catalog import files as catalog_files
from schema.context import RequestContext

_HEADERS: Final = {
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
_PRIVATE: Final = {"Cache-Control": "private, no-store"}
_PUBLIC: Final = {"Cache-Control": "public, max-age=3600"}


@require_safe
def serve(_request: HttpRequest, token: str) -> HttpResponseBase:
    """Answer the bytes of the file that a link names, as an attachment.

    Each feature signs links under a salt of its own, so a token opens what it was made for and
    nothing else. Whatever has expired, ended or was never there answers 404 alike.
    """
    now = RequestContext().now()
    found = case_files.open_linked(token, now=now) or catalog_files.open_linked(token, now=now)
    if found is None:
        return _gone()
    return FileResponse(
        found.stream,
        as_attachment=True,
        filename=found.filename,
        content_type=found.media_type,
        headers=_HEADERS | (_PUBLIC if found.is_public else _PRIVATE),
    )


def _gone() -> HttpResponse:
    return HttpResponse(
        "链接已失效或文件不存在，请重新获取。\n",
        status=HTTPStatus.NOT_FOUND,
        content_type="text/plain; charset=utf-8",
        headers=_HEADERS | _PRIVATE,
    )
