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
_NO_MOBILE = "更正后的号码不是手机号码"


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
        told = [_shown(_message(news, kind, text, MessageChannel.IN_APP))]
        phone = None if kind in rules.IN_APP_ONLY else news.phone
        if phone is not None and phone.startswith(_MOBILE):
            told.append(_texted(work, _message(news, kind, text, MessageChannel.SMS), phone))
        models.Message.objects.bulk_create(told)


def tell_requester(
    *,
    request_id: uuid.UUID,
    what: str,
    requested_at: datetime,
    requester_hash: bytes,
    name_masked: str,
    phone: str,
    now: datetime,
) -> None:
    """Write that a request about one's own data was answered, not how.

    ``what`` was asked for, in Chinese. In the app, and as a text message to a mobile that was given
    for that; ``phone`` is empty where there is none. Within the unit of work of the answer: once,
    with it.
    """
    with unit_of_work() as work:
        kind = rules.MessageKind.DATA_REQUEST
        text = rules.worded(
            queries.template_of(kind).text,
            center=registry.name_of(context.current_center()),
            name=name_masked,
            request=what,
            due_at=requested_at,
        )

        def message(channel: MessageChannel) -> models.Message:
            return models.Message(
                request_id=request_id,
                channel=channel,
                kind=kind,
                text=text,
                recipient_hash=requester_hash,
                created_at=now,
            )

        told = [_shown(message(MessageChannel.IN_APP))]
        if phone.startswith(_MOBILE):
            told.append(_texted(work, message(MessageChannel.SMS), phone))
        models.Message.objects.bulk_create(told)


def readdress(*, number: str, phone: str) -> None:
    """Let what never left about a case go to its applicant's corrected ``phone``, or nowhere.

    In the unit of work of the correction: the former number may be anybody's.
    """
    with unit_of_work():
        unsent = models.Message.objects.filter(case_number=number, channel=MessageChannel.SMS)
        for row in unsent.exclude(state=MessageState.SENT).select_for_update():
            place = f"{number}:{row.epoch}:{row.sequence}"
            row.recipient_sealed = sealing.seal(phone, place=place)
            row.recipient_masked = personal.mask_phone(phone) if phone else ""
            if not phone.startswith(_MOBILE):
                row.state, row.due_at, row.reason = MessageState.DROPPED, None, _NO_MOBILE
            row.save()


def forget_case(number: str) -> None:
    """Delete what was told of a draft, in the transaction that removes it."""
    models.Message.objects.filter(case_number=number).delete()


def _message(
    news: CaseNews, kind: rules.MessageKind, text: str, channel: MessageChannel
) -> models.Message:
    return models.Message(
        case_number=news.number,
        epoch=news.epoch,
        sequence=news.sequence,
        channel=channel,
        kind=kind,
        text=text,
        recipient_hash=news.applicant_hash,
        created_at=news.at,
    )


def _shown(message: models.Message) -> models.Message:
    """Return a message of the app, which is there at once."""
    message.state, message.sent_at = MessageState.SENT, message.created_at
    return message


def _texted(work: Work, message: models.Message, phone: str) -> models.Message:
    """Return a text message to a phone, which waits for the gateway where there is one."""
    message.recipient_sealed = sealing.seal(phone, place=message.place)
    message.recipient_masked = personal.mask_phone(phone)
    if gateway.is_set_up():
        message.state, message.due_at = MessageState.WAITING, message.created_at
        return message
    message.state = MessageState.KEPT
    if settings.DEMO or settings.DEBUG:
        _show(work, message)
    return message


def _show(work: Work, message: models.Message) -> None:
    """Let a demonstration's start page show a text message that nobody sends."""
    text = message.text
    short = text if len(text) <= _LONGEST_SHOWN else f"{text[: _LONGEST_SHOWN - 1]}…"
    work.send(
        destination=PLATFORM,
        kind=SHOWN_KIND,
        key=message.case_number or str(message.request_id),
        payload={
            "recipient_masked": message.recipient_masked,
            "text": short,
            "at": message.created_at,
        },
    )
