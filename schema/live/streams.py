"""One subscription: the present state or what follows a cursor, then live, without loss or repeat.

The topic is joined before anything is read, so what is committed meanwhile is read, or published,
or both; what comes twice is told by its order.
"""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol, TypeVar

from schema.context import RequestContext
from schema.errors import BadRequestError
from schema.live import threads
from schema.live.authority import Authority
from schema.live.deliveries import Delivery, Rendering
from schema.live.dispatcher import Dispatcher
from schema.live.errors import ResumeRequiredError
from schema.live.feeds import Feed, Place, Source, Topic
from tongban.kernel.errors import CenterRequiredError, DomainError, ForbiddenError

Read = TypeVar("Read")

PAGE: Final = 100
"""How many events are read at a time behind a cursor."""


@dataclass(slots=True, kw_only=True)
class SubscriptionContext(RequestContext):
    """What one subscription knows of the socket that it runs over."""

    authority: Authority
    dispatcher: Dispatcher
    rendering: Rendering | None = None


class Followed(Protocol):
    """What a subscription field follows; all methods run in the context of its center."""

    subject: str
    """Known once ``authorize`` has run, like the audience."""
    audience: Hashable

    @property
    def source(self) -> Source:
        """Which log entries are followed."""

    def authorize(self) -> None:
        """Settle subject and audience. Raises: DomainError where the actor may not follow this."""

    def snapshot(self) -> Delivery:
        """Return the present state, with the order of the last event that it contains."""

    def read(self, after: int, limit: int) -> Sequence[Delivery]:
        """Return the first ``limit`` deliveries whose order is greater than ``after``."""


async def follow(
    context: RequestContext, followed: Followed, after: int | None
) -> AsyncGenerator[Any, None]:
    """Yield the deliveries of one subscription, each with its text, until its authority ends.

    Raises: CenterRequiredError, whatever ``authorize`` raises, ForbiddenError when authority is
    lost, ResumeRequiredError when the client is too slow.
    """
    if not isinstance(context, SubscriptionContext):
        raise BadRequestError(reason="subscriptions go over WebSocket (graphql-transport-ws)")
    if context.center is None:
        raise CenterRequiredError
    with (
        context.dispatcher.following(context.center.code) as feed,
        contextlib.closing(_Subscription(feed, context, followed)) as subscription,
    ):
        await subscription.open()
        if after is None:
            yield await subscription.snapshot()
        else:
            while page := await subscription.read_page(after):
                for delivery in page:
                    await subscription.require_authority()
                    yield delivery
                after = page[-1].order
        while True:
            yield await subscription.next()


class _Subscription:
    """How far one follower of a topic has come."""

    __slots__ = (
        "_authority", "_checked", "_feed", "_followed", "_last", "_place", "_rendering", "_seen",
        "_topic", "_waiting",
    )  # fmt: skip

    def __init__(self, feed: Feed, context: SubscriptionContext, followed: Followed) -> None:
        assert context.rendering is not None  # set before the field is resolved
        self._feed = feed
        self._authority = context.authority
        self._rendering = context.rendering
        self._followed = followed
        self._checked = -1
        """The version of the authority that was last found good."""
        self._place: Place | None = None
        self._topic = Topic()
        """Nothing, until one is joined."""
        self._seen = 0
        """How many of the topic's deliveries were taken or passed over."""
        self._last = 0
        """The order of what was delivered last."""
        self._waiting: asyncio.Future[None] | None = None
        self._authority.wakes.add(self._wake)

    def close(self) -> None:
        """Follow no longer."""
        self._authority.wakes.discard(self._wake)
        if self._place is not None:
            self._topic.skip(self._seen)
            self._feed.leave(self._place, self._wake)

    async def open(self) -> None:
        """Authorize, then join the topic: from here on nothing is missed."""
        await self._feed.ready()
        await self._authorize()
        followed = self._followed
        self._place = Place(followed.source, followed.subject, followed.audience, self._rendering)
        self._topic = self._feed.join(self._place, self._wake)
        self._seen = self._topic.count

    async def snapshot(self) -> Delivery:
        """Return the present state."""
        snapshot = await self._read(lambda: self._rendering.render(self._followed.snapshot()))
        self._last = snapshot.order
        return snapshot

    async def read_page(self, after: int) -> list[Delivery]:
        """Return the next deliveries behind a cursor; none when the topic has all that follow."""
        self._last = after
        self._topic.skip(self._seen)
        self._seen = self._topic.count
        return await self._read(
            lambda: [self._rendering.render(d) for d in self._followed.read(after, PAGE)]
        )

    async def next(self) -> Delivery:
        """Wait for the next delivery of the topic."""
        while True:
            await self.require_authority()
            if self._seen == self._topic.count:
                await self._woken()
                continue
            delivery = self._topic.take(self._seen)
            if delivery is None:
                raise ResumeRequiredError
            self._seen += 1
            if isinstance(delivery, Exception):
                raise delivery
            if delivery.order > self._last:
                self._last = delivery.order
                return delivery

    async def require_authority(self) -> None:
        """Authorize again where a log entry said that something changed.

        Raises: ForbiddenError, also where the actor may see something else than before.
        """
        if self._checked == self._authority.version:
            return
        try:
            await self._authorize()
        except DomainError:
            raise ForbiddenError from None
        if self._place is not None and self._followed.audience != self._place.audience:
            raise ForbiddenError

    async def _authorize(self) -> None:
        while self._checked != self._authority.version:
            version = self._authority.version
            await self._read(self._followed.authorize)
            self._checked = version

    async def _read(self, read: Callable[[], Read]) -> Read:
        return await threads.in_center(self._feed.code, read)

    def _wake(self) -> None:
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_result(None)

    async def _woken(self) -> None:
        self._waiting = asyncio.get_running_loop().create_future()
        try:
            await self._waiting
        finally:
            self._waiting = None
