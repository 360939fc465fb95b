"""Messages: one's own to applicants, the center's to its managers."""

from typing import Annotated

import strawberry

from schema.connections import DEFAULT_PAGE, After, Connection, First, paginate
from schema.context import Info, require_account, require_center
from schema.messages.types import Message, MessageTemplate, MyMessage
from tenants.messages import queries
from tenants.messages.rules import MessageChannel, MessageKind
from tenants.messages.states import MessageState


@strawberry.input(description="What a list of messages is narrowed to; null narrows nothing.")
class MessageFilter:
    state: MessageState | None = strawberry.field(
        default=None, description="Only those that stand there."
    )
    channel: MessageChannel | None = strawberry.field(
        default=None, description="Only those of this way."
    )
    kind: MessageKind | None = strawberry.field(default=None, description="Only this kind.")
    case_number: str | None = strawberry.field(
        default=None, description="Only those about this case."
    )


@strawberry.type
class MessagesQuery:
    @strawberry.field(
        description="Messages of this center about one's own cases (站内消息), latest first."
    )
    def my_messages(
        self,
        info: Info,
        is_read: Annotated[
            bool | None,
            strawberry.argument(description="Only those marked read, or not; null for both."),
        ] = None,
        first: First = DEFAULT_PAGE,
        after: After = None,
    ) -> Connection[MyMessage]:
        require_center(info)
        rows = queries.own_messages(actor=require_account(info), is_read=is_read)
        return paginate(rows, order=("-id",), first=first, after=after, node=MyMessage.of)

    @strawberry.field(
        description=(
            "What the center told applicants, latest first. For the management office and "
            "supervisors; empty to others."
        )
    )
    def messages(
        self,
        info: Info,
        filter: Annotated[
            MessageFilter | None, strawberry.argument(description="What to narrow the list to.")
        ] = None,
        first: First = DEFAULT_PAGE,
        after: After = None,
    ) -> Connection[Message]:
        require_center(info)
        wanted = filter or MessageFilter()
        rows = queries.list_messages(
            actor=require_account(info),
            where=queries.MessageFilter(
                state=wanted.state,
                channel=wanted.channel,
                kind=wanted.kind,
                case_number=wanted.case_number,
            ),
        )
        return paginate(rows, order=("-id",), first=first, after=after, node=Message.of)

    @strawberry.field(
        description=(
            "The words of each kind of message. For the management office and supervisors; "
            "empty to others."
        )
    )
    def message_templates(self, info: Info) -> list[MessageTemplate]:
        require_center(info)
        found = queries.list_templates(actor=require_account(info))
        return [MessageTemplate.of(template) for template in found]
