"""One center's log, read once for all subscriptions that follow something in it.

A feed reads on from its position whenever it is woken. What it finds goes into the topics that
somebody follows: a topic holds it until all followers have taken it, and never more than the latest
few, so that memory is bounded however many follow and however slow they are.
"""

import asyncio
from collections import Counter, deque
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol, TypeAlias

import structlog
from django.conf import settings
from django.db import Error

from schema.live import threads
from schema.live.deliveries import Delivery, Rendering
from tongban.kernel.models import Ledger, LogEntry

BATCH: Final = 500
RETRY_SECONDS: Final = 1.0

log = structlog.get_logger("tongban.live")

Wake: TypeAlias = Callable[[], None]
Key: TypeAlias = tuple[str, str]
_Published: TypeAlias = tuple[Key, Hashable, Delivery | Exception]


class Source(Protocol):
    """A kind of log entries that can be followed; both methods run in the center's context."""

    topic: str
    is_per_subject: bool
    """Whether each subject is followed for itself, or all entries of the kind together."""

    def load(self, entries: Sequence[LogEntry]) -> Sequence[Any]:
        """Return what each entry is about, in the order of the entries."""

    def deliver(self, loaded: Any, audience: Hashable) -> Delivery | None:
        """Return what an audience sees of it, None for nothing."""


class Topic:
    """What somebody follows: the deliveries that some follower has not taken yet."""

    __slots__ = ("_held", "count", "followers", "renderings")

    def __init__(self) -> None:
        self.count = 0
        """Of all deliveries so far; each has its number, from 0."""
        self.followers: set[Wake] = set()
        self.renderings: Counter[Rendering] = Counter()
        self._held: deque[_Held] = deque(maxlen=settings.LIVE_BACKLOG)

    def publish(self, delivery: Delivery | Exception) -> None:
        """Hold a delivery, or why there is none, for the followers of now, and wake them."""
        self._held.append(_Held(delivery, len(self.followers)))
        self.count += 1
        for wake in self.followers:
            wake()

    def take(self, number: int) -> Delivery | Exception | None:
        """Return a delivery to one follower; None where it is gone, the follower being too slow."""
        place = number - (self.count - len(self._held))
        if place < 0:
            return None
        held = self._held[place]
        held.awaited -= 1
        while self._held and not self._held[0].awaited:
            self._held.popleft()
        return held.delivery

    def skip(self, number: int) -> None:
        """Let one follower take all that follows from ``number`` on, unseen."""
        for each in range(number, self.count):
            self.take(each)


@dataclass(slots=True)
class _Held:
    delivery: Delivery | Exception
    awaited: int
    """How many followers have yet to take it."""


@dataclass(frozen=True, slots=True)
class Place:
    """What one subscription follows, as whom, and how it is shown."""

    source: Source
    subject: str
    audience: Hashable
    """Subscriptions of one audience are delivered the same."""
    rendering: Rendering

    @property
    def key(self) -> Key:
        """The key of the topics of this subject."""
        return _key(self.source, self.subject)


def _key(source: Source, subject: str) -> Key:
    return (source.topic, subject if source.is_per_subject else "")


class Feed:
    """The log of one center, or of the platform, from where it was when this feed began."""

    def __init__(
        self, code: str, sources: Mapping[str, Source], tell: Callable[[LogEntry], None]
    ) -> None:
        self.code = code
        self._topics: dict[Key, dict[Hashable, Topic]] = {}
        self._sources = sources
        self._tell = tell
        self._position: int | None = None
        self._woken = asyncio.Event()
        self._ready = asyncio.Event()
        self._task = asyncio.create_task(self._follow(), name=f"feed {code}")

    def wake(self) -> None:
        """Let the feed read on."""
        self._woken.set()

    def stop(self) -> None:
        """End the feed."""
        self._task.cancel()

    async def ready(self) -> None:
        """Wait until everything that is committed from now on will be found."""
        await self._ready.wait()

    def join(self, place: Place, wake: Wake) -> Topic:
        """Follow a topic.

        What is committed from now on is published there, or was read together with entries from
        before: so the caller joins first, and then reads for itself.
        """
        topic = self._topics.setdefault(place.key, {}).setdefault(place.audience, Topic())
        topic.followers.add(wake)
        topic.renderings[place.rendering] += 1
        return topic

    def leave(self, place: Place, wake: Wake) -> None:
        """Follow a topic no longer; with its last follower it is forgotten."""
        audiences = self._topics[place.key]
        topic = audiences[place.audience]
        topic.followers.discard(wake)
        topic.renderings[place.rendering] -= 1
        if not topic.renderings[place.rendering]:
            del topic.renderings[place.rendering]
        if not topic.followers:
            del audiences[place.audience]
        if not audiences:
            del self._topics[place.key]

    async def _follow(self) -> None:
        while True:
            try:
                while await self._read_on():
                    pass
            # Whatever the database or one center's data brings about, the feed goes on by itself.
            except Exception:
                log.exception("feed_failed", center=self.code)
                await asyncio.sleep(RETRY_SECONDS)
                continue
            await self._woken.wait()

    async def _read_on(self) -> bool:
        """Read and publish one batch; return whether more may follow."""
        self._woken.clear()
        if self._position is None:
            self._position = await threads.in_center(self.code, _position, threads.FOR_ALL)
            self._ready.set()
            return False
        entries, found = await threads.in_center(self.code, self._read, threads.FOR_ALL)
        for entry in entries:
            self._position = entry.position
            self._tell(entry)
        for key, audience, delivery in found:
            topic = self._topics.get(key, {}).get(audience)
            if topic is not None:
                topic.publish(delivery)
        return len(entries) == BATCH

    def _read(self) -> tuple[list[LogEntry], list[_Published]]:
        entries = list(
            LogEntry.objects.filter(position__gt=self._position).order_by("position")[:BATCH]
        )
        # Who follows what is asked after the log was read: whoever joins later than that finds
        # by its own reading what this batch holds.
        followed: dict[str, list[LogEntry]] = {}
        for entry in entries:
            source = self._sources.get(entry.topic)
            if source is not None and _key(source, entry.subject) in self._topics:
                followed.setdefault(entry.topic, []).append(entry)
        return entries, [
            published
            for name, those in followed.items()
            for published in self._deliveries(self._sources[name], those)
        ]

    def _deliveries(self, source: Source, entries: Sequence[LogEntry]) -> Iterator[_Published]:
        for entry, loaded in zip(entries, source.load(entries), strict=True):
            key = _key(source, entry.subject)
            # Copied in one step: the event loop changes these meanwhile.
            for audience, topic in dict(self._topics.get(key, {})).items():
                delivery = _delivery(source, loaded, audience, dict(topic.renderings))
                if delivery is not None:
                    yield key, audience, delivery


def _delivery(
    source: Source, loaded: Any, audience: Hashable, renderings: Iterable[Rendering]
) -> Delivery | Exception | None:
    try:
        delivery = source.deliver(loaded, audience)
        if delivery is None:
            return None
        for rendering in renderings:
            rendering.render(delivery)
    except Error:
        raise  # the database's fault, and so everybody's: the feed reads again
    except Exception as error:  # noqa: BLE001 # one case's fault ends its own followers alone
        return error
    return delivery


def _position() -> int:
    return Ledger.objects.values_list("log_position", flat=True).get(id=1)
