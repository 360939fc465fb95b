"""What mutations take that work on a case."""

import uuid
from datetime import date

import strawberry

from schema import payloads
from schema.catalog.types import GuideAnswerInput
from tenants.cases import rules

VERSION = "The `version` that the caller has seen; another one is refused (`STALE_VERSION`)."
NUMBER = "The case number, in any form that people type."


@strawberry.input(description="Which case to accept.")
class AcceptCaseInput:
    number: str = strawberry.field(description=NUMBER)
    with_gap: bool = strawberry.field(
        default=False,
        description="容缺受理: accept although what may follow (容缺后补) is lacking; it is owed "
        "from then on. Otherwise `MATERIAL_GAP` names it.",
    )
    expected_version: int | None = strawberry.field(default=None, description=VERSION)
    idempotency_key: uuid.UUID = strawberry.field(description=payloads.IDEMPOTENCY_KEY)


@strawberry.input(description="Why acceptance is refused.")
class RefuseCaseInput:
    number: str = strawberry.field(description=NUMBER)
    ground_code: str = strawberry.field(
        description="NO_PERMIT_NEEDED, NOT_COMPETENT, NOT_SUPPLEMENTED (after a notice only) or "
        "BARRED_APPLICANT."
    )
    text: str = strawberry.field(default="", description="The reasons in words.")
    expected_version: int | None = strawberry.field(default=None, description=VERSION)
    idempotency_key: uuid.UUID = strawberry.field(description=payloads.IDEMPOTENCY_KEY)


@strawberry.input(description="Which accepted case to review.")
class StartReviewInput:
    number: str = strawberry.field(description=NUMBER)
    expected_version: int | None = strawberry.field(default=None, description=VERSION)
    idempotency_key: uuid.UUID = strawberry.field(description=payloads.IDEMPOTENCY_KEY)


GROUNDS = (
    "CONDITIONS_NOT_MET, FALSE_MATERIALS or INSPECTION_FAILED, each about a condition or a "
    "material; QUANTITY_EXHAUSTED or RIGHTS_OF_OTHERS."
)
_MATERIAL_OF = "The material's code, where it is about one."
_CONDITION_OF = "The condition's code (`CaseOffering.acceptanceConditions`), without a material."
OVERRIDE = (
    "Why points are judged otherwise that were confirmed before (`POINT_CONFIRMED` names them); "
    "supervision reads it."
)


@strawberry.input(description="One coded reason against an application, and what it is about.")
class GroundInput:
    ground_code: str = strawberry.field(description=GROUNDS)
    material_code: str = strawberry.field(default="", description=_MATERIAL_OF)
    condition_code: str = strawberry.field(default="", description=_CONDITION_OF)
    text: str = strawberry.field(default="", description="What was found, in words.")

    def read(self) -> rules.Ground:
        """Return the ground as operations take it."""
        return rules.Ground(self.ground_code, self.material_code, self.condition_code, self.text)


@strawberry.input(description="A condition or a material of a case.")
class SubjectInput:
    material_code: str = strawberry.field(default="", description=_MATERIAL_OF)
    condition_code: str = strawberry.field(default="", description=_CONDITION_OF)

    def read(self) -> rules.Subject:
        """Return the subject as operations take it."""
        return (self.material_code, self.condition_code)


@strawberry.input(description="A review, or its verification by another person.")
class RecordReviewInput:
    number: str = strawberry.field(description=NUMBER)
    kind: rules.ReviewKind = strawberry.field(description="Review or verification.")
    is_favourable: bool = strawberry.field(description="Whether it speaks for approval.")
    opinion: str = strawberry.field(description="What the reviewer found.")
    grounds: list[GroundInput] = strawberry.field(
        default_factory=list,
        description="What speaks against approval, where it does; a verification may go by those "
        "of its review.",
    )
    override_reason: str = strawberry.field(default="", description=OVERRIDE)
    department: str = strawberry.field(
        default="",
        description="For which of the departments that review the case, by its name or its code in "
        "the center's register. Not needed by whom one of them posts, nor where one is left.",
    )
    expected_version: int | None = strawberry.field(default=None, description=VERSION)
    idempotency_key: uuid.UUID = strawberry.field(description=payloads.IDEMPOTENCY_KEY)


@strawberry.input(description="The decision on a case.")
class DecideCaseInput:
    number: str = strawberry.field(description=NUMBER)
    decision: rules.Decision = strawberry.field(description="Approve or reject.")
    ground_code: str = strawberry.field(
        default="",
        description=f"For a rejection: {GROUNDS}",
    )
    subjects: list[SubjectInput] = strawberry.field(
        default_factory=list,
        description="What the ground is about; none: what the reviews against it say it is.",
    )
    override_reason: str = strawberry.field(default="", description=OVERRIDE)
    text: str = strawberry.field(default="", description="The reasons in words.")
    expected_version: int | None = strawberry.field(default=None, description=VERSION)
    idempotency_key: uuid.UUID = strawberry.field(description=payloads.IDEMPOTENCY_KEY)


@strawberry.input(description="The result to issue.")
class IssueResultInput:
    number: str = strawberry.field(description=NUMBER)
    deliver_at: rules.DeliverAt = strawberry.field(
        default=rules.DeliverAt.HERE, description="Where the applicant gets it."
    )
    result_name: str = strawberry.field(
        default="", description="What it is called; the offering's when empty."
    )
    result_number: str = strawberry.field(default="", description="Its own number.")
    valid_from: date | None = strawberry.field(
        default=None, description="From which day it is valid; null: from its issue."
    )
    valid_to: date | None = strawberry.field(
        default=None, description="The last day on which it is valid; null: without end."
    )
    expected_version: int | None = strawberry.field(default=None, description=VERSION)
    idempotency_key: uuid.UUID = strawberry.field(description=payloads.IDEMPOTENCY_KEY)


@strawberry.input(description="How the result was delivered.")
class DeliveryInput:
    method: rules.DeliveryMethod = strawberry.field(description="By which way.")
    receiver_name: str = strawberry.field(description="Who received it; kept masked.")
    note: str = strawberry.field(default="", description="A note of the counter.")
    tracking_number: str = strawberry.field(
        default="", description="Of what was posted (邮件号码); empty for any other way."
    )


@strawberry.input(description="The delivery that ends a case.")
class CompleteCaseInput:
    number: str = strawberry.field(description=NUMBER)
    delivery: DeliveryInput = strawberry.field(description="How it was delivered.")
    expected_version: int | None = strawberry.field(default=None, description=VERSION)
    idempotency_key: uuid.UUID = strawberry.field(description=payloads.IDEMPOTENCY_KEY)


@strawberry.input(description="Which application to withdraw.")
class WithdrawCaseInput:
    number: str = strawberry.field(description=NUMBER)
    reason: str = strawberry.field(default="", description="Why.")
    expected_version: int | None = strawberry.field(default=None, description=VERSION)
    idempotency_key: uuid.UUID = strawberry.field(description=payloads.IDEMPOTENCY_KEY)


@strawberry.input(description="The article that demands that running cases move on.")
class RebaseBasisInput:
    statute: str = strawberry.field(description="The statute's full name.")
    article: str = strawberry.field(description="The article, such as 第八条第二款.")


@strawberry.input(description="Which running case to move to the present offering, and why.")
class RebaseCaseInput:
    number: str = strawberry.field(description=NUMBER)
    legal_basis: RebaseBasisInput = strawberry.field(description="What demands it.")
    reason: str = strawberry.field(description="The reasons in words; the applicant reads them.")
    variant: str | None = strawberry.field(
        default=None, description="The variant from now on, by its serial; null: as it was."
    )
    answers: list[GuideAnswerInput] | None = strawberry.field(
        default=None,
        description="The answers from now on; null: as they were, where they are still asked for.",
    )
    extends_promise: bool = strawberry.field(
        default=False,
        description="Whether the basis itself lets the promised date move later; without it the "
        "promise made to the applicant stays where the present one is longer.",
    )
    dry_run: bool = strawberry.field(
        default=False,
        description="Only tell what it changes: nothing is written, and the key is not used up.",
    )
    expected_version: int | None = strawberry.field(default=None, description=VERSION)
    idempotency_key: uuid.UUID = strawberry.field(description=payloads.IDEMPOTENCY_KEY)


@strawberry.input(description="Which datum to see unmasked, and what for.")
class RevealFieldInput:
    number: str = strawberry.field(description=NUMBER)
    field: rules.SealedField = strawberry.field(description="The datum.")
    purpose: str = strawberry.field(description="What it is needed for; the audit log keeps it.")
