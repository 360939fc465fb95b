"""The pages of signing in, consenting and signing out."""

import secrets
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from django.contrib import auth
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from oauth2_provider.views.base import AuthorizationView, TokenView

from schema import errors, rates
from schema.view import client_address
from tongban.identity import queries, rules
from tongban.identity.operations import second_factors, sign_in
from tongban.kernel.errors import DomainError

_BACKEND = "django.contrib.auth.backends.ModelBackend"
_SIGNED_IN = "/o/signed-in"
_SECOND_FACTOR = "/o/second-factor"
_PENDING = "second_factor_pending"
_PENDING_SECONDS = 300
_PROVEN = "second_factor_proven"
"""In a session: which second factor was proven in it."""


def page(
    request: HttpRequest, name: str, context: dict[str, Any], *, status: int = HTTPStatus.OK
) -> HttpResponse:
    """Render one of our pages: no script, no foreign source, never in a frame."""
    nonce = secrets.token_urlsafe(16)
    response = render(request, f"identity/{name}.html", {**context, "nonce": nonce}, status=status)
    response["Content-Security-Policy"] = policy(nonce)
    response["Referrer-Policy"] = "same-origin"
    return response


def policy(nonce: str) -> str:
    """Return the content security policy of our pages."""
    return (
        f"default-src 'none'; style-src 'nonce-{nonce}'; img-src data:;"
        " base-uri 'none'; frame-ancestors 'none'"
    )


@method_decorator([never_cache, sensitive_post_parameters("password")], name="dispatch")
class SignInView(View):
    """``/o/sign-in``: login name or phone number, and password."""

    http_method_names = ("get", "post")

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show the form."""
        return page(request, "sign_in", {"next": _next(request)})

    def post(self, request: HttpRequest) -> HttpResponse:
        """Begin a session and go on to where the person was headed."""
        identifier = request.POST.get("identifier", "")
        try:
            rates.admit_sign_in(client_address(request))
            account = sign_in.sign_in(
                identifier=identifier,
                password=request.POST.get("password", ""),
                address=client_address(request),
                now=timezone.now(),
            )
        except DomainError as error:
            context = {
                "next": _next(request),
                "identifier": identifier,
                "error": error.message("zh-Hans"),
            }
            return page(request, "sign_in", context, status=errors.status_of(error))
        if queries.factor_stamp(account.pk):
            # Whoever knows the password alone is signed in nowhere.
            auth.logout(request)
            request.session[_PENDING] = [account.pk, timezone.now().timestamp()]
            return _to_second_factor(_next(request))
        auth.login(request, account, backend=_BACKEND)
        return HttpResponseRedirect(_next(request) or _SIGNED_IN)


@method_decorator([never_cache, sensitive_post_parameters("code")], name="dispatch")
class SecondFactorView(View):
    """``/o/second-factor``: the code of the authenticator app, after the password."""

    http_method_names = ("get", "post")

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show the form to whoever has said their password."""
        if _awaited(request) is None:
            return HttpResponseRedirect("/o/sign-in")
        return page(request, "second_factor", {"next": _next(request)})

    def post(self, request: HttpRequest) -> HttpResponse:
        """Begin a session in which the second factor is proven."""
        account = _awaited(request)
        if account is None:
            return HttpResponseRedirect("/o/sign-in")
        try:
            rates.admit_sign_in(client_address(request))
            second_factors.prove_code(
                account_id=account.pk, code=request.POST.get("code", ""), now=timezone.now()
            )
        except DomainError as error:
            context = {"next": _next(request), "error": error.message("zh-Hans")}
            return page(request, "second_factor", context, status=errors.status_of(error))
        auth.login(request, account, backend=_BACKEND)
        request.session.pop(_PENDING, None)
        request.session[_PROVEN] = queries.factor_stamp(account.pk)
        return HttpResponseRedirect(_next(request) or _SIGNED_IN)


def _awaited(request: HttpRequest) -> Any:
    """Return the account whose password was said in this browser just now, or in its session."""
    if request.user.is_authenticated:
        return request.user
    account_id, at = request.session.get(_PENDING, (None, 0.0))
    if account_id is None or timezone.now().timestamp() - at > _PENDING_SECONDS:
        return None
    return queries.active_account(account_id)


def _to_second_factor(target: str) -> HttpResponse:
    return HttpResponseRedirect(f"{_SECOND_FACTOR}?{urlencode({'next': target})}")


def _stamp(request: HttpRequest) -> str:
    account_id = request.user.pk
    return "" if account_id is None else queries.factor_stamp(account_id)


def _is_proven(request: HttpRequest, stamp: str) -> bool:
    return bool(stamp) and request.session.get(_PROVEN) == stamp


@method_decorator(never_cache, name="dispatch")
class SignOutView(View):
    """``/o/sign-out``: ends the session of this browser; apps end their tokens themselves."""

    http_method_names = ("get", "post")

    def get(self, request: HttpRequest) -> HttpResponse:
        """Ask first: a link alone must not sign anybody out."""
        return page(request, "sign_out", {"next": _next(request)})

    def post(self, request: HttpRequest) -> HttpResponse:
        """End the session."""
        auth.logout(request)
        target = _next(request)
        return HttpResponseRedirect(target or "/o/sign-in")


@never_cache
def signed_in(request: HttpRequest) -> HttpResponse:
    """Show who is signed in, for whoever came to the sign-in page without an app."""
    if not request.user.is_authenticated:
        return HttpResponseRedirect("/o/sign-in")
    return page(request, "signed_in", {"account": request.user})


@never_cache
def forged(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form that does not come from our own page, or comes too late."""
    del reason
    return page(request, "forged", {}, status=HTTPStatus.FORBIDDEN)


class ConsentView(AuthorizationView):
    """``/o/authorize/``: may this app act for you? Its errors are pages too."""

    template_name = "identity/consent.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Ask for the second factor first, where the account has one."""
        if request.user.is_authenticated:
            stamp = _stamp(request)
            if stamp and not _is_proven(request, stamp):
                return _to_second_factor(request.get_full_path())
        answer: HttpResponse = super().dispatch(  # type: ignore[no-untyped-call] # the library has no types
            request, *args, **kwargs
        )
        return answer

    def create_authorization_response(
        self, request: HttpRequest, scopes: str, credentials: dict[str, Any], allow: bool
    ) -> Any:
        """Let the grant say whether the second factor was proven, whatever the app asked for."""
        given = set(scopes.split()) - {rules.TWO_FACTOR}
        if _is_proven(request, _stamp(request)):
            given.add(rules.TWO_FACTOR)
        return super().create_authorization_response(  # type: ignore[no-untyped-call] # as above
            request, " ".join(sorted(given)), credentials, allow
        )

    def render_to_response(self, context: dict[str, Any], **kwargs: Any) -> HttpResponse:
        """Show the question, or what is wrong with the app's request."""
        status = kwargs.get("status", HTTPStatus.OK)
        name = "oauth_error" if "error" in context else "consent"
        again = self.request.get_full_path()
        return page(self.request, name, {**context, "again": again}, status=status)


class TokenEndpoint(TokenView):
    """``/o/token/``, without the library's device flow, which we do not offer."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Exchange a code, a refresh token or a machine's secret for tokens."""
        del args, kwargs
        try:
            rates.admit_sign_in(client_address(request))
        except errors.RateLimitedError as error:
            refusal = JsonResponse(
                {"error": "temporarily_unavailable"}, status=HTTPStatus.TOO_MANY_REQUESTS
            )
            refusal["Retry-After"] = str(error.params["retry_after"])
            return refusal
        response: HttpResponse = self.authorization_flow_token_response(request)
        return response


def _next(request: HttpRequest) -> str:
    """Return where to go afterwards: a path of this very host, or nothing."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    is_ours = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts=None, require_https=request.is_secure()
    )
    return wanted if is_ours and wanted.startswith("/") else ""
