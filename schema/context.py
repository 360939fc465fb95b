"""What a resolver knows of its request, and the typed refusals it starts with."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, TypeAlias

import strawberry
from django.utils import timezone

from tongban.kernel import calendar, errors
from tongban.kernel.actors import ANONYMOUS, Actor
from tongban.registry.queries import CenterRecord

CHINESE: Final = "zh-Hans"
ENGLISH: Final = "en"


_clock: ContextVar[Callable[[], datetime]] = ContextVar("tongban_clock", default=timezone.now)


@contextmanager
def running_clock(clock: Callable[[], datetime]) -> Iterator[None]:
    """Let requests inside the block take the time from ``clock`` (tests, replays)."""
    token = _clock.set(clock)
    try:
        yield
    finally:
        _clock.reset(token)


@dataclass(slots=True)
class RequestContext:
    """One request, or one subscription: who asks, of which center, in which language.

    A resolver that takes the instant, or the actor where somebody asks, makes the answer a
    particular one: it is nobody else's, or holds no later. What nobody in particular is answered,
    everybody is who sends no token.
    """

    caller: Actor = ANONYMOUS
    """Who asks; resolvers take ``actor``."""
    center: CenterRecord | None = None
    """The center that the path or the host named; the view has entered its context."""
    language: str = CHINESE
    client_address: str = ""
    trace_id: str = ""
    catalog_version: str = ""
    """The version of the catalog that the request is answered from, where that was asked for."""
    shows_catalog_only: bool = False
    """Whether all root fields of the operation are of the catalog's version."""
    is_particular: bool = False

    @property
    def is_nobodys(self) -> bool:
        """Whether the request was sent without a token."""
        return self.caller.kind == "anonymous"

    @property
    def is_taggable(self) -> bool:
        """Whether the answer follows from the catalog's version and the request alone."""
        return self.shows_catalog_only and not self.is_particular

    @property
    def actor(self) -> Actor:
        """Who asks, a person, a station's machine, or nobody."""
        if not self.is_nobodys:
            self.is_particular = True
        return self.caller

    def now(self) -> datetime:
        """Return the present instant, to be passed on as an operation's ``now``."""
        self.is_particular = True
        return self.instant()

    def today(self) -> date:
        """Return the present day in Asia/Shanghai; what follows from it holds until midnight."""
        return calendar.local_day(self.instant())

    def instant(self) -> datetime:
        """Return the present instant, for what no answer follows from."""
        return _clock.get()()


Info: TypeAlias = strawberry.Info[RequestContext, None]
"""The type of every resolver's ``info``."""


def require_center(info: Info) -> CenterRecord:
    """Return the request's center. Raises: CenterRequiredError on ``/graphql``."""
    center = info.context.center
    if center is None:
        raise errors.CenterRequiredError
    return center


def require_actor(info: Info) -> Actor:
    """Return who asks, a person or a station's machine. Raises: UnauthenticatedError."""
    actor = info.context.actor
    if actor.kind == "anonymous":
        raise errors.UnauthenticatedError
    return actor


def require_account(info: Info) -> Actor:
    """Return the person who asks.

    Raises: UnauthenticatedError for nobody, ForbiddenError for a machine.
    """
    actor = require_actor(info)
    if actor.account_id is None:
        raise errors.ForbiddenError
    return actor
