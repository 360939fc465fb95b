"""Members of a center as the API shows them."""

from datetime import date, datetime
from typing import Self, TypeAlias

import strawberry

from schema import enums
from schema.scalars import opaque_id
from tenants.staff import models, rules
from tenants.staff.rules import CenterRole, PostingKind

Role: TypeAlias = CenterRole

enums.describe(
    CenterRole,
    "What a member is in a center; one member may hold several roles.",
    texts={
        CenterRole.CLERK: "窗口人员: takes in cases.",
        CenterRole.REVIEWER: "审核员: reviews and verifies cases.",
        CenterRole.CHIEF_REPRESENTATIVE: "首席代表: decides for the department that sent them.",
        CenterRole.MANAGER: "管理办: runs windows, postings, duty and assessment.",
        CenterRole.DEPARTMENT_MANAGER: "部门负责人: leads one stationed department.",
        CenterRole.SUPERVISOR: "监察员: watches overdue and off-process cases.",
        CenterRole.PARTY_SECRETARY: "党务负责人: keeps the party's organizations.",
        CenterRole.CASHIER: "收费员: collects non-tax revenue.",
        CenterRole.STATION_OPERATOR: "便民服务中心操作员: takes in and forwards for others.",
        CenterRole.SYSTEM_ADMINISTRATOR: "系统管理员: appoints members and gives roles.",
        CenterRole.SECURITY_ADMINISTRATOR: "安全管理员: keeps the center's protection settings.",
        CenterRole.AUDITOR: "审计员: reads the audit log.",
    },
)


@strawberry.type(description="One account's work in this center, present or past (工作人员).")
class Member:
    id: strawberry.ID = strawberry.field(description="Opaque.")
    display_name: str = strawberry.field(description="The name on the badge.")
    staff_number: str = strawberry.field(description="工号, unique in the center: it goes by it.")
    roles: list[CenterRole] = strawberry.field(
        description="What the member is here; empty once ended."
    )
    is_active: bool = strawberry.field(description="Whether the member works here now.")
    version: int = strawberry.field(description="Grows with each change; see `expectedVersion`.")
    appointed_at: datetime = strawberry.field(description="When the present appointment began.")
    ended_at: datetime | None = strawberry.field(description="When it ended; null while it lasts.")

    @classmethod
    def of(cls, row: models.Member) -> Self:
        """Return the member as the API shows it."""
        return cls(
            id=opaque_id("Member", row.pk),
            display_name=row.display_name,
            staff_number=row.staff_number,
            roles=[CenterRole(role) for role in row.roles],
            is_active=row.is_active,
            version=row.version,
            appointed_at=row.appointed_at,
            ended_at=row.ended_at,
        )


enums.describe(
    PostingKind,
    "What a member is for the department that posted them.",
    texts={
        PostingKind.STAFF: "工作人员: works in its section.",
        PostingKind.SECTION_HEAD: "审批服务科（股）负责人: heads its one approval section.",
        PostingKind.CHIEF_REPRESENTATIVE: "首席代表: decides for it, by an authorization deed.",
    },
)


@strawberry.type(description="A department or unit that works in the center (入驻部门).")
class Department:
    id: strawberry.ID = strawberry.field(description="Opaque.")
    code: str = strawberry.field(description="The center's own short code: it goes by it.")
    name: str = strawberry.field(description="Its name.")
    credit_code: str = strawberry.field(description="统一社会信用代码; empty where not told.")
    section_name: str = strawberry.field(
        description="Its one approval section (审批服务科, 审批服务股); empty where it has none."
    )
    is_active: bool = strawberry.field(description="Whether it works here now.")
    version: int = strawberry.field(description="Grows with each change; see `expectedVersion`.")

    @classmethod
    def of(cls, row: models.Department) -> Self:
        """Return the department as the API shows it."""
        return cls(
            id=opaque_id("Department", row.code),
            code=row.code,
            name=row.name,
            credit_code=row.credit_code,
            section_name=row.section_name,
            is_active=row.is_active,
            version=row.version,
        )


@strawberry.type(description="That a member works in the center for a department (进驻).")
class Posting:
    id: strawberry.ID = strawberry.field(description="Opaque.")
    member: Member = strawberry.field(description="Who is posted.")
    department: Department = strawberry.field(description="By which department.")
    kind: PostingKind = strawberry.field(description="As what.")
    started_on: date = strawberry.field(description="Since which day.")
    ended_on: date | None = strawberry.field(
        description="Until which day, itself excluded; null while it lasts."
    )

    @classmethod
    def of(cls, row: models.Posting) -> Self:
        """Return a posting that was read with its member and department."""
        return cls(
            id=opaque_id("Posting", row.pk),
            member=Member.of(row.member),
            department=Department.of(row.department),
            kind=PostingKind(row.kind),
            started_on=row.started_on,
            ended_on=row.ended_on,
        )


@strawberry.type(
    description="授权责任书: a department lets its chief representative decide named matters."
)
class AuthorizationDeed:
    id: strawberry.ID = strawberry.field(description="Opaque.")
    number: str = strawberry.field(description="Its number: it goes by it.")
    department: Department = strawberry.field(description="Who grants it.")
    member: Member = strawberry.field(description="Who may decide by it.")
    matters: list[str] = strawberry.field(
        description="基本编码 of the matters; empty: all of them."
    )
    valid_from: date = strawberry.field(description="From which day it holds.")
    valid_to: date | None = strawberry.field(
        description="Until which day, itself excluded; null: until it is revoked."
    )
    granted_at: datetime = strawberry.field(description="When it was entered.")
    revoked_at: datetime | None = strawberry.field(description="When it was revoked, or null.")
    revoked_for: str = strawberry.field(description="Why it was revoked; empty while it stands.")

    @classmethod
    def of(cls, row: models.AuthorizationDeed) -> Self:
        """Return a deed that was read with its department and holder."""
        return cls(
            id=opaque_id("AuthorizationDeed", row.number),
            number=row.number,
            department=Department.of(row.department),
            member=Member.of(row.member),
            matters=list(row.matters),
            valid_from=row.valid_from,
            valid_to=row.valid_to,
            granted_at=row.granted_at,
            revoked_at=row.revoked_at,
            revoked_for=row.revoked_for,
        )


@strawberry.type(description="A seal that a department keeps in the center (2号公章).")
class Seal:
    id: strawberry.ID = strawberry.field(description="Opaque.")
    code: str = strawberry.field(description="Its code: it goes by it.")
    name: str = strawberry.field(description="What it prints.")
    department: Department = strawberry.field(description="Whose seal it is.")
    keeper: Member = strawberry.field(description="Who keeps it, and alone may use it.")
    kept_since: datetime = strawberry.field(description="Since when.")
    is_active: bool = strawberry.field(description="Whether it is in use.")
    version: int = strawberry.field(description="Grows with each change; see `expectedVersion`.")

    @classmethod
    def of(cls, row: models.Seal) -> Self:
        """Return a seal that was read with its department and keeper."""
        return cls(
            id=opaque_id("Seal", row.code),
            code=row.code,
            name=row.name,
            department=Department.of(row.department),
            keeper=Member.of(row.keeper),
            kept_since=row.kept_since,
            is_active=row.is_active,
            version=row.version,
        )


@strawberry.type(description="用印登记: that a seal was put on one document; a link of its chain.")
class SealUse:
    id: strawberry.ID = strawberry.field(description="Opaque.")
    sequence: int = strawberry.field(description="Its place among the uses of the seal, from 1.")
    used_at: datetime = strawberry.field(description="When.")
    keeper_number: str = strawberry.field(description="工号 of who kept and used it.")
    keeper_name: str = strawberry.field(description="The name on the badge.")
    case_number: str = strawberry.field(description="The case whose result was sealed.")
    document_number: str = strawberry.field(description="The number of the sealed paper.")
    document_title: str = strawberry.field(description="What it is called.")
    sha256: str = strawberry.field(description="The SHA-256 of the paper's PDF, hexadecimal.")
    hash: str = strawberry.field(
        description="SM3 over the hash of the use before and this one, hexadecimal."
    )

    @classmethod
    def of(cls, row: models.SealUse) -> Self:
        """Return a use that was read with its seal."""
        return cls(
            id=opaque_id("SealUse", f"{row.seal.code}:{row.sequence}"),
            sequence=row.sequence,
            used_at=row.used_at,
            keeper_number=row.keeper_number,
            keeper_name=row.keeper_name,
            case_number=row.case_number,
            document_number=row.document_number,
            document_title=row.document_title,
            sha256=row.sha256,
            hash=bytes(row.hash).hex(),
        )


@strawberry.type(description="What a center asks of its staff at sign-in.")
class SignInTerms:
    second_factor: bool = strawberry.field(description="Whether they need a second factor.")
    version: int = strawberry.field(
        description="Grows with each change, 0 for the defaults; see `expectedVersion`."
    )

    @classmethod
    def of(cls, terms: rules.SignInTerms) -> Self:
        """Return the terms as the API shows them."""
        return cls(second_factor=terms.second_factor, version=terms.version)
