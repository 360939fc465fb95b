"""Matters and offerings, as anybody may read them."""

from datetime import date
from typing import Annotated, Any, Final

import strawberry

from schema.catalog.queries.issuing import issuers_seen
from schema.catalog.types import Matter, Offering
from schema.connections import After, Connection, First, paginate, paginate_ranked
from schema.context import Info
from schema.errors import BadRequestError
from schema.versioned import VERSIONED
from tongban.catalog import queries
from tongban.catalog.rules.content import MatterLevel, ServiceLine

MOST_NAMED: Final = 1_000
"""Codes in a filter: each is a parameter of the statement, and more are no filter but a list."""

Search = Annotated[
    str,
    strawberry.argument(
        description="Any part of name, result, theme, department, life event or code, from one "
        "character on, or how it is read: 身份证, shenfenzheng, sfz. Several words must all be "
        "found; for offerings they may name the center too: 单县 身份证. The best come first: the "
        "very name, names that begin with it, names that have it, the rest. Where little is found, "
        "what has one character or letter wrong follows. Empty finds everything, by code."
    ),
]


@strawberry.input(description="What a list of matters is narrowed to; null narrows nothing.")
class MatterFilter:
    service_line: ServiceLine | None = strawberry.field(
        default=None, description="Only this line of service."
    )
    matter_type: str | None = strawberry.field(
        default=None, description="Only this 事项类型, two digits."
    )
    department: str | None = strawberry.field(
        default=None, description="Only this department, by its whole name."
    )
    theme: str | None = strawberry.field(default=None, description="Only this 主题分类.")
    level: MatterLevel | None = strawberry.field(
        default=None, description="Only what centers of this level offer."
    )
    service_object: str | None = strawberry.field(
        default=None, description="Only what this 服务对象 may apply for: 1 自然人, 2 企业法人 …."
    )
    life_event: str | None = strawberry.field(
        default=None,
        description="Only what belongs to this event of life or business: 出生, 开店 ….",
    )
    codes: list[str] | None = strawberry.field(
        default=None, description="Only these matters, by 基本编码; at most 1,000."
    )
    issuer: str | None = strawberry.field(
        default=None, description="Only what this division issued, 12 digits."
    )
    within: str | None = strawberry.field(
        default=None,
        description="Only what holds in this division, 12 digits: issued by it or above it.",
    )


@strawberry.input(description="What a list of offerings is narrowed to; null narrows nothing.")
class OfferingFilter(MatterFilter):
    centers: list[str] | None = strawberry.field(
        default=None,
        description="Only these centers, at most 1,000; within a center's path it alone counts.",
    )
    assisted_intake: bool | None = strawberry.field(
        default=None, description="Only what stations may, or may not, take in."
    )


@strawberry.type
class MattersQuery:
    @strawberry.field(
        description="The matters of the standard catalog in force, by code; what a search finds, "
        "by rank. Within a center's path those of its division and of all above it.",
        metadata=VERSIONED,
    )
    def matters(
        self,
        info: Info,
        search: Search = "",
        filter: Annotated[
            MatterFilter | None, strawberry.argument(description="What to narrow the list to.")
        ] = None,
        first: First = 20,
        after: After = None,
    ) -> Connection[Matter]:
        where = queries.MatterFilter(**_narrowing(info, filter or MatterFilter()))
        if search.strip():
            best = queries.search_matters(on=_today(info), search=search, where=where)
            return paginate_ranked(best, codes=1, first=first, after=after, node=Matter.of)
        found = queries.find_matters(on=_today(info), where=where)
        return paginate(found, order=("matter_id",), first=first, after=after, node=Matter.of)

    @strawberry.field(
        description="The matter with this code as it is in force, or null: within a center's path "
        "also where neither its division nor one above issued it.",
        metadata=VERSIONED,
    )
    def matter(
        self,
        info: Info,
        code: Annotated[str, strawberry.argument(description="基本编码, 12 digits.")],
    ) -> Matter | None:
        revision = queries.published_revision(
            code=code, on=_today(info), issuers=issuers_seen(info)
        )
        return Matter.of(revision) if revision else None

    @strawberry.field(
        description="What the request's center offers; at `/graphql`, what all centers do. By "
        "matter and center; what a search finds, by rank.",
        metadata=VERSIONED,
    )
    def offerings(
        self,
        info: Info,
        search: Search = "",
        filter: Annotated[
            OfferingFilter | None, strawberry.argument(description="What to narrow the list to.")
        ] = None,
        first: First = 20,
        after: After = None,
    ) -> Connection[Offering]:
        wanted = filter or OfferingFilter()
        center = info.context.center
        where = queries.OfferingFilter(
            **_narrowing(info, wanted),
            center_codes=(center.code,) if center else tuple(wanted.centers or ()),
            assisted_intake=wanted.assisted_intake,
        )
        if search.strip():
            best = queries.search_offerings(on=_today(info), search=search, where=where)
            return paginate_ranked(best, codes=2, first=first, after=after, node=Offering.of)
        return paginate(
            queries.find_offerings(on=_today(info), where=where),
            order=("matter_id", "center_code"),
            first=first,
            after=after,
            node=Offering.of,
        )

    @strawberry.field(
        description="The offering with this code, if it is in use, or null.", metadata=VERSIONED
    )
    def offering(
        self,
        info: Info,
        code: Annotated[str, strawberry.argument(description="实施编码, as `Offering.code` is.")],
    ) -> Offering | None:
        row = queries.offering(code=code, on=_today(info), issuers=issuers_seen(info))
        return Offering.of(row) if row else None


def _today(info: Info) -> date:
    return info.context.today()


def _narrowing(info: Info, wanted: MatterFilter) -> dict[str, Any]:
    for name in ("codes", "centers"):
        if len(getattr(wanted, name, None) or ()) > MOST_NAMED:
            raise BadRequestError(reason=f"{name} names more than {MOST_NAMED}")
    return {
        "issuers": issuers_seen(info, issuer=wanted.issuer, within=wanted.within),
        "service_line": wanted.service_line,
        "matter_type": wanted.matter_type,
        "department": wanted.department,
        "theme": wanted.theme,
        "level": wanted.level,
        "service_object": wanted.service_object,
        "life_event": wanted.life_event,
        "codes": tuple(wanted.codes or ()),
    }
