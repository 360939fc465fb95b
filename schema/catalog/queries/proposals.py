"""Proposals: read by the editors of the center that asks, and by those of the issuer."""

import uuid
from typing import Annotated

import strawberry

from schema.catalog.types.proposals import ChangeProposal
from schema.connections import After, Connection, First, paginate
from schema.context import Info, require_actor
from tongban.catalog.queries import proposals as queries
from tongban.catalog.states import ProposalStatus
from tongban.kernel.context import SharedRole, shared_context


@strawberry.type
class ProposalsQuery:
    @strawberry.field(
        description="Proposed changes of the standard, the latest first: those of the centers that "
        "one edits offerings of, and those for the catalogs that one works on."
    )
    def change_proposals(
        self,
        info: Info,
        center: Annotated[
            str | None, strawberry.argument(description="Only this center's, by its code.")
        ] = None,
        issuer: Annotated[
            str | None, strawberry.argument(description="Only those that this division answers.")
        ] = None,
        matter: Annotated[
            str | None, strawberry.argument(description="Only for this matter, by 基本编码.")
        ] = None,
        status: Annotated[
            ProposalStatus | None, strawberry.argument(description="Only these.")
        ] = None,
        first: First = 20,
        after: After = None,
    ) -> Connection[ChangeProposal]:
        actor = require_actor(info)
        with shared_context(SharedRole.CATALOG):
            found = queries.list_proposals(
                actor=actor,
                center_code=center,
                issuer_code=issuer,
                matter_code=matter,
                status=status,
                on=info.context.today(),
            )
            return paginate(
                found,
                order=("-proposed_at", "-id"),
                first=first,
                after=after,
                node=ChangeProposal.of,
            )

    @strawberry.field(description="One proposed change, or null.")
    def change_proposal(
        self,
        info: Info,
        id: Annotated[strawberry.ID, strawberry.argument(description="The proposal's id.")],
    ) -> ChangeProposal | None:
        actor = require_actor(info)
        try:
            proposal_id = uuid.UUID(str(id))
        except ValueError:
            return None
        with shared_context(SharedRole.CATALOG):
            row = queries.access_proposal(
                actor=actor, proposal_id=proposal_id, on=info.context.today()
            )
        return ChangeProposal.of(row) if row else None
