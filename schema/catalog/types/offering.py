"""Offerings as the API shows them."""

from datetime import date
from functools import cached_property
from typing import Self

import strawberry

from schema.catalog.types.elements import TimeLimit
from schema.catalog.types.guide import Guide
from schema.catalog.types.matter import GUIDE, AnswersArgument, Matter, VariantArgument
from schema.registry.types import Center
from schema.scalars import opaque_id
from tongban.catalog import models, queries, states
from tongban.catalog.rules import codes
from tongban.registry import queries as registry


@strawberry.type(description="业务办理项 of an offering: one way in which it is applied for here.")
class OfferingVariant:
    code: str = strawberry.field(
        description="业务办理项编码: the offering's code and two digits (33 characters; 24 where "
        "the implementing body's is not known)."
    )
    serial: str = strawberry.field(description="The two digits.")
    name: str = strawberry.field(description="What it is called.")
    note: str = strawberry.field(description="Whom it is for; may be empty.")
    promised_limit: TimeLimit = strawberry.field(description="承诺时限 that holds for it here.")


@strawberry.type(description="A matter as one center offers it (实施清单).")
class Offering:
    row: strawberry.Private[models.Offering]

    id: strawberry.ID = strawberry.field(description="Opaque.")
    code: str = strawberry.field(
        description="实施编码: 31 characters; 22 digits where the implementing body's is not known."
    )
    center_code: str = strawberry.field(description="The code of the center that offers it.")
    status: states.OfferingStatus = strawberry.field(description="Whether it is in use.")
    credit_code: str = strawberry.field(
        description="实施主体编码: the implementing body's 统一社会信用代码; may be empty."
    )
    body_kind: str = strawberry.field(
        description="实施主体性质: 法定机关, 授权组织, 受委托组织; may be empty."
    )
    local_code: str = strawberry.field(description="The center's own code of it; may be empty.")
    assisted_intake: bool = strawberry.field(
        description="Whether township stations take it in for this center (代收代办)."
    )
    on_the_spot: bool = strawberry.field(description="Whether it is done while one waits.")
    scope: int | None = strawberry.field(
        description="通办范围, 1 (全国) to 6 (跨村); null: applicants of the center's own division."
    )
    place: str = strawberry.field(description="Where to go; empty: the center's hall.")
    hours: str = strawberry.field(description="When; empty: the center's office hours.")
    contact: str = strawberry.field(description="Whom to ask.")
    complaints: str = strawberry.field(description="监督投诉方式; may be empty.")
    windows: list[str] = strawberry.field(
        description="Codes of the windows that take it in; empty: any window of the hall."
    )
    effective_from: date = strawberry.field(description="Since when the center offers it.")
    effective_to: date | None = strawberry.field(
        description="计划取消日期: the first day on which it no longer does; null: none is planned."
    )

    @classmethod
    def of(cls, row: models.Offering) -> Self:
        """Return an offering that was read with its matter and revision."""
        return cls(
            row=row,
            id=opaque_id("Offering", row.code),
            code=row.code,
            center_code=row.center_code,
            status=states.OfferingStatus(row.status),
            credit_code=row.credit_code,
            body_kind=row.body_kind,
            local_code=row.local_code,
            assisted_intake=queries.is_assisted(row),
            on_the_spot=row.on_the_spot,
            scope=int(row.scope) if row.scope else None,
            place=row.place,
            hours=row.hours,
            contact=row.contact,
            complaints=row.complaints,
            windows=list(row.windows),
            effective_from=row.effective_from,
            effective_to=row.effective_to,
        )

    @cached_property
    def _matter(self) -> Matter:
        return Matter.of(queries.standard_of(self.row))

    @strawberry.field(description="The matter, with all that the standard says of it.")
    def matter(self) -> Matter:
        return self._matter

    @strawberry.field(description="The center that offers it.")
    def center(self) -> Center:
        record = registry.find_center(self.center_code)
        assert record is not None  # centers are never removed
        return Center.of(record)

    @strawberry.field(description="The implementing department at this center.")
    def department(self) -> str:
        return self.row.department or self._matter.department

    @strawberry.field(description="承诺时限 that holds here: the center's own, or the standard's.")
    def promised_limit(self) -> TimeLimit:
        return TimeLimit.of(queries.promise_of(self.row, self._matter.content))

    @strawberry.field(description="业务办理项: the ways in which it is applied for; empty: one.")
    def variants(self) -> list[OfferingVariant]:
        content = self._matter.content
        return [
            OfferingVariant(
                code=codes.variant_code(self.code, variant.serial),
                serial=variant.serial,
                name=variant.name,
                note=variant.note,
                promised_limit=TimeLimit.of(queries.promise_of(self.row, content, variant)),
            )
            for variant in content.variants
        ]

    @strawberry.field(description=GUIDE)
    def guide(self, variant: VariantArgument = "", answers: AnswersArgument = ()) -> Guide | None:  # type: ignore[assignment] # read only
        return Guide.of(self._matter.rendering, variant=variant, answers=answers, row=self.row)
