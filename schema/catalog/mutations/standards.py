"""What publishers put in the library of standards of work."""

import uuid
from datetime import date

import strawberry

from schema import payloads
from schema.catalog.refusals import CatalogError
from schema.catalog.types.standards import StandardsAcceptance, WorkStandard
from schema.context import Info, require_account
from tongban.catalog.operations import standards
from tongban.catalog.rules.standards import StandardText
from tongban.kernel.context import SharedRole, shared_context

_ISSUER = "The division whose standards they are, 12 digits."


@strawberry.input(description="A standard of work (工作标准): a new one, or its next version.")
class PublishWorkStandardInput:
    issuer: str = strawberry.field(description=_ISSUER)
    standard_number: str = strawberry.field(
        description="标准编号, without blanks; one that is there already gets its next version."
    )
    title: str = strawberry.field(description="Its title.")
    category: str = strawberry.field(description="The group that it belongs to.")
    text: str = strawberry.field(description="What it says.")
    effective_from: date | None = strawberry.field(
        default=None, description="From which day on it holds; null: today."
    )
    idempotency_key: uuid.UUID = strawberry.field(description=payloads.IDEMPOTENCY_KEY)


@strawberry.type(description="The standard as it was published, or why nothing was changed.")
class PublishWorkStandardPayload:
    work_standard: WorkStandard | None = strawberry.field(
        default=None, description="The standard as it was published."
    )
    errors: list[payloads.Fault] = payloads.errors_field(CatalogError)


@strawberry.input(description="验收: an authority accepted a division's standards of work.")
class RecordAcceptanceInput:
    issuer: str = strawberry.field(description=_ISSUER)
    accepted_on: date = strawberry.field(description="On which day, up to today.")
    authority: str = strawberry.field(description="Who examined and accepted.")
    level: str = strawberry.field(description="Of which level that is: 国家级, 省级 ….")
    result: str = strawberry.field(description="With which result.")
    standard_count: int | None = strawberry.field(
        default=None,
        description="How many standards were examined; null: those in force on that day.",
    )
    idempotency_key: uuid.UUID = strawberry.field(description=payloads.IDEMPOTENCY_KEY)


@strawberry.type(description="The acceptance as it was recorded, or why nothing was changed.")
class RecordAcceptancePayload:
    acceptance: StandardsAcceptance | None = strawberry.field(
        default=None, description="The acceptance as it was recorded."
    )
    errors: list[payloads.Fault] = payloads.errors_field(CatalogError)


@strawberry.type
class StandardsMutation:
    @payloads.mutation(
        description="Put a standard of work in the library; its former version closes on the day "
        "on which it opens (catalog publishers)."
    )
    def publish_work_standard(
        self, info: Info, input: PublishWorkStandardInput
    ) -> PublishWorkStandardPayload:
        with shared_context(SharedRole.CATALOG):
            row = standards.publish_work_standard(
                actor=require_account(info),
                issuer_code=input.issuer,
                standard=StandardText(
                    number=input.standard_number,
                    title=input.title,
                    category=input.category,
                    text=input.text,
                ),
                effective_from=input.effective_from,
                idempotency_key=input.idempotency_key,
                now=info.context.now(),
            )
        return PublishWorkStandardPayload(work_standard=WorkStandard.of(row))

    @payloads.mutation(description="Record an acceptance of standards of work (publishers).")
    def record_acceptance(
        self, info: Info, input: RecordAcceptanceInput
    ) -> RecordAcceptancePayload:
        with shared_context(SharedRole.CATALOG):
            row = standards.record_acceptance(
                actor=require_account(info),
                issuer_code=input.issuer,
                acceptance=standards.Acceptance(
                    accepted_on=input.accepted_on,
                    authority=input.authority,
                    level=input.level,
                    result=input.result,
                    standard_count=input.standard_count,
                ),
                idempotency_key=input.idempotency_key,
                now=info.context.now(),
            )
        return RecordAcceptancePayload(acceptance=StandardsAcceptance.of(row))
