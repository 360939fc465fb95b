"""What is measured of a catalog, as the API shows it."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Self

import strawberry

from schema import enums
from tongban.catalog.queries import measures
from tongban.catalog.rules import content as contents
from tongban.catalog.rules import reduction

enums.describe(
    reduction.Measure,
    "What is to be cut (三个压减).",
    texts={
        "materials": "材料 / required materials",
        "steps": "环节 / steps of the procedure",
        "promised_days": "时限 / promised limit, in nominal working days",
    },
    name="ReductionMeasure",
)


@strawberry.type(description="How many matters are of one type.")
class MattersOfType:
    matter_type: str = strawberry.field(description="事项类型, two digits.")
    name: str = strawberry.field(description="What the type is called.")
    count: int = strawberry.field(description="How many matters.")


@strawberry.type(description="How many matters belong to one line of service.")
class MattersOfLine:
    service_line: contents.ServiceLine = strawberry.field(description="The line of service.")
    count: int = strawberry.field(description="How many matters.")


@strawberry.type(
    description="What changes of the standard took away and added, each summed over all changes."
)
class CatalogCuts:
    materials: int = strawberry.field(
        description="材料 cut; a matter that ended counts with all it asked for."
    )
    materials_added: int = strawberry.field(description="材料 added; new matters don't count.")
    steps: int = strawberry.field(
        description="环节 cut; a matter that ended counts with all it had."
    )
    steps_added: int = strawberry.field(description="环节 added; new matters don't count.")
    matters: int = strawberry.field(description="Matters that ended: cancelled or merged.")

    @classmethod
    def of(cls, cuts: measures.Cuts) -> Self:
        """Return the cuts as the API shows them."""
        return cls(
            materials=cuts.materials,
            materials_added=cuts.materials_added,
            steps=cuts.steps,
            steps_added=cuts.steps_added,
            matters=cuts.matters,
        )


@strawberry.type(description="What is measured of the matters in force, or on offer, on a day.")
class CatalogMeasures:
    on: date = strawberry.field(description="The day of the figures.")
    matters: int = strawberry.field(description="How many matters there are.")
    approvals: int = strawberry.field(
        description="行政审批事项 that the division, or the center, handles; of a division what it "
        "and those above it issued for its level, as on its published list."
    )
    by_type: list[MattersOfType] = strawberry.field(description="How many of each 事项类型.")
    by_line: list[MattersOfLine] = strawberry.field(description="How many of each line.")
    one_review: int = strawberry.field(
        description="How many are decided by one review and one verification (一审一核)."
    )
    one_review_percent: Decimal | None = strawberry.field(
        description="Their share in percent, two places; null without any matter."
    )
    mean_promised_days: Decimal | None = strawberry.field(
        description="平均承诺时限 in nominal working days (7 calendar days are 5, 6.5 hours are "
        "one), over the matters that are not done at once; null without any."
    )
    cuts: CatalogCuts | None = strawberry.field(
        description="What changes since the day that was asked for took away; null where no such "
        "day was given, and for a center."
    )

    @classmethod
    def of(
        cls,
        standing: measures.Standing,
        *,
        on: date,
        approvals: int,
        cuts: measures.Cuts | None = None,
    ) -> Self:
        """Return the figures as the API shows them."""
        return cls(
            on=on,
            matters=standing.matters,
            approvals=approvals,
            by_type=_types(standing.by_type),
            by_line=[
                MattersOfLine(service_line=line, count=count)
                for line, count in standing.by_line.items()
            ],
            one_review=standing.one_review,
            one_review_percent=standing.one_review_percent,
            mean_promised_days=standing.mean_promise,
            cuts=CatalogCuts.of(cuts) if cuts else None,
        )


def _types(counted: Mapping[str, int]) -> list[MattersOfType]:
    return [
        MattersOfType(matter_type=code, name=contents.MATTER_TYPES.get(code, "其他"), count=count)
        for code, count in counted.items()
    ]


@strawberry.type(description="How much less of one measure there is than at the baseline.")
class ReductionOfMeasure:
    measure: reduction.Measure = strawberry.field(description="What is measured.")
    before: Decimal = strawberry.field(description="How much of it at the baseline.")
    after: Decimal = strawberry.field(description="How much of it now.")
    percent: Decimal | None = strawberry.field(
        description="By how much it was cut, negative where it grew; null where there was nothing."
    )
    is_enough: bool = strawberry.field(description="Whether it was cut by what is demanded.")

    @classmethod
    def of(cls, cut: reduction.Cut) -> Self:
        """Return the cut as the API shows it."""
        return cls(
            measure=cut.measure,
            before=cut.before,
            after=cut.after,
            percent=cut.percent,
            is_enough=cut.is_enough,
        )


@strawberry.type(description="三个压减 of a matter against an earlier version of it.")
class Reduction:
    passes: bool = strawberry.field(description="Whether all three were cut by what is demanded.")
    measures: list[ReductionOfMeasure] = strawberry.field(
        description="Materials, steps and promised days, in this order."
    )
