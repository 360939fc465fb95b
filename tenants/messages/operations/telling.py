"""Writing what an applicant is told, in the transaction of the event that it tells of."""

import uuid
from datetime import datetime

from django.conf import settings

from tenants.messages import models, queries, rules
from tenants.messages.adapters import gateway, sealing
from tenants.messages.rules import MessageChannel
from tenants.messages.states import MessageState
from tongban.kernel import context, personal
from tongban.kernel.ports import CaseNews
from tongban.kernel.transactions import PLATFORM, Work, unit_of_work
from tongban.registry import queries as registry

SHOWN_KIND = "message.shown"
_MOBILE = "+861"
_LONGEST_SHOWN = 200


def tell_applicant(*, news: CaseNews) -> None:
    """Write the messages that an event of a case causes, one a channel.

    Runs in the unit of work that appended the event natively: they commit together or not at all.
    Always in the app; as a text message where the applicant gave a mobile number, unless it is
    one of ``rules.IN_APP_ONLY``.
    """
    with unit_of_work() as work:
        kind = rules.TOLD[news.event]
        text = rules.worded(
            queries.template_of(kind).text,
            center=registry.name_of(context.current_center()),
            name=news.applicant_name_masked,
            matter=news.matter_name,
            number=news.number,
            due_at=news.expires_at or news.promised_due_at,
        )
        told = [_message(news, kind, text, MessageChannel.IN_APP, MessageState.SENT)]
        phone = None if kind in rules.IN_APP_ONLY else news.phone
        if phone is not None and phone.startswith(_MOBILE):
            is_waiting = gateway.is_set_up()
            state = MessageState.WAITING if is_waiting else MessageState.KEPT
            told.append(_message(news, kind, text, MessageChannel.SMS, state, phone=phone))
            if not is_waiting and (settings.DEMO or settings.DEBUG):
                _show(work, news, text, phone)
        models.Message.objects.bulk_create(told)


def tell_requester(
    *,
    request_id: uuid.UUID,
    what: str,
    requested_at: datetime,
    requester_hash: bytes,
    name_masked: str,
    now: datetime,
) -> None:
    """Write in the app that a request about one's own data was answered, not how.

    ``what`` was asked for, in Chinese. Within the unit of work of the answer: once, with it.
    """
    with unit_of_work():
        kind = rules.MessageKind.DATA_REQUEST
        models.Message.objects.create(
            request_id=request_id,
            channel=MessageChannel.IN_APP,
            kind=kind,
            text=rules.worded(
                queries.template_of(kind).text,
                center=registry.name_of(context.current_center()),
                name=name_masked,
                request=what,
                due_at=requested_at,
            ),
            recipient_hash=requester_hash,
            state=MessageState.SENT,
            created_at=now,
            sent_at=now,
        )


def forget_case(number: str) -> None:
    """Delete what was told of a draft, in the transaction that removes it."""
    models.Message.objects.filter(case_number=number).delete()


def _message(
    news: CaseNews,
    kind: rules.MessageKind,
    text: str,
    channel: MessageChannel,
    state: MessageState,
    *,
    phone: str | None = None,
) -> models.Message:
    place = f"{news.number}:{news.epoch}:{news.sequence}"
    return models.Message(
        case_number=news.number,
        epoch=news.epoch,
        sequence=news.sequence,
        channel=channel,
        kind=kind,
        text=text,
        recipient_hash=news.applicant_hash,
        recipient_sealed=None if phone is None else sealing.seal(phone, place=place),
        recipient_masked="" if phone is None else personal.mask_phone(phone),
        state=state,
        due_at=news.at if state is MessageState.WAITING else None,
        created_at=news.at,
        sent_at=news.at if state is MessageState.SENT else None,
    )


def _show(work: Work, news: CaseNews, text: str, phone: str) -> None:
    """Let a demonstration's start page show a text message that nobody sends."""
    short = text if len(text) <= _LONGEST_SHOWN else f"{text[: _LONGEST_SHOWN - 1]}…"
    work.send(
        destination=PLATFORM,
        kind=SHOWN_KIND,
        key=news.number,
        payload={"recipient_masked": personal.mask_phone(phone), "text": short, "at": news.at},
    )
