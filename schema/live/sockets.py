"""One WebSocket: the protocol ``graphql-transport-ws``, subscriptions only.

Source: https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md (close codes 44xx).
"""

import asyncio
import contextlib
import dataclasses
import json
import secrets
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from enum import IntEnum
from typing import Any, Final, cast

import structlog
from django.conf import settings
from django.db import Error, InterfaceError, OperationalError
from django.utils import timezone
from graphql import (
    ExecutionResult,
    GraphQLError,
    OperationType,
    create_source_event_stream,
)
from psycopg.errors import QueryCanceled

from schema import errors, rates, requests
from schema.documents import Document, DocumentCache, InvalidDocumentError
from schema.errors import BadRequestError, CostLimitError
from schema.live import deliveries, threads
from schema.live.authority import Authority
from schema.live.deliveries import Delivery, Rendering
from schema.live.dispatcher import Dispatcher
from schema.live.streams import SubscriptionContext
from tongban.identity import policies
from tongban.identity import queries as identity
from tongban.kernel.errors import UnauthenticatedError
from tongban.registry.queries import CenterRecord

log = structlog.get_logger("tongban.live")

PROTOCOL: Final = "graphql-transport-ws"
LONGEST_MESSAGE: Final = 64 * 1024
LONGEST_ID: Final = 128
BUDGET: Final = 1_000
"""Of a subscription: it is paid again for every event."""

_GONE: Final = (OSError, RuntimeError)
"""What a server raises for a send when the client is gone (ASGI), or the socket closed already."""

Receive = Callable[[], Awaitable[Any]]
Send = Callable[[Any], Awaitable[None]]


class Close(IntEnum):
    """Why a socket is closed."""

    TOO_BIG = 1009
    TRY_AGAIN = 1013
    BAD_MESSAGE = 4400
    UNAUTHENTICATED = 4401
    FORBIDDEN = 4403
    PROTOCOL_UNKNOWN = 4406
    INIT_TIMEOUT = 4408
    DUPLICATE_ID = 4409
    TOO_MANY = 4429


_REASONS: Final[Mapping[Close, str]] = {
    Close.TOO_BIG: "Message too big",
    Close.TRY_AGAIN: "Try again later",
    Close.BAD_MESSAGE: "Invalid message",
    Close.UNAUTHENTICATED: "Unauthorized",
    Close.FORBIDDEN: "Forbidden",
    Close.PROTOCOL_UNKNOWN: "Subprotocol not acceptable",
    Close.INIT_TIMEOUT: "Connection initialisation timeout",
    Close.DUPLICATE_ID: "Subscriber already exists",
    Close.TOO_MANY: "Too many requests",
}


class _EndedError(Exception):
    """The socket is to be closed."""

    def __init__(self, code: Close) -> None:
        self.code = code
        super().__init__(code.name)


class _GoneError(Exception):
    """The client is gone; there is nobody to tell anything."""


class _FaultsError(Exception):
    """The operation can't be run; ``faults`` say why."""

    def __init__(self, faults: Sequence[GraphQLError]) -> None:
        self.faults = faults
        super().__init__(faults[0].message)


class Socket:
    """One accepted connection."""

    __slots__ = (
        "_center", "_context", "_dispatcher", "_documents", "_ending", "_language", "_operations",
        "_receive", "_send",
    )  # fmt: skip

    def __init__(
        self,
        receive: Receive,
        send: Send,
        *,
        dispatcher: Dispatcher,
        documents: DocumentCache,
        center: CenterRecord | None,
        language: str,
    ) -> None:
        self._receive = receive
        self._send = send
        self._dispatcher = dispatcher
        self._documents = documents
        self._center = center
        self._language = language
        self._context: SubscriptionContext | None = None
        self._operations: dict[str, asyncio.Task[None]] = {}
        self._ending: asyncio.Task[None] | None = None

    async def serve(self) -> None:
        """Speak the protocol until either side ends it."""
        try:
            self._context = await self._initialized()
            if self._context is not None:
                await self._write(type="connection_ack")
                while (message := await self._next()) is not None:
                    await self._handle(message)
        except _EndedError as ended:
            self._cancel_operations()
            await self._close(ended.code)
        except _GoneError:
            pass
        except Error:
            log.exception("database_failed")
            await self._close(Close.TRY_AGAIN)
        finally:
            self._cancel_operations()
            if self._context is not None:
                self._dispatcher.authorities.discard(self._context.authority)

    async def _initialized(self) -> SubscriptionContext | None:
        """Return who is here, once the client has said so, or None when it has gone."""
        try:
            async with asyncio.timeout(settings.LIVE_INIT_SECONDS):
                while (message := await self._next()) is not None:
                    match message.get("type"):
                        case "connection_init":
                            return await self._authenticated(message.get("payload"))
                        case "ping":
                            await self._write(type="pong")
                        case "pong":
                            pass
                        case "subscribe":
                            raise _EndedError(Close.UNAUTHENTICATED)
                        case _:
                            raise _EndedError(Close.BAD_MESSAGE)
        except TimeoutError:
            raise _EndedError(Close.INIT_TIMEOUT) from None
        return None

    async def _authenticated(self, payload: Any) -> SubscriptionContext:
        token = _bearer(payload)
        authorities = self._dispatcher.authorities
        await self._dispatcher.identity_is_followed()
        version = authorities.identity_version
        try:
            actor = await threads.outside(lambda: identity.resolve_actor(token, now=timezone.now()))
        except UnauthenticatedError:
            raise _EndedError(Close.UNAUTHENTICATED) from None
        if self._center is not None and not policies.may_enter(actor, self._center.code):
            raise _EndedError(Close.FORBIDDEN)
        if len(authorities.of(actor.key)) >= settings.LIVE_SOCKETS_PER_ACTOR:
            raise _EndedError(Close.TOO_MANY)
        authority = Authority(actor=actor, close=self._end)
        authorities.add(authority)
        if authorities.identity_version != version:  # perhaps revoked while it was looked up
            self._dispatcher.check_soon([authority])
        return SubscriptionContext(
            caller=actor,
            center=self._center,
            language=self._language,
            trace_id=secrets.token_hex(16),
            authority=authority,
            dispatcher=self._dispatcher,
        )

    async def _handle(self, message: dict[str, Any]) -> None:
        if self._ending is not None:
            return
        match message.get("type"):
            case "subscribe":
                await self._subscribe(message.get("id"), message.get("payload"))
            case "complete":
                task = self._operations.pop(_id(message.get("id")), None)
                if task is not None:
                    task.cancel()
            case "ping":
                await self._write(type="pong")
            case "pong":
                pass
            case "connection_init":
                raise _EndedError(Close.TOO_MANY)
            case _:
                raise _EndedError(Close.BAD_MESSAGE)

    async def _subscribe(self, operation_id: Any, payload: Any) -> None:
        name = _id(operation_id)
        if not isinstance(payload, dict):
            raise _EndedError(Close.BAD_MESSAGE)
        if name in self._operations:
            raise _EndedError(Close.DUPLICATE_ID)
        allowed: int = settings.LIVE_SUBSCRIPTIONS_PER_SOCKET
        if len(self._operations) >= allowed:
            error = CostLimitError(limit="subscriptions", spent=allowed + 1, allowed=allowed)
            await self._refuse(name, error)
            return
        self._operations[name] = asyncio.create_task(self._run(name, payload))

    async def _run(self, name: str, payload: dict[str, Any]) -> None:
        """Carry out one operation until it ends or is completed."""
        try:
            rendering, stream = await self._opened(payload)
            head = f'{{"id":{json.dumps(name)},"type":"next","payload":'
            async with contextlib.aclosing(stream):
                async for delivery in stream:
                    await self._text(f"{head}{delivery.texts[rendering]}}}")
                    del delivery  # or an idle subscription would hold it
            await self._write(id=name, type="complete")
        except _GoneError:
            pass
        except (InterfaceError, OperationalError) as error:
            await self._interrupted(name, error)
        except Exception as error:  # noqa: BLE001 # the edge at which whatever was raised is mapped
            await self._refuse(name, error)
        finally:
            if self._operations.get(name) is asyncio.current_task():
                del self._operations[name]

    async def _interrupted(self, name: str, error: Error) -> None:
        """End a statement that took too long, or the socket where the database is not there.

        A client library connects again by itself and resumes; an error it would hand on.
        """
        if isinstance(error.__cause__, QueryCanceled):
            await self._refuse(name, error)
            return
        log.warning("database_lost", error=str(error).strip())
        self._end(Close.TRY_AGAIN)

    async def _refuse(self, name: str, error: Exception) -> None:
        with contextlib.suppress(_GoneError):
            await self._write(id=name, type="error", payload=self._faults(error))

    async def _opened(
        self, payload: dict[str, Any]
    ) -> tuple[Rendering, AsyncGenerator[Delivery, None]]:
        assert self._context is not None  # nothing is subscribed before the acknowledgement
        context = dataclasses.replace(self._context)
        rates.buckets.take(
            f"subscribe:{context.caller.key}", rates.Rate.parse(settings.LIVE_SUBSCRIBE_RATE)
        )
        operation = requests.operation_of(payload)
        document = await asyncio.to_thread(self._prepared, operation)
        executor = deliveries.executor_of(operation, document, context)
        if isinstance(executor, list):
            raise _FaultsError(executor)
        context.rendering = deliveries.rendering_of(operation, document, context)
        stream = create_source_event_stream(executor)
        if isinstance(stream, Awaitable):
            stream = await stream
        if isinstance(stream, ExecutionResult):
            raise _FaultsError(stream.errors or ())
        return context.rendering, cast("AsyncGenerator[Delivery, None]", stream)

    def _prepared(self, operation: requests.Operation) -> Document:
        """Return the document to run, checked and within its limits."""
        document = self._documents.prepare(operation.text)
        definition = document.operation(operation.name)
        if definition.operation is not OperationType.SUBSCRIPTION:
            raise BadRequestError(reason="here are subscriptions only; send all else by POST")
        spent = document.price(definition, operation.variables)
        if spent > BUDGET:
            raise CostLimitError(limit="cost", spent=spent, allowed=BUDGET)
        return document

    def _faults(self, error: Exception) -> list[Any]:
        context = self._context
        assert context is not None
        if isinstance(error, InvalidDocumentError | _FaultsError):
            faults = error.faults
        elif isinstance(error, GraphQLError):
            faults = [error]
        else:
            faults = [errors.rendered(errors.known(error, context), context)]
        return [errors.mapped(fault, context).formatted for fault in faults]

    def _end(self, code: Close = Close.UNAUTHENTICATED) -> None:
        """Close the socket, because its token opens no door any more or for another reason."""
        if self._ending is None:
            self._cancel_operations()
            self._ending = asyncio.create_task(self._close(code))

    def _cancel_operations(self) -> None:
        for task in self._operations.values():
            task.cancel()

    async def _close(self, code: Close) -> None:
        event = {"type": "websocket.close", "code": int(code), "reason": _REASONS[code]}
        with contextlib.suppress(*_GONE):
            await self._send(event)

    async def _next(self) -> dict[str, Any] | None:
        """Return the client's next message, or None when it has gone."""
        event = await self._receive()
        if event["type"] == "websocket.disconnect":
            return None
        text = event.get("text")
        if text is None:
            raise _EndedError(Close.BAD_MESSAGE)
        if len(text) > LONGEST_MESSAGE:
            raise _EndedError(Close.TOO_BIG)
        try:
            message = json.loads(text)
        except (ValueError, RecursionError):
            raise _EndedError(Close.BAD_MESSAGE) from None
        if not isinstance(message, dict):
            raise _EndedError(Close.BAD_MESSAGE)
        return message

    async def _write(self, **message: Any) -> None:
        await self._text(json.dumps(message, ensure_ascii=False, separators=(",", ":")))

    async def _text(self, text: str) -> None:
        try:
            await self._send({"type": "websocket.send", "text": text})
        except _GONE:
            raise _GoneError from None


async def refuse_protocol(send: Send) -> None:
    """Close a connection whose client does not offer the protocol."""
    await send({"type": "websocket.accept"})
    code = Close.PROTOCOL_UNKNOWN
    await send({"type": "websocket.close", "code": int(code), "reason": _REASONS[code]})


def _bearer(payload: Any) -> str:
    given = payload.get("authorization") if isinstance(payload, dict) else payload
    if given is None:
        raise _EndedError(Close.UNAUTHENTICATED)
    if not isinstance(given, str):
        raise _EndedError(Close.BAD_MESSAGE)
    scheme, _, token = given.partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise _EndedError(Close.UNAUTHENTICATED)
    return token.strip()


def _id(value: Any) -> str:
    if not isinstance(value, str) or not 0 < len(value) <= LONGEST_ID:
        raise _EndedError(Close.BAD_MESSAGE)
    return value
