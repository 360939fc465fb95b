"""A center's own inbox and outbox of cases."""

import uuid
from typing import Annotated

import strawberry

from schema.connections import After, Connection, First, paginate
from schema.context import Info, require_actor, require_center
from schema.handoffs.types import Handoff
from tenants.handoffs import errors, queries
from tenants.handoffs.states import Direction, HandoffState


@strawberry.type
class HandoffsQuery:
    @strawberry.field(description="The center's handoffs, latest first, to members who work them.")
    def handoffs(
        self,
        info: Info,
        direction: Annotated[
            Direction | None, strawberry.argument(description="Only this side.")
        ] = None,
        state: Annotated[
            HandoffState | None, strawberry.argument(description="Only in this state.")
        ] = None,
        case_number: Annotated[
            str | None, strawberry.argument(description="Only of this case.")
        ] = None,
        first: First = 20,
        after: After = None,
    ) -> Connection[Handoff]:
        require_center(info)
        rows = queries.find_handoffs(
            actor=require_actor(info), direction=direction, state=state, case_number=case_number
        )
        return paginate(rows, order=("-id",), first=first, after=after, node=Handoff.of)

    @strawberry.field(description="The handoff with this id, or null.")
    def handoff(
        self,
        info: Info,
        id: Annotated[strawberry.ID, strawberry.argument(description="The handoff's id.")],
    ) -> Handoff | None:
        require_center(info)
        try:
            row, _membership = queries.access_handoff(
                actor=require_actor(info), handoff_id=uuid.UUID(str(id))
            )
        except (errors.HandoffNotFoundError, ValueError):
            return None
        return Handoff.of(row)
