"""The register of requests about personal data."""

import uuid
from typing import Annotated

import strawberry

from schema.connections import DEFAULT_PAGE, After, Connection, First, paginate
from schema.context import Info, require_account, require_center
from schema.privacy.types import DataRequest, Deletion
from tenants.privacy import queries
from tenants.privacy.rules import RequestKind
from tenants.privacy.states import RequestState
from tenants.staff import queries as staff


@strawberry.type
class PrivacyQuery:
    @strawberry.field(
        description="Requests about personal data in this center, latest first: one's own, at a "
        "window those that windows made, or all of them for the management office and supervisors."
    )
    def data_requests(
        self,
        info: Info,
        state: Annotated[
            RequestState | None, strawberry.argument(description="Only those that stand there.")
        ] = None,
        kind: Annotated[
            RequestKind | None, strawberry.argument(description="Only this kind.")
        ] = None,
        first: First = DEFAULT_PAGE,
        after: After = None,
    ) -> Connection[DataRequest]:
        require_center(info)
        actor = require_account(info)
        membership = staff.membership_of(actor)
        return paginate(
            queries.list_requests(actor=actor, membership=membership, state=state, kind=kind),
            order=("-id",),
            first=first,
            after=after,
            node=lambda row: DataRequest.of(row, info, membership=membership),
        )

    @strawberry.field(
        description="What granting an open `DELETION` would delete and what the law keeps; nothing "
        "is changed. Null to whoever may not answer it, and for any other request."
    )
    def deletion_preview(
        self,
        info: Info,
        id: Annotated[uuid.UUID, strawberry.argument(description="The request's id.")],
    ) -> Deletion | None:
        require_center(info)
        found = queries.preview_deletion(
            actor=require_account(info), request_id=id, now=info.context.now()
        )
        return None if found is None else Deletion.of(found, info)
