"""Matters and offerings, as anybody may read them."""

from datetime import date
from typing import Annotated, Any

import strawberry

from schema.catalog.types import Matter, Offering
from schema.connections import After, Connection, First, paginate
from schema.context import Info
from tongban.catalog import queries
from tongban.catalog.rules.content import MatterLevel, ServiceLine
from tongban.kernel import calendar

Search = Annotated[
    str,
    strawberry.argument(
        description="Any part of name, result or theme, from one character on; several words must "
        "all occur. Empty finds everything."
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
    codes: list[str] | None = strawberry.field(
        default=None, description="Only these matters, by 基本编码."
    )


@strawberry.input(description="What a list of offerings is narrowed to; null narrows nothing.")
class OfferingFilter(MatterFilter):
    centers: list[str] | None = strawberry.field(
        default=None, description="Only these centers; within a center's path it alone counts."
    )
    assisted_intake: bool | None = strawberry.field(
        default=None, description="Only what stations may, or may not, take in."
    )


@strawberry.type
class MattersQuery:
    @strawberry.field(description="The matters of the standard catalog in force, by code.")
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
        found = queries.find_matters(
            on=_today(info),
            search=search,
            where=queries.MatterFilter(**_narrowing(filter or MatterFilter())),
        )
        return paginate(found, order=("matter_id",), first=first, after=after, node=Matter.of)

    @strawberry.field(description="The matter with this code as it is in force, or null.")
    def matter(
        self,
        info: Info,
        code: Annotated[str, strawberry.argument(description="基本编码, 12 digits.")],
    ) -> Matter | None:
        revision = queries.published_revision(code=code, on=_today(info))
        return Matter.of(revision) if revision else None

    @strawberry.field(
        description="What the request's center offers; at `/graphql`, what all centers do."
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
            **_narrowing(wanted),
            center_codes=(center.code,) if center else tuple(wanted.centers or ()),
            assisted_intake=wanted.assisted_intake,
        )
        return paginate(
            queries.find_offerings(on=_today(info), search=search, where=where),
            order=("matter_id", "center_code"),
            first=first,
            after=after,
            node=Offering.of,
        )

    @strawberry.field(description="The offering with this code, if it is in use, or null.")
    def offering(
        self,
        info: Info,
        code: Annotated[str, strawberry.argument(description="实施编码, as `Offering.code` is.")],
    ) -> Offering | None:
        row = queries.offering(code=code, on=_today(info))
        return Offering.of(row) if row else None


def _today(info: Info) -> date:
    return calendar.local_day(info.context.now())


def _narrowing(wanted: MatterFilter) -> dict[str, Any]:
    return {
        "service_line": wanted.service_line,
        "matter_type": wanted.matter_type,
        "department": wanted.department,
        "theme": wanted.theme,
        "level": wanted.level,
        "service_object": wanted.service_object,
        "codes": tuple(wanted.codes or ()),
    }
