"""一审一核: one person reviews, another verifies."""

import uuid
from datetime import datetime

from tenants.cases import errors, models, queries, rules
from tenants.cases.operations import attempts, opening, texts
from tenants.cases.operations.outcomes import Outcome
from tenants.cases.states import BY_ACTION
from tongban.kernel.actors import Actor


def start_review(
    *,
    actor: Actor,
    number: str,
    expected_version: int | None = None,
    idempotency_key: uuid.UUID,
    now: datetime,
) -> Outcome:
    """Start the review: of each department in it two tasks open, all at once.

    Raises: as ``opening.open_case``.
    """
    with attempts.watched(actor=actor, action="start_review", number=number, now=now) as work:
        opened = opening.open_case(
            work,
            actor=actor,
            action="start_review",
            number=number,
            request={},
            expected_version=expected_version,
            idempotency_key=idempotency_key,
            now=now,
        )
        if not opened.is_repeat:
            opening.close_case(
                opened,
                name="case.review_started",
                changes={"state": BY_ACTION["start_review"].target},
            )
    return Outcome(opened.case)


def record_review(
    *,
    actor: Actor,
    number: str,
    kind: rules.ReviewKind,
    is_favourable: bool,
    opinion: str,
    department: str = "",
    expected_version: int | None = None,
    idempotency_key: uuid.UUID,
    now: datetime,
) -> Outcome:
    """Record a department's review, or its verification by another person (一审一核).

    ``department`` is needed where it isn't clear for which of several it is (see
    ``queries.require_department``). None waits for another's. Until the decision a review can be
    recorded anew, which asks for a new verification by the same department. Raises:
    DepartmentRequiredError, DepartmentNotInvolvedError, TaskClaimedError, SamePersonError,
    TextInvalidError, CaseRecordReviewNotAllowedError and as ``opening.open_case``.
    """
    with attempts.watched(actor=actor, action="record_review", number=number, now=now) as work:
        opened = opening.open_case(
            work,
            actor=actor,
            action="record_review",
            number=number,
            request={
                "kind": kind,
                "is_favourable": is_favourable,
                "opinion": opinion,
                **({"department": department} if department else {}),
            },
            expected_version=expected_version,
            idempotency_key=idempotency_key,
            now=now,
        )
        case = opened.case
        if opened.is_repeat:
            return Outcome(case)
        plain = texts.checked(opinion, path=("opinion",), is_required=True)
        membership = queries.membership_of(actor)
        concerned = queries.require_department(membership, case, kind, department)
        queries.require_unclaimed(membership, case, opened.action, department=concerned, now=now)
        if kind is rules.ReviewKind.VERIFICATION:
            _require_another_reviewer(case, concerned, actor)
        opening.close_case(
            opened,
            name="case.review_recorded",
            data={
                "kind": kind,
                "review": {
                    "department": concerned,
                    "kind": kind,
                    "is_favourable": is_favourable,
                    "opinion": plain,
                    "reviewer_key": actor.key,
                },
            },
        )
    return Outcome(case)


def _require_another_reviewer(case: models.Case, department: str, actor: Actor) -> None:
    review = case.tasks.get(department=department, kind=rules.ReviewKind.REVIEW)
    if review.recorded_at is None:
        raise queries.not_allowed(
            "record_review", case, "REVIEW_MISSING", departments=[department], names=department
        )
    if review.reviewer_key == actor.key:
        raise errors.SamePersonError(path=("kind",))
