"""Twenty connections on which one request is sent at the same time, as often as it takes."""

import http.client
import json
import threading
import time
import uuid
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

from tests.graphql.client import operation

REPEATS = 20
_PATIENCE = 60.0


@dataclass(frozen=True)
class Request:
    """A mutation with its key, ready to be sent any number of times."""

    mutation: str
    path: str
    headers: Mapping[str, str]
    body: bytes

    @classmethod
    def of(
        cls,
        mutation: str,
        *,
        center: str,
        token: str,
        uploads: Mapping[str, SimpleUploadedFile] | None = None,
        **said: Any,
    ) -> "Request":
        """Prepare a document that ships to clients, under a key of its own.

        ``uploads`` are named by their path in the input (``files.0``), where it holds None.
        """
        variables = {"input": {**said, "idempotencyKey": str(uuid.uuid4())}}
        text = json.dumps({"query": operation(mutation), "variables": variables})
        kind, body = "application/json", text.encode()
        if uploads:
            places = {str(n): [f"variables.input.{place}"] for n, place in enumerate(uploads)}
            parts: dict[str, Any] = {"operations": text, "map": json.dumps(places)}
            parts |= {str(n): file for n, file in enumerate(uploads.values())}
            kind, body = MULTIPART_CONTENT, encode_multipart(BOUNDARY, parts)
        headers = {
            "Authorization": f"Bearer {token}",
            "Content-Type": kind,
            "GraphQL-Require-Preflight": "1",
        }
        return cls(mutation, f"/c/{center}/graphql", headers, body)


class Senders:
    """Clients that give up only when nothing answers for a minute: they repeat what broke off."""

    def __init__(self, port: int) -> None:
        self.broken = 0
        """How many requests got no answer and were sent again."""
        self._port = port
        self._barrier = threading.Barrier(REPEATS)
        self._connections: dict[int, http.client.HTTPConnection] = {}
        """By the thread that sends on it."""
        self._lock = threading.Lock()
        self._pool = ThreadPoolExecutor(REPEATS)

    def close(self) -> None:
        self._pool.shutdown()
        for connection in self._connections.values():
            connection.close()

    def together(
        self, request: Request, strike: Callable[[], None] | None = None
    ) -> list[dict[str, Any]]:
        """Send it twenty times at once and return the twenty payloads; ``strike`` comes between."""
        sent = [self._pool.submit(self._send, request) for _ in range(REPEATS)]
        if strike is not None:
            strike()
        return [each.result(timeout=2 * _PATIENCE) for each in sent]

    def _send(self, request: Request) -> dict[str, Any]:
        self._barrier.wait(timeout=_PATIENCE)
        deadline = time.monotonic() + _PATIENCE
        while True:
            try:
                return self._ask(request)
            except (OSError, http.client.HTTPException):
                self._connection().close()  # the next request opens it again
                with self._lock:
                    self.broken += 1
                assert time.monotonic() < deadline, "nobody answers"
                time.sleep(0.05)

    def _ask(self, request: Request) -> dict[str, Any]:
        connection = self._connection()
        connection.request("POST", request.path, request.body, request.headers)
        response = connection.getresponse()
        answer = json.loads(response.read())
        assert response.status == http.HTTPStatus.OK, answer
        assert "errors" not in answer, answer
        field = request.mutation[0].lower() + request.mutation[1:]
        payload: dict[str, Any] = answer["data"][field]
        assert payload["errors"] == [], payload
        return payload

    def _connection(self) -> http.client.HTTPConnection:
        thread = threading.get_ident()
        if thread not in self._connections:
            self._connections[thread] = http.client.HTTPConnection(
                "127.0.0.1", self._port, timeout=_PATIENCE
            )
        return self._connections[thread]
