"""The library of standards of work as the API shows it."""

from datetime import date, datetime
from typing import Self

import strawberry

from schema.scalars import opaque_id
from tongban.catalog import models
from tongban.catalog.queries import standards as queries


@strawberry.type(description="A version of a standard of work (工作标准), without its text.")
class WorkStandardVersion:
    row: strawberry.Private[models.WorkStandard]

    id: strawberry.ID = strawberry.field(description="Opaque.")
    issuer_code: str = strawberry.field(description="The division whose standard it is, 12 digits.")
    number: str = strawberry.field(description="标准编号.")
    version: int = strawberry.field(description="Which version it is, from 1.")
    title: str = strawberry.field(description="Its title.")
    category: str = strawberry.field(description="The group that it belongs to.")
    effective_from: date = strawberry.field(description="From which day on it holds.")
    effective_to: date | None = strawberry.field(
        description="The day on which the next version takes its place; null: none does."
    )
    published_at: datetime = strawberry.field(description="When it was published.")

    @classmethod
    def of(cls, row: models.WorkStandard) -> Self:
        """Return the version as the API shows it."""
        return cls(
            row=row,
            id=opaque_id("WorkStandard", f"{row.issuer_code}/{row.number}/{row.version}"),
            issuer_code=row.issuer_code,
            number=row.number,
            version=row.version,
            title=row.title,
            category=row.category,
            effective_from=row.effective_from,
            effective_to=row.effective_to,
            published_at=row.published_at,
        )


@strawberry.type(description="A standard of work (工作标准), whole.")
class WorkStandard(WorkStandardVersion):
    @strawberry.field(description="What it says.")
    def text(self) -> str:
        return self.row.text

    @strawberry.field(description="All its versions, the first one first.")
    def versions(self) -> list[WorkStandardVersion]:
        return [WorkStandardVersion.of(row) for row in queries.versions_of(self.row)]


@strawberry.type(description="验收: that an authority accepted a division's standards of work.")
class StandardsAcceptance:
    id: strawberry.ID = strawberry.field(description="Opaque.")
    issuer_code: str = strawberry.field(description="The division whose standards they are.")
    accepted_on: date = strawberry.field(description="On which day.")
    authority: str = strawberry.field(description="Who examined and accepted.")
    level: str = strawberry.field(description="Of which level that is: 国家级, 省级 ….")
    result: str = strawberry.field(description="With which result.")
    standard_count: int = strawberry.field(description="How many standards were examined.")

    @classmethod
    def of(cls, row: models.StandardsAcceptance) -> Self:
        """Return the acceptance as the API shows it."""
        return cls(
            id=opaque_id("StandardsAcceptance", row.pk),
            issuer_code=row.issuer_code,
            accepted_on=row.accepted_on,
            authority=row.authority,
            level=row.level,
            result=row.result,
            standard_count=row.standard_count,
        )
