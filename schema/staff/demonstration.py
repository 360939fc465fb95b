"""``/demo/``: signing in as one of a demonstration's people. Elsewhere these paths do not exist."""

import json
from collections.abc import Callable
from functools import wraps
from http import HTTPStatus

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from tenants.staff.operations import demonstrate
from tongban.identity import queries as identity
from tongban.identity.operations import demonstration

View = Callable[[HttpRequest], HttpResponse]
_MESSAGES = 20


def _only_here(view: View) -> View:
    @wraps(view)
    def guarded(request: HttpRequest) -> HttpResponse:
        if not settings.DEMO:
            raise Http404
        return view(request)

    return never_cache(guarded)


@csrf_exempt  # it answers to whoever may read the answer, and changes nothing of anybody
@_only_here
@require_POST
def sign_in(request: HttpRequest) -> HttpResponse:
    """``POST /demo/sign-in`` ``{"login_name": …}``: return a token of that person."""
    try:
        login_name = str(json.loads(request.body)["login_name"])
    except (ValueError, KeyError, TypeError):
        return JsonResponse({"error": "invalid_request"}, status=HTTPStatus.BAD_REQUEST)
    signed_in = demonstrate.sign_in(login_name=login_name, now=timezone.now())
    if signed_in is None:
        return JsonResponse({"error": "unknown_person"}, status=HTTPStatus.NOT_FOUND)
    person, token = signed_in
    return JsonResponse(
        {
            "access_token": token,
            "token_type": "Bearer",
            "expires_in": int(demonstration.TOKEN_LASTS.total_seconds()),
            "display_name": person.name,
        }
    )


@_only_here
@require_GET
def people(_request: HttpRequest) -> HttpResponse:
    """``GET /demo/people``: list who may be signed in as, and their password for ``/o/sign-in``."""
    return JsonResponse(
        {
            "password": demonstration.password(),
            "people": [
                {
                    "login_name": person.login_name,
                    "name": person.name,
                    "what": person.what,
                    "role": person.role,
                    "levels": person.levels,
                    "platform_role": person.platform_role,
                }
                for person in demonstrate.PEOPLE
            ],
        },
        json_dumps_params={"ensure_ascii": False},
    )


@_only_here
@require_GET
def messages(_request: HttpRequest) -> HttpResponse:
    """``GET /demo/messages``: list the latest text messages, one-time codes among them."""
    return JsonResponse(
        {
            "messages": [
                {"to": recipient, "text": text, "sent_at": sent_at.isoformat()}
                for recipient, text, sent_at in identity.recent_messages(limit=_MESSAGES)
            ]
        },
        json_dumps_params={"ensure_ascii": False},
    )


urlpatterns: list[URLPattern] = [
    path("demo/sign-in", sign_in),
    path("demo/people", people),
    path("demo/messages", messages),
]
