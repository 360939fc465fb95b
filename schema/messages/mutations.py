"""Reading one's messages; wording templates and sending again, for the management office."""

import uuid

import strawberry

from schema import payloads
from schema.context import Info, require_account, require_center
from schema.messages.types import Message, MessageTemplate, MyMessage
from tenants.messages import errors
from tenants.messages.operations import keeping
from tenants.messages.rules import MessageKind

MessagesError = payloads.error_type("Messages", errors)


@strawberry.input(description="Which of one's messages was read.")
class MarkMessageReadInput:
    message: strawberry.ID = strawberry.field(description="The message's id.")


@strawberry.input(description="Which message is sent again.")
class RetryMessageInput:
    message: strawberry.ID = strawberry.field(description="The message's id.")
    idempotency_key: uuid.UUID = strawberry.field(description=payloads.IDEMPOTENCY_KEY)


@strawberry.input(description="How a kind of message is worded from now on.")
class EditMessageTemplateInput:
    kind: MessageKind = strawberry.field(description="What the message is about.")
    text: str | None = strawberry.field(
        default=None,
        description="1-200 characters with placeholders in braces; null takes the shipped text.",
    )
    expected_version: int = strawberry.field(description="The `version` as last read.")


@strawberry.type(description="The message, or why nothing was changed.")
class MarkMessageReadPayload:
    message: MyMessage | None = strawberry.field(default=None, description="As it stands now.")
    errors: list[payloads.Fault] = payloads.errors_field(MessagesError)


@strawberry.type(description="The message, or why nothing was changed.")
class RetryMessagePayload:
    message: Message | None = strawberry.field(default=None, description="As it stands now.")
    errors: list[payloads.Fault] = payloads.errors_field(MessagesError)


@strawberry.type(description="The words, or why nothing was changed.")
class MessageTemplatePayload:
    template: MessageTemplate | None = strawberry.field(
        default=None, description="As they stand now."
    )
    errors: list[payloads.Fault] = payloads.errors_field(MessagesError)


@strawberry.type
class MessagesMutation:
    @payloads.mutation(description="Note that one of one's own messages was read.")
    def mark_message_read(self, info: Info, input: MarkMessageReadInput) -> MarkMessageReadPayload:
        require_center(info)
        row = keeping.mark_message_read(
            actor=require_account(info), message_id=input.message, now=info.context.now()
        )
        return MarkMessageReadPayload(message=MyMessage.of(row))

    @payloads.mutation(
        description="Send a text message anew that never left. For the management office."
    )
    def retry_message(self, info: Info, input: RetryMessageInput) -> RetryMessagePayload:
        require_center(info)
        row = keeping.retry_message(
            actor=require_account(info),
            message_id=input.message,
            idempotency_key=input.idempotency_key,
            now=info.context.now(),
        )
        return RetryMessagePayload(message=Message.of(row))

    @payloads.mutation(
        description="Word a kind of message in the center's own way. For the management office."
    )
    def edit_message_template(
        self, info: Info, input: EditMessageTemplateInput
    ) -> MessageTemplatePayload:
        require_center(info)
        found = keeping.edit_template(
            actor=require_account(info),
            kind=input.kind,
            text=input.text,
            expected_version=input.expected_version,
            now=info.context.now(),
        )
        return MessageTemplatePayload(template=MessageTemplate.of(found))
