"""Messages and their templates as the API shows them."""

import uuid
from datetime import datetime
from typing import Self

import strawberry

from schema import enums
from tenants.messages import models, queries
from tenants.messages.rules import PLACEHOLDERS, MessageChannel, MessageKind
from tenants.messages.states import MessageState

enums.describe(
    MessageKind,
    "What a message is about.",
    texts={
        MessageKind.INTAKE: "收件: an application was taken in.",
        MessageKind.NOTICE: "一次告知: something is to be supplemented.",
        MessageKind.ACCEPTANCE: "受理: it was accepted.",
        MessageKind.COMMITMENT: "承诺不实: a commitment was found not kept.",
        MessageKind.REFUSAL: "不予受理: acceptance was refused.",
        MessageKind.DECISION: "决定: it was decided.",
        MessageKind.COMPLETION: "办结: the result was delivered.",
        MessageKind.FILE: "文件异常: malicious code was found in a file that was handed in.",
        MessageKind.REVOCATION: "撤销: the approval was revoked.",
        MessageKind.DATA_REQUEST: "个人信息申请答复: a request about one's own data was answered.",
        MessageKind.EXPIRY: "草稿到期: a draft that nobody changes is about to be removed.",
    },
)
enums.describe(
    MessageChannel,
    "The way that a message takes.",
    texts={
        MessageChannel.SMS: "短信: a text message to the applicant's mobile.",
        MessageChannel.IN_APP: "站内消息: shown in the app to whoever bears the identity number.",
    },
)
enums.describe(
    MessageState,
    "Where a message stands.",
    texts={
        MessageState.WAITING: "待发送: it is tried as soon as it is due.",
        MessageState.SENT: "已发送: the gateway took it; an in-app message is there at once.",
        MessageState.KEPT: "留存: no gateway was set up, so nobody sent it.",
        MessageState.FAILED: "发送失败: given up; a person may send it again.",
        MessageState.DROPPED: "不再发送: the applicant takes no text messages any more.",
    },
)


@strawberry.type(description="A message about a case, as its applicant reads it.")
class MyMessage:
    id: strawberry.ID = strawberry.field(description="Its id.")
    kind: MessageKind = strawberry.field(description="What it is about.")
    text: str = strawberry.field(description="What it says.")
    case_number: str = strawberry.field(
        description="The case's number; empty where it is about a request (`dataRequest`)."
    )
    data_request: uuid.UUID | None = strawberry.field(
        description="Which request about one's own data was answered, or null."
    )
    created_at: datetime = strawberry.field(description="When it was written.")
    read_at: datetime | None = strawberry.field(description="When it was marked read, or null.")

    @classmethod
    def of(cls, row: models.Message) -> Self:
        """Return an in-app message as its applicant sees it."""
        return cls(
            id=strawberry.ID(str(row.id)),
            kind=MessageKind(row.kind),
            text=row.text,
            case_number=row.case_number,
            data_request=row.request_id,
            created_at=row.created_at,
            read_at=row.read_at,
        )


@strawberry.type(description="A message to an applicant, as the center's managers see it.")
class Message:
    id: strawberry.ID = strawberry.field(description="Its id.")
    kind: MessageKind = strawberry.field(description="What it is about.")
    channel: MessageChannel = strawberry.field(description="The way that it takes.")
    state: MessageState = strawberry.field(description="Where it stands.")
    text: str = strawberry.field(description="What it says; it names people masked.")
    case_number: str = strawberry.field(
        description="The case's number; empty where it is about a request (`dataRequest`)."
    )
    data_request: uuid.UUID | None = strawberry.field(
        description="Which request about one's own data was answered, or null."
    )
    recipient: str = strawberry.field(description="The phone, masked; empty in the app.")
    attempts: int = strawberry.field(description="How often it was tried.")
    next_attempt_at: datetime | None = strawberry.field(
        description="When it is tried next; null unless it waits."
    )
    reason: str = strawberry.field(description="Why the last attempt failed, or empty.")
    created_at: datetime = strawberry.field(description="When it was written.")
    sent_at: datetime | None = strawberry.field(description="When it left, or null.")

    @classmethod
    def of(cls, row: models.Message) -> Self:
        """Return a message as the center's managers see it."""
        return cls(
            id=strawberry.ID(str(row.id)),
            kind=MessageKind(row.kind),
            channel=MessageChannel(row.channel),
            state=MessageState(row.state),
            text=row.text,
            case_number=row.case_number,
            data_request=row.request_id,
            recipient=row.recipient_masked,
            attempts=row.attempts,
            next_attempt_at=row.due_at,
            reason=row.reason,
            created_at=row.created_at,
            sent_at=row.sent_at,
        )


@strawberry.type(description="The words of one kind of message in this center.")
class MessageTemplate:
    kind: MessageKind = strawberry.field(description="What the message is about.")
    text: str = strawberry.field(description="The words, with placeholders in braces.")
    default_text: str = strawberry.field(description="The words that it started with.")
    is_default: bool = strawberry.field(description="Whether these hold.")
    placeholders: list[str] = strawberry.field(description="What the words may name.")
    version: int = strawberry.field(description="Grows with each edit; see `expectedVersion`.")

    @classmethod
    def of(cls, found: queries.Template) -> Self:
        """Return the words of a kind as the API shows them."""
        return cls(
            kind=found.kind,
            text=found.text,
            default_text=found.default,
            is_default=found.is_default,
            placeholders=sorted(PLACEHOLDERS[found.kind]),
            version=found.version,
        )
