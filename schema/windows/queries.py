"""The hall: areas and windows to everybody, who sits where to its people."""

from typing import Annotated

import strawberry

from schema.connections import DEFAULT_PAGE, After, Connection, First, paginate
from schema.context import Info, require_center
from schema.windows.types import ServiceArea, Window
from tenants.windows import queries
from tenants.windows.rules import WindowKind


@strawberry.input(description="What a list of windows is narrowed to; null narrows nothing.")
class WindowFilter:
    area: str | None = strawberry.field(default=None, description="Only this area, by its code.")
    department: str | None = strawberry.field(
        default=None, description="Only this department's, by its code."
    )
    kind: WindowKind | None = strawberry.field(default=None, description="Only this kind.")
    matter: str | None = strawberry.field(
        default=None, description="Only those that name this matter, or name none."
    )
    is_active: bool | None = strawberry.field(
        default=True, description="Only open (true) or closed ones; null for both."
    )


@strawberry.type
class WindowsQuery:
    @strawberry.field(description="The service areas of the center's hall, by code.")
    def service_areas(
        self,
        info: Info,
        is_active: Annotated[
            bool | None,
            strawberry.argument(description="Only those in use (true) or not; null for both."),
        ] = True,
        first: First = DEFAULT_PAGE,
        after: After = None,
    ) -> Connection[ServiceArea]:
        require_center(info)
        rows = queries.list_areas(is_active=is_active)
        return paginate(rows, order=("code",), first=first, after=after, node=ServiceArea.of)

    @strawberry.field(description="The windows of the center's hall, by code.")
    def windows(
        self,
        info: Info,
        filter: Annotated[
            WindowFilter | None, strawberry.argument(description="What to narrow the list to.")
        ] = None,
        first: First = DEFAULT_PAGE,
        after: After = None,
    ) -> Connection[Window]:
        require_center(info)
        wanted = filter or WindowFilter()
        rows = queries.list_windows(
            queries.WindowFilter(
                area=wanted.area,
                department=wanted.department,
                kind=wanted.kind,
                matter=wanted.matter,
                is_active=wanted.is_active,
            )
        )
        if queries.may_see_seats(info.context.actor):
            rows = queries.with_seats(rows)
        return paginate(rows, order=("code",), first=first, after=after, node=Window.of)
