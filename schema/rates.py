"""How often one caller may ask, and how much may come in at once, of this process.

Token buckets, one per actor or address.

Each process counts for itself, so a caller can get the limit once per process; what must be exact
is counted in the database: codes sent to a phone by their operation, data of people that are shown
unmasked here.
"""

import ipaddress
import math
import threading
import time
from collections import Counter, OrderedDict
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from functools import cache
from typing import Final

from django.conf import settings

from schema.context import RequestContext
from schema.errors import BusyError, RateLimitedError
from tongban.identity.operations import throttle
from tongban.kernel.context import SharedRole, shared_context

_MOST_CALLERS: Final = 50_000
_MOST_OF_A_SENDER: Final = 2
HELD_BY_FRONT: Final = 2 * 1024 * 1024
"""Bytes of a body that the front waits for, so that a slow line holds no thread until then."""
_COME_AGAIN: Final = 5
"""Seconds."""


@dataclass(frozen=True, slots=True)
class Rate:
    """So many per second in the long run, and ``burst`` at once."""

    per_second: float
    burst: float

    @classmethod
    @cache
    def parse(cls, text: str) -> "Rate":
        """Read ``per second/burst``, for example ``20/100``."""
        per_second, _, burst = text.partition("/")
        return cls(float(per_second), float(burst))


class Buckets:
    """The buckets of this process; of the callers longest unseen nothing is kept."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, key: str, rate: Rate) -> None:
        """Take one token of ``key``. Raises: RateLimitedError that says when to come again."""
        now = time.monotonic()
        with self._lock:
            tokens, at = self._kept.pop(key, (rate.burst, now))
            tokens = min(rate.burst, tokens + (now - at) * rate.per_second)
            allowed = tokens >= 1
            self._kept[key] = (tokens - 1 if allowed else tokens, now)
            if len(self._kept) > _MOST_CALLERS:
                self._kept.popitem(last=False)
        if not allowed:
            raise RateLimitedError(retry_after=math.ceil((1 - tokens) / rate.per_second))

    def forget(self) -> None:
        """Give every caller a full bucket again."""
        with self._lock:
            self._kept.clear()


buckets: Final = Buckets()


class Senders:
    """Who sends something long to this process now: each holds a thread while the line takes it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._sending: Counter[str] = Counter()

    @contextmanager
    def sending(self, key: str) -> Iterator[None]:
        """Let ``key`` send while the block lasts. Raises: BusyError where too much comes in."""
        with self._lock:
            if (
                self._sending.total() >= settings.LONG_BODIES
                or self._sending[key] >= _MOST_OF_A_SENDER
            ):
                raise BusyError(retry_after=_COME_AGAIN)
            self._sending[key] += 1
        try:
            yield
        finally:
            with self._lock:
                self._sending[key] -= 1
                self._sending += Counter()  # forgets who sends nothing


senders: Final = Senders()


def receive(context: RequestContext, length: int) -> AbstractContextManager[None]:
    """Let the caller send a body of so many bytes while the block lasts. Raises: BusyError."""
    return nullcontext() if length <= HELD_BY_FRONT else senders.sending(_key_of(context))


def address_of(meta: Mapping[str, str]) -> str:
    """Return the address that a request came from, as the nearest trusted proxy saw it.

    ``meta`` is what WSGI says of the request.
    """
    nearest = meta.get("REMOTE_ADDR", "")
    forwarded = meta.get("HTTP_X_FORWARDED_FOR", "")
    if forwarded and nearest in settings.TRUSTED_PROXIES:
        return forwarded.rsplit(",", 1)[-1].strip()
    return nearest


def _line_of(address: str) -> str:
    """Return by what an address is counted: whoever has one of IPv6 has its whole network of 64."""
    if ":" not in address:
        return address
    try:
        parsed = ipaddress.IPv6Address(address)
    except ValueError:
        return address
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return f"{ipaddress.IPv6Address(int(parsed) >> 64 << 64)}/64"


def admit(context: RequestContext) -> None:
    """Count one request of this caller. Raises: RateLimitedError."""
    is_anonymous = context.caller.kind == "anonymous"
    rate = settings.RATE_ANONYMOUS if is_anonymous else settings.RATE_ACTOR
    buckets.take(_key_of(context), Rate.parse(rate))


def _key_of(context: RequestContext) -> str:
    if context.caller.kind == "anonymous":
        return f"address:{_line_of(context.client_address)}"
    return context.caller.key


def admit_sign_in(address: str) -> None:
    """Count one password or secret that has to be checked. Raises: RateLimitedError."""
    buckets.take(f"sign-in:{_line_of(address)}", Rate.parse(settings.RATE_SIGN_IN))


def admit_sensitive(context: RequestContext, operation: str) -> None:
    """Count one use of an operation that invites guessing, by the caller's address.

    Raises: RateLimitedError.
    """
    key = f"{operation}:{_line_of(context.client_address)}"
    buckets.take(key, Rate.parse(settings.RATE_SENSITIVE))


def admit_reveal(context: RequestContext) -> None:
    """Count one datum that the caller sees unmasked, over all processes. Raises: RateLimitedError.

    It is counted before it is judged, and outside any transaction: what is refused has counted.
    """
    rate = Rate.parse(settings.RATE_REVEAL)
    key = f"reveal:{context.actor.key}"
    with shared_context(SharedRole.SIGN_IN):
        is_taken = throttle.take(
            key, per_second=rate.per_second, burst=rate.burst, now=context.now()
        )
    if not is_taken:
        raise RateLimitedError(retry_after=math.ceil(1 / rate.per_second))
