"""Departments, postings, authorization deeds and seals: the management office's registers."""

import uuid
from datetime import date

import strawberry

from schema import payloads
from schema.context import Info, require_account, require_center
from schema.staff.refusals import StaffError
from schema.staff.types import AuthorizationDeed, Department, Posting, Seal
from tenants.staff.operations import deeds, departments, postings, seals
from tenants.staff.rules import PostingKind

_STAFF_NUMBER = "工号 of the member."
_VERSION = "The `version` as last read."


@strawberry.input(description="Which department comes to work in the center.")
class OpenDepartmentInput:
    code: str = strawberry.field(
        description="The center's own short code for it: 1-20 letters, digits or hyphens."
    )
    name: str = strawberry.field(description="Its name.")
    credit_code: str = strawberry.field(default="", description="统一社会信用代码, or empty.")
    section_name: str = strawberry.field(
        default="", description="Its one approval section, or empty."
    )
    idempotency_key: uuid.UUID = strawberry.field(description=payloads.IDEMPOTENCY_KEY)


@strawberry.input(description="What of a department changes; null leaves a term as it is.")
class EditDepartmentInput:
    code: str = strawberry.field(description="Its code.")
    expected_version: int = strawberry.field(description=_VERSION)
    name: str | None = strawberry.field(default=None, description="Its name.")
    credit_code: str | None = strawberry.field(
        default=None, description="统一社会信用代码, or empty."
    )
    section_name: str | None = strawberry.field(
        default=None, description="Its one approval section, or empty."
    )


@strawberry.input(description="Which department leaves the center.")
class CloseDepartmentInput:
    code: str = strawberry.field(description="Its code.")
    expected_version: int = strawberry.field(description=_VERSION)


@strawberry.input(description="Whom a department posts here, and as what.")
class PostMemberInput:
    staff_number: str = strawberry.field(description=_STAFF_NUMBER)
    department: str = strawberry.field(description="The department's code.")
    kind: PostingKind = strawberry.field(default=PostingKind.STAFF, description="As what.")
    started_on: date | None = strawberry.field(
        default=None, description="Since which day; null: today."
    )
    idempotency_key: uuid.UUID = strawberry.field(description=payloads.IDEMPOTENCY_KEY)


@strawberry.input(description="Whose posting ends.")
class EndPostingInput:
    staff_number: str = strawberry.field(description=_STAFF_NUMBER)
    ended_on: date | None = strawberry.field(
        default=None, description="Until which day, itself excluded; null: today."
    )


@strawberry.input(description="Which matters a department lets its chief representative decide.")
class GrantDeedInput:
    number: str = strawberry.field(description="The deed's number.")
    department: str = strawberry.field(description="The department's code.")
    staff_number: str = strawberry.field(description="工号 of its chief representative.")
    matters: list[str] = strawberry.field(
        description="基本编码 of the matters; empty: all of them."
    )
    valid_from: date = strawberry.field(description="From which day it holds.")
    valid_to: date | None = strawberry.field(
        default=None, description="Until which day, itself excluded; null: until it is revoked."
    )
    idempotency_key: uuid.UUID = strawberry.field(description=payloads.IDEMPOTENCY_KEY)


@strawberry.input(description="Which deed is taken back.")
class RevokeDeedInput:
    number: str = strawberry.field(description="The deed's number.")
    reason: str = strawberry.field(description="Why.")


@strawberry.input(description="Which seal a department keeps in the center.")
class RegisterSealInput:
    code: str = strawberry.field(description="A code for it: 1-20 letters, digits or hyphens.")
    name: str = strawberry.field(description="What it prints.")
    department: str = strawberry.field(description="The department's code.")
    keeper: str = strawberry.field(description="工号 of who keeps it.")
    idempotency_key: uuid.UUID = strawberry.field(description=payloads.IDEMPOTENCY_KEY)


@strawberry.input(description="Who keeps a seal from now on.")
class HandOverSealInput:
    code: str = strawberry.field(description="The seal's code.")
    keeper: str = strawberry.field(description="工号 of who keeps it.")
    expected_version: int = strawberry.field(description=_VERSION)


@strawberry.input(description="Which seal is used no more.")
class RetireSealInput:
    code: str = strawberry.field(description="The seal's code.")
    expected_version: int = strawberry.field(description=_VERSION)


@strawberry.type(description="The department, or why nothing was changed.")
class DepartmentPayload:
    department: Department | None = strawberry.field(default=None, description="As it stands now.")
    errors: list[payloads.Fault] = payloads.errors_field(StaffError)


@strawberry.type(description="The posting, or why nothing was changed.")
class PostingPayload:
    posting: Posting | None = strawberry.field(default=None, description="As it stands now.")
    errors: list[payloads.Fault] = payloads.errors_field(StaffError)


@strawberry.type(description="The deed, or why nothing was changed.")
class DeedPayload:
    deed: AuthorizationDeed | None = strawberry.field(default=None, description="As it stands now.")
    errors: list[payloads.Fault] = payloads.errors_field(StaffError)


@strawberry.type(description="The seal, or why nothing was changed.")
class SealPayload:
    seal: Seal | None = strawberry.field(default=None, description="As it stands now.")
    errors: list[payloads.Fault] = payloads.errors_field(StaffError)


@strawberry.type
class DepartmentsMutation:
    @payloads.mutation(
        description="Let a department work in the center. For the management office."
    )
    def open_department(self, info: Info, input: OpenDepartmentInput) -> DepartmentPayload:
        require_center(info)
        row = departments.open_department(
            actor=require_account(info),
            code=input.code,
            name=input.name,
            credit_code=input.credit_code,
            section_name=input.section_name,
            idempotency_key=input.idempotency_key,
            now=info.context.now(),
        )
        return DepartmentPayload(department=Department.of(row))

    @payloads.mutation(
        description="Change a department's name, credit code or section. For the management office."
    )
    def edit_department(self, info: Info, input: EditDepartmentInput) -> DepartmentPayload:
        require_center(info)
        row = departments.edit_department(
            actor=require_account(info),
            code=input.code,
            expected_version=input.expected_version,
            name=input.name,
            credit_code=input.credit_code,
            section_name=input.section_name,
            now=info.context.now(),
        )
        return DepartmentPayload(department=Department.of(row))

    @payloads.mutation(
        description="Let a department leave once nothing of it is at work. "
        "For the management office."
    )
    def close_department(self, info: Info, input: CloseDepartmentInput) -> DepartmentPayload:
        require_center(info)
        row = departments.close_department(
            actor=require_account(info),
            code=input.code,
            expected_version=input.expected_version,
            now=info.context.now(),
        )
        return DepartmentPayload(department=Department.of(row))

    @payloads.mutation(
        description="Note that a department posted a member here. For the management office."
    )
    def post_member(self, info: Info, input: PostMemberInput) -> PostingPayload:
        require_center(info)
        row = postings.post_member(
            actor=require_account(info),
            staff_number=input.staff_number,
            department_code=input.department,
            kind=input.kind,
            started_on=input.started_on,
            idempotency_key=input.idempotency_key,
            now=info.context.now(),
        )
        return PostingPayload(posting=Posting.of(row))

    @payloads.mutation(
        description="End a posting and revoke the deeds on it. For the management office."
    )
    def end_posting(self, info: Info, input: EndPostingInput) -> PostingPayload:
        require_center(info)
        row = postings.end_posting(
            actor=require_account(info),
            staff_number=input.staff_number,
            ended_on=input.ended_on,
            now=info.context.now(),
        )
        return PostingPayload(posting=Posting.of(row))

    @payloads.mutation(
        description="Grant a chief representative a deed (授权责任书). For the management office."
    )
    def grant_deed(self, info: Info, input: GrantDeedInput) -> DeedPayload:
        require_center(info)
        row = deeds.grant_deed(
            actor=require_account(info),
            number=input.number,
            department_code=input.department,
            staff_number=input.staff_number,
            matters=input.matters,
            valid_from=input.valid_from,
            valid_to=input.valid_to,
            idempotency_key=input.idempotency_key,
            now=info.context.now(),
        )
        return DeedPayload(deed=AuthorizationDeed.of(row))

    @payloads.mutation(description="Take a deed back at once. For the management office.")
    def revoke_deed(self, info: Info, input: RevokeDeedInput) -> DeedPayload:
        require_center(info)
        row = deeds.revoke_deed(
            actor=require_account(info),
            number=input.number,
            reason=input.reason,
            now=info.context.now(),
        )
        return DeedPayload(deed=AuthorizationDeed.of(row))

    @payloads.mutation(
        description="Enter a department's seal with its keeper. For the management office."
    )
    def register_seal(self, info: Info, input: RegisterSealInput) -> SealPayload:
        require_center(info)
        row = seals.register_seal(
            actor=require_account(info),
            code=input.code,
            name=input.name,
            department_code=input.department,
            keeper=input.keeper,
            idempotency_key=input.idempotency_key,
            now=info.context.now(),
        )
        return SealPayload(seal=Seal.of(row))

    @payloads.mutation(description="Give a seal to another keeper. For the management office.")
    def hand_over_seal(self, info: Info, input: HandOverSealInput) -> SealPayload:
        require_center(info)
        row = seals.hand_over_seal(
            actor=require_account(info),
            code=input.code,
            keeper=input.keeper,
            expected_version=input.expected_version,
            now=info.context.now(),
        )
        return SealPayload(seal=Seal.of(row))

    @payloads.mutation(description="Take a seal out of use for good. For the management office.")
    def retire_seal(self, info: Info, input: RetireSealInput) -> SealPayload:
        require_center(info)
        row = seals.retire_seal(
            actor=require_account(info),
            code=input.code,
            expected_version=input.expected_version,
            now=info.context.now(),
        )
        return SealPayload(seal=Seal.of(row))
