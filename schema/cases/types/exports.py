"""Exports of case lists as the API shows them."""

import uuid
from datetime import datetime
from typing import Self

import strawberry

from schema import enums
from schema.cases import links
from schema.context import Info
from tenants.cases import models, rules

enums.describe(
    rules.ExportFormat,
    "Format of an exported list.",
    name="CaseExportFormat",
    texts={
        rules.ExportFormat.CSV: "CSV in UTF-8 / With a byte order mark.",
        rules.ExportFormat.XLSX: "XLSX 工作簿 / A workbook; every cell is text.",
    },
)
enums.describe(
    rules.ExportState,
    "How far an export is.",
    name="CaseExportState",
    texts={
        rules.ExportState.WAITING: "等待 / Nothing is written yet.",
        rules.ExportState.RUNNING: "导出中 / Rows are being written.",
        rules.ExportState.READY: "可下载 / To be downloaded, for a day.",
        rules.ExportState.FAILED: "失败 / Who asked for it may no longer export.",
        rules.ExportState.CANCELLED: "已取消 / Cancelled.",
        rules.ExportState.EXPIRED: "已过期 / The file is removed.",
    },
)


@strawberry.type(description="A list of cases as a file, to who asked for it.")
class CaseExport:
    id: uuid.UUID = strawberry.field(description="Its id.")
    state: rules.ExportState = strawberry.field(description="How far it is.")
    format: rules.ExportFormat = strawberry.field(description="The file's format.")
    order: rules.Order = strawberry.field(description="The order of the rows.")
    requested_at: datetime = strawberry.field(description="When it was asked for.")
    rows: int = strawberry.field(description="Cases written so far.")
    total: int | None = strawberry.field(
        description="Cases in the list when writing began; null before. Cases go on meanwhile."
    )
    size: int | None = strawberry.field(description="Bytes of the file; null until it is ready.")
    sha256: str | None = strawberry.field(description="The file's SHA-256; null without a file.")
    expires_at: datetime | None = strawberry.field(
        description="Until when it may be downloaded; null until it is ready."
    )
    url: str | None = strawberry.field(
        description="Where the file is downloaded: for 10 minutes, by who asked for it; else null."
    )

    @classmethod
    def of(cls, row: models.CaseExport, info: Info) -> Self:
        """Return an export as the API shows it."""
        return cls(
            id=row.pk,
            state=rules.ExportState(row.state),
            format=rules.ExportFormat(row.format),
            order=rules.Order(row.order),
            requested_at=row.requested_at,
            rows=row.rows,
            total=row.total,
            size=row.size,
            sha256=row.sha256 or None,
            expires_at=row.expires_at,
            url=links.link_to(info, links.EXPORT, row.pk) if row.sha256 else None,
        )
