"""Releases: what changes together, for whom, and how far it has come."""

from datetime import date, datetime
from typing import Self

import strawberry

from schema import enums
from schema.catalog.types.revisions import ElementDifference
from schema.connections import After, Connection, First, paginate
from schema.scalars import opaque_id
from tongban.catalog import models, states
from tongban.catalog.operations import preview
from tongban.catalog.queries import releases as queries

enums.describe(
    states.ReleaseKind,
    "What brought a release about.",
    texts={
        "revisions": "发布 / reviewed revisions were published",
        "round": "清理 / a clean-up round was closed",
        "import": "导入 / the server's operator brought a catalog in",
    },
)
enums.describe(
    states.ReleaseStatus,
    "How far a release has reached the centers of its tree.",
    texts={
        "reaching": "下达中 / some centers are still to be reached",
        "reached": "已下达 / all of them are reached",
        "withdrawn": "已撤回 / it was called back before its day",
    },
)
enums.describe(
    states.MatterChange,
    "What a release does to a matter.",
    texts={
        "added": "新增",
        "revised": "调整",
        "cancelled": "取消",
        "delegated": "下放",
        "taken_over": "承接",
        "merged": "合并",
    },
)
enums.describe(
    preview.ReleaseWarning,
    "What a publisher should know, though it keeps nothing from being published.",
    texts={
        "no_window": "这些中心尚无窗口办理 / centers without a window for it",
        "no_power_list": "尚未公布权力清单，无法核对 / matters that no power list could be held to",
        "promise_undercut": "这些中心的承诺时限将被取代 / centers whose own promise gives way",
    },
)


@strawberry.type(description="What a release does to one matter.")
class ReleaseItem:
    matter_code: str = strawberry.field(description="The matter's 基本编码.")
    matter_name: str = strawberry.field(description="What it is called at present.")
    change: states.MatterChange = strawberry.field(description="What becomes of it.")
    former_number: int | None = strawberry.field(description="The version that ends; or null.")
    number: int | None = strawberry.field(description="The version that begins; or null.")
    differences: list[ElementDifference] = strawberry.field(
        description="What differs from the version that ends."
    )

    @classmethod
    def of(cls, row: models.ReleaseItem) -> Self:
        """Return an item that was read with its matter."""
        return cls(
            matter_code=row.matter.code,
            matter_name=row.matter.name,
            change=states.MatterChange(row.change),
            former_number=row.former_number,
            number=row.number,
            differences=[ElementDifference.kept(said) for said in row.differences],
        )


@strawberry.type(description="Changes of a division's catalog, in force together from one day.")
class ReleaseSummary:
    row: strawberry.Private[models.Release]

    id: strawberry.ID = strawberry.field(description="Opaque.")
    issuer_code: str = strawberry.field(description="The division that issues them, 12 digits.")
    number: int = strawberry.field(description="Which of its releases, from 1.")
    kind: states.ReleaseKind = strawberry.field(description="What brought it about.")
    title: str = strawberry.field(description="What it is called.")
    effective_from: date = strawberry.field(description="From when on it is in force.")
    published_at: datetime = strawberry.field(description="When it was published.")
    status: states.ReleaseStatus = strawberry.field(description="How far it has come.")
    centers: int = strawberry.field(description="How many centers its tree has.")
    reached: int = strawberry.field(description="How many of them it has reached.")
    opened: int = strawberry.field(description="How many offerings it opened.")
    closed: int = strawberry.field(description="How many offerings it closed.")

    @classmethod
    def of(cls, row: models.Release) -> Self:
        """Return the release as the API shows it."""
        return cls(
            row=row,
            id=opaque_id("Release", f"{row.issuer_code}/{row.number}"),
            issuer_code=row.issuer_code,
            number=row.number,
            kind=states.ReleaseKind(row.kind),
            title=row.title,
            effective_from=row.effective_from,
            published_at=row.published_at,
            status=states.ReleaseStatus(row.status),
            centers=row.centers,
            reached=row.reached,
            opened=row.opened,
            closed=row.closed,
        )


@strawberry.type(description="A release with what it does, matter by matter.")
class Release(ReleaseSummary):
    @strawberry.field(description="What it does, by matter.")
    def items(self, first: First = 20, after: After = None) -> Connection[ReleaseItem]:
        return paginate(
            queries.items_of(self.row),
            order=("matter_id",),
            first=first,
            after=after,
            node=ReleaseItem.of,
        )


@strawberry.type(description="What a release would do to one matter, and at which centers.")
class ReleasePreviewItem:
    matter_code: str = strawberry.field(description="The matter's 基本编码.")
    matter_name: str = strawberry.field(description="What it would be called.")
    change: states.MatterChange = strawberry.field(description="What would become of it.")
    former_number: int | None = strawberry.field(description="The version that would end; or null.")
    number: int = strawberry.field(description="The version that would begin.")
    differences: list[ElementDifference] = strawberry.field(
        description="What differs from the version that would end."
    )
    gaining: list[str] = strawberry.field(description="Codes of centers that would offer it.")
    losing: list[str] = strawberry.field(description="Codes of centers that would no longer.")
    undercut: list[str] = strawberry.field(
        description="Codes of centers whose own promise would be longer than the standard's, and "
        "so give way to it."
    )

    @classmethod
    def of(cls, item: preview.PreviewItem) -> Self:
        """Return the item as the API shows it."""
        return cls(
            matter_code=item.matter.code,
            matter_name=item.name,
            change=item.change,
            former_number=item.former_number,
            number=item.number,
            differences=[ElementDifference.of(each) for each in item.differences],
            gaining=list(item.gaining),
            losing=list(item.losing),
            undercut=list(item.undercut),
        )


@strawberry.type(description="What is noteworthy of a release, and how often.")
class ReleaseNote:
    warning: preview.ReleaseWarning = strawberry.field(description="What it is.")
    count: int = strawberry.field(description="How many centers, or matters, it concerns.")


@strawberry.type(description="What a release would change, before it is published.")
class ReleasePreview:
    effective_from: date = strawberry.field(description="From when on it would be in force.")
    centers: int = strawberry.field(description="How many centers its tree has.")
    items: list[ReleasePreviewItem] = strawberry.field(
        description="What it would do, in the order of the request."
    )
    warnings: list[ReleaseNote] = strawberry.field(description="What the publisher should know.")

    @classmethod
    def of(cls, found: preview.Preview) -> Self:
        """Return the preview as the API shows it."""
        return cls(
            effective_from=found.effective_from,
            centers=found.centers,
            items=[ReleasePreviewItem.of(item) for item in found.items],
            warnings=[
                ReleaseNote(warning=warning, count=count)
                for warning, count in found.warnings.items()
            ],
        )


@strawberry.type(description="That a matter's result may be no precondition of another's any more.")
class CancelledPrecondition:
    id: strawberry.ID = strawberry.field(description="Opaque.")
    issuer_code: str = strawberry.field(description="The division that cancelled it, 12 digits.")
    matter_code: str = strawberry.field(description="The matter that had it.")
    precondition_code: str = strawberry.field(description="The matter that was its precondition.")
    basis: str = strawberry.field(description="The document that orders it.")
    cancelled_on: date = strawberry.field(description="Since when.")

    @classmethod
    def of(cls, row: models.CancelledPrecondition) -> Self:
        """Return the entry as the API shows it."""
        return cls(
            id=opaque_id("CancelledPrecondition", str(row.pk)),
            issuer_code=row.issuer_code,
            matter_code=row.matter_code,
            precondition_code=row.precondition_code,
            basis=row.basis,
            cancelled_on=row.cancelled_on,
        )
