"""Messages that no destination takes: kept where people find them, and sent again when mended."""

import uuid
from datetime import datetime

from tongban.exchange import errors, models
from tongban.exchange.operations.contexts import context_of
from tongban.kernel.actors import Actor
from tongban.kernel.context import SharedRole, shared_context
from tongban.kernel.models import OutboxMessage
from tongban.kernel.transactions import unit_of_work


def note_parked(row: OutboxMessage, *, origin: str, error: str, now: datetime) -> None:
    """Note, before it is parked, that a message waits for a person; a repeat renews the note."""
    with shared_context(SharedRole.PLATFORM):
        models.ParkedMessage.objects.update_or_create(
            message_id=row.message_id,
            defaults={
                "origin": origin,
                "destination": row.destination,
                "kind": row.kind,
                "key": row.key,
                "error": error,
                "parked_at": now,
                "released_at": None,
            },
        )


def release_message(*, actor: Actor, message_id: uuid.UUID, now: datetime) -> models.ParkedMessage:
    """Let a parked message be delivered again, with all its attempts before it.

    Enters the contexts itself: the origin's, then the platform's. Raises: ParkedNotFoundError.
    """
    with shared_context(SharedRole.PLATFORM):
        parked = models.ParkedMessage.objects.filter(
            message_id=message_id, released_at__isnull=True
        ).first()
    if parked is None:
        raise errors.ParkedNotFoundError
    with context_of(parked.origin), unit_of_work() as work:
        OutboxMessage.objects.filter(message_id=message_id).update(
            parked_at=None, next_attempt_at=None, attempts=0
        )
        work.wakes = True
    with shared_context(SharedRole.PLATFORM), unit_of_work() as work:
        parked.released_at = now
        parked.save(update_fields=["released_at"])
        work.audit_action(
            actor=actor,
            action="message.release",
            object_type="message",
            object_key=str(message_id),
            at=now,
            data={"origin": parked.origin, "kind": parked.kind, "key": parked.key},
        )
    return parked
