"""告知承诺: verifying what was committed to, and revoking what rested on what was not so."""

import uuid

import strawberry

from schema import payloads
from schema.cases.inputs import NUMBER, VERSION
from schema.cases.mutations import CasePayload, acting, answered
from schema.context import Info
from tenants.cases.operations import commitments, revoke


@strawberry.input(description="What the verification of a commitment found.")
class VerifyCommitmentInput:
    number: str = strawberry.field(description=NUMBER)
    material_code: str = strawberry.field(
        description="The code of the material that the commitment stands for."
    )
    is_kept: bool = strawberry.field(
        description="True if what was committed to is so; false if it is not."
    )
    reason: str = strawberry.field(description="By what it was found so, for the applicant.")
    expected_version: int | None = strawberry.field(default=None, description=VERSION)
    idempotency_key: uuid.UUID = strawberry.field(description=payloads.IDEMPOTENCY_KEY)


@strawberry.input(description="Which approval to revoke, and why.")
class RevokeDecisionInput:
    number: str = strawberry.field(description=NUMBER)
    reason: str = strawberry.field(description="The reasons, for the applicant.")
    expected_version: int | None = strawberry.field(default=None, description=VERSION)
    idempotency_key: uuid.UUID = strawberry.field(description=payloads.IDEMPOTENCY_KEY)


@strawberry.type
class CommitmentsMutation:
    @payloads.mutation(
        description="Record what the verification of a commitment (告知承诺) found, also after the "
        "decision. Not kept, the material itself is owed as long as the result has not left."
    )
    def verify_commitment(self, info: Info, input: VerifyCommitmentInput) -> CasePayload:
        actor = acting(info)
        outcome = commitments.verify_commitment(
            actor=actor,
            number=input.number,
            material=input.material_code,
            is_kept=input.is_kept,
            reason=input.reason,
            expected_version=input.expected_version,
            idempotency_key=input.idempotency_key,
            now=info.context.now(),
        )
        return answered(info, actor, outcome)

    @payloads.mutation(
        description="Revoke an approval (撤销) whose commitment was found not kept and not made "
        "good; its papers are void on `/verify`. For a chief representative, with a deed as for a "
        "decision."
    )
    def revoke_decision(self, info: Info, input: RevokeDecisionInput) -> CasePayload:
        actor = acting(info)
        outcome = revoke.revoke_decision(
            actor=actor,
            number=input.number,
            reason=input.reason,
            expected_version=input.expected_version,
            idempotency_key=input.idempotency_key,
            now=info.context.now(),
        )
        return answered(info, actor, outcome)
