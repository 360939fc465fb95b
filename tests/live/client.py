"""A client that speaks the protocol by hand, so that it can also break it."""

import json
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from tests.graphql.client import operation

PROTOCOL = "graphql-transport-ws"

CASE_EVENTS = """
subscription CaseEvents($number: String!, $after: String) {
  caseEvents(number: $number, after: $after) {
    cursor
    event { name text epoch sequence at changes data center { code } actor { role name } }
  }
}
"""
HANDOFF_EVENTS = operation("HandoffEvents")
LAMPS = operation("Lamps")
WINDOW_QUEUE = operation("WindowQueue")


class Client:
    """One socket."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection

    def send(self, **message: Any) -> None:
        self.connection.send(json.dumps(message))

    def receive(self, timeout: float = 5.0) -> dict[str, Any]:
        message: dict[str, Any] = json.loads(self.connection.recv(timeout=timeout))
        return message

    def initialize(self, token: str | None) -> None:
        payload = {} if token is None else {"authorization": f"Bearer {token}"}
        self.send(type="connection_init", payload=payload)

    def acknowledged(self, token: str | None) -> "Client":
        self.initialize(token)
        assert self.receive() == {"type": "connection_ack"}
        return self

    def subscribe(self, query: str, variables: Any = None, *, name: str = "1") -> None:
        payload = {"query": query, "variables": variables or {}}
        self.send(id=name, type="subscribe", payload=payload)

    def follow(self, number: str, after: str | None = None, *, name: str = "1") -> None:
        self.subscribe(CASE_EVENTS, {"number": number, "after": after}, name=name)

    def delivery(self, field: str = "caseEvents", timeout: float = 5.0) -> dict[str, Any]:
        """Return the next delivery of a field; anything else than ``next`` fails."""
        message = self.receive(timeout)
        assert message["type"] == "next", message
        assert "errors" not in message["payload"], message
        found: dict[str, Any] = message["payload"]["data"][field]
        return found

    def refusal(self, timeout: float = 5.0) -> str:
        """Return the code with which the next operation ends."""
        message = self.receive(timeout)
        assert message["type"] == "error", message
        code: str = message["payload"][0]["extensions"]["code"]
        return code

    def closed(self, timeout: float = 5.0) -> int:
        """Return the code with which the server closes; deliveries before it are passed over."""
        with pytest.raises(ConnectionClosed) as closed:
            self._read_on(timeout)
        assert closed.value.rcvd is not None
        return closed.value.rcvd.code

    def _read_on(self, timeout: float) -> None:
        while True:
            self.connection.recv(timeout=timeout)

    def is_silent(self, seconds: float) -> bool:
        """Tell whether nothing comes for so long."""
        try:
            self.connection.recv(timeout=seconds)
        except TimeoutError:
            return True
        return False


@contextmanager
def opened(
    url: str,
    *,
    subprotocols: Sequence[str] | None = (PROTOCOL,),
    headers: dict[str, str] | None = None,
    sock: socket.socket | None = None,
    max_queue: int | None = 16,
) -> Iterator[Client]:
    """Yield a socket that was accepted and is not initialized."""
    with connect(
        url,
        subprotocols=subprotocols,  # type: ignore[arg-type] # names are plain text
        additional_headers=headers,
        compression=None,
        proxy=None,
        close_timeout=1,
        max_size=None,
        max_queue=max_queue,
        sock=sock,
    ) as connection:
        yield Client(connection)
