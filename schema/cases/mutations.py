"""Changing cases: each mutation calls one operation and answers the case as it stands then."""

from datetime import datetime

import strawberry

from schema import payloads, rates
from schema.cases import inputs, intake
from schema.cases.types import selection
from schema.cases.types.case import Case, Viewer
from schema.cases.types.rebase import CaseRebase
from schema.context import Info, require_actor, require_center
from tenants.cases import errors, rules
from tenants.cases.operations import (
    accept,
    decide,
    issue,
    materials,
    notice,
    provisional,
    rebase,
    reveal,
    review,
    submit,
    withdraw,
)
from tenants.cases.operations.outcomes import Outcome, Submitted
from tenants.handoffs import errors as handoff_errors
from tenants.staff.errors import sealing as sealing_errors
from tongban.catalog import errors as catalog_errors
from tongban.exchange import errors as exchange_errors
from tongban.kernel.actors import Actor

CasesError = payloads.error_type(
    "Cases", errors, exchange_errors, catalog_errors, handoff_errors, sealing_errors
)


@strawberry.type(description="The case as it stands now, or why nothing was changed.")
class CasePayload:
    case: Case | None = strawberry.field(default=None, description="The case as it stands now.")
    pending: bool = strawberry.field(
        default=False,
        description=(
            "PENDING: another center holds the case; the request is on its way there and comes "
            "back as an event."
        ),
    )
    errors: list[payloads.Fault] = payloads.errors_field(CasesError)


@strawberry.type(description="The submitted case, or why nothing was submitted.")
class SubmitCasePayload:
    case: Case | None = strawberry.field(default=None, description="The case as it stands now.")
    query_code: str | None = strawberry.field(
        default=None,
        description="With the number it shows the progress to anybody (`caseProgress`).",
    )
    errors: list[payloads.Fault] = payloads.errors_field(CasesError)


@strawberry.type(description="A block of provisional numbers, reserved for good.")
class ProvisionalBlock:
    device: str = strawberry.field(description="For which device; empty for none in particular.")
    reserved_at: datetime = strawberry.field(description="When.")
    numbers: list[str] = strawberry.field(
        description="The numbers, to be given out one each in any order; what is left stays good."
    )


@strawberry.type(description="The reserved block, or why nothing was reserved.")
class ReserveProvisionalNumbersPayload:
    block: ProvisionalBlock | None = strawberry.field(default=None, description="The block.")
    errors: list[payloads.Fault] = payloads.errors_field(CasesError)


@strawberry.type(description="The datum, or why it is not shown.")
class RevealFieldPayload:
    value: str | None = strawberry.field(
        default=None, description="The datum in full; null where the applicant gave none."
    )
    errors: list[payloads.Fault] = payloads.errors_field(CasesError)


@strawberry.type(description="The moved case with all that changed, or why nothing was changed.")
class RebaseCasePayload:
    case: Case | None = strawberry.field(
        default=None, description="The case as it stands now: unchanged after a dry run."
    )
    rebase: CaseRebase | None = strawberry.field(
        default=None, description="What changed, or would change."
    )
    errors: list[payloads.Fault] = payloads.errors_field(CasesError)


def acting(info: Info) -> Actor:
    """Return who acts in the center that was asked.

    Raises: CenterRequiredError, UnauthenticatedError.
    """
    require_center(info)
    return require_actor(info)


def _case(info: Info, actor: Actor, outcome: Outcome | Submitted | rebase.Rebased) -> Case:
    return Case.of(selection.with_children(info, outcome.case, "case"), Viewer.of(actor))


def answered(info: Info, actor: Actor, outcome: Outcome) -> CasePayload:
    """Return the payload of an operation on a case, as its actor sees the case."""
    return CasePayload(case=_case(info, actor, outcome), pending=outcome.is_pending)


@strawberry.type
class CasesMutation:
    @payloads.mutation(
        description="Submit an application with its materials; it is routed to its owner."
    )
    def submit_case(self, info: Info, input: intake.SubmitCaseInput) -> SubmitCasePayload:
        actor = acting(info)
        submitted = submit.submit_case(
            actor=actor,
            request=input.read(),
            files=intake.by_material(input.materials),
            idempotency_key=input.idempotency_key,
            now=info.context.now(),
        )
        return SubmitCasePayload(
            case=_case(info, actor, submitted), query_code=submitted.query_code
        )

    @payloads.mutation(
        description="Reserve numbers that a station gives out while its line is down."
    )
    def reserve_provisional_numbers(
        self, info: Info, input: intake.ReserveProvisionalNumbersInput
    ) -> ReserveProvisionalNumbersPayload:
        reserved = provisional.reserve_numbers(
            actor=acting(info),
            count=input.count,
            device=input.device,
            idempotency_key=input.idempotency_key,
            now=info.context.now(),
        )
        return ReserveProvisionalNumbersPayload(
            block=ProvisionalBlock(
                device=reserved.block.device,
                reserved_at=reserved.block.reserved_at,
                numbers=list(reserved.numbers),
            )
        )

    @payloads.mutation(description="Add files to a material of a case, or a further material.")
    def add_material(self, info: Info, input: intake.AddMaterialInput) -> CasePayload:
        actor = acting(info)
        outcome = materials.add_material(
            actor=actor,
            number=input.number,
            files=intake.incoming(input.files, input.uploads),
            told=input.commitment,
            material_code=input.material_code,
            material_name=input.material_name,
            expected_version=input.expected_version,
            idempotency_key=input.idempotency_key,
            now=info.context.now(),
        )
        return answered(info, actor, outcome)

    @payloads.mutation(description="Tell the applicant all defects at once (一次告知).")
    def issue_notice(self, info: Info, input: intake.IssueNoticeInput) -> CasePayload:
        actor = acting(info)
        outcome = notice.issue_notice(
            actor=actor,
            number=input.number,
            defects=[item.read() for item in input.defects],
            expected_version=input.expected_version,
            idempotency_key=input.idempotency_key,
            now=info.context.now(),
        )
        return answered(info, actor, outcome)

    @payloads.mutation(description="Answer the latest notice (补正).")
    def answer_notice(self, info: Info, input: intake.AnswerNoticeInput) -> CasePayload:
        actor = acting(info)
        outcome = notice.answer_notice(
            actor=actor,
            number=input.number,
            answers=[item.read_answer() for item in input.answers],
            files=intake.by_material(input.materials),
            commitments=intake.committed(input.materials),
            is_partial=input.is_partial,
            expected_version=input.expected_version,
            idempotency_key=input.idempotency_key,
            now=info.context.now(),
        )
        return answered(info, actor, outcome)

    @payloads.mutation(description="Accept an application (受理): the limits begin.")
    def accept_case(self, info: Info, input: inputs.AcceptCaseInput) -> CasePayload:
        actor = acting(info)
        outcome = accept.accept_case(
            actor=actor,
            number=input.number,
            with_gap=input.with_gap,
            expected_version=input.expected_version,
            idempotency_key=input.idempotency_key,
            now=info.context.now(),
        )
        return answered(info, actor, outcome)

    @payloads.mutation(description="Refuse to accept an application (不予受理), on a legal ground.")
    def refuse_case(self, info: Info, input: inputs.RefuseCaseInput) -> CasePayload:
        actor = acting(info)
        outcome = accept.refuse_case(
            actor=actor,
            number=input.number,
            ground_code=input.ground_code,
            text=input.text,
            expected_version=input.expected_version,
            idempotency_key=input.idempotency_key,
            now=info.context.now(),
        )
        return answered(info, actor, outcome)

    @payloads.mutation(description="Open review and verification for each department at once.")
    def start_review(self, info: Info, input: inputs.StartReviewInput) -> CasePayload:
        actor = acting(info)
        outcome = review.start_review(
            actor=actor,
            number=input.number,
            expected_version=input.expected_version,
            idempotency_key=input.idempotency_key,
            now=info.context.now(),
        )
        return answered(info, actor, outcome)

    @payloads.mutation(description="Record a department's review or verification, by two persons.")
    def record_review(self, info: Info, input: inputs.RecordReviewInput) -> CasePayload:
        actor = acting(info)
        outcome = review.record_review(
            actor=actor,
            number=input.number,
            kind=input.kind,
            is_favourable=input.is_favourable,
            opinion=input.opinion,
            grounds=[ground.read() for ground in input.grounds],
            override_reason=input.override_reason,
            department=input.department,
            expected_version=input.expected_version,
            idempotency_key=input.idempotency_key,
            now=info.context.now(),
        )
        return answered(info, actor, outcome)

    @payloads.mutation(description="Decide a case that was reviewed and verified.")
    def decide_case(self, info: Info, input: inputs.DecideCaseInput) -> CasePayload:
        actor = acting(info)
        outcome = decide.decide_case(
            actor=actor,
            number=input.number,
            decision=input.decision,
            ground_code=input.ground_code,
            subjects=[subject.read() for subject in input.subjects],
            override_reason=input.override_reason,
            text=input.text,
            expected_version=input.expected_version,
            idempotency_key=input.idempotency_key,
            now=info.context.now(),
        )
        return answered(info, actor, outcome)

    @payloads.mutation(description="Issue the result of a decided case (出件).")
    def issue_result(self, info: Info, input: inputs.IssueResultInput) -> CasePayload:
        actor = acting(info)
        outcome = issue.issue_result(
            actor=actor,
            number=input.number,
            deliver_at=input.deliver_at,
            terms=rules.ResultTerms(
                input.result_name, input.result_number, input.valid_from, input.valid_to
            ),
            expected_version=input.expected_version,
            idempotency_key=input.idempotency_key,
            now=info.context.now(),
        )
        return answered(info, actor, outcome)

    @payloads.mutation(description="Record the delivery of the result, which ends the case.")
    def complete_case(self, info: Info, input: inputs.CompleteCaseInput) -> CasePayload:
        actor = acting(info)
        outcome = issue.complete_case(
            actor=actor,
            number=input.number,
            delivery=rules.Delivery(
                input.delivery.method,
                input.delivery.receiver_name,
                input.delivery.note,
                input.delivery.tracking_number,
            ),
            expected_version=input.expected_version,
            idempotency_key=input.idempotency_key,
            now=info.context.now(),
        )
        return answered(info, actor, outcome)

    @payloads.mutation(description="Withdraw an application before it is decided (撤回).")
    def withdraw_case(self, info: Info, input: inputs.WithdrawCaseInput) -> CasePayload:
        actor = acting(info)
        outcome = withdraw.withdraw_case(
            actor=actor,
            number=input.number,
            reason=input.reason,
            expected_version=input.expected_version,
            idempotency_key=input.idempotency_key,
            now=info.context.now(),
        )
        return answered(info, actor, outcome)

    @payloads.mutation(
        description="Move a running case to what its owner offers today, as a law demands."
    )
    def rebase_case(self, info: Info, input: inputs.RebaseCaseInput) -> RebaseCasePayload:
        actor = acting(info)
        rebased = rebase.rebase_case(
            actor=actor,
            number=input.number,
            legal_basis=rules.LegalBasis(input.legal_basis.statute, input.legal_basis.article),
            reason=input.reason,
            variant=input.variant,
            answers=None if input.answers is None else intake.chosen(input.answers),
            extends_promise=input.extends_promise,
            dry_run=input.dry_run,
            expected_version=input.expected_version,
            idempotency_key=input.idempotency_key,
            now=info.context.now(),
        )
        return RebaseCasePayload(
            case=_case(info, actor, rebased), rebase=CaseRebase.of(rebased.rebase)
        )

    @payloads.mutation(
        description="Show one of an applicant's data unmasked, for a purpose; it is audited."
    )
    def reveal_field(self, info: Info, input: inputs.RevealFieldInput) -> RevealFieldPayload:
        actor = acting(info)
        rates.admit_reveal(info.context)
        value = reveal.reveal_field(
            actor=actor,
            number=input.number,
            field=input.field,
            purpose=input.purpose,
            now=info.context.now(),
        )
        return RevealFieldPayload(value=value)
