"""督办: urging, answering, and the list of what waits for an answer."""

import uuid
from typing import Annotated

import strawberry

from schema import payloads
from schema.cases.inputs import NUMBER, VERSION
from schema.cases.mutations import CasePayload, acting, answered
from schema.cases.types.urgings import Urging
from schema.connections import DEFAULT_PAGE, After, Connection, First, paginate
from schema.context import Info, require_actor, require_center
from tenants.cases import queries
from tenants.cases.operations import urging


@strawberry.input(description="Which case is urged, and what is said.")
class UrgeCaseInput:
    number: str = strawberry.field(description=NUMBER)
    text: str = strawberry.field(description="What is wanted of those who handle it.")
    expected_version: int | None = strawberry.field(default=None, description=VERSION)
    idempotency_key: uuid.UUID = strawberry.field(description=payloads.IDEMPOTENCY_KEY)


@strawberry.input(description="The answer to an urging.")
class ReplyUrgingInput:
    number: str = strawberry.field(description=NUMBER)
    urging: int = strawberry.field(description="The urging's number within the case.")
    reply: str = strawberry.field(description="What was done, or will be.")
    expected_version: int | None = strawberry.field(default=None, description=VERSION)
    idempotency_key: uuid.UUID = strawberry.field(description=payloads.IDEMPOTENCY_KEY)


@strawberry.type
class UrgingsQuery:
    @strawberry.field(description="The urgings of this center's cases (督办), latest first.")
    def urgings(
        self,
        info: Info,
        is_open: Annotated[
            bool | None,
            strawberry.argument(description="Only those that wait for a reply, or don't."),
        ] = None,
        is_escalated: Annotated[
            bool | None,
            strawberry.argument(description="Only those that went to the supervisor, or didn't."),
        ] = None,
        first: First = DEFAULT_PAGE,
        after: After = None,
    ) -> Connection[Urging]:
        require_center(info)
        rows = queries.find_urgings(
            actor=require_actor(info), is_open=is_open, is_escalated=is_escalated
        )
        return paginate(rows, order=("-id",), first=first, after=after, node=Urging.of)


@strawberry.type
class UrgingsMutation:
    @payloads.mutation(
        description="Urge who handles a case (督办). For the management office and supervisors."
    )
    def urge_case(self, info: Info, input: UrgeCaseInput) -> CasePayload:
        actor = acting(info)
        outcome = urging.urge_case(
            actor=actor,
            number=input.number,
            text=input.text,
            expected_version=input.expected_version,
            idempotency_key=input.idempotency_key,
            now=info.context.now(),
        )
        return answered(info, actor, outcome)

    @payloads.mutation(description="Answer an urging (督办回复).")
    def reply_urging(self, info: Info, input: ReplyUrgingInput) -> CasePayload:
        actor = acting(info)
        outcome = urging.reply_urging(
            actor=actor,
            number=input.number,
            urging=input.urging,
            reply=input.reply,
            expected_version=input.expected_version,
            idempotency_key=input.idempotency_key,
            now=info.context.now(),
        )
        return answered(info, actor, outcome)
