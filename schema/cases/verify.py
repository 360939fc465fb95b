"""``GET /verify/{token}``: tells anybody who holds a paper whether it is genuine."""

import base64
import secrets
from datetime import datetime
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from schema import rates
from schema.context import RequestContext
from schema.errors import RateLimitedError
from schema.view import client_address
from tenants.cases import queries
from tenants.cases.queries import CheckedPaper
from tenants.cases.rules import PaperKind
from tongban.kernel import calendar, crypto, numbers
from tongban.kernel.context import center_context
from tongban.kernel.errors import CenterUpgradingError, RequestError
from tongban.registry import queries as registry

_LONGEST = 64


@require_safe
def show(request: HttpRequest, token: str) -> HttpResponse:
    """Answer the page that shows whether a paper is genuine; it names the center in its token."""
    context = RequestContext(client_address=client_address(request))
    try:
        rates.admit(context)
        paper = _find(token)
    except RateLimitedError:
        return _page(request, "busy", HTTPStatus.TOO_MANY_REQUESTS)
    except CenterUpgradingError:
        return _page(request, "busy", HTTPStatus.SERVICE_UNAVAILABLE)
    except RequestError:
        paper = None
    if paper is None:
        return _page(request, "unknown", HTTPStatus.NOT_FOUND)
    if not paper.is_genuine:
        return _page(request, "altered", HTTPStatus.OK)
    return _page(request, _outcome(paper), HTTPStatus.OK, **_facts(paper))


def _outcome(paper: CheckedPaper) -> str:
    if paper.revocation is not None:
        return "revoked"
    if paper.is_disputed:
        return "disputed"
    return "replaced" if paper.is_replaced else "genuine"


def _find(token: str) -> CheckedPaper | None:
    code, _, rest = token.partition(".")
    if not rest or len(token) > _LONGEST or not token.isprintable():
        return None
    center = registry.resolve_center(code)
    with center_context(center.code):
        return queries.check_paper(token)


def _facts(paper: CheckedPaper) -> dict[str, Any]:
    said = paper.statement
    issued_at = datetime.fromisoformat(said["at"])
    valid = f"{said.get('valid_from') or '颁发之日'} 至 {said.get('valid_to') or '长期'}"
    return {
        "seal": paper.seal,
        "revocation": paper.revocation,
        "revoked_on": _day(paper.revocation.at) if paper.revocation else "",
        "validity": valid if said["kind"] == PaperKind.RESULT else "",
        "said": said,
        "display_number": numbers.display(said["case_number"]),
        "issued_at": f"{_day(issued_at)} {issued_at.astimezone(calendar.ZONE):%H:%M}",
        "statement": crypto.canonical_json(said).decode(),
        "key_id": paper.key_id,
        "signature": base64.b64encode(paper.signature).decode(),
        "public_key": base64.b64encode(paper.public_key or b"").decode(),
    }


def _day(instant: datetime) -> str:
    local = instant.astimezone(calendar.ZONE)
    return f"{local.year}年{local.month}月{local.day}日"


def _page(request: HttpRequest, outcome: str, status: HTTPStatus, **facts: Any) -> HttpResponse:
    nonce = secrets.token_urlsafe(16)
    response = render(
        request,
        "cases/verify.html",
        {"outcome": outcome, "nonce": nonce, **facts},
        status=status,
    )
    response["Content-Security-Policy"] = (
        f"default-src 'none'; style-src 'nonce-{nonce}'; script-src 'nonce-{nonce}'; "
        "img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
    response["Cache-Control"] = "no-store"
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex"
    return response
