"""Lists that editors send as files: directories of matters, and centers' offerings."""

import uuid

import strawberry

from schema import payloads
from schema.catalog.refusals import CatalogError
from schema.catalog.types.lists import CatalogImport
from schema.context import Info, require_account
from schema.scalars import Upload
from tongban.catalog.operations import deliver
from tongban.catalog.rules.rows import SourceKind
from tongban.kernel.context import SharedRole, shared_context

_TIMEOUT_MS = 60_000


@strawberry.input(description="A list of matters or of offerings, as a file.")
class ImportCatalogInput:
    file: Upload = strawberry.field(
        description="CSV (UTF-8 or GB18030), XLSX or the project's JSON, told from its content, "
        "up to 20 MiB."
    )
    kind: SourceKind = strawberry.field(description="What the list is one of.")
    issuer: str | None = strawberry.field(
        default=None,
        description="For matters: the issuer's 12-digit division code; null: as each row says.",
    )
    dry_run: bool = strawberry.field(
        default=False, description="Whether it is only looked at and nothing written."
    )
    all_or_nothing: bool = strawberry.field(
        default=False, description="Whether one faulty row keeps all others out."
    )
    idempotency_key: uuid.UUID = strawberry.field(description=payloads.IDEMPOTENCY_KEY)


@strawberry.type(description="What became of the list, or why it was refused.")
class ImportCatalogPayload:
    report: CatalogImport | None = strawberry.field(
        default=None, description="What was done, and what is wrong with which row."
    )
    errors: list[payloads.Fault] = payloads.errors_field(CatalogError)


@strawberry.type
class ListsMutation:
    @payloads.mutation(
        description="Bring in a list: matters become drafts (catalog editors of their issuers), "
        "offerings are opened and changed (offering editors of their centers). Nothing is "
        "published by it. A faulty row stops no other."
    )
    def import_catalog(self, info: Info, input: ImportCatalogInput) -> ImportCatalogPayload:
        delivered = input.file.file
        assert delivered is not None  # every upload has its bytes
        with shared_context(SharedRole.CATALOG, statement_timeout_ms=_TIMEOUT_MS):
            report = deliver.import_list(
                actor=require_account(info),
                delivered=delivered,
                kind=input.kind,
                issuer_code=input.issuer,
                all_or_nothing=input.all_or_nothing,
                dry_run=input.dry_run,
                idempotency_key=input.idempotency_key,
                now=info.context.now(),
            )
        return ImportCatalogPayload(report=CatalogImport.of(report))
