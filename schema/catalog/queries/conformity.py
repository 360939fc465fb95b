"""The six unifications: for those who answer for a center's list, and those who work there."""

from datetime import date
from typing import Annotated

import strawberry

from schema.catalog.types.conformity import Conformity, ConformitySummary
from schema.connections import After, Connection, First, paginate
from schema.context import Info, require_center
from tenants.staff import queries as staff
from tongban.catalog import policies
from tongban.catalog.queries import conformity as queries
from tongban.kernel import calendar
from tongban.registry import queries as registry


@strawberry.type
class ConformityQuery:
    @strawberry.field(
        description="六统一: where a center's own list differs from the standard, and what it does "
        "not offer. For those who work on the catalog or the offerings over it, and in its own "
        "path for its staff; null for others."
    )
    def conformity(
        self,
        info: Info,
        center: Annotated[
            str | None,
            strawberry.argument(description="The center's code; null: the request's center."),
        ] = None,
    ) -> Conformity | None:
        code = conforming_center(info, center)
        if code is None:
            return None
        today = _today(info)
        return Conformity.on_day(queries.summarize(center_codes=[code], on=today)[0], today)

    @strawberry.field(
        description="六统一 over a tree, center by center; null for those who don't work on the "
        "catalog or the offerings of all of it."
    )
    def conformity_summary(
        self,
        info: Info,
        within: Annotated[
            str,
            strawberry.argument(
                description="A division (12 digits) or the code of a center: it and what is below."
            ),
        ],
        first: First = 20,
        after: After = None,
    ) -> Connection[ConformitySummary] | None:
        record = registry.find_center(within)
        division = record.division_code if record else within
        if not policies.may_see_conformity(info.context.actor, division):
            return None
        page = paginate(
            registry.centers_within(division),
            order=("code",),
            first=first,
            after=after,
            node=lambda row: row.code,
        )
        # The figures of all centers of the page come by the same few queries.
        figures = queries.summarize(
            center_codes=[edge.node for edge in page.edges], on=_today(info)
        )
        for edge, found in zip(page.edges, figures, strict=True):
            edge.node = ConformitySummary.of(found)  # type: ignore[assignment]  # from here on
        return page  # type: ignore[return-value]  # its nodes are summaries now


def conforming_center(info: Info, center: str | None) -> str | None:
    """Return the center that is meant if the request may see how its list conforms, or None.

    Raises: CenterRequiredError where none is meant.
    """
    here = info.context.center
    record = require_center(info) if center is None else registry.find_center(center)
    if record is None:
        return None
    if policies.may_see_conformity(info.context.actor, record.division_code):
        return record.code
    is_own = here is not None and here.code == record.code
    if is_own and staff.membership_of(info.context.actor) is not None:
        return record.code
    return None


def _today(info: Info) -> date:
    return calendar.local_day(info.context.now())
