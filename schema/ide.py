"""GraphiQL in development, from files of our own: nothing is loaded from elsewhere."""

from http import HTTPStatus
from pathlib import Path
from typing import Final

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

_FOLDER: Final = Path(__file__).parent / "static" / "graphiql"
_SERVED: Final = {
    "graphiql.min.css": "text/css",
    "graphiql.min.js": "text/javascript",
    "react.production.min.js": "text/javascript",
    "react-dom.production.min.js": "text/javascript",
}


def page(request: HttpRequest) -> HttpResponse:
    """Show GraphiQL for the endpoint that was asked for, in development alone."""
    if not _is_shown():
        return HttpResponse(status=HTTPStatus.NOT_ACCEPTABLE)
    return render(request, "graphiql.html")


@require_safe
def asset(_request: HttpRequest, name: str) -> HttpResponse:
    """Serve one of GraphiQL's files, in development alone."""
    if not _is_shown() or name not in _SERVED:
        raise Http404
    response = HttpResponse((_FOLDER / name).read_bytes(), content_type=_SERVED[name])
    response["Cache-Control"] = "max-age=86400"
    return response


def _is_shown() -> bool:
    return bool(settings.DEBUG or settings.DEMO) and not settings.STORED_OPERATIONS_ONLY
