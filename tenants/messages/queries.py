"""What may be read of messages: one's own by applicants, all of the center's by its managers."""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from tenants.messages import models, policies, rules
from tenants.messages.states import MessageState
from tenants.staff import queries as staff
from tongban.kernel import statements
from tongban.kernel.actors import Actor


@dataclass(frozen=True, slots=True)
class MessageFilter:
    """What a list of messages is narrowed to; None narrows nothing."""

    state: MessageState | None = None
    channel: rules.MessageChannel | None = None
    kind: rules.MessageKind | None = None
    case_number: str | None = None
    """In its canonical form."""


@dataclass(frozen=True, slots=True)
class Template:
    """The words of one kind of message, as the center has them now."""

    kind: rules.MessageKind
    text: str
    default: str
    version: int
    """0 as long as the shipped text holds."""

    @property
    def is_default(self) -> bool:
        """Whether the shipped text holds."""
        return self.text == self.default


def own_messages(*, actor: Actor, is_read: bool | None = None) -> QuerySet[models.Message]:
    """Return the in-app messages about the actor's own cases, by the verified identity number."""
    if not actor.real_name or actor.applicant_hash is None:
        return models.Message.objects.none()
    rows = models.Message.objects.filter(
        recipient_hash=actor.applicant_hash, channel=rules.MessageChannel.IN_APP
    )
    return rows if is_read is None else rows.filter(read_at__isnull=not is_read)


def list_messages(*, actor: Actor, where: MessageFilter | None = None) -> QuerySet[models.Message]:
    """Return the messages that the actor may list: all, or none to whoever does not manage them."""
    where = where or MessageFilter()
    if not policies.may_read_messages(staff.membership_of(actor)):
        return models.Message.objects.none()
    wanted = {
        "state": where.state,
        "channel": where.channel,
        "kind": where.kind,
        "case_number": where.case_number,
    }
    return models.Message.objects.filter(
        **{column: value for column, value in wanted.items() if value is not None}
    )


def copies_of(recipient_hash: bytes) -> list[dict[str, Any]]:
    """Return all that a person was told, oldest first (one statement)."""
    rows = told_to(recipient_hash).order_by("id")
    return [
        {
            "case_number": row.case_number,
            "kind": row.kind,
            "channel": row.channel,
            "state": row.state,
            "text": row.text,
            "phone": row.recipient_masked,
            "created_at": row.created_at,
            "sent_at": row.sent_at,
            "read_at": row.read_at,
        }
        for row in rows
    ]


def told_to(recipient_hash: bytes) -> QuerySet[models.Message]:
    """Return all messages to a person, in the app and by text."""
    return models.Message.objects.filter(recipient_hash=recipient_hash)


def needed_no_more(
    recipient_hash: bytes, *, case_numbers: Collection[str], before: datetime
) -> QuerySet[models.Message]:
    """Return what a person was told about these cases, or before then about their requests."""
    answers = Q(case_number="", created_at__lt=before)
    return told_to(recipient_hash).filter(Q(case_number__in=case_numbers) | answers)


def ended_before(instant: datetime) -> QuerySet[models.Message]:
    """Return the messages of whom nothing waits that were written before an instant."""
    return models.Message.objects.filter(created_at__lt=instant).exclude(state=MessageState.WAITING)


def list_templates(*, actor: Actor) -> Sequence[Template]:
    """Return the words of every kind, or nothing to whoever does not manage messages."""
    if not policies.may_read_messages(staff.membership_of(actor)):
        return ()
    rows = {row.kind: row for row in models.MessageTemplate.objects.all()}
    return [_template(kind, rows.get(kind)) for kind in rules.MessageKind]


def template_of(kind: rules.MessageKind) -> Template:
    """Return the words of one kind (one statement)."""
    rows = _templates(kind)
    return _template(kind, rows[0] if rows else None)


@statements.compiled
def _templates(kind: rules.MessageKind) -> QuerySet[models.MessageTemplate]:
    return models.MessageTemplate.objects.filter(kind=kind)


def _template(kind: rules.MessageKind, row: models.MessageTemplate | None) -> Template:
    default = rules.DEFAULTS[kind]
    if row is None:
        return Template(kind, default, default, 0)
    return Template(kind, row.text or default, default, row.version)


def ids_of(text: str) -> tuple[uuid.UUID, ...]:
    """Return the id that a text says, or nothing where it says none."""
    try:
        return (uuid.UUID(text),)
    except ValueError:
        return ()
