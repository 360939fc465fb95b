"""What is measured of a catalog: counts, promises, cuts."""

from datetime import date
from typing import Annotated

import strawberry

from schema.catalog.types.measures import CatalogMeasures, Reduction, ReductionOfMeasure
from schema.context import Info
from schema.errors import BadRequestError
from schema.versioned import VERSIONED
from tongban.catalog.queries import directories, measures
from tongban.catalog.rules.content import ServiceLine
from tongban.catalog.rules.reduction import DEMANDED_PERCENT
from tongban.registry import queries as registry

WHOLE = 100

OnDay = Annotated[date | None, strawberry.argument(description="As of which day; null: today.")]


@strawberry.type
class MeasuresQuery:
    @strawberry.field(
        description="Counts, promises and cuts of the matters that a division issues.",
        metadata=VERSIONED,
    )
    def catalog_measures(
        self,
        info: Info,
        issuer: Annotated[str, strawberry.argument(description="The division, 12 digits.")],
        since: Annotated[
            date | None,
            strawberry.argument(description="Since when cuts are summed, this day included."),
        ] = None,
        on: OnDay = None,
        below: Annotated[
            bool, strawberry.argument(description="Whether divisions below it count, too.")
        ] = False,
    ) -> CatalogMeasures:
        day = on or info.context.today()
        cuts = (
            measures.cuts_of(issuer_code=issuer, below=below, since=since, on=day)
            if since
            else None
        )
        return CatalogMeasures.of(
            measures.standing_of(issuer_code=issuer, below=below, on=day),
            on=day,
            approvals=directories.approvals_in_force(issuer_code=issuer, on=day).count(),
            cuts=cuts,
        )

    @strawberry.field(
        description="Counts and promises of what a center offers, by its own promises; or null.",
        metadata=VERSIONED,
    )
    def center_measures(
        self,
        info: Info,
        center: Annotated[str, strawberry.argument(description="The center's code.")],
        on: OnDay = None,
    ) -> CatalogMeasures | None:
        if registry.find_center(center) is None:
            return None
        day = on or info.context.today()
        standing = measures.standing_at(center_code=center, on=day)
        approvals = standing.by_line.get(ServiceLine.APPROVAL, 0)
        return CatalogMeasures.of(standing, on=day, approvals=approvals)

    @strawberry.field(
        description="三个压减: what was cut of a matter since an earlier version; null unless both "
        "versions are or were in force.",
        metadata=VERSIONED,
    )
    def reduction(
        self,
        info: Info,
        matter: Annotated[str, strawberry.argument(description="基本编码.")],
        baseline: Annotated[
            int, strawberry.argument(description="The number of the version compared with.")
        ],
        revision: Annotated[
            int | None,
            strawberry.argument(description="The version that is judged; null: as in force today."),
        ] = None,
        demanded_percent: Annotated[
            int, strawberry.argument(description="What each must be cut by, 1 to 100 percent.")
        ] = DEMANDED_PERCENT,
    ) -> Reduction | None:
        if not 1 <= demanded_percent <= WHOLE:
            raise BadRequestError(reason=f"demandedPercent: 1–{WHOLE}", path=("demandedPercent",))
        cuts = measures.reduction_of(
            matter_code=matter,
            baseline=baseline,
            number=revision,
            demanded=demanded_percent,
            on=info.context.today(),
        )
        if cuts is None:
            return None
        return Reduction(
            passes=all(cut.is_enough for cut in cuts),
            measures=[ReductionOfMeasure.of(cut) for cut in cuts],
        )
