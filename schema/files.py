"""``GET /files/{token}``: hands out one file, after authorizing its asker again."""

from http import HTTPStatus
from typing import Final

from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.views.decorators.http import require_safe

from schema import rates
from schema.cases import files as case_files
from schema.catalog import files as catalog_files
from schema.context import CHINESE, RequestContext
from schema.errors import RateLimitedError
from schema.privacy import files as privacy_files

_HEADERS: Final = {
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
_PRIVATE: Final = {"Cache-Control": "private, no-store"}
_PUBLIC: Final = {"Cache-Control": "public, max-age=3600"}


@require_safe
def serve(request: HttpRequest, token: str) -> HttpResponseBase:
    """Answer the bytes of the file that a link names, as an attachment.

    Each feature signs links under a salt of its own, so a token opens what it was made for and
    nothing else. Whatever has expired, ended or was never there answers 404 alike. A link comes
    without a bearer token, so it is counted by its address.
    """
    context = RequestContext(client_address=rates.address_of(request.META))
    try:
        rates.admit(context)
    except RateLimitedError as error:
        return _busy(error)
    now = context.now()
    found = (
        case_files.open_linked(token, now=now)
        or catalog_files.open_linked(token, now=now)
        or privacy_files.open_linked(token, now=now)
    )
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
    return _text("链接已失效或文件不存在，请重新获取。", HTTPStatus.NOT_FOUND)


def _busy(error: RateLimitedError) -> HttpResponse:
    response = _text(error.message(CHINESE), HTTPStatus.TOO_MANY_REQUESTS)
    response["Retry-After"] = str(error.params["retry_after"])
    return response


def _text(text: str, status: HTTPStatus) -> HttpResponse:
    return HttpResponse(
        f"{text}\n",
        status=status,
        content_type="text/plain; charset=utf-8",
        headers=_HEADERS | _PRIVATE,
    )
