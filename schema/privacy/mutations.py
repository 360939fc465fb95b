"""Asking about one's own data, and answering for the center."""

import uuid

import strawberry

from schema import payloads, rates
from schema.cases.inputs import NUMBER
from schema.context import Info, require_account, require_center
from schema.privacy.types import DataRequest
from tenants.cases import errors as case_errors
from tenants.cases.rules import CorrectedField
from tenants.privacy import errors, queries, rules
from tenants.privacy.operations import answering, asking
from tenants.privacy.rules import RequestKind

PrivacyError = payloads.error_type("Privacy", errors, case_errors)


@strawberry.input(description="What of a case is wrong, and what is right.")
class CorrectionInput:
    case_number: str = strawberry.field(description=NUMBER)
    field: CorrectedField = strawberry.field(description="What is wrong.")
    value: str = strawberry.field(description="What is right; kept encrypted.")


@strawberry.input(description="What a person asks about their own data in this center.")
class RequestDataInput:
    kind: RequestKind = strawberry.field(description="What is asked for.")
    text: str = strawberry.field(
        default="", description="What there is to say to it; at most 500 characters."
    )
    correction: CorrectionInput | None = strawberry.field(
        default=None, description="For a `CORRECTION`, what is to be corrected."
    )
    idempotency_key: uuid.UUID = strawberry.field(description=payloads.IDEMPOTENCY_KEY)


@strawberry.input(description="What somebody asks to be put right, and what it is looked at for.")
class RevealRequestedValueInput:
    id: uuid.UUID = strawberry.field(description="The request's id.")
    purpose: str = strawberry.field(description="What for; the audit log keeps it.")


@strawberry.input(description="How a request is answered.")
class AnswerDataRequestInput:
    id: uuid.UUID = strawberry.field(description="The request's id.")
    is_granted: bool = strawberry.field(description="Whether it is granted.")
    text: str = strawberry.field(
        default="", description="The answer; a refusal says why. At most 500 characters."
    )
    idempotency_key: uuid.UUID = strawberry.field(description=payloads.IDEMPOTENCY_KEY)


@strawberry.type(description="The request as it stands now, or why nothing was changed.")
class DataRequestPayload:
    request: DataRequest | None = strawberry.field(default=None, description="The request.")
    errors: list[payloads.Fault] = payloads.errors_field(PrivacyError)


@strawberry.type(description="The value, or why it is not shown.")
class RevealRequestedValuePayload:
    value: str | None = strawberry.field(default=None, description="The value in full.")
    errors: list[payloads.Fault] = payloads.errors_field(PrivacyError)


def _correction(said: CorrectionInput | None) -> rules.Correction | None:
    return rules.Correction(said.case_number, said.field, said.value) if said else None


@strawberry.type
class PrivacyMutation:
    @payloads.mutation(
        description="Ask this center about one's own data; needs a verified identity."
    )
    def request_data(self, info: Info, input: RequestDataInput) -> DataRequestPayload:
        require_center(info)
        row = asking.request_data(
            actor=require_account(info),
            kind=input.kind,
            text=input.text,
            correction=_correction(input.correction),
            idempotency_key=input.idempotency_key,
            now=info.context.now(),
        )
        return DataRequestPayload(request=DataRequest.of(row, info, is_own=True))

    @payloads.mutation(
        description="Grant or refuse a request about personal data. For the management office."
    )
    def answer_data_request(self, info: Info, input: AnswerDataRequestInput) -> DataRequestPayload:
        require_center(info)
        actor = require_account(info)
        row = answering.answer_data_request(
            actor=actor,
            request_id=input.id,
            is_granted=input.is_granted,
            text=input.text,
            idempotency_key=input.idempotency_key,
            now=info.context.now(),
        )
        is_own = queries.is_own(actor, row)
        return DataRequestPayload(request=DataRequest.of(row, info, is_own=is_own))

    @payloads.mutation(
        description="Show in full what somebody asks to be put right, for a purpose; it is audited."
    )
    def reveal_requested_value(
        self, info: Info, input: RevealRequestedValueInput
    ) -> RevealRequestedValuePayload:
        require_center(info)
        actor = require_account(info)
        rates.admit_reveal(info.context)
        value = answering.reveal_requested_value(
            actor=actor,
            request_id=input.id,
            purpose=input.purpose,
            now=info.context.now(),
        )
        return RevealRequestedValuePayload(value=value)
