"""The relay: each message is read at its origin, has its effect at its destination, is marked.

Three transactions, each in one context. A kill between them delivers again, and the inbox makes
the second delivery have no effect: delivered at least once, effective exactly once.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from django.db import OperationalError, connection

from tongban.exchange import queries
from tongban.exchange.operations import parking
from tongban.exchange.operations.contexts import context_of
from tongban.kernel import files, ports, scans
from tongban.kernel.errors import RequestError
from tongban.kernel.models import OutboxMessage
from tongban.kernel.ports import Message, OutOfOrderError
from tongban.kernel.transactions import unit_of_work

BATCH = 200
PARK_AFTER_ATTEMPTS = 12
_LONGEST_WAIT = timedelta(minutes=5)

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Delivered:
    """What one pass over a center's outbox did."""

    settled: int
    failed: int


def relay_outbox(origin: str, *, clock: Callable[[], datetime]) -> Delivered:
    """Deliver what can be delivered of one outbox (a center code or ``platform``), in order.

    Any number of workers may do so at once: order per key holds, since a message is only read
    when those before it are settled or were delivered by this pass.
    """
    with context_of(origin):
        batch = list(queries.pending_messages(clock())[:BATCH])
    settled: list[OutboxMessage] = []
    blocked: set[str] = set()
    for row in batch:
        if row.key in blocked:
            continue
        message = Message(row.message_id, origin, row.destination, row.kind, row.key, row.payload)
        try:
            deliver(message, now=clock())
        # The boundary of delivery: whatever a handler raises must hold up its own key only.
        except Exception as error:  # noqa: BLE001
            blocked.add(row.key)
            _postpone(origin, row, error, now=clock())
        else:
            settled.append(row)
            _settle(origin, row, now=clock())
    return Delivered(len(settled), len(blocked))


def deliver(message: Message, *, now: datetime) -> bool:
    """Have a message's effect at its destination, once; return whether it was new.

    Its files are copied before, so that the destination never refers to bytes it lacks, but for
    those that a scanner holds back: they follow, or never come, and the destination knows.
    """
    handler = ports.inbox_handlers[message.kind]
    known = _bring_files(message)
    with context_of(message.destination), unit_of_work():
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO kernel_inboxmessage (message_id, origin, kind) VALUES (%s, %s, %s)"
                " ON CONFLICT DO NOTHING",
                [message.message_id, message.origin, message.kind],
            )
            is_new: bool = cursor.rowcount == 1
        if is_new:
            handler(message, now)
        if known:
            scans.arrive(known, now=now)
    return is_new


def _bring_files(message: Message) -> dict[str, scans.Known]:
    """Copy what of a message's files is released, and return what is known of those scanned."""
    listed: list[str] = message.payload.get("files", [])
    if not listed:
        return {}
    with context_of(message.origin):
        known = scans.depart(listed, destination=message.destination)
    for sha256 in listed:
        if sha256 not in known or known[sha256].is_released:
            files.copy(origin=message.origin, destination=message.destination, sha256=sha256)
    return known


def _settle(origin: str, row: OutboxMessage, *, now: datetime) -> None:
    with context_of(origin):
        OutboxMessage.objects.filter(id=row.id).update(settled_at=now, last_error="")


def _postpone(origin: str, row: OutboxMessage, error: Exception, *, now: datetime) -> None:
    attempts = row.attempts + 1
    wait = min(timedelta(seconds=2 ** min(attempts, 10) / 4), _LONGEST_WAIT)
    # What will mend itself (an earlier message on its way, an upgrade, a lost database) is never
    # parked.
    is_passing = isinstance(error, OutOfOrderError | RequestError | OperationalError)
    is_parked = attempts >= PARK_AFTER_ATTEMPTS and not is_passing
    _log.warning(
        "message_not_delivered",
        origin=origin,
        destination=row.destination,
        kind=row.kind,
        message_id=str(row.message_id),
        attempts=attempts,
        parked=is_parked,
        error=type(error).__name__,
        exc_info=None if is_passing else error,
    )
    text = f"{type(error).__name__}: {error}"[:500]
    if is_parked:
        parking.note_parked(row, origin=origin, error=text, now=now)
    with context_of(origin):
        OutboxMessage.objects.filter(id=row.id).update(
            attempts=attempts,
            next_attempt_at=now + wait,
            parked_at=now if is_parked else None,
            last_error=text,
        )
