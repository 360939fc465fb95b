"""How a center's list agrees with the standard, as the API shows it."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Self

import strawberry
from strawberry.scalars import JSON

from schema import enums
from schema.catalog.types import Matter
from schema.connections import After, Connection, First, paginate, paginate_places
from schema.registry.types import Center
from tongban.catalog.queries import conformity as queries
from tongban.catalog.rules.conformity import Unified
from tongban.registry import queries as registry

enums.describe(
    Unified,
    "六统一: what is one in a city and its counties.",
    texts={
        "name": "名称 / name",
        "number": "数量 / number: which matters are offered",
        "conditions": "条件 / conditions",
        "materials": "材料 / materials",
        "limits": "时限 / statutory and promised limits",
        "fee": "收费 / fees",
    },
    name="Unification",
)


@strawberry.type(description="How many fields deviate in one of the six unifications.")
class UnificationCount:
    unification: Unified = strawberry.field(description="Which one.")
    count: int = strawberry.field(
        description="How many fields of offerings deviate; of the number: how many matters miss."
    )


@strawberry.type(description="One field in which a center's own list differs from the standard.")
class OfferingDeviation:
    offering_code: str = strawberry.field(description="实施编码.")
    matter_code: str = strawberry.field(description="基本编码.")
    matter_name: str = strawberry.field(description="As the standard names the matter.")
    unification: Unified = strawberry.field(description="Which unification it concerns.")
    field: str = strawberry.field(
        description="Which field exactly: `name`, `promised_limit`, `fee.items[工本费].amount` …"
    )
    declared: JSON | None = strawberry.field(
        description="What the center's list says; null: nothing of it."
    )
    standard: JSON | None = strawberry.field(
        description="What the standard of the day says; null: nothing of it."
    )

    @classmethod
    def of(cls, found: queries.MatterDeviation) -> Self:
        """Return the deviation as the API shows it."""
        return cls(
            offering_code=found.offering_code,
            matter_code=found.matter_code,
            matter_name=found.matter_name,
            unification=found.deviation.unification,
            field=found.deviation.field,
            declared=found.deviation.declared,
            standard=found.deviation.standard,
        )


@strawberry.type(description="How one center's list agrees with the standard, in figures.")
class ConformitySummary:
    center_code: str = strawberry.field(description="The center's code.")
    standard_count: int = strawberry.field(
        description="How many matters the standard has for a center of its level and tree."
    )
    offered_count: int = strawberry.field(description="How many of them it offers.")
    missing_count: int = strawberry.field(description="How many of them it doesn't offer.")
    county_only_count: int = strawberry.field(
        description="How many of those that it offers only its county issued."
    )
    coverage_percent: Decimal | None = strawberry.field(
        description="进驻率: offered ÷ standard, in percent, two places; null without a standard."
    )
    deviating: list[UnificationCount] = strawberry.field(
        description="What deviates, by unification, all six of them."
    )

    @classmethod
    def of(cls, figures: queries.Conformity) -> Self:
        """Return the figures as the API shows them."""
        return cls(**_figures(figures))  # type: ignore[arg-type]  # by its names

    @strawberry.field(description="The center.")
    def center(self) -> Center:
        record = registry.find_center(self.center_code)
        assert record is not None  # it was found before
        return Center.of(record)


def _figures(figures: queries.Conformity) -> dict[str, object]:
    coverage = None
    if figures.standard_count:
        coverage = round(Decimal(100 * figures.offered_count) / figures.standard_count, 2)
    return {
        "center_code": figures.center_code,
        "standard_count": figures.standard_count,
        "offered_count": figures.offered_count,
        "missing_count": figures.missing_count,
        "county_only_count": figures.county_only_count,
        "coverage_percent": coverage,
        "deviating": [
            UnificationCount(unification=unified, count=figures.deviating.get(unified, 0))
            for unified in Unified
        ],
    }


@strawberry.type(description="How one center's list agrees with the standard, item by item.")
class Conformity(ConformitySummary):
    on: strawberry.Private[date]

    @classmethod
    def on_day(cls, figures: queries.Conformity, on: date) -> Self:
        """Return the report of a day as the API shows it."""
        return cls(on=on, **_figures(figures))  # type: ignore[arg-type]  # by its names

    @strawberry.field(description="What its own list says otherwise, by matter.")
    def deviations(
        self,
        unification: Annotated[
            Unified | None, strawberry.argument(description="Only what concerns this one.")
        ] = None,
        first: First = 20,
        after: After = None,
    ) -> Connection[OfferingDeviation]:
        found = queries.list_deviations(
            center_codes=[self.center_code], on=self.on, unification=unification
        )
        return paginate_places(
            lambda start, limit: found[start : start + limit],
            count=lambda: len(found),
            first=first,
            after=after,
            node=OfferingDeviation.of,
        )

    @strawberry.field(description="Matters of the standard that it doesn't offer, by code.")
    def missing(self, first: First = 20, after: After = None) -> Connection[Matter]:
        found = queries.missing_matters(center_code=self.center_code, on=self.on)
        return paginate(found, order=("matter_id",), first=first, after=after, node=Matter.of)

    @strawberry.field(description="Matters that it offers and that only its county has, by code.")
    def county_only(self, first: First = 20, after: After = None) -> Connection[Matter]:
        found = queries.county_only_matters(center_code=self.center_code, on=self.on)
        return paginate(found, order=("matter_id",), first=first, after=after, node=Matter.of)
