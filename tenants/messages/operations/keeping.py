"""What people do with messages: read their own, send again what failed, word the templates."""

import uuid
from datetime import datetime

from tenants.cases import queries as cases
from tenants.messages import errors, models, policies, queries, rules
from tenants.messages.adapters import gateway
from tenants.messages.states import RETRIABLE, MessageState
from tenants.staff import queries as staff
from tongban.kernel.actors import Actor
from tongban.kernel.errors import StaleVersionError
from tongban.kernel.transactions import claim_key, unit_of_work


def mark_message_read(*, actor: Actor, message_id: str, now: datetime) -> models.Message:
    """Note that an applicant has read one of their own messages; a repeat changes nothing.

    Raises: MessageNotFoundError.
    """
    with unit_of_work() as work:
        wanted = queries.ids_of(message_id)
        row = queries.own_messages(actor=actor).select_for_update().filter(id__in=wanted).first()
        if row is None:
            raise errors.MessageNotFoundError(path=("message",))
        if row.read_at is None:
            row.read_at = now
            row.save(update_fields=["read_at"])
            work.audit_action(
                actor=actor, action="message.read", object_type="message",
                object_key=str(row.id), at=now,
            )  # fmt: skip
    return row


def retry_message(
    *, actor: Actor, message_id: str, idempotency_key: uuid.UUID, now: datetime
) -> models.Message:
    """Let a text message that never left be tried anew, as often as a new one.

    Raises: MessageNotFoundError, MessageRetryNotAllowedError.
    """
    with unit_of_work() as work:
        claim = claim_key(
            actor=actor, operation="retry_message", key=idempotency_key,
            request={"message": message_id},
        )  # fmt: skip
        wanted = queries.ids_of(message_id)
        row = queries.list_messages(actor=actor).select_for_update().filter(id__in=wanted).first()
        if row is None:
            raise errors.MessageNotFoundError(path=("message",))
        if claim.repeated:
            return row
        if not policies.may_keep_messages(staff.membership_of(actor)):
            raise errors.MessageRetryNotAllowedError(reason="ROLE")
        if row.state not in RETRIABLE:
            raise errors.MessageRetryNotAllowedError(reason="STATE")
        if not cases.takes_text_messages(row.case_number):
            raise errors.MessageRetryNotAllowedError(reason="CONSENT")
        if not gateway.is_set_up():
            raise errors.MessageRetryNotAllowedError(reason="NO_GATEWAY")
        former = row.state
        row.state, row.attempts, row.due_at, row.reason = MessageState.WAITING, 0, now, ""
        row.save(update_fields=["state", "attempts", "due_at", "reason"])
        work.audit_action(
            actor=actor, action="message.retry", object_type="message", object_key=str(row.id),
            at=now, data={"case": row.case_number, "kind": row.kind, "former": former},
        )  # fmt: skip
        claim.settle({"message": str(row.id)})
    return row


def edit_template(
    *,
    actor: Actor,
    kind: rules.MessageKind,
    text: str | None,
    expected_version: int,
    now: datetime,
) -> queries.Template:
    """Word a kind of message in the center's own way from now on; None takes the shipped text.

    Raises: TemplateEditNotAllowedError, TemplateInvalidError, StaleVersionError.
    """
    with unit_of_work() as work:
        if not policies.may_keep_messages(staff.membership_of(actor)):
            raise errors.TemplateEditNotAllowedError
        worded = "" if text is None else text.strip()
        found = rules.Checked() if text is None else rules.check_template(kind, worded)
        if found.fault is not None:
            raise errors.TemplateInvalidError(
                path=("text",),
                reason=found.fault.value,
                placeholder=found.placeholder,
                allowed="、".join(sorted(rules.PLACEHOLDERS[kind])),
                limit=rules.LONGEST_TEMPLATE,
            )
        _save(kind, worded, expected_version, now)
        edited = queries.template_of(kind)
        work.record(
            topic="message_template", subject=kind, name="message_template.edited", at=now,
            data={"text": edited.text},
        )  # fmt: skip
        work.audit_action(
            actor=actor, action="message_template.edit", object_type="message_template",
            object_key=kind, at=now, data={"text": edited.text},
        )  # fmt: skip
        return edited


def _save(kind: rules.MessageKind, text: str, expected_version: int, now: datetime) -> None:
    """Write the text over the version that its editor has read. Raises: StaleVersionError."""
    new = models.MessageTemplate(kind=kind, text=text, edited_at=now, version=0)
    models.MessageTemplate.objects.bulk_create([new], ignore_conflicts=True)
    row = models.MessageTemplate.objects.select_for_update().get(kind=kind)
    if row.version != expected_version:
        raise StaleVersionError(path=("expectedVersion",), current=row.version)
    row.text, row.edited_at, row.version = text, now, row.version + 1
    row.save(update_fields=["text", "edited_at", "version"])
