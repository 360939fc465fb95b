"""Members of a center as the API shows them."""

from datetime import datetime
from typing import Self, TypeAlias

import strawberry

from schema import enums
from schema.scalars import opaque_id
from tenants.staff import models
from tenants.staff.rules import CenterRole

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
