"""The library of standards of work, as anybody may read it."""

from datetime import date
from typing import Annotated

import strawberry

from schema.catalog.queries.issuing import Issuer, OfCenter, issuer_of, one_issuer_of
from schema.catalog.types.standards import (
    StandardsAcceptance,
    WorkStandard,
    WorkStandardVersion,
)
from schema.connections import After, Connection, First, paginate
from schema.context import Info
from schema.versioned import VERSIONED
from tongban.catalog.queries import standards as queries


@strawberry.type
class StandardsQuery:
    @strawberry.field(
        description="The standards of work (工作标准) in force, by number: of a division, or all.",
        metadata=VERSIONED,
    )
    def work_standards(
        self,
        info: Info,
        issuer: Issuer = None,
        center: OfCenter = None,
        category: Annotated[
            str | None, strawberry.argument(description="Only this group, by its whole name.")
        ] = None,
        search: Annotated[
            str,
            strawberry.argument(
                description="Any part of number, title or text; several words must all occur."
            ),
        ] = "",
        first: First = 20,
        after: After = None,
    ) -> Connection[WorkStandardVersion]:
        found = queries.list_standards(
            on=_today(info),
            issuer_code=issuer_of(info, issuer, center),
            category=category,
            search=search,
        )
        return paginate(
            found,
            order=("issuer_code", "number"),
            first=first,
            after=after,
            node=WorkStandardVersion.of,
        )

    @strawberry.field(description="A standard of work with its text, or null.", metadata=VERSIONED)
    def work_standard(
        self,
        info: Info,
        number: Annotated[str, strawberry.argument(description="标准编号.")],
        version: Annotated[
            int | None,
            strawberry.argument(description="Which version; null: the one in force today."),
        ] = None,
        issuer: Issuer = None,
        center: OfCenter = None,
    ) -> WorkStandard | None:
        row = queries.standard(
            issuer_code=one_issuer_of(info, issuer, center),
            number=number,
            version=version,
            on=_today(info),
        )
        return WorkStandard.of(row) if row else None

    @strawberry.field(
        description="验收 of standards of work, the latest first: of a division, or of all.",
        metadata=VERSIONED,
    )
    def standards_acceptances(
        self,
        info: Info,
        issuer: Issuer = None,
        center: OfCenter = None,
        first: First = 20,
        after: After = None,
    ) -> Connection[StandardsAcceptance]:
        return paginate(
            queries.list_acceptances(issuer_code=issuer_of(info, issuer, center)),
            order=("-accepted_on", "-id"),
            first=first,
            after=after,
            node=StandardsAcceptance.of,
        )


def _today(info: Info) -> date:
    return info.context.today()
