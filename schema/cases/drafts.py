"""Drafts of applications: thrown away for good."""

import uuid

import strawberry

from schema import payloads
from schema.cases.inputs import NUMBER, VERSION
from schema.cases.mutations import CasesError, acting
from schema.context import Info
from tenants.cases.operations import discard


@strawberry.input(description="Which draft to throw away.")
class DiscardCaseInput:
    number: str = strawberry.field(description=NUMBER)
    expected_version: int | None = strawberry.field(default=None, description=VERSION)
    idempotency_key: uuid.UUID = strawberry.field(description=payloads.IDEMPOTENCY_KEY)


@strawberry.type(description="What was thrown away, or why nothing was.")
class DiscardCasePayload:
    number: str | None = strawberry.field(
        default=None, description="The number that the draft had; no other case will have it."
    )
    errors: list[payloads.Fault] = payloads.errors_field(CasesError)


@strawberry.type
class DraftsMutation:
    @payloads.mutation(
        description="Throw a draft of an application away, with its files and all that was kept of "
        "it; what was handed in is withdrawn instead (`withdrawCase`)."
    )
    def discard_case(self, info: Info, input: DiscardCaseInput) -> DiscardCasePayload:
        number = discard.discard_case(
            actor=acting(info),
            number=input.number,
            expected_version=input.expected_version,
            idempotency_key=input.idempotency_key,
            now=info.context.now(),
        )
        return DiscardCasePayload(number=number)
