"""What editors and publishers change of published directories and official lists."""

import dataclasses
import uuid
from datetime import date
from decimal import Decimal
from typing import Any

import strawberry

from schema import payloads
from schema.catalog.refusals import CatalogError
from schema.catalog.types.directories import Directory, OfficialList
from schema.context import Info, require_account
from tongban.catalog.operations import directories
from tongban.catalog.rules.directories import DirectoryKind, Pricing
from tongban.kernel import crypto
from tongban.kernel.context import SharedRole, shared_context

_ISSUER = "The division that publishes, 12 digits."
_EXPECTED = "The `draftVersion` that was read; null: whichever it is."
_LIST_KIND = "Which official list: power_list, negative_list … as this installation names them."
_DAY = "From which day on it holds, not before the former version's; null: today."


@strawberry.input(description="An entry of a directory; its kind says which fields it may use.")
class DirectoryEntryInput:
    code: str = strawberry.field(
        description="Unique within the version; of an approval the matter's 基本编码."
    )
    name: str = strawberry.field(description="What it is called.")
    department: str = strawberry.field(default="", description="The department in charge.")
    basis: str = strawberry.field(default="", description="设定依据, as text.")
    power_type: str = strawberry.field(
        default="", description="Of approvals and powers: 事项类型, of powers 01 to 10."
    )
    matters: list[str] = strawberry.field(
        default_factory=list, description="基本编码 of the matters that belong to it."
    )
    power: str = strawberry.field(
        default="", description="Of a duty: the code of the power that it goes with."
    )
    duty: str = strawberry.field(default="", description="Of a duty: what must be done.")
    accountability: str = strawberry.field(default="", description="Of a duty: 追责情形.")
    of_office: bool = strawberry.field(
        default=False, description="依职权: whether nobody applies for it."
    )
    pricing: Pricing | None = strawberry.field(
        default=None, description="Of an intermediary service: how its price is set."
    )
    fee_standard: str = strawberry.field(default="", description="收费标准, in words.")
    amount: Decimal | None = strawberry.field(default=None, description="In yuan.")
    payer: str = strawberry.field(default="", description="Who pays.")
    note: str = strawberry.field(default="", description="What else is to be known.")


@strawberry.input
class _DraftInput:
    issuer: str = strawberry.field(description=_ISSUER)
    title: str = strawberry.field(
        default="", description="Its title; empty: as the kind is called."
    )
    note: str = strawberry.field(default="", description="What is to be said of this version.")
    expected_version: int | None = strawberry.field(default=None, description=_EXPECTED)
    idempotency_key: uuid.UUID = strawberry.field(description=payloads.IDEMPOTENCY_KEY)


@strawberry.input(description="The next version of a publication, whole.")
class DraftDirectoryInput(_DraftInput):
    kind: DirectoryKind = strawberry.field(description="Which publication.")
    entries: list[DirectoryEntryInput] | None = strawberry.field(
        default=None,
        description="All its entries; null: the approvals as the catalog in force gives them.",
    )


@strawberry.input(description="The next version of an official list, whole.")
class DraftOfficialListInput(_DraftInput):
    kind: str = strawberry.field(description=_LIST_KIND)
    entries: list[DirectoryEntryInput] = strawberry.field(description="All its entries.")


@strawberry.input
class _PublishInput:
    issuer: str = strawberry.field(description=_ISSUER)
    version: int = strawberry.field(description="Which version the draft is to be.")
    effective_from: date | None = strawberry.field(default=None, description=_DAY)
    expected_version: int | None = strawberry.field(default=None, description=_EXPECTED)
    idempotency_key: uuid.UUID = strawberry.field(description=payloads.IDEMPOTENCY_KEY)


@strawberry.input(description="Which draft of a publication is published, from when on.")
class PublishDirectoryInput(_PublishInput):
    kind: DirectoryKind = strawberry.field(description="Which publication.")


@strawberry.input(description="Which draft of an official list is published, from when on.")
class PublishOfficialListInput(_PublishInput):
    kind: str = strawberry.field(description=_LIST_KIND)


@strawberry.input(description="Whose draft of which publication is thrown away.")
class DiscardDirectoryDraftInput:
    issuer: str = strawberry.field(description=_ISSUER)
    kind: DirectoryKind = strawberry.field(description="Which publication.")
    idempotency_key: uuid.UUID = strawberry.field(description=payloads.IDEMPOTENCY_KEY)


@strawberry.input(description="Whose draft of which official list is thrown away.")
class DiscardOfficialListDraftInput:
    issuer: str = strawberry.field(description=_ISSUER)
    kind: str = strawberry.field(description=_LIST_KIND)
    idempotency_key: uuid.UUID = strawberry.field(description=payloads.IDEMPOTENCY_KEY)


@strawberry.type(description="The version as it stands now, or why nothing was changed.")
class DirectoryPayload:
    directory: Directory | None = strawberry.field(
        default=None, description="The version as it stands now."
    )
    errors: list[payloads.Fault] = payloads.errors_field(CatalogError)


@strawberry.type(description="The version as it stands now, or why nothing was changed.")
class OfficialListPayload:
    official_list: OfficialList | None = strawberry.field(
        default=None, description="The version as it stands now."
    )
    errors: list[payloads.Fault] = payloads.errors_field(CatalogError)


@strawberry.type(description="What was thrown away, or why nothing was.")
class DiscardedDraftPayload:
    version: int | None = strawberry.field(
        default=None, description="Which version the draft was to be."
    )
    errors: list[payloads.Fault] = payloads.errors_field(CatalogError)


@strawberry.type
class DirectoriesMutation:
    @payloads.mutation(
        description="Write the next version of a publication, as a draft (catalog editors)."
    )
    def draft_directory(self, info: Info, input: DraftDirectoryInput) -> DirectoryPayload:
        with shared_context(SharedRole.CATALOG):
            row = directories.draft_directory(
                kind=input.kind, entries=_said(input.entries), **_drafting(info, input)
            )
        return DirectoryPayload(directory=Directory.of(row))

    @payloads.mutation(
        description="Publish a draft, for good (catalog publishers who did not write on it)."
    )
    def publish_directory(self, info: Info, input: PublishDirectoryInput) -> DirectoryPayload:
        with shared_context(SharedRole.CATALOG):
            row = directories.publish_directory(kind=input.kind, **_publishing(info, input))
        return DirectoryPayload(directory=Directory.of(row))

    @payloads.mutation(description="Throw the draft of a publication away (catalog editors).")
    def discard_directory_draft(
        self, info: Info, input: DiscardDirectoryDraftInput
    ) -> DiscardedDraftPayload:
        return DiscardedDraftPayload(version=_discarded(info, input))

    @payloads.mutation(
        description="Write the next version of an official list (“四张清单”), as a draft (catalog "
        "editors)."
    )
    def draft_official_list(self, info: Info, input: DraftOfficialListInput) -> OfficialListPayload:
        with shared_context(SharedRole.CATALOG):
            row = directories.draft_directory(
                kind=input.kind, entries=_said(input.entries), **_drafting(info, input)
            )
        return OfficialListPayload(official_list=OfficialList.of(row))

    @payloads.mutation(
        description="Publish a draft, for good (catalog publishers who did not write on it)."
    )
    def publish_official_list(
        self, info: Info, input: PublishOfficialListInput
    ) -> OfficialListPayload:
        with shared_context(SharedRole.CATALOG):
            row = directories.publish_directory(kind=input.kind, **_publishing(info, input))
        return OfficialListPayload(official_list=OfficialList.of(row))

    @payloads.mutation(description="Throw the draft of an official list away (catalog editors).")
    def discard_official_list_draft(
        self, info: Info, input: DiscardOfficialListDraftInput
    ) -> DiscardedDraftPayload:
        return DiscardedDraftPayload(version=_discarded(info, input))


def _said(entries: list[DirectoryEntryInput] | None) -> list[dict[str, Any]] | None:
    if entries is None:
        return None
    return [crypto.plain_json(dataclasses.asdict(entry)) for entry in entries]  # type: ignore[misc]  # a mapping stays one


def _drafting(info: Info, input: _DraftInput) -> dict[str, Any]:
    return {
        "actor": require_account(info),
        "issuer_code": input.issuer,
        "title": input.title,
        "note": input.note,
        "expected_version": input.expected_version,
        "idempotency_key": input.idempotency_key,
        "now": info.context.now(),
    }


def _publishing(info: Info, input: _PublishInput) -> dict[str, Any]:
    return {
        "actor": require_account(info),
        "issuer_code": input.issuer,
        "version": input.version,
        "effective_from": input.effective_from,
        "expected_version": input.expected_version,
        "idempotency_key": input.idempotency_key,
        "now": info.context.now(),
    }


def _discarded(
    info: Info, input: DiscardDirectoryDraftInput | DiscardOfficialListDraftInput
) -> int:
    with shared_context(SharedRole.CATALOG):
        return directories.discard_draft_directory(
            actor=require_account(info),
            issuer_code=input.issuer,
            kind=input.kind,
            idempotency_key=input.idempotency_key,
            now=info.context.now(),
        )
