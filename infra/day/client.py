"""What a phone, a window and a station send: GraphQL over HTTP, subscriptions over WebSocket."""

import asyncio
import json
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import websockets

OPERATIONS = Path(__file__).resolve().parents[2] / "frontend_contract" / "operations"
_PATIENCE_SECONDS = 60.0


class AnswerError(RuntimeError):
    """The API answered otherwise than the day's story expects."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who is signed in."""

    name: str
    token: str


def document(name: str) -> str:
    """Return a document that ships with the contract."""
    return (OPERATIONS / f"{name}.graphql").read_text()


@dataclass(slots=True)
class Api:
    """The API of one installation; it repeats what did not arrive, with the same key."""

    base: str
    http: httpx.AsyncClient = field(init=False)
    requests: int = 0
    repeats: int = 0

    def __post_init__(self) -> None:
        self.http = httpx.AsyncClient(base_url=self.base, timeout=30.0, trust_env=False)

    async def sign_in(self, login_name: str) -> Person:
        """Sign in as one of the demonstration's people."""
        answer = await self.http.post("/demo/sign-in", json={"login_name": login_name})
        answer.raise_for_status()
        body = answer.json()
        return Person(body["display_name"], body["access_token"])

    async def raw(
        self,
        name: str,
        variables: Mapping[str, Any],
        *,
        by: Person | None,
        center: str | None,
        files: Mapping[str, tuple[str, bytes, str]] | None = None,
    ) -> dict[str, Any]:
        """Send one operation until an answer comes, and return it whole.

        A lost connection, a restarting server and RATE_LIMITED are waited out, as a good client
        does; the idempotency key in ``variables`` stays the same.
        """
        operations = {"query": document(name), "variables": variables}
        headers = {"Authorization": f"Bearer {by.token}"} if by else {}
        path = f"/c/{center}/graphql" if center else "/graphql"
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while True:
            self.requests += 1
            answer = await self._once(path, operations, headers, files)
            if answer is not None:
                return answer
            if time.monotonic() > deadline:
                raise AnswerError(f"{name} at {center}: no answer")
            self.repeats += 1
            await asyncio.sleep(0.3)

    async def _once(
        self,
        path: str,
        operations: Mapping[str, Any],
        headers: Mapping[str, str],
        files: Mapping[str, tuple[str, bytes, str]] | None,
    ) -> dict[str, Any] | None:
        try:
            if files:
                places = {str(n): [place] for n, place in enumerate(files)}
                response = await self.http.post(
                    path,
                    data={"operations": json.dumps(operations), "map": json.dumps(places)},
                    files={str(n): file for n, file in enumerate(files.values())},
                    headers={**headers, "GraphQL-Require-Preflight": "1"},
                )
            else:
                response = await self.http.post(path, json=operations, headers=dict(headers))
        except httpx.TransportError:
            return None
        if response.status_code >= 500:  # the server's own failure
            return None
        answer: dict[str, Any] = response.json()
        limited = any(
            error.get("extensions", {}).get("code") == "RATE_LIMITED"
            for error in answer.get("errors", [])
        )
        return None if limited else answer

    async def ask(self, name: str, *, by: Person, center: str | None, **variables: Any) -> Any:
        """Send a query and return its one field. Raises: AnswerError for any error."""
        answer = await self.raw(name, variables, by=by, center=center)
        if answer.get("errors"):
            raise AnswerError(f"{name} at {center}: {answer['errors']}")
        return next(iter(answer["data"].values()))

    async def tell(
        self,
        name: str,
        *,
        by: Person,
        center: str,
        files: Mapping[str, tuple[str, bytes, str]] | None = None,
        **fields: Any,
    ) -> Any:
        """Send a mutation and return its payload. Raises: AnswerError for any refusal."""
        fields.setdefault("idempotencyKey", str(uuid.uuid4()))
        answer = await self.raw(name, {"input": fields}, by=by, center=center, files=files)
        if answer.get("errors"):
            raise AnswerError(f"{name} at {center}: {answer['errors']}")
        payload = next(iter(answer["data"].values()))
        if payload["errors"]:
            raise AnswerError(f"{name} at {center}: {payload['errors']}")
        return payload


class Feed:
    """One live subscription that is held, cut and resumed; it keeps what it was given, in order."""

    def __init__(
        self, api: Api, name: str, *, by: Person, center: str, variables: Mapping[str, Any]
    ) -> None:
        self.api, self.name, self.by, self.center = api, name, by, center
        self.variables = dict(variables)
        self.cursors: list[str] = []
        self.events: list[dict[str, Any]] = []
        self.resumed = 0
        self.refused = ""
        self._socket: websockets.ClientConnection | None = None
        self._task: asyncio.Task[None] | None = None
        self._open = asyncio.Event()

    async def hold(self) -> None:
        """Subscribe and keep the subscription until ``release``; the present state comes first."""
        self._task = asyncio.create_task(self._run())
        await asyncio.wait_for(self._open.wait(), _PATIENCE_SECONDS)

    async def cut(self) -> None:
        """Tear the line without a word; the feed resumes from its last cursor by itself."""
        if self._socket is not None and self._socket.transport is not None:
            self._socket.transport.abort()

    async def release(self) -> None:
        """End the subscription."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> None:
        while not self.refused:
            try:
                await self._listen()
            except (OSError, websockets.WebSocketException):
                self.resumed += 1
                await asyncio.sleep(0.2)

    async def _listen(self) -> None:
        url = self.api.base.replace("http", "ws", 1) + f"/c/{self.center}/graphql"
        async with websockets.connect(
            url, subprotocols=[websockets.Subprotocol("graphql-transport-ws")], proxy=None
        ) as socket:
            self._socket = socket
            bearer = {"authorization": f"Bearer {self.by.token}"}
            await socket.send(json.dumps({"type": "connection_init", "payload": bearer}))
            async for text in socket:
                message = json.loads(text)
                if message["type"] == "connection_ack":
                    await socket.send(json.dumps(self._subscribe()))
                elif message["type"] == "ping":
                    await socket.send(json.dumps({"type": "pong"}))
                elif message["type"] == "next" and message["payload"].get("data"):
                    self._take(next(iter(message["payload"]["data"].values())))
                elif message["type"] in {"next", "error"}:
                    self.refused = json.dumps(message["payload"], ensure_ascii=False)
                    self._open.set()
                    return

    def _subscribe(self) -> dict[str, Any]:
        after = self.cursors[-1] if self.cursors else None
        return {
            "id": "1",
            "type": "subscribe",
            "payload": {
                "query": document(self.name),
                "variables": {**self.variables, "after": after},
            },
        }

    def _take(self, delivery: dict[str, Any]) -> None:
        self.cursors.append(delivery["cursor"])
        self.events.append(delivery["event"])
        self._open.set()
