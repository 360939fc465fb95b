"""Revisions and releases: what is published anybody reads, drafts those who work on the catalog."""

from typing import Annotated

import strawberry

from schema.catalog.queries.issuing import issuers_seen
from schema.catalog.types.releases import CancelledPrecondition, Release, ReleaseSummary
from schema.catalog.types.revisions import ElementDifference, Revision
from schema.connections import After, Connection, First, paginate
from schema.context import Info
from schema.versioned import VERSIONED
from tongban.catalog.queries import relations
from tongban.catalog.queries import releases as queries
from tongban.catalog.queries import revisions as revision_queries
from tongban.catalog.rules import codes
from tongban.catalog.states import RevisionStatus

MatterCode = Annotated[str, strawberry.argument(description="The matter's 基本编码.")]
IssuerCode = Annotated[str, strawberry.argument(description="The division, 12 digits.")]


@strawberry.type
class ReleasesQuery:
    @strawberry.field(
        description="Revisions of matters, by matter and number: published ones, and those in work "
        "for who works on the issuer's catalog."
    )
    def revisions(
        self,
        info: Info,
        matter: Annotated[
            str | None, strawberry.argument(description="Only of this matter, by 基本编码.")
        ] = None,
        issuer: Annotated[
            str | None, strawberry.argument(description="Only what this division issues.")
        ] = None,
        status: Annotated[
            list[RevisionStatus] | None, strawberry.argument(description="Only in these states.")
        ] = None,
        first: First = 20,
        after: After = None,
    ) -> Connection[Revision]:
        found = revision_queries.visible_revisions(
            actor=info.context.actor,
            matter_code=matter,
            issuer_code=issuer,
            statuses=status or (),
            issuers=issuers_seen(info),
        )
        return paginate(
            found, order=("matter_id", "number"), first=first, after=after, node=Revision.of
        )

    @strawberry.field(
        description="What differs between two revisions of a matter, or null where one may not be "
        "seen."
    )
    def revision_differences(
        self,
        info: Info,
        matter: MatterCode,
        former: Annotated[
            int, strawberry.argument(name="from", description="The number to compare with.")
        ],
        later: Annotated[
            int, strawberry.argument(name="to", description="The number that is looked at.")
        ],
    ) -> list[ElementDifference] | None:
        found = revision_queries.compare_revisions(
            actor=info.context.actor,
            matter_code=matter,
            former=former,
            later=later,
            issuers=issuers_seen(info),
        )
        return None if found is None else [ElementDifference.of(each) for each in found]

    @strawberry.field(description="Releases, the latest day first.", metadata=VERSIONED)
    def releases(
        self,
        info: Info,
        issuer: Annotated[
            str | None, strawberry.argument(description="Only of this division, 12 digits.")
        ] = None,
        first: First = 20,
        after: After = None,
    ) -> Connection[ReleaseSummary]:
        return paginate(
            queries.list_releases(issuer_code=issuer, issuers=issuers_seen(info)),
            order=("-effective_from", "-id"),
            first=first,
            after=after,
            node=ReleaseSummary.of,
        )

    @strawberry.field(
        description="A division's release, how far it has come and what it does; or null.",
        metadata=VERSIONED,
    )
    def release(
        self,
        info: Info,
        issuer: IssuerCode,
        number: Annotated[
            int, strawberry.argument(description="Which of the division's releases, from 1.")
        ],
    ) -> Release | None:
        row = queries.find_release(issuer_code=issuer, number=number, issuers=issuers_seen(info))
        return Release.of(row) if row else None

    @strawberry.field(
        description="前置条件取消登记: what binds a division, its own entries and those above it.",
        metadata=VERSIONED,
    )
    def cancelled_preconditions(
        self, info: Info, issuer: IssuerCode, first: First = 20, after: After = None
    ) -> Connection[CancelledPrecondition]:
        seen = issuers_seen(info)
        found = relations.cancelled_preconditions(
            issuer_code=issuer if codes.is_division(issuer) else ""
        )
        return paginate(
            found if seen is None else found.filter(issuer_code__in=seen),
            order=("matter_code", "precondition_code", "issuer_code"),
            first=first,
            after=after,
            node=CancelledPrecondition.of,
        )
