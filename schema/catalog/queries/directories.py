"""Published directories, as anybody may read them."""

from datetime import date
from typing import Annotated

import strawberry

from schema.catalog.queries.conformity import conforming_center
from schema.catalog.queries.issuing import Issuer, OfCenter, issuer_of, one_issuer_of
from schema.catalog.types.directories import (
    ApprovalsBalance,
    Directory,
    DirectoryDifferences,
    DirectoryVersion,
    DutyAlarm,
    OfficialList,
    OfficialListVersion,
    reading_as,
    version_of,
)
from schema.connections import After, Connection, First, paginate, paginate_places
from schema.context import Info
from schema.versioned import VERSIONED
from tongban.catalog.queries import directories as queries
from tongban.catalog.queries import duties
from tongban.catalog.rules.directories import DirectoryKind

_ORDER = ("issuer_code", "kind", "-version")

Kind = Annotated[DirectoryKind, strawberry.argument(description="Which publication.")]
ListKind = Annotated[
    str, strawberry.argument(description="Which official list, by `OfficialListVersion.kind`.")
]
Version = Annotated[
    int | None, strawberry.argument(description="Which version; null: the one in force today.")
]
Former = Annotated[
    int, strawberry.argument(name="from", description="The version to compare with.")
]
Later = Annotated[int, strawberry.argument(name="to", description="The version that is looked at.")]


@strawberry.type
class DirectoriesQuery:
    @strawberry.field(
        description="Versions of the four publications, the latest first: of a division, or all.",
        metadata=VERSIONED,
    )
    def directories(
        self,
        info: Info,
        issuer: Issuer = None,
        center: OfCenter = None,
        kind: Annotated[
            DirectoryKind | None, strawberry.argument(description="Only this publication.")
        ] = None,
        first: First = 20,
        after: After = None,
    ) -> Connection[DirectoryVersion]:
        with reading_as(info.context.actor):
            found = queries.list_directories(
                actor=info.context.actor,
                issuer_code=issuer_of(info, issuer, center),
                kinds=[kind] if kind else list(DirectoryKind),
            )
            return paginate(found, order=_ORDER, first=first, after=after, node=DirectoryVersion.of)

    @strawberry.field(
        description="A version of a publication with its entries, or null.", metadata=VERSIONED
    )
    def directory(
        self,
        info: Info,
        kind: Kind,
        version: Version = None,
        issuer: Issuer = None,
        center: OfCenter = None,
    ) -> Directory | None:
        row = version_of(info, one_issuer_of(info, issuer, center), kind, version)
        return Directory.of(row) if row else None

    @strawberry.field(
        description="What distinguishes two versions of a publication, or null.", metadata=VERSIONED
    )
    def directory_differences(
        self,
        info: Info,
        kind: Kind,
        former: Former,
        later: Later,
        issuer: Issuer = None,
        center: OfCenter = None,
    ) -> DirectoryDifferences | None:
        return _compared(info, one_issuer_of(info, issuer, center), kind, former, later)

    @strawberry.field(
        description="Versions of official lists (“四张清单”), the latest first: a center's or all.",
        metadata=VERSIONED,
    )
    def official_lists(
        self,
        info: Info,
        issuer: Issuer = None,
        center: OfCenter = None,
        kind: Annotated[
            str | None, strawberry.argument(description="Only this list: power_list ….")
        ] = None,
        first: First = 20,
        after: After = None,
    ) -> Connection[OfficialListVersion]:
        with reading_as(info.context.actor):
            found = queries.list_directories(
                actor=info.context.actor,
                issuer_code=issuer_of(info, issuer, center),
                kinds=None,
            )
            return paginate(
                found if kind is None else found.filter(kind=kind),
                order=_ORDER,
                first=first,
                after=after,
                node=OfficialListVersion.of,
            )

    @strawberry.field(
        description="A version of an official list with its entries, or null.", metadata=VERSIONED
    )
    def official_list(
        self,
        info: Info,
        kind: ListKind,
        version: Version = None,
        issuer: Issuer = None,
        center: OfCenter = None,
    ) -> OfficialList | None:
        row = version_of(info, one_issuer_of(info, issuer, center), kind, version)
        return OfficialList.of(row) if row else None

    @strawberry.field(
        description="What distinguishes two versions of an official list, or null.",
        metadata=VERSIONED,
    )
    def official_list_differences(
        self,
        info: Info,
        kind: ListKind,
        former: Former,
        later: Later,
        issuer: Issuer = None,
        center: OfCenter = None,
    ) -> DirectoryDifferences | None:
        return _compared(info, one_issuer_of(info, issuer, center), kind, former, later)

    @strawberry.field(
        description="A division's approvals in the catalog beside those on its published list.",
        metadata=VERSIONED,
    )
    def approvals_balance(
        self, info: Info, issuer: Issuer = None, center: OfCenter = None
    ) -> ApprovalsBalance:
        found = queries.balance_approvals(
            issuer_code=one_issuer_of(info, issuer, center), on=_today(info)
        )
        return ApprovalsBalance.of(found)

    @strawberry.field(
        description="Duties and powers on the lists of a center's division that no window handles; "
        "null for those who don't answer for its list."
    )
    def directory_alarms(
        self, info: Info, center: OfCenter = None, first: First = 20, after: After = None
    ) -> Connection[DutyAlarm] | None:
        code = conforming_center(info, center)
        if code is None:
            return None
        found = duties.list_alarms(center_code=code, on=_today(info))
        return paginate_places(
            lambda start, limit: found[start : start + limit],
            count=lambda: len(found),
            first=first,
            after=after,
            node=DutyAlarm.of,
        )


def _today(info: Info) -> date:
    return info.context.today()


def _compared(
    info: Info, issuer: str, kind: str, former: int, later: int
) -> DirectoryDifferences | None:
    with reading_as(info.context.actor):
        found = queries.compare(
            actor=info.context.actor, issuer_code=issuer, kind=kind, former=former, later=later
        )
    return None if found is None else DirectoryDifferences.of(found)
