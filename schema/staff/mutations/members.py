"""Appointing members, giving roles, ending memberships: the system administrator's work."""

import uuid

import strawberry

from schema import payloads
from schema.context import Info, require_account, require_center
from schema.staff.refusals import StaffError
from schema.staff.types import Member
from tenants.staff.operations import members
from tenants.staff.rules import CenterRole
from tongban.identity import queries as identity
from tongban.kernel.context import SharedRole, shared_context


@strawberry.input(description="Whom to appoint, and as what.")
class AppointMemberInput:
    account: str = strawberry.field(description="The account's login name or phone number.")
    roles: list[CenterRole] = strawberry.field(description="What the member shall be; not empty.")
    staff_number: str = strawberry.field(
        default="", description="工号, 1-20 letters, digits or hyphens; made up when empty."
    )
    idempotency_key: uuid.UUID = strawberry.field(description=payloads.IDEMPOTENCY_KEY)


@strawberry.type(description="The member, or why nobody was appointed.")
class AppointMemberPayload:
    member: Member | None = strawberry.field(default=None, description="The new member.")
    errors: list[payloads.Fault] = payloads.errors_field(StaffError)


@strawberry.input(description="Which roles a member shall have from now on.")
class ChangeMemberRolesInput:
    staff_number: str = strawberry.field(description="工号 of the member.")
    roles: list[CenterRole] = strawberry.field(description="All roles of the member; not empty.")
    expected_version: int = strawberry.field(description="The member's `version` as last read.")


@strawberry.type(description="The member with the new roles, or why they stay.")
class ChangeMemberRolesPayload:
    member: Member | None = strawberry.field(default=None, description="The changed member.")
    errors: list[payloads.Fault] = payloads.errors_field(StaffError)


@strawberry.input(description="Whose work here ends.")
class EndMembershipInput:
    staff_number: str = strawberry.field(description="工号 of the member.")
    expected_version: int = strawberry.field(description="The member's `version` as last read.")


@strawberry.type(description="The former member, or why the membership goes on.")
class EndMembershipPayload:
    member: Member | None = strawberry.field(default=None, description="The former member.")
    errors: list[payloads.Fault] = payloads.errors_field(StaffError)


@strawberry.type
class MembersMutation:
    @payloads.mutation(
        description="Let an account work in this center; for its system administrator, and for a "
        "registrar as long as there is none."
    )
    def appoint_member(self, info: Info, input: AppointMemberInput) -> AppointMemberPayload:
        require_center(info)
        actor = require_account(info)
        with shared_context(SharedRole.SIGN_IN):
            account = identity.find_account(input.account)
        row = members.appoint_member(
            actor=actor,
            account=account,
            staff_number=input.staff_number,
            roles=input.roles,
            idempotency_key=input.idempotency_key,
            now=info.context.now(),
        )
        return AppointMemberPayload(member=Member.of(row))

    @payloads.mutation(
        description="Give a member exactly these roles; for the center's system administrator, "
        "never on their own membership."
    )
    def change_member_roles(
        self, info: Info, input: ChangeMemberRolesInput
    ) -> ChangeMemberRolesPayload:
        require_center(info)
        row = members.change_roles(
            actor=require_account(info),
            staff_number=input.staff_number,
            roles=input.roles,
            expected_version=input.expected_version,
            now=info.context.now(),
        )
        return ChangeMemberRolesPayload(member=Member.of(row))

    @payloads.mutation(
        description="End a member's work here, with the next request; for the center's system "
        "administrator, never on their own membership."
    )
    def end_membership(self, info: Info, input: EndMembershipInput) -> EndMembershipPayload:
        require_center(info)
        row = members.end_membership(
            actor=require_account(info),
            staff_number=input.staff_number,
            expected_version=input.expected_version,
            now=info.context.now(),
        )
        return EndMembershipPayload(member=Member.of(row))
