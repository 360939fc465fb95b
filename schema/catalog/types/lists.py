"""What became of a list that an editor sent: figures, and the first faults of its rows."""

import strawberry

from schema import enums
from tongban.catalog.adapters import fault_table
from tongban.catalog.operations.plan_import import MOST_TOLD, ImportReport
from tongban.catalog.rules.reasons import explain
from tongban.catalog.rules.rows import RowFault, SourceKind

enums.describe(
    SourceKind,
    "What a list is one of.",
    name="CatalogListKind",
    texts={"matters": "事项目录 / matters of the standard", "offerings": "实施清单 / offerings"},
)


@strawberry.type(description="What is wrong with one row of a list, or is remarked about it.")
class CatalogRowFault:
    row: int = strawberry.field(
        description="The row as a spreadsheet numbers it (the header is 1); in JSON its place."
    )
    field: str = strawberry.field(description="The element; empty for the whole row.")
    column: str = strawberry.field(description="The column's Chinese name, where it has one.")
    code: str = strawberry.field(description="A stable code: what is wrong.")
    reason: str = strawberry.field(description="In Chinese: why, and what to do.")

    @staticmethod
    def of(fault: RowFault) -> "CatalogRowFault":
        """Render a fault."""
        return CatalogRowFault(
            row=fault.row,
            field=fault.field,
            column=fault_table.title_of(fault.field),
            code=fault.code,
            reason=explain(fault),
        )


@strawberry.type(description="What an import did, or would do.")
class CatalogImport:
    kind: SourceKind = strawberry.field(description="What the list was one of.")
    written: bool = strawberry.field(
        description="Whether anything was written: not in a dry run, nor with a fault where all "
        "or nothing was asked for."
    )
    rows: int = strawberry.field(description="How many rows the list had.")
    created: int = strawberry.field(description="How many matters or offerings are new.")
    updated: int = strawberry.field(description="How many were changed.")
    unchanged: int = strawberry.field(description="How many were as the list says.")
    faulty_rows: int = strawberry.field(description="How many rows were left out.")
    fault_count: int = strawberry.field(description="How many faults they have.")
    lacking_count: int = strawberry.field(
        description="How much is missing until the drafts can be published."
    )
    remark_count: int = strawberry.field(description="How much should be looked at.")
    faults: list[CatalogRowFault] = strawberry.field(
        description=f"Why rows were left out: the first {MOST_TOLD}."
    )
    lacking: list[CatalogRowFault] = strawberry.field(
        description=f"What keeps drafts from being published: the first {MOST_TOLD}."
    )
    remarks: list[CatalogRowFault] = strawberry.field(
        description="What was taken in and should be looked at, such as DEVIATES where a center's "
        f"list differs from the standard: the first {MOST_TOLD}."
    )
    unread_columns: list[str] = strawberry.field(
        description="Headers of columns that are no element of such a list."
    )

    @staticmethod
    def of(report: ImportReport) -> "CatalogImport":
        """Render a report."""
        return CatalogImport(
            kind=report.kind,
            written=report.written,
            rows=report.rows,
            created=report.created,
            updated=report.updated,
            unchanged=report.unchanged,
            faulty_rows=report.faulty_rows,
            fault_count=report.count("faults"),
            lacking_count=report.count("lacking"),
            remark_count=report.count("remarks"),
            faults=[CatalogRowFault.of(fault) for fault in report.faults[:MOST_TOLD]],
            lacking=[CatalogRowFault.of(fault) for fault in report.lacking[:MOST_TOLD]],
            remarks=[CatalogRowFault.of(fault) for fault in report.remarks[:MOST_TOLD]],
            unread_columns=[title[:100] for title in report.unread_columns[:MOST_TOLD]],
        )
