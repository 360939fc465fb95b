"""Published directories as the API shows them."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from typing import Self

import strawberry
from strawberry.scalars import JSON
from strawberry.utils.str_converters import to_camel_case

from schema import enums
from schema.connections import After, Connection, First, paginate_places
from schema.context import Info
from schema.scalars import opaque_id
from tongban.catalog import models, policies
from tongban.catalog.queries import directories as queries
from tongban.catalog.queries import duties
from tongban.catalog.rules import directories as rules
from tongban.catalog.rules.content import MATTER_TYPES
from tongban.catalog.states import DirectoryStatus
from tongban.kernel.actors import Actor
from tongban.kernel.context import SharedRole, shared_context

enums.describe(
    rules.DirectoryKind,
    "The four publications of a division.",
    texts={
        "approvals": "审批项目目录",
        "powers": "权力清单",
        "intermediary_fees": "中介服务收费项目清单",
        "responsibilities": "责任清单",
    },
)
enums.describe(
    DirectoryStatus,
    "Where a version of a directory stands.",
    texts={
        "draft": "草稿 / seen by those who work on the catalog of its division only",
        "published": "已公布 / never changed again",
    },
)
enums.describe(
    rules.Pricing,
    "How the price of an intermediary service is set.",
    texts={"set": "政府定价", "guided": "政府指导价", "market": "市场调节价"},
    name="IntermediaryPricing",
)
enums.describe(
    rules.ChangeKind,
    "What distinguishes an entry of the later version.",
    texts={"added": "新增", "dropped": "取消", "changed": "调整"},
    name="DirectoryChangeKind",
)
enums.describe(
    duties.WhyNoWindow,
    "What a listed duty lacks.",
    texts={
        "no_matter": "没有对应事项 / no matter belongs to it",
        "not_offered": "事项未进驻 / the center offers none of its matters",
        "no_window": "没有受理窗口 / it is offered, at no window",
    },
    name="DutyAlarmReason",
)


@contextmanager
def reading_as(actor: Actor) -> Iterator[None]:
    """Let those who work on a catalog see drafts: centers and readers are shown none at all."""
    if policies.catalog_divisions(actor):
        with shared_context(SharedRole.CATALOG):
            yield
    else:
        yield


def version_of(info: Info, issuer: str, kind: str, version: int | None) -> models.Directory | None:
    """Return a version that the request may see, by default the one in force today, or None."""
    if version is None:
        return queries.directory_on(issuer_code=issuer, kind=kind, on=info.context.today())
    with reading_as(info.context.actor):
        return queries.access_directory(
            actor=info.context.actor, issuer_code=issuer, kind=kind, version=version
        )


@strawberry.type(description="One entry of a directory; which fields it uses depends on the kind.")
class DirectoryEntry:
    code: str = strawberry.field(
        description="Unique within the version; of an approval the matter's 基本编码."
    )
    name: str = strawberry.field(description="What it is called.")
    department: str = strawberry.field(description="The department in charge; may be empty.")
    basis: str = strawberry.field(description="设定依据, as text; may be empty.")
    power_type: str | None = strawberry.field(
        description="Of approvals and powers: 事项类型, two digits."
    )
    power_type_name: str | None = strawberry.field(description="What that type is called.")
    matters: list[str] = strawberry.field(description="基本编码 of the matters that belong to it.")
    power: str | None = strawberry.field(description="Of a duty: the power that it goes with.")
    duty: str | None = strawberry.field(description="Of a duty: 责任事项, what must be done.")
    accountability: str | None = strawberry.field(description="Of a duty: 追责情形.")
    of_office: bool = strawberry.field(
        description="依职权: whether nobody applies for it, so that it needs no window."
    )
    pricing: rules.Pricing | None = strawberry.field(
        description="Of an intermediary service: how its price is set."
    )
    fee_standard: str | None = strawberry.field(description="收费标准, in words.")
    amount: Decimal | None = strawberry.field(description="In yuan, where it is one figure.")
    payer: str | None = strawberry.field(description="Who pays, where that is said.")
    note: str = strawberry.field(description="What else is to be known; may be empty.")

    @classmethod
    def of(cls, entry: rules.Entry) -> Self:
        """Return the entry as the API shows it."""
        power_type = entry.power_type or None
        return cls(
            code=entry.code,
            name=entry.name,
            department=entry.department,
            basis=entry.basis,
            power_type=power_type,
            power_type_name=MATTER_TYPES.get(power_type, "其他") if power_type else None,
            matters=list(entry.matters),
            power=entry.power or None,
            duty=entry.duty or None,
            accountability=entry.accountability or None,
            of_office=entry.of_office,
            pricing=entry.pricing,
            fee_standard=entry.fee_standard or None,
            amount=entry.amount,
            payer=entry.payer or None,
            note=entry.note,
        )


@strawberry.type
class _Version:
    row: strawberry.Private[models.Directory]

    id: strawberry.ID = strawberry.field(description="Opaque.")
    issuer_code: str = strawberry.field(description="The division that publishes it, 12 digits.")
    version: int = strawberry.field(description="Which version it is, from 1.")
    title: str = strawberry.field(description="Its title.")
    status: DirectoryStatus = strawberry.field(description="Whether it is published.")
    effective_from: date | None = strawberry.field(
        description="From which day on it holds; null of a draft."
    )
    published_at: datetime | None = strawberry.field(description="When it was published.")
    note: str = strawberry.field(description="What was said of it; may be empty.")
    entry_count: int = strawberry.field(description="How many entries it has.")
    draft_version: int = strawberry.field(
        description="Grows with every edit of the draft: the `expectedVersion` of the next one."
    )


def _common(row: models.Directory) -> dict[str, object]:
    return {
        "row": row,
        "id": opaque_id("Directory", f"{row.issuer_code}/{row.kind}/{row.version}"),
        "issuer_code": row.issuer_code,
        "version": row.version,
        "title": row.title,
        "status": DirectoryStatus(row.status),
        "effective_from": row.effective_from,
        "published_at": row.published_at,
        "note": row.note,
        "entry_count": row.entry_count,
        "draft_version": row.draft_version,
    }


def _entries(
    info: Info, row: models.Directory, first: int, after: str | None
) -> Connection[DirectoryEntry]:
    with reading_as(info.context.actor):
        return paginate_places(
            lambda start, limit: queries.entry_page(row, start=start, limit=limit),
            count=lambda: row.entry_count,
            first=first,
            after=after,
            node=DirectoryEntry.of,
        )


@strawberry.type(description="A version of one of the four publications, in a list.")
class DirectoryVersion(_Version):
    kind: rules.DirectoryKind = strawberry.field(description="Which publication it is.")

    @classmethod
    def of(cls, row: models.Directory) -> Self:
        """Return the version as the API shows it."""
        return cls(kind=rules.DirectoryKind(row.kind), **_common(row))  # type: ignore[arg-type]  # by its names


@strawberry.type(description="A version of one of the four publications, with its entries.")
class Directory(DirectoryVersion):
    @strawberry.field(description="Its entries, in its order.")
    def entries(
        self, info: Info, first: First = 20, after: After = None
    ) -> Connection[DirectoryEntry]:
        return _entries(info, self.row, first, after)


@strawberry.type(description="A version of an official list (“四张清单”) of a center, in a list.")
class OfficialListVersion(_Version):
    kind: str = strawberry.field(
        description="Which list it is: power_list, negative_list … as this installation names them."
    )

    @classmethod
    def of(cls, row: models.Directory) -> Self:
        """Return the version as the API shows it."""
        return cls(kind=row.kind, **_common(row))  # type: ignore[arg-type]  # by its names


@strawberry.type(description="A version of an official list (“四张清单”), with its entries.")
class OfficialList(OfficialListVersion):
    @strawberry.field(description="Its entries, in its order.")
    def entries(
        self, info: Info, first: First = 20, after: After = None
    ) -> Connection[DirectoryEntry]:
        return _entries(info, self.row, first, after)


@strawberry.type(description="One field of an entry that says something else.")
class EntryFieldChange:
    field: str = strawberry.field(description="Which field of `DirectoryEntry`.")
    before: JSON | None = strawberry.field(description="What it said; null: nothing.")
    after: JSON | None = strawberry.field(description="What it says; null: nothing.")


@strawberry.type(description="An entry that one version has and the other has not, or otherwise.")
class DirectoryChange:
    kind: rules.ChangeKind = strawberry.field(description="What became of it.")
    code: str = strawberry.field(description="The entry's code.")
    name: str = strawberry.field(description="What it is called, at last.")
    before: DirectoryEntry | None = strawberry.field(description="As it was; null when added.")
    after: DirectoryEntry | None = strawberry.field(description="As it is; null when dropped.")
    fields: list[EntryFieldChange] = strawberry.field(
        description="What says something else, where both versions have it."
    )

    @classmethod
    def of(cls, change: rules.EntryChange) -> Self:
        """Return the change as the API shows it."""
        return cls(
            kind=change.kind,
            code=change.entry.code,
            name=change.entry.name,
            before=DirectoryEntry.of(change.before) if change.before else None,
            after=DirectoryEntry.of(change.after) if change.after else None,
            fields=[
                EntryFieldChange(
                    field=to_camel_case(each.field), before=each.before, after=each.after
                )
                for each in change.fields
            ],
        )


@strawberry.type(description="What distinguishes two versions of a directory.")
class DirectoryDifferences:
    found: strawberry.Private[list[rules.EntryChange]]

    added: int = strawberry.field(description="How many entries only the later version has.")
    dropped: int = strawberry.field(description="How many entries only the former version has.")
    changed: int = strawberry.field(description="How many entries say something else.")

    @classmethod
    def of(cls, found: list[rules.EntryChange]) -> Self:
        """Return the differences as the API shows them."""
        kinds = [change.kind for change in found]
        return cls(
            found=found,
            added=kinds.count(rules.ChangeKind.ADDED),
            dropped=kinds.count(rules.ChangeKind.DROPPED),
            changed=kinds.count(rules.ChangeKind.CHANGED),
        )

    @strawberry.field(description="Entry by entry, by code.")
    def changes(self, first: First = 20, after: After = None) -> Connection[DirectoryChange]:
        return paginate_places(
            lambda start, limit: self.found[start : start + limit],
            count=lambda: len(self.found),
            first=first,
            after=after,
            node=DirectoryChange.of,
        )


@strawberry.type(description="A division's approvals: in the catalog, and on its published list.")
class ApprovalsBalance:
    version: int | None = strawberry.field(
        description="The version of the list that is in force; null before the first."
    )
    in_force: int = strawberry.field(description="How many approvals the catalog has in force.")
    listed: int = strawberry.field(description="How many the list names.")
    agrees: bool = strawberry.field(description="Whether both name the same.")
    not_listed: list[str] = strawberry.field(
        description="基本编码 of approvals in force that the list does not name."
    )
    not_in_force: list[str] = strawberry.field(
        description="Codes on the list that are no approvals in force."
    )

    @classmethod
    def of(cls, balance: queries.Balance) -> Self:
        """Return the balance as the API shows it."""
        return cls(
            version=balance.version,
            in_force=balance.in_force,
            listed=balance.listed,
            agrees=not (balance.not_listed or balance.not_in_force),
            not_listed=list(balance.not_listed),
            not_in_force=list(balance.not_in_force),
        )


@strawberry.type(description="A listed duty, or a power, that no window of the center handles.")
class DutyAlarm:
    kind: rules.DirectoryKind = strawberry.field(description="Which list names it.")
    version: int = strawberry.field(description="The version of the list that is in force.")
    entry: DirectoryEntry = strawberry.field(description="The entry.")
    reason: duties.WhyNoWindow = strawberry.field(description="What it lacks.")
    matters: list[str] = strawberry.field(description="基本编码 of the matters that belong to it.")

    @classmethod
    def of(cls, alarm: duties.DutyAlarm) -> Self:
        """Return the alarm as the API shows it."""
        return cls(
            kind=alarm.kind,
            version=alarm.version,
            entry=DirectoryEntry.of(alarm.entry),
            reason=alarm.why,
            matters=list(alarm.matters),
        )
