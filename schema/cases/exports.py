"""Lists of cases as files: asked for, made by the worker, downloaded by who asked."""

import uuid
from typing import Annotated

import strawberry

from schema import payloads
from schema.cases import filters
from schema.cases.mutations import CasesError, acting
from schema.cases.types.exports import CaseExport
from schema.connections import After, Connection, First, paginate
from schema.context import Info
from tenants.cases import errors, queries, rules
from tenants.cases.operations import exporting


@strawberry.input(description="Which list to export.")
class ExportCasesInput:
    filter: filters.CaseFilter | None = strawberry.field(
        default=None,
        description="What to narrow to, as in `cases`; an `applicantIdNumber` is refused.",
    )
    order: rules.Order = strawberry.field(
        default=rules.Order.LATEST, description="In which order, as in `cases`."
    )
    format: rules.ExportFormat = strawberry.field(
        default=rules.ExportFormat.CSV, description="The file's format."
    )
    idempotency_key: uuid.UUID = strawberry.field(description=payloads.IDEMPOTENCY_KEY)


@strawberry.input(description="Which export to cancel.")
class CancelCaseExportInput:
    id: uuid.UUID = strawberry.field(description="The export's id.")


@strawberry.type(description="The export as it stands now, or why nothing was changed.")
class CaseExportPayload:
    export: CaseExport | None = strawberry.field(default=None, description="The export.")
    errors: list[payloads.Fault] = payloads.errors_field(CasesError)


@strawberry.type
class ExportsQuery:
    @strawberry.field(description="One of the caller's own exports, or null.")
    def case_export(
        self,
        info: Info,
        id: Annotated[uuid.UUID, strawberry.argument(description="The export's id.")],
    ) -> CaseExport | None:
        try:
            row = queries.access_export(actor=acting(info), export_id=id)
        except errors.CaseExportNotFoundError:
            return None
        return CaseExport.of(row, info)

    @strawberry.field(description="The caller's own exports, the latest first.")
    def case_exports(
        self, info: Info, first: First = 20, after: After = None
    ) -> Connection[CaseExport]:
        return paginate(
            queries.own_exports(acting(info)),
            order=("-id",),
            first=first,
            after=after,
            node=lambda row: CaseExport.of(row, info),
        )


@strawberry.type
class ExportsMutation:
    @payloads.mutation(
        description="Ask for a list of cases as a file: of managers, department managers and "
        "supervisors. It is made in the background; ask `caseExport` how far it is."
    )
    def export_cases(self, info: Info, input: ExportCasesInput) -> CaseExportPayload:
        export = exporting.export_cases(
            actor=acting(info),
            where=input.filter.read() if input.filter else rules.CaseFilter(),
            order=input.order,
            file_format=input.format,
            idempotency_key=input.idempotency_key,
            now=info.context.now(),
        )
        return CaseExportPayload(export=CaseExport.of(export, info))

    @payloads.mutation(description="Stop one of one's own exports that is not ready yet.")
    def cancel_case_export(self, info: Info, input: CancelCaseExportInput) -> CaseExportPayload:
        export = exporting.cancel_case_export(
            actor=acting(info), export_id=input.id, now=info.context.now()
        )
        return CaseExportPayload(export=CaseExport.of(export, info))
