"""Who works in the center: the list to its administration, one's own membership to oneself."""

from typing import Annotated

import strawberry

from schema.connections import DEFAULT_PAGE, After, Connection, First, paginate
from schema.context import Info, require_actor, require_center
from schema.staff.types import Member
from tenants.staff import queries
from tenants.staff.rules import CenterRole


@strawberry.type
class StaffQuery:
    @strawberry.field(
        description="The center's members in the order they first came: to its manager, "
        "supervisor and system administrator; empty to anybody else."
    )
    def staff(
        self,
        info: Info,
        role: Annotated[
            CenterRole | None, strawberry.argument(description="Only those who hold this role.")
        ] = None,
        is_active: Annotated[
            bool | None,
            strawberry.argument(description="Only present (true) or past ones; null for both."),
        ] = True,
        first: First = DEFAULT_PAGE,
        after: After = None,
    ) -> Connection[Member]:
        require_center(info)
        rows = queries.list_members(actor=require_actor(info), role=role, is_active=is_active)
        return paginate(rows, order=("id",), first=first, after=after, node=Member.of)

    @strawberry.field(description="What the signed-in person is in this center, or null.")
    def my_membership(self, info: Info) -> Member | None:
        require_center(info)
        row = queries.own_member(require_actor(info))
        return None if row is None else Member.of(row)
