"""How often one caller may ask: token buckets in this process, one per actor or address.

Each process counts for itself, so a caller can get the limit once per process; what must be exact
is counted in the database: codes sent to a phone and attempts at a query code by their operation,
data of people that are shown unmasked here.
"""

import math
import threading
import time
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

from django.conf import settings

from schema.context import RequestContext
from schema.errors import RateLimitedError
from tongban.identity.operations import throttle
from tongban.kernel.context import SharedRole, shared_context

_MOST_CALLERS: Final = 50_000


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


def address_of(meta: Mapping[str, str]) -> str:
    """Return the address that a request came from, as the nearest trusted proxy saw it.

    ``meta`` is what WSGI says of the request.
    """
    nearest = meta.get("REMOTE_ADDR", "")
    forwarded = meta.get("HTTP_X_FORWARDED_FOR", "")
    if forwarded and nearest in settings.TRUSTED_PROXIES:
        return forwarded.rsplit(",", 1)[-1].strip()
    return nearest


def admit(context: RequestContext) -> None:
    """Count one request of this caller. Raises: RateLimitedError."""
    if context.caller.kind == "anonymous":
        buckets.take(f"address:{context.client_address}", Rate.parse(settings.RATE_ANONYMOUS))
    else:
        buckets.take(context.caller.key, Rate.parse(settings.RATE_ACTOR))


def admit_sign_in(address: str) -> None:
    """Count one password or secret that has to be checked. Raises: RateLimitedError."""
    buckets.take(f"sign-in:{address}", Rate.parse(settings.RATE_SIGN_IN))


def admit_sensitive(context: RequestContext, operation: str) -> None:
    """Count one use of an operation that invites guessing, by the caller's address.

    Raises: RateLimitedError.
    """
    key = f"{operation}:{context.client_address}"
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
