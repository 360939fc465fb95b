"""Where a case goes, and where a person's cases are."""

from typing import Annotated

import strawberry

from schema import payloads
from schema.connections import After, Connection, First, paginate
from schema.context import Info, require_account, require_center
from schema.exchange.types import MyItem, Route, RouteExplanation
from tongban.exchange import queries
from tongban.kernel import calendar
from tongban.kernel.context import SharedRole, shared_context
from tongban.kernel.errors import DomainError, RequestError


@strawberry.type
class ExchangeQuery:
    @strawberry.field(
        description="How a case of this matter, taken in at this center, reaches its owner."
    )
    def explain_route(
        self,
        info: Info,
        matter: Annotated[str, strawberry.argument(description="The matter's 12-digit code.")],
        address_division: Annotated[
            str,
            strawberry.argument(
                description="The applicant's 12-digit division; empty: that of the center."
            ),
        ] = "",
    ) -> RouteExplanation:
        center = require_center(info)
        try:
            route = queries.explain_route(
                center_code=center.code,
                matter_code=matter,
                address_division=address_division,
                day=calendar.local_day(info.context.now()),
            )
        except RequestError:
            raise
        except DomainError as error:
            return RouteExplanation(errors=[payloads.fault_of(error, info.context.language)])
        return RouteExplanation(route=Route.of(route))

    @strawberry.field(
        description="The cases of the person who asks, at every center, latest change first."
    )
    def my_items(self, info: Info, first: First = 20, after: After = None) -> Connection[MyItem]:
        actor = require_account(info)
        with shared_context(SharedRole.PLATFORM):
            return paginate(
                queries.my_items(actor),
                order=("-updated_at", "number"),
                first=first,
                after=after,
                node=MyItem.of,
            )
