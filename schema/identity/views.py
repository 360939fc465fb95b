"""The pages of signing in, consenting and signing out."""

import secrets
from http import HTTPStatus
from typing import Any

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
from tongban.identity.operations import sign_in
from tongban.kernel.errors import DomainError

_BACKEND = "django.contrib.auth.backends.ModelBackend"
_SIGNED_IN = "/o/signed-in"


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
                now=timezone.now(),
            )
        except DomainError as error:
            context = {
                "next": _next(request),
                "identifier": identifier,
                "error": error.message("zh-Hans"),
            }
            return page(request, "sign_in", context, status=errors.status_of(error))
        auth.login(request, account, backend=_BACKEND)
        return HttpResponseRedirect(_next(request) or _SIGNED_IN)


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
