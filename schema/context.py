"""What a resolver knows of its request, and the typed refusals it starts with."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, TypeAlias

import strawberry
from django.utils import timezone

from tongban.kernel import errors
from tongban.kernel.actors import ANONYMOUS, Actor
from tongban.registry.queries import CenterRecord

CHINESE: Final = "zh-Hans"
ENGLISH: Final = "en"


@dataclass(slots=True)
class RequestContext:
    """One request, or one subscription: who asks, of which center, in which language."""

    actor: Actor = ANONYMOUS
    center: CenterRecord | None = None
    """The center that the path or the host named; the view has entered its context."""
    language: str = CHINESE
    client_address: str = ""
    trace_id: str = ""
    clock: Callable[[], datetime] = field(default=timezone.now)

    def now(self) -> datetime:
        """Return the present instant, to be passed on as an operation's ``now``."""
        return self.clock()


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
