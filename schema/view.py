"""``POST …/graphql``: from an HTTP request to an operation's answer."""

import json
import secrets
from contextlib import AbstractContextManager
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views import View

from schema import errors
from schema.context import CHINESE, ENGLISH, RequestContext
from tongban.identity import queries as identity
from tongban.kernel.actors import ANONYMOUS, Actor
from tongban.kernel.context import SharedRole, center_context, shared_context
from tongban.kernel.errors import UnauthenticatedError
from tongban.registry import queries as registry
from tongban.registry.queries import CenterRecord


class GraphQLEndpoint(View):
    """One operation per request, in the context of the center that path or host names."""

    schema: Any = None
    http_method_names = ("get", "post", "options")

    def post(self, request: HttpRequest, center: str = "") -> HttpResponse:
        """Answer the operation in the body."""
        context = RequestContext(
            language=_language(request),
            client_address=request.META.get("REMOTE_ADDR", ""),
            trace_id=secrets.token_hex(16),
        )
        try:
            context.center = _center(request, center)
            context.actor = _actor(request)
            body = json.loads(request.body)
        except Exception as error:  # noqa: BLE001 # the one edge at which everything is mapped
            return _refused(error, context)
        with _entered(context.center):
            result = self.schema.execute_sync(
                body.get("query"),
                variable_values=body.get("variables"),
                operation_name=body.get("operationName"),
                context_value=context,
            )
        answer: dict[str, Any] = {"data": result.data}
        if result.errors:
            answer["errors"] = [error.formatted for error in result.errors]
        if result.extensions:
            answer["extensions"] = result.extensions
        return _response(answer, HTTPStatus.OK)


def _language(request: HttpRequest) -> str:
    accepted = request.headers.get("Accept-Language", "")
    return ENGLISH if accepted.lower().startswith("en") else CHINESE


def _center(request: HttpRequest, code: str) -> CenterRecord | None:
    if not code:
        named = registry.center_of_host(request.get_host().rsplit(":", 1)[0])
        if named is None:
            return None
        code = named.code
    return registry.resolve_center(code)


def _actor(request: HttpRequest) -> Actor:
    header = request.headers.get("Authorization", "")
    if not header:
        return ANONYMOUS
    scheme, _, token = header.partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise UnauthenticatedError
    return identity.resolve_actor(token.strip(), now=timezone.now())


def _entered(center: CenterRecord | None) -> AbstractContextManager[None]:
    if center is None:
        return shared_context(SharedRole.READER)
    return center_context(center.code)


def _refused(error: Exception, context: RequestContext) -> HttpResponse:
    known = errors.known(error, context)
    answer = {"errors": [errors.rendered(known, context).formatted]}
    return _response(answer, errors.STATUS.get(known.code, HTTPStatus.BAD_REQUEST))


def _response(answer: dict[str, Any], status: HTTPStatus) -> HttpResponse:
    return HttpResponse(
        json.dumps(answer, ensure_ascii=False, separators=(",", ":")),
        status=status,
        content_type="application/graphql-response+json",
    )
