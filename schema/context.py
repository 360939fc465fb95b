"""What a resolver knows of its request, and the typed refusals it starts with."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypeAlias

import strawberry
from django.utils import timezone

from tongban.kernel import errors
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
    """One request, or one subscription: who asks, of which center, in which language."""

    actor: Actor = ANONYMOUS
    center: CenterRecord | None = None
    """The center that the path or the host named; the view has entered its context."""
    language: str = CHINESE
    client_address: str = ""
    trace_id: str = ""

    def now(self) -> datetime:
        """Return the present instant, to be passed on as an operation's ``now``."""
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
