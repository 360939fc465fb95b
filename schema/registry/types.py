"""Centers, divisions and onboardings as the API shows them."""

from datetime import date, datetime
from typing import Self

import strawberry

from schema import enums
from schema.scalars import opaque_id
from tongban.registry import models, queries
from tongban.registry.queries import CenterRecord

enums.describe(
    models.Level,
    "A level of the administrative tree; centers exist at city, county and township.",
)
enums.describe(models.CenterStatus, "What a center does at present.")


@strawberry.type(description="A government service center (政务服务中心).")
class Center:
    record: strawberry.Private[CenterRecord]

    id: strawberry.ID = strawberry.field(description="Opaque.")
    code: str = strawberry.field(
        description="Its division code: six digits for a city or county, nine for a township."
    )
    name: str = strawberry.field(description="Its Chinese name.")
    level: models.Level = strawberry.field(description="Of which level it is.")
    status: models.CenterStatus = strawberry.field(
        description="What it does at present; only an ACTIVE center takes in cases."
    )
    division_code: str = strawberry.field(description="The 12-digit code of its division.")
    founded_on: date | None = strawberry.field(description="The day it was founded, where known.")
    onboarded_at: datetime | None = strawberry.field(
        description="When it became ready here; null while it is being onboarded."
    )

    @classmethod
    def of(cls, record: CenterRecord) -> Self:
        """Return the center as the API shows it."""
        return cls(
            record=record,
            id=opaque_id("Center", record.code),
            code=record.code,
            name=record.name,
            level=models.Level(record.level),
            status=models.CenterStatus(record.status),
            division_code=record.division_code,
            founded_on=record.founded_on,
            onboarded_at=record.onboarded_at,
        )

    @strawberry.field(description="The center above it, where there is one.")
    def parent(self) -> "Center | None":
        record = queries.find_center(self.record.parent_code or "")
        return Center.of(record) if record else None

    @strawberry.field(description="The centers directly below it.")
    def children(self) -> list["Center"]:
        return [Center.of(record) for record in queries.children(self.code)]
