"""Routes and index rows as the API shows them."""

from datetime import datetime
from typing import Self

import strawberry

from schema import enums, payloads
from schema.registry.types import Center
from tongban.catalog import errors as catalog_errors
from tongban.exchange import errors, models, queries, rules
from tongban.registry import queries as registry

ExchangeError = payloads.error_type("Exchange", errors, catalog_errors)

enums.describe(
    rules.RouteReason, "Why the owner of a route is who it is.", texts=rules.REASON_TEXTS
)


@strawberry.type(description="One handoff of a route.")
class RouteHop:
    kind: rules.HandoffKind = strawberry.field(description="Why the case is handed over there.")
    destination: Center = strawberry.field(description="To whom.")


@strawberry.type(description="How a case of a matter reaches the center that must decide it.")
class Route:
    owner: Center = strawberry.field(description="The center that must decide.")
    hops: list[RouteHop] = strawberry.field(
        description="The handoffs that lead there; empty when the center itself decides."
    )
    reasons: list[rules.RouteReason] = strawberry.field(description="Why it is that center.")

    @classmethod
    def of(cls, route: queries.Route) -> Self:
        """Return the route as the API shows it."""
        return cls(
            owner=_center(route.owner_code),
            hops=[
                RouteHop(kind=hop.kind, destination=_center(hop.destination_code))
                for hop in route.hops
            ],
            reasons=list(route.reasons),
        )


@strawberry.type(description="The route, or why there is none.")
class RouteExplanation:
    route: Route | None = strawberry.field(default=None, description="The route, if there is one.")
    errors: list[payloads.Fault] = payloads.errors_field(ExchangeError)


@strawberry.type(description="One case of the person who asks, wherever it is handled.")
class MyItem:
    number: str = strawberry.field(description="The case number.")
    matter_code: str = strawberry.field(description="The matter's 12-digit code.")
    matter_name: str = strawberry.field(description="The matter's name.")
    state: str = strawberry.field(description="The case's state, as in `Case.state`.")
    home: Center = strawberry.field(
        description="The center whose number it bears: read and subscribe there."
    )
    custodian: Center = strawberry.field(description="The center that handles it now: act there.")
    updated_at: datetime = strawberry.field(description="When it last changed.")

    @classmethod
    def of(cls, row: models.CaseIndexRow) -> Self:
        """Return the row as the API shows it."""
        return cls(
            number=row.number,
            matter_code=row.matter_code,
            matter_name=row.matter_name,
            state=row.state.upper(),
            home=_center(row.home_code),
            custodian=_center(row.custodian_code),
            updated_at=row.updated_at,
        )


def _center(code: str) -> Center:
    record = registry.find_center(code)
    assert record is not None  # centers are never removed
    return Center.of(record)
