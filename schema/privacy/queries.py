"""The register of requests about personal data."""

from typing import Annotated

import strawberry

from schema.connections import DEFAULT_PAGE, After, Connection, First, paginate
from schema.context import Info, require_account, require_center
from schema.privacy.types import DataRequest
from tenants.privacy import queries
from tenants.privacy.rules import RequestKind
from tenants.privacy.states import RequestState


@strawberry.type
class PrivacyQuery:
    @strawberry.field(
        description="Requests about personal data in this center, latest first: one's own, or all "
        "of them for the management office and supervisors."
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
        return paginate(
            queries.list_requests(actor=actor, state=state, kind=kind),
            order=("-id",),
            first=first,
            after=after,
            node=lambda row: DataRequest.of(row, info, is_own=queries.is_own(actor, row)),
        )
