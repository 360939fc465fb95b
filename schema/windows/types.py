"""The hall as the API shows it."""

from datetime import datetime
from typing import Self

import strawberry

from schema import enums
from schema.scalars import opaque_id
from schema.staff.types import Department, Member
from tenants.windows import models
from tenants.windows.rules import WindowKind

enums.describe(
    WindowKind,
    "What a window is for.",
    texts={
        WindowKind.DEPARTMENT: "部门窗口: for one department.",
        WindowKind.INTEGRATED: "综合窗口: takes in for all.",
    },
)


@strawberry.type(description="A zone of the hall with windows that belong together (服务区).")
class ServiceArea:
    id: strawberry.ID = strawberry.field(description="Opaque.")
    code: str = strawberry.field(description="Its code: it goes by it.")
    name: str = strawberry.field(description="Its name.")
    floor: str = strawberry.field(description="On which floor; empty where not told.")
    is_active: bool = strawberry.field(description="Whether it is in use.")
    version: int = strawberry.field(description="Grows with each change; see `expectedVersion`.")

    @classmethod
    def of(cls, row: models.ServiceArea) -> Self:
        """Return the area as the API shows it."""
        return cls(
            id=opaque_id("ServiceArea", row.code),
            code=row.code,
            name=row.name,
            floor=row.floor,
            is_active=row.is_active,
            version=row.version,
        )


@strawberry.type(description="A counter at which cases are taken in (窗口).")
class Window:
    id: strawberry.ID = strawberry.field(description="Opaque.")
    code: str = strawberry.field(description="Its code: it goes by it.")
    name: str = strawberry.field(description="What its sign says.")
    kind: WindowKind = strawberry.field(description="For one department, or for all.")
    area: ServiceArea = strawberry.field(description="Where it is.")
    department: Department | None = strawberry.field(
        description="Whose it is; null for an integrated one."
    )
    matters: list[str] = strawberry.field(
        description="基本编码 of what it takes in; empty: all of its department's, or of all."
    )
    is_active: bool = strawberry.field(description="Whether it is open.")
    version: int = strawberry.field(description="Grows with each change; see `expectedVersion`.")
    opened_at: datetime = strawberry.field(description="Since when it exists.")
    closed_at: datetime | None = strawberry.field(description="When it was closed, or null.")
    members: list[Member] | None = strawberry.field(
        description="Who sits there now; null to whoever does not work in the center."
    )

    @classmethod
    def of(cls, row: models.Window) -> Self:
        """Return a window read with area and department, and with its seats where these show."""
        seats: list[models.Seat] | None = getattr(row, "seated", None)
        return cls(
            id=opaque_id("Window", row.code),
            code=row.code,
            name=row.name,
            kind=WindowKind(row.kind),
            area=ServiceArea.of(row.area),
            department=Department.of(row.department) if row.department else None,
            matters=list(row.matters),
            is_active=row.is_active,
            version=row.version,
            opened_at=row.opened_at,
            closed_at=row.closed_at,
            members=None if seats is None else [Member.of(seat.member) for seat in seats],
        )
