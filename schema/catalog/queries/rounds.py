"""Clean-up rounds, as anybody may read closed ones, and the issuer's people open ones."""

from typing import Annotated

import strawberry

from schema.catalog.types.directories import reading_as
from schema.catalog.types.rounds import CleanupRound, CleanupRoundSummary
from schema.connections import After, Connection, First, paginate
from schema.context import Info
from schema.versioned import VERSIONED
from tongban.catalog.queries import rounds as queries

IssuerOfRounds = Annotated[
    str, strawberry.argument(description="The division that goes through its matters, 12 digits.")
]


@strawberry.type
class RoundsQuery:
    @strawberry.field(
        description="The clean-up rounds of a division, the latest first; open ones for those who "
        "work on its catalog.",
        metadata=VERSIONED,
    )
    def rounds(
        self, info: Info, issuer: IssuerOfRounds, first: First = 20, after: After = None
    ) -> Connection[CleanupRoundSummary]:
        with reading_as(info.context.actor):
            found = queries.list_rounds(actor=info.context.actor, issuer_code=issuer)
            return paginate(
                found, order=("-number",), first=first, after=after, node=CleanupRoundSummary.of
            )

    @strawberry.field(
        description="One clean-up round with what it decided, as it was decided; or null.",
        metadata=VERSIONED,
    )
    def round(
        self,
        info: Info,
        issuer: IssuerOfRounds,
        number: Annotated[
            int, strawberry.argument(description="Which of the division's rounds, from 1.")
        ],
    ) -> CleanupRound | None:
        with reading_as(info.context.actor):
            row = queries.access_round(actor=info.context.actor, issuer_code=issuer, number=number)
        return CleanupRound.of(row) if row else None
