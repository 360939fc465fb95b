"""Which requests work as the sign-in role: those that need a session, and no other."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from tongban.kernel.context import SharedRole, shared_context

PREFIXES = ("/o/", "/.well-known/oauth-authorization-server", "/demo/")


class SignInContext:
    """Enter the sign-in role around session, forms and OAuth views.

    It stands before the session's middleware, which writes after the view. Elsewhere nothing
    touches the session, so a query of its would fail as one outside any context.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request, as the sign-in role where its path asks for that."""
        if not request.path.startswith(PREFIXES):
            return self.get_response(request)
        with shared_context(SharedRole.SIGN_IN):
            return self.get_response(request)
