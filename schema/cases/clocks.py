"""Changing what a case's clock stands at: each mutation calls one operation."""

import uuid

import strawberry

from schema import payloads
from schema.cases.inputs import NUMBER, VERSION
from schema.cases.mutations import CasePayload, acting, answered
from schema.context import Info
from tenants.cases import rules
from tenants.cases.operations import dispute, extend, suspend, terminate


@strawberry.input(description="For what the clock stands still, as the applicant is told.")
class SuspendCaseInput:
    number: str = strawberry.field(description=NUMBER)
    kind: rules.PauseKind = strawberry.field(description="The special procedure (特别程序).")
    reason: str = strawberry.field(description="Why it is needed.")
    document: str = strawberry.field(
        description="The document that it rests on, by its number or name."
    )
    expected_days: int = strawberry.field(
        description="How many working days it will take; the applicant is told (行政许可法 45)."
    )
    expected_version: int | None = strawberry.field(default=None, description=VERSION)
    idempotency_key: uuid.UUID = strawberry.field(description=payloads.IDEMPOTENCY_KEY)


@strawberry.input(description="The end of a special procedure.")
class ResumeCaseInput:
    number: str = strawberry.field(description=NUMBER)
    outcome: str = strawberry.field(description="What came of it.")
    expected_version: int | None = strawberry.field(default=None, description=VERSION)
    idempotency_key: uuid.UUID = strawberry.field(description=payloads.IDEMPOTENCY_KEY)


@strawberry.input(description="The one extension of a limit; who sends it approves it.")
class ExtendCaseInput:
    number: str = strawberry.field(description=NUMBER)
    amount: int = strawberry.field(
        description="By how many days: of a permit at most 10 working days, 15 where departments "
        "handle it jointly; of another matter what its offering provides for."
    )
    reason: str = strawberry.field(description="The reasons; the applicant reads them.")
    expected_version: int | None = strawberry.field(default=None, description=VERSION)
    idempotency_key: uuid.UUID = strawberry.field(description=payloads.IDEMPOTENCY_KEY)


@strawberry.input(description="Why a case ends without a decision.")
class TerminateCaseInput:
    number: str = strawberry.field(description=NUMBER)
    ground_code: str = strawberry.field(
        description=(
            "APPLICANT_GONE, ORGANIZATION_ENDED, FORCE_MAJEURE, BASIS_REPEALED, FEE_UNPAID or "
            "OBJECT_GONE."
        )
    )
    text: str = strawberry.field(default="", description="The reasons in words.")
    expected_version: int | None = strawberry.field(default=None, description=VERSION)
    idempotency_key: uuid.UUID = strawberry.field(description=payloads.IDEMPOTENCY_KEY)


@strawberry.input(description="An applicant's word against a completion.")
class DisputeCompletionInput:
    number: str = strawberry.field(description=NUMBER)
    statement: str = strawberry.field(description="What is not so: nothing was handed over …")
    expected_version: int | None = strawberry.field(default=None, description=VERSION)
    idempotency_key: uuid.UUID = strawberry.field(description=payloads.IDEMPOTENCY_KEY)


@strawberry.type
class CaseClocksMutation:
    @payloads.mutation(
        description="Let the clock stand still for a special procedure (特别程序) by law."
    )
    def suspend_case(self, info: Info, input: SuspendCaseInput) -> CasePayload:
        actor = acting(info)
        outcome = suspend.suspend_case(
            actor=actor,
            number=input.number,
            procedure=suspend.Procedure(
                kind=input.kind,
                reason=input.reason,
                document=input.document,
                expected_days=input.expected_days,
            ),
            expected_version=input.expected_version,
            idempotency_key=input.idempotency_key,
            now=info.context.now(),
        )
        return answered(info, actor, outcome)

    @payloads.mutation(description="Let the clock go on: the special procedure is over.")
    def resume_case(self, info: Info, input: ResumeCaseInput) -> CasePayload:
        actor = acting(info)
        outcome = suspend.resume_case(
            actor=actor,
            number=input.number,
            outcome=input.outcome,
            expected_version=input.expected_version,
            idempotency_key=input.idempotency_key,
            now=info.context.now(),
        )
        return answered(info, actor, outcome)

    @payloads.mutation(
        description="Approve the one extension of a limit (延期), as a chief representative who "
        "does not handle the case."
    )
    def extend_case(self, info: Info, input: ExtendCaseInput) -> CasePayload:
        actor = acting(info)
        outcome = extend.extend_case(
            actor=actor,
            number=input.number,
            amount=input.amount,
            reason=input.reason,
            expected_version=input.expected_version,
            idempotency_key=input.idempotency_key,
            now=info.context.now(),
        )
        return answered(info, actor, outcome)

    @payloads.mutation(description="End an accepted case without a decision (终止办理).")
    def terminate_case(self, info: Info, input: TerminateCaseInput) -> CasePayload:
        actor = acting(info)
        outcome = terminate.terminate_case(
            actor=actor,
            number=input.number,
            ground_code=input.ground_code,
            text=input.text,
            expected_version=input.expected_version,
            idempotency_key=input.idempotency_key,
            now=info.context.now(),
        )
        return answered(info, actor, outcome)

    @payloads.mutation(
        description="Dispute that the result was delivered: the case is open again (办结异议)."
    )
    def dispute_completion(self, info: Info, input: DisputeCompletionInput) -> CasePayload:
        actor = acting(info)
        outcome = dispute.dispute_completion(
            actor=actor,
            number=input.number,
            statement=input.statement,
            expected_version=input.expected_version,
            idempotency_key=input.idempotency_key,
            now=info.context.now(),
        )
        return answered(info, actor, outcome)
