"""The ASGI application of the process ``live``: WebSockets, and how it is itself."""

import contextlib
import json
import secrets
from collections.abc import Iterable
from http import HTTPStatus
from typing import Any

import structlog
from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest

from schema import errors, rates
from schema.context import RequestContext
from schema.documents import DocumentCache
from schema.errors import BadRequestError
from schema.live import sockets, threads
from schema.live.dispatcher import Dispatcher
from schema.live.feeds import Source
from schema.live.sockets import Receive, Send, Socket
from schema.view import center_of, client_address, language_of
from tongban.kernel.actors import ANONYMOUS
from tongban.kernel.errors import ForbiddenError
from tongban.registry.queries import CenterRecord

log = structlog.get_logger("tongban.live")


class _UnknownPathError(BadRequestError):
    http_status = HTTPStatus.NOT_FOUND
    message_zh = "没有这个地址。"
    message_en = "There is nothing here."


class LiveServer:
    """Subscriptions for any number of sockets in one process."""

    def __init__(self, documents: DocumentCache, sources: Iterable[Source]) -> None:
        self._documents = documents
        self._sources = tuple(sources)
        self._dispatcher: Dispatcher | None = None

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        """Serve one connection, or the process's own start and stop."""
        match scope["type"]:
            case "lifespan":
                await self._live(receive, send)
            case "websocket":
                await self._connect(scope, receive, send)
            case _:
                await self._answer(scope["path"], send)

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        self._dispatcher = Dispatcher(self._sources)
        self._dispatcher.start()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await self._dispatcher.stop()
        await send({"type": "lifespan.shutdown.complete"})

    async def _answer(self, path: str, send: Send) -> None:
        is_listening = self._dispatcher is not None and self._dispatcher.is_listening
        match path:
            case "/healthz":
                status, text = HTTPStatus.OK, "ok"
            case "/readyz":
                status, text = (
                    (HTTPStatus.OK, "ok")
                    if is_listening
                    else (HTTPStatus.SERVICE_UNAVAILABLE, "not ready")
                )
            case _:
                status, text = HTTPStatus.NOT_FOUND, "not found"
        await _respond(send, "http.response", status, {"status": text})

    async def _connect(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        await receive()
        socket = await self._accepted(scope, receive, send)
        if socket is not None:
            await socket.serve()

    async def _accepted(self, scope: dict[str, Any], receive: Receive, send: Send) -> Socket | None:
        """Return the socket, or None for a handshake that was refused."""
        request = _handshake(scope)
        try:
            center = await threads.outside(lambda: _admitted(request))
        except Exception as error:  # noqa: BLE001 # the edge at which whatever was raised is mapped
            await _refuse(error, request, send)
            return None
        if sockets.PROTOCOL not in scope["subprotocols"]:
            await sockets.refuse_protocol(send)
            return None
        assert self._dispatcher is not None  # made before the first connection
        await send({"type": "websocket.accept", "subprotocol": sockets.PROTOCOL})
        return Socket(
            receive,
            send,
            dispatcher=self._dispatcher,
            documents=self._documents,
            center=center,
            language=language_of(request),
        )


def _handshake(scope: dict[str, Any]) -> HttpRequest:
    """Return the request that opens a socket as Django knows requests."""
    request = HttpRequest()
    request.method = "GET"
    request.path = request.path_info = scope["path"]
    client = scope.get("client")
    host, port = scope.get("server") or ("localhost", 80)
    request.META = {
        "REMOTE_ADDR": client[0] if client else "",
        "SERVER_NAME": host,
        "SERVER_PORT": str(port or 80),
    }
    for name, value in scope["headers"]:
        key = "HTTP_" + name.decode("latin-1").upper().replace("-", "_")
        request.META[key] = value.decode("latin-1")
    return request


def _admitted(request: HttpRequest) -> CenterRecord | None:
    """Return the center that path or host names.

    Raises: BadRequestError, ForbiddenError for a foreign origin, RateLimitedError,
    CenterUnknownError, CenterUpgradingError.
    """
    try:
        host = request.get_host()
    except DisallowedHost:
        raise BadRequestError(reason="Host") from None
    allowed = {None, f"https://{host}", f"http://{host}", *settings.CORS_ALLOWED_ORIGINS}
    if request.headers.get("Origin") not in allowed:
        raise ForbiddenError
    rates.admit(RequestContext(client_address=client_address(request)))
    match request.path.split("/"):
        case ["", "c", code, "graphql"]:
            return center_of(request, code, ANONYMOUS)
        case ["", "graphql"]:
            return center_of(request, "", ANONYMOUS)
    raise _UnknownPathError(reason="path")


async def _refuse(error: Exception, request: HttpRequest, send: Send) -> None:
    context = RequestContext(language=language_of(request), trace_id=secrets.token_hex(16))
    known = errors.known(error, context)
    body = {"errors": [errors.rendered(known, context).formatted]}
    await _respond(send, "websocket.http.response", errors.status_of(known), body)


async def _respond(send: Send, kind: str, status: HTTPStatus, body: dict[str, Any]) -> None:
    headers = [(b"content-type", b"application/json; charset=utf-8")]
    await send({"type": f"{kind}.start", "status": int(status), "headers": headers})
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    with contextlib.suppress(OSError):
        await send({"type": f"{kind}.body", "body": text.encode()})
