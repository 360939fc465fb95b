"""The one mapper from what went wrong to what a client sees.

A ``RequestError`` is a top-level error with its code; a ``DomainError`` outside a mutation's
payload likewise; a fault in the document is ``BAD_REQUEST``. What was not foreseen is masked as
``INTERNAL`` with a trace id and logged once with its stack.
"""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final

import structlog
from django.db import DataError, OperationalError
from graphql import GraphQLError
from psycopg.errors import LockNotAvailable, QueryCanceled
from strawberry.utils.str_converters import to_camel_case

from schema.context import RequestContext
from tongban.kernel import crypto
from tongban.kernel.errors import DomainError, RequestError

_LONGEST_REASON: Final = 300
"""Characters of what the parser or a rule says: it may repeat the document."""

log = structlog.get_logger("tongban.api")


class BadRequestError(RequestError):
    http_status = HTTPStatus.BAD_REQUEST
    code = "BAD_REQUEST"
    message_zh = "请求有误：{reason}"
    message_en = "Bad request: {reason}"


class TooLargeError(BadRequestError):
    http_status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    message_zh = "请求过大：最多 {limit}。"
    message_en = "The request is too large: at most {limit}."


class UnsupportedMediaError(BadRequestError):
    http_status = HTTPStatus.UNSUPPORTED_MEDIA_TYPE
    message_zh = "不支持的内容类型或编码：{kind}"
    message_en = "Content type or encoding not supported: {kind}"


class NotAcceptableError(BadRequestError):
    http_status = HTTPStatus.NOT_ACCEPTABLE
    message_zh = "只能以 application/graphql-response+json 或 application/json 答复。"
    message_en = "Answers are application/graphql-response+json or application/json."


class ProtocolVersionError(BadRequestError):
    http_status = HTTPStatus.PRECONDITION_FAILED
    message_zh = "只支持 tus {version}（Tus-Resumable）。"
    message_en = "Only tus {version} is spoken here (Tus-Resumable)."


class StoredOperationError(BadRequestError):
    message_zh = "没有编号为“{id}”的存储操作；此处只执行已登记的操作。"
    message_en = "There is no stored operation {id}."


class CostLimitError(RequestError):
    code = "COST_LIMIT"
    message_zh = "请求超出限额：{limit} 为 {spent}，最多 {allowed}。"
    message_en = "The request exceeds a limit: {limit} is {spent}, at most {allowed}."


class RateLimitedError(RequestError):
    code = "RATE_LIMITED"
    message_zh = "请求过于频繁，请在 {retry_after} 秒后重试。"
    message_en = "Too many requests; try again in {retry_after} s."


class BusyError(RequestError):
    http_status = HTTPStatus.SERVICE_UNAVAILABLE
    code = "BUSY"
    message_zh = "正在接收的文件较多，请在 {retry_after} 秒后重试。"
    message_en = "Many files are coming in; try again in {retry_after} s."


class RequestTimeoutError(RequestError):
    code = "TIMEOUT"
    message_zh = "处理超时，请缩小查询范围后重试。"
    message_en = "This took too long; narrow the request and try again."


class InternalError(RequestError):
    code = "INTERNAL"
    message_zh = "系统内部错误，已记录（编号 {trace_id}）。"
    message_en = "Something went wrong here; it is logged under {trace_id}."


_STATUS: Final[Mapping[str, HTTPStatus]] = {
    "UNAUTHENTICATED": HTTPStatus.UNAUTHORIZED,
    "FORBIDDEN": HTTPStatus.FORBIDDEN,
    "CENTER_UNKNOWN": HTTPStatus.NOT_FOUND,
    "CENTER_UPGRADING": HTTPStatus.SERVICE_UNAVAILABLE,
    "RATE_LIMITED": HTTPStatus.TOO_MANY_REQUESTS,
    "TIMEOUT": HTTPStatus.GATEWAY_TIMEOUT,
    "INTERNAL": HTTPStatus.INTERNAL_SERVER_ERROR,
}


def status_of(error: DomainError) -> HTTPStatus:
    """Return the HTTP status of an answer that has no ``data`` because of ``error``."""
    own: HTTPStatus | None = getattr(error, "http_status", None)
    return own or _STATUS.get(error.code, HTTPStatus.BAD_REQUEST)


class ClientError(GraphQLError):
    """An error as a client may see it, in the request's language; the typed one is its original."""


def mapped(error: GraphQLError, context: RequestContext) -> GraphQLError:
    """Return the error that the client sees; log what was not foreseen."""
    if isinstance(error, ClientError):
        return error
    cause = error.original_error
    while isinstance(cause, GraphQLError):
        cause = cause.original_error
    if error.path is None and error.nodes:
        cause = None  # a literal or a variable that can't be read; no resolver ran
    return rendered(_known(error, cause, context), context, at=error)


def _known(
    error: GraphQLError, cause: BaseException | None, context: RequestContext
) -> DomainError:
    if cause is None:
        return BadRequestError(reason=error.message[:_LONGEST_REASON])
    return known(cause, context)


def known(cause: BaseException, context: RequestContext) -> DomainError:
    """Return the typed error for whatever was raised; log it when it was not foreseen."""
    if isinstance(cause, DomainError):
        return cause
    if isinstance(cause, OperationalError) and isinstance(
        cause.__cause__, QueryCanceled | LockNotAvailable
    ):
        return RequestTimeoutError()
    if isinstance(cause, DataError | UnicodeEncodeError):
        # What the database can't hold: NUL, half a surrogate pair, a number out of range.
        return BadRequestError(reason="a value can't be stored or compared")
    log.error(
        "unforeseen",
        trace_id=context.trace_id,
        center=context.center.code if context.center else None,
        actor=context.caller.key,
        exc_info=cause,
    )
    return InternalError(trace_id=context.trace_id)


def rendered(
    error: DomainError, context: RequestContext, *, at: GraphQLError | None = None
) -> ClientError:
    """Render a typed error as a top-level one, with the place in the document that ``at`` has."""
    extensions: dict[str, Any] = {"code": error.code}
    if isinstance(error, InternalError):
        extensions["traceId"] = context.trace_id
    elif error.params:
        extensions["params"] = params_of(error)
    return ClientError(
        error.message(context.language),
        nodes=at.nodes if at else None,
        source=at.source if at else None,
        positions=at.positions if at else None,
        path=at.path if at else None,
        original_error=error,
        extensions=extensions,
    )


def params_of(error: DomainError) -> crypto.Json:
    """Return the typed particulars of an error as plain JSON with camelCase keys."""
    return crypto.plain_json({to_camel_case(name): value for name, value in error.params.items()})
