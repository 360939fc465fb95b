"""Sending text messages by the gateway: claim, send, mark, each by itself.

A message is claimed by moving its due time ahead. Whoever dies with it leaves it to the next
worker once the lease is over; the gateway tells a repeat by the message's id. While a gateway is
asked no transaction is open.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import structlog

from tenants.cases import queries as cases
from tenants.messages import models, rules
from tenants.messages.adapters import gateway, sealing
from tenants.messages.rules import Answer, MessageChannel, Reception
from tenants.messages.states import MessageState
from tongban.kernel import crypto
from tongban.kernel.transactions import unit_of_work

_log = structlog.get_logger(__name__)
_UNCLEAR = "多次尝试后结果不明"
_REFUSED = "申请人不同意接收短信"
_UNREADABLE = "收信号码无法解密"


@dataclass(frozen=True, slots=True)
class _Claimed:
    message_id: UUID
    attempt: int
    phone: str
    text: str


def send_waiting(*, clock: Callable[[], datetime]) -> int:
    """Send what is due in the running center, at most ``rules.AT_ONCE``, and return how many left.

    Any number of workers may do so at once. Runs outside any transaction.
    """
    left = 0
    if not gateway.is_set_up():
        return left
    for _ in range(rules.AT_ONCE):
        claimed = None if gateway.rests(clock()) else _claim(clock())
        if claimed is None:
            break
        answer = gateway.send(
            message_id=claimed.message_id, phone=claimed.phone, text=claimed.text, now=clock()
        )
        _mark(claimed, answer, clock())
        left += answer.reception is Reception.TAKEN
    return left


def _claim(now: datetime) -> _Claimed | None:
    """Take the next due message for one lease.

    What was tried too often is given up, for all to see; what its applicant wants no more is
    dropped, wherever the consent was withdrawn meanwhile. One whose number no key opens has been
    tried: it would be the next for ever.
    """
    with unit_of_work():
        while True:
            row = (
                models.Message.objects.select_for_update(skip_locked=True)
                .filter(due_at__lte=now)
                .order_by("due_at", "id")
                .first()
            )
            if row is None:
                return None
            if not cases.takes_text_messages(row.case_number):
                row.state, row.due_at, row.reason = MessageState.DROPPED, None, _REFUSED
                row.save(update_fields=["state", "due_at", "reason"])
            elif row.attempts >= rules.MOST_ATTEMPTS:
                _give_up(row, row.reason or _UNCLEAR)
            elif (phone := _phone_of(row)) is None:
                row.attempts += 1
                row.due_at, row.reason = now + rules.pause_after(row.attempts), _UNREADABLE
                row.save(update_fields=["attempts", "due_at", "reason"])
            else:
                break
        row.attempts += 1
        row.due_at = now + rules.LEASE
        row.save(update_fields=["attempts", "due_at"])
        return _Claimed(row.id, row.attempts, phone, row.text)


def _phone_of(row: models.Message) -> str | None:
    assert row.recipient_sealed is not None  # of every text message, by constraint
    try:
        return sealing.open_sealed(bytes(row.recipient_sealed), place=row.place)
    except crypto.SealError:
        return None


def _mark(claimed: _Claimed, answer: Answer, now: datetime) -> None:
    with unit_of_work():
        row = models.Message.objects.select_for_update().get(id=claimed.message_id)
        if row.state == MessageState.SENT:
            return  # another worker had it after the lease, and the gateway knew it
        if answer.reception is Reception.TAKEN:
            row.state, row.due_at, row.reason, row.sent_at = MessageState.SENT, None, "", now
            row.save(update_fields=["state", "due_at", "reason", "sent_at"])
            return
        if row.state != MessageState.WAITING or row.attempts != claimed.attempt:
            return  # somebody else tries it now, and marks it
        if answer.reception is Reception.REFUSED or row.attempts >= rules.MOST_ATTEMPTS:
            _give_up(row, answer.reason)
            return
        row.due_at = now + rules.pause_after(row.attempts)
        row.reason = answer.reason
        row.save(update_fields=["due_at", "reason"])


def _give_up(row: models.Message, reason: str) -> None:
    assert row.channel == MessageChannel.SMS  # nothing else is ever due
    row.state, row.due_at, row.reason = MessageState.FAILED, None, reason
    row.save(update_fields=["state", "due_at", "reason"])
    _log.warning("message_failed", message=str(row.id), reason=reason)
