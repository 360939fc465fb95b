"""Asking about one's own data, and answering for the center."""

import uuid

import strawberry

from schema import payloads, rates
from schema.cases.inputs import NUMBER
from schema.cases.intake import ApplicantInput
from schema.cases.types.consents import ConsentInput
from schema.context import Info, require_account, require_center
from schema.privacy.types import DataRequest
from tenants.cases import errors as case_errors
from tenants.cases.rules import CorrectedField, SealedField
from tenants.privacy import errors, rules
from tenants.privacy.operations import answering, asking
from tenants.privacy.rules import RequestKind

PrivacyError = payloads.error_type("Privacy", errors, case_errors)


@strawberry.input(description="What of a case is wrong, and what is right.")
class CorrectionInput:
    case_number: str = strawberry.field(description=NUMBER)
    field: CorrectedField = strawberry.field(description="What is wrong.")
    value: str = strawberry.field(description="What is right; kept encrypted.")


@strawberry.input(description="Who stands at a window and asks about their own data.")
class PresentedInput:
    applicant: ApplicantInput = strawberry.field(
        description="A natural person, by the document that they show; `handler` is who came for "
        "them."
    )
    consent: ConsentInput | None = strawberry.field(
        default=None,
        description="What they were told, and whether they are told by text message that there is "
        "an answer (`textMessages`); refused without.",
    )
    deed: str = strawberry.field(
        default="", description="授权委托书: by what the `handler` acts; at most 500 characters."
    )


@strawberry.input(description="What a person asks about their own data in this center.")
class RequestDataInput:
    kind: RequestKind = strawberry.field(description="What is asked for.")
    text: str = strawberry.field(
        default="", description="What there is to say to it; at most 500 characters."
    )
    correction: CorrectionInput | None = strawberry.field(
        default=None, description="For a `CORRECTION`, what is to be corrected."
    )
    presented: PresentedInput | None = strawberry.field(
        default=None, description="By a window only, who stands there. Null: one asks oneself."
    )
    idempotency_key: uuid.UUID = strawberry.field(description=payloads.IDEMPOTENCY_KEY)


@strawberry.input(description="What somebody asks to be put right, and what it is looked at for.")
class RevealRequestedValueInput:
    id: uuid.UUID = strawberry.field(description="The request's id.")
    presented: SealedField | None = strawberry.field(
        default=None, description="Rather what a window recorded of who stood there, or came."
    )
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


def _presented(said: PresentedInput | None) -> rules.Presented | None:
    if said is None:
        return None
    consent = said.consent.read() if said.consent else None
    return rules.Presented(said.applicant.read(), consent, said.deed)


@strawberry.type
class PrivacyMutation:
    @payloads.mutation(
        description="Ask this center about one's own data, with a verified identity; or at a "
        "window for who stands there, which tells it nothing of what there is of them. What a "
        "window makes counts as a datum seen (`revealField`)."
    )
    def request_data(self, info: Info, input: RequestDataInput) -> DataRequestPayload:
        require_center(info)
        actor = require_account(info)
        if input.presented is not None:
            rates.admit_reveal(info.context)
        row = asking.request_data(
            actor=actor,
            kind=input.kind,
            text=input.text,
            correction=_correction(input.correction),
            presented=_presented(input.presented),
            idempotency_key=input.idempotency_key,
            now=info.context.now(),
        )
        return DataRequestPayload(request=DataRequest.shown(row, info))

    @payloads.mutation(
        description="Grant or refuse a request about personal data. For the management office."
    )
    def answer_data_request(self, info: Info, input: AnswerDataRequestInput) -> DataRequestPayload:
        require_center(info)
        row = answering.answer_data_request(
            actor=require_account(info),
            request_id=input.id,
            is_granted=input.is_granted,
            text=input.text,
            idempotency_key=input.idempotency_key,
            now=info.context.now(),
        )
        return DataRequestPayload(request=DataRequest.shown(row, info))

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
            presented=input.presented,
            purpose=input.purpose,
            now=info.context.now(),
        )
        return RevealRequestedValuePayload(value=value)
