"""``…/graphql``: from an HTTP request to an operation's answer (GraphQL over HTTP).

A bearer token alone authenticates; cookies are never looked at, so no foreign page can act for
anybody. Everything runs synchronously in the thread of the request, in one context.
"""

import json
import secrets
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from http import HTTPStatus
from typing import Any, Final, TypeAlias

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.utils.cache import patch_vary_headers
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.gzip import gzip_page
from graphql import GraphQLError
from strawberry.schema.exceptions import InvalidOperationTypeError
from strawberry.types.execution import ExecutionResult
from strawberry.types.graphql import OperationType

from schema import errors, ide, kept, rates, requests, tags, versioned
from schema.context import CHINESE, ENGLISH, RequestContext
from schema.errors import BadRequestError, NotAcceptableError
from schema.measures import measures
from tongban.identity import queries as identity
from tongban.kernel.actors import ANONYMOUS, Actor
from tongban.kernel.context import SharedRole, center_context, shared_context
from tongban.kernel.errors import (
    CenterUpgradingError,
    DomainError,
    ForbiddenError,
    UnauthenticatedError,
)
from tongban.registry import queries as registry
from tongban.registry.queries import CenterRecord

RESPONSE: Final = "application/graphql-response+json"
PLAIN: Final = "application/json"
PAGE: Final = "text/html"
_VARIED: Final = ("Accept", "Accept-Language", "Authorization")


Answer: TypeAlias = tuple[HttpResponse, list[str]]
"""A response, and the codes of its top-level errors."""
Answering: TypeAlias = Callable[[HttpRequest, RequestContext, str], Answer]


# Only a bearer token authenticates, so there is no request to forge. Django's gzip leaves answers
# under 200 bytes alone and pads the rest at random (BREACH).
@method_decorator([csrf_exempt, gzip_page], name="dispatch")
class GraphQLEndpoint(View):
    """One operation per request, in the context of the center that path or host names."""

    schema: Any = None
    http_method_names = ("get", "head", "post", "options")

    def get(self, request: HttpRequest, center: str = "") -> HttpResponse:
        """Answer a stored query; show GraphiQL to a browser in development."""
        if request.get_preferred_type([RESPONSE, PLAIN, PAGE]) == PAGE:
            return ide.page(request)
        return self._answer(request, center, self._read)

    def post(self, request: HttpRequest, center: str = "") -> HttpResponse:
        """Answer the operation in the body."""
        return self._answer(request, center, self._carried_out)

    def _answer(self, request: HttpRequest, center: str, answered: Answering) -> HttpResponse:
        context = RequestContext(
            language=language_of(request),
            client_address=client_address(request),
            trace_id=secrets.token_hex(16),
        )
        started = time.perf_counter()
        kind = PLAIN
        try:
            kind = _media_type(request)
            admit(request, context)
            context.center = center_of(request, center, context.caller)
            response, codes = answered(request, context, kind)
        except Exception as error:  # noqa: BLE001 # the edge at which whatever was raised is mapped
            known = errors.known(error, context)
            response, codes = _refusal(known, context, kind), [known.code]
        measures.observe(time.perf_counter() - started, codes)
        return response

    def _carried_out(self, request: HttpRequest, context: RequestContext, kind: str) -> Answer:
        with rates.receive(context, int(request.META.get("CONTENT_LENGTH") or 0)):
            operation = requests.read(request)
        allowed = {OperationType.QUERY, OperationType.MUTATION}
        result = self._executed(operation, context, allowed)
        return _result(result, kind), _codes(result)

    def _read(self, request: HttpRequest, context: RequestContext, kind: str) -> Answer:
        """Answer a GET: in a line where the client has the answer, else as it is kept, else anew.

        Nothing of the request but who asks and of which center is looked at before.
        """
        context.catalog_version = versioned.version_of(context)
        tag = tags.tag_of(request, context, kind)
        if tags.is_known(tag, request.META):
            return _tagged(HttpResponseNotModified(), tag, context), []
        body = kept.bodies.get(tag)
        if body is None:
            result = self._executed(requests.read_stored(request), context, {OperationType.QUERY})
            response = _result(result, kind)
            if result.errors or not context.is_taggable:
                return response, _codes(result)
            kept.bodies.put(tag, response.content, len(response.content))
        else:
            response = _sent(body, HTTPStatus.OK, kind)
        if tags.is_any_known(request.META):
            response = HttpResponseNotModified()
        return _tagged(response, tag, context), []

    def _executed(
        self, operation: requests.Operation, context: RequestContext, allowed: set[OperationType]
    ) -> ExecutionResult:
        with _entered(context.center):
            try:
                result: ExecutionResult = self.schema.execute_sync(
                    operation.text,
                    variable_values=operation.variables,
                    operation_name=operation.name,
                    context_value=context,
                    allowed_operation_types=allowed,
                )
            except InvalidOperationTypeError as error:
                raise BadRequestError(reason=_misplaced(error.operation_type)) from error
        return result


def _media_type(request: HttpRequest) -> str:
    """Return the media type to answer in; the older one when the client does not care."""
    kind = request.get_preferred_type([PLAIN, RESPONSE])
    if kind is None:
        raise NotAcceptableError
    return kind


def client_address(request: HttpRequest) -> str:
    """Return the address that the request came from, as the nearest trusted proxy saw it."""
    return rates.address_of(request.META)


def admit(request: HttpRequest, context: RequestContext) -> None:
    """Find out who asks, and count the request. Raises: UnauthenticatedError, RateLimitedError."""
    try:
        context.caller = _actor(request, context)
    except UnauthenticatedError:
        rates.admit(context)  # guessing tokens counts as anonymous
        raise
    rates.admit(context)


def _actor(request: HttpRequest, context: RequestContext) -> Actor:
    header = request.headers.get("Authorization")
    if header is None:
        return ANONYMOUS
    scheme, _, token = header.partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise UnauthenticatedError
    return identity.resolve_actor(token.strip(), now=context.instant())


def center_of(request: HttpRequest, code: str, actor: Actor) -> CenterRecord | None:
    """Return the center that the path or the host names, None where neither does.

    Raises: CenterUnknownError, CenterUpgradingError, ForbiddenError for a machine of another one.
    """
    if not code:
        named = registry.center_of_host(request.get_host().rsplit(":", 1)[0])
        if named is None:
            return None
        code = named.code
    center = registry.resolve_center(code)
    if actor.center_code and actor.center_code != center.code:
        raise ForbiddenError  # a station's machine works in its own center alone
    return center


def _entered(center: CenterRecord | None) -> AbstractContextManager[None]:
    if center is None:
        return shared_context(SharedRole.READER)
    return center_context(center.code)


def language_of(request: HttpRequest) -> str:
    """Return the first of the accepted languages that there are texts in, else Chinese."""
    best, quality = CHINESE, 0.0
    for part in request.headers.get("Accept-Language", "")[:200].split(","):
        tag, _, weight = part.strip().lower().partition(";q=")
        try:
            given = float(weight) if weight else 1.0
        except ValueError:
            continue
        if given > quality and tag.split("-")[0] in {"zh", "en"}:
            best, quality = (ENGLISH if tag.startswith("en") else CHINESE), given
    return best


def _misplaced(kind: OperationType) -> str:
    if kind is OperationType.SUBSCRIPTION:
        return "subscriptions go over WebSocket (graphql-transport-ws), at the same path"
    return "GET is for queries; send a mutation by POST"


def _refusal(error: DomainError, context: RequestContext, kind: str) -> HttpResponse:
    """Answer a request that was not executed: the status tells, in either media type."""
    answer = {"errors": [errors.rendered(error, context).formatted]}
    response = _response(answer, errors.status_of(error), kind)
    if isinstance(error, errors.RateLimitedError | errors.BusyError):
        response["Retry-After"] = str(error.params["retry_after"])
    if isinstance(error, CenterUpgradingError):
        response["Retry-After"] = "15"
    if isinstance(error, UnauthenticatedError):
        response["WWW-Authenticate"] = 'Bearer error="invalid_token"'
    return response


def _result(result: ExecutionResult, kind: str) -> HttpResponse:
    answer: dict[str, Any] = {}
    status = HTTPStatus.OK
    faults = result.errors or []
    if faults:
        answer["errors"] = [fault.formatted for fault in faults]
    if result.data is None and faults and all(fault.path is None for fault in faults):
        # Nothing ran. Clients of the older media type expect 200 for any well-formed answer.
        if kind == RESPONSE:
            status = _status(faults[0])
    else:
        answer["data"] = result.data
    if result.extensions:
        answer["extensions"] = result.extensions
    return _response(answer, status, kind)


def _codes(result: ExecutionResult) -> list[str]:
    return [fault.extensions["code"] for fault in result.errors or ()]  # type: ignore[index] # mapped


def _status(fault: GraphQLError) -> HTTPStatus:
    cause = fault.original_error
    return errors.status_of(cause) if isinstance(cause, DomainError) else HTTPStatus.BAD_REQUEST


def _response(answer: dict[str, Any], status: HTTPStatus, kind: str) -> HttpResponse:
    text = json.dumps(answer, ensure_ascii=False, separators=(",", ":"))
    # A message may repeat half a surrogate pair.
    return _sent(text.encode(errors="replace"), status, kind)


def _sent(body: bytes, status: HTTPStatus, kind: str) -> HttpResponse:
    response = HttpResponse(body, status=status, content_type=f"{kind}; charset=utf-8")
    # What went wrong here is in the answer or logged with its stack; Django would log it again.
    response._has_been_logged = True  # type: ignore[attr-defined] # noqa: SLF001 # its only switch
    response["Cache-Control"] = "no-store"
    patch_vary_headers(response, _VARIED)
    return response


def _tagged(response: HttpResponse, tag: str, context: RequestContext) -> HttpResponse:
    """Let the answer be kept, under its tag, and asked for again each time it is used."""
    response["ETag"] = tag
    if context.is_nobodys:
        response.catalog_version = context.catalog_version  # type: ignore[attr-defined] # for kept
    response["Cache-Control"] = "no-cache" if context.is_nobodys else "private, no-cache"
    patch_vary_headers(response, (*_VARIED, "Accept-Encoding"))
    return response
