"""Who works in the center: the list to its administration, one's own membership to oneself."""

from typing import Annotated

import strawberry

from schema.connections import DEFAULT_PAGE, After, Connection, First, paginate
from schema.context import Info, require_actor, require_center
from schema.staff.types import (
    AuthorizationDeed,
    Department,
    Member,
    Posting,
    Seal,
    SealUse,
    SignInTerms,
)
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

    @strawberry.field(
        description="The department that posts the signed-in person in this center, for which they "
        "review and decide; null where none does."
    )
    def my_department(self, info: Info) -> Department | None:
        require_center(info)
        row = queries.own_department(require_actor(info))
        return None if row is None else Department.of(row)

    @strawberry.field(
        description="What the center asks of its staff at sign-in; to its people, else null."
    )
    def sign_in_terms(self, info: Info) -> SignInTerms | None:
        require_center(info)
        if queries.membership_of(require_actor(info)) is None:
            return None
        return SignInTerms.of(queries.sign_in_terms())

    @strawberry.field(description="The departments that work in the center, by code.")
    def organizations(
        self,
        info: Info,
        is_active: Annotated[
            bool | None,
            strawberry.argument(description="Only present (true) or past ones; null for both."),
        ] = True,
        first: First = DEFAULT_PAGE,
        after: After = None,
    ) -> Connection[Department]:
        require_center(info)
        rows = queries.list_departments(is_active=is_active)
        return paginate(rows, order=("code",), first=first, after=after, node=Department.of)

    @strawberry.field(
        description="Who is posted by whom, as they came: to the center's manager, supervisor and "
        "system administrator; empty to anybody else."
    )
    def postings(
        self,
        info: Info,
        department: Annotated[
            str | None, strawberry.argument(description="Only this department, by its code.")
        ] = None,
        current: Annotated[
            bool, strawberry.argument(description="Only those that last, or past ones too.")
        ] = True,
        first: First = DEFAULT_PAGE,
        after: After = None,
    ) -> Connection[Posting]:
        require_center(info)
        rows = queries.list_postings(
            actor=require_actor(info), department_code=department, current=current
        )
        return paginate(rows, order=("id",), first=first, after=after, node=Posting.of)

    @strawberry.field(
        description="Authorization deeds as they were granted: all to the center's manager, "
        "supervisor and system administrator, their own to other members."
    )
    def authorization_deeds(
        self,
        info: Info,
        current: Annotated[
            bool, strawberry.argument(description="Only those not revoked, or all.")
        ] = True,
        first: First = DEFAULT_PAGE,
        after: After = None,
    ) -> Connection[AuthorizationDeed]:
        require_center(info)
        rows = queries.list_deeds(actor=require_actor(info), current=current)
        return paginate(rows, order=("id",), first=first, after=after, node=AuthorizationDeed.of)

    @strawberry.field(
        description="Seals by code: all to the center's manager, supervisor and system "
        "administrator, those they keep to other members."
    )
    def seals(
        self,
        info: Info,
        current: Annotated[
            bool, strawberry.argument(description="Only those in use, or retired ones too.")
        ] = True,
        first: First = DEFAULT_PAGE,
        after: After = None,
    ) -> Connection[Seal]:
        require_center(info)
        rows = queries.list_seals(actor=require_actor(info), current=current)
        return paginate(rows, order=("code",), first=first, after=after, node=Seal.of)

    @strawberry.field(
        description="The uses of a seal (用印登记), first to last: to the center's manager, "
        "supervisor and system administrator, and to its keeper; empty to anybody else."
    )
    def seal_uses(
        self,
        info: Info,
        seal: Annotated[str, strawberry.argument(description="The seal's code.")],
        first: First = DEFAULT_PAGE,
        after: After = None,
    ) -> Connection[SealUse]:
        require_center(info)
        rows = queries.list_seal_uses(actor=require_actor(info), seal_code=seal)
        return paginate(rows, order=("sequence",), first=first, after=after, node=SealUse.of)
