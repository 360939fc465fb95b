"""The one listener of this process: it wakes feeds, and ends what has lost its authority.

Notifications only nudge. Every few seconds each feed that somebody follows looks by itself, which
heals a lost nudge; and the tokens of all open sockets are checked in one statement.
"""

import asyncio
import contextlib
import threading
from collections.abc import Collection, Coroutine, Iterable, Iterator
from typing import Any, Final

import psycopg
import structlog
from django.utils import timezone

from schema.live import threads
from schema.live.authority import IDENTITY_TOPIC, MEMBER_TOPIC, Authorities, Authority
from schema.live.feeds import Feed, Source
from tongban.identity import queries as identity
from tongban.kernel.listening import open_listener
from tongban.kernel.models import LogEntry
from tongban.kernel.transactions import PLATFORM

SWEEP_SECONDS: Final = 5.0
"""Also the longest that a lost nudge delays an event, and that a dead token keeps a socket."""
LISTEN_SECONDS: Final = 0.5
"""How long the listening thread waits before it looks whether it should end."""

log = structlog.get_logger("tongban.live")


class Dispatcher:
    """Feeds and authorities of one process; it lives on the event loop that makes it."""

    def __init__(self, sources: Iterable[Source]) -> None:
        self.authorities = Authorities()
        self.is_listening = False
        self._sources = {source.topic: source for source in sources}
        self._loop = asyncio.get_running_loop()
        self._feeds: dict[str, Feed] = {}
        self._users: dict[str, int] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._stopping = threading.Event()
        self._listener = threading.Thread(target=self._listen, name="listener", daemon=True)

    def start(self) -> None:
        """Begin to listen, to sweep, and to follow the platform's own log."""
        self._feeds[PLATFORM] = Feed(PLATFORM, {}, self._tell)
        self._users[PLATFORM] = 1
        self._listener.start()
        self._spawn(self._sweep())

    async def stop(self) -> None:
        """End everything; the open sockets are the server's to close."""
        self._stopping.set()
        for task in self._tasks:
            task.cancel()
        for feed in self._feeds.values():
            feed.stop()
        await asyncio.to_thread(self._listener.join)

    @contextlib.contextmanager
    def following(self, code: str) -> Iterator[Feed]:
        """Give the block the feed of a center; when nobody uses it any more, it ends."""
        feed = self._feeds.get(code)
        if feed is None:
            feed = self._feeds[code] = Feed(code, self._sources, self._tell)
        self._users[code] = self._users.get(code, 0) + 1
        try:
            yield feed
        finally:
            self._users[code] -= 1
            if not self._users[code]:
                del self._users[code], self._feeds[code]
                feed.stop()

    async def identity_is_followed(self) -> None:
        """Wait until every later entry of the platform's log will be read."""
        await self._feeds[PLATFORM].ready()

    def check_soon(self, authorities: Collection[Authority]) -> None:
        """Ask the database whether the tokens of these are still valid, and close what isn't."""
        self._spawn(self._check_tokens(authorities))

    async def _check_tokens(self, authorities: Collection[Authority]) -> None:
        held = [(authority, authority.actor.token_id) for authority in authorities]
        ids = {token_id for _authority, token_id in held if token_id is not None}
        valid = await threads.outside(
            lambda: identity.valid_tokens(ids, now=timezone.now()), threads.FOR_ALL
        )
        for authority, token_id in held:
            if token_id not in valid:
                authority.close()

    def _tell(self, entry: LogEntry) -> None:
        """Act on an entry that says whose authority changed."""
        if entry.topic == MEMBER_TOPIC:
            for authority in self.authorities.of(entry.subject):
                authority.raise_version()
        elif entry.topic == IDENTITY_TOPIC:
            self.authorities.identity_version += 1
            held = self.authorities.of(entry.subject)
            if held:
                self.check_soon(held)

    async def _sweep(self) -> None:
        while True:
            await asyncio.sleep(SWEEP_SECONDS)
            self._wake_all()
            everybody = list(self.authorities)
            if everybody:
                self.check_soon(everybody)

    def _wake_all(self) -> None:
        for feed in self._feeds.values():
            feed.wake()

    def _wake(self, code: str) -> None:
        feed = self._feeds.get(code)
        if feed is not None:
            feed.wake()

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception() is not None:
            log.error("check_failed", exc_info=task.exception())

    def _listen(self) -> None:
        while not self._stopping.is_set():
            try:
                with open_listener() as connection:
                    self.is_listening = True
                    # What was committed while nobody listened.
                    self._loop.call_soon_threadsafe(self._wake_all)
                    while not self._stopping.is_set():
                        for notice in connection.notifies(timeout=LISTEN_SECONDS):
                            if notice.payload in self._feeds:
                                self._loop.call_soon_threadsafe(self._wake, notice.payload)
            except psycopg.Error as error:
                self.is_listening = False
                log.warning("listen_lost", error=str(error).strip())
                self._stopping.wait(1.0)
