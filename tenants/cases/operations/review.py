"""一审一核: one person reviews, another verifies."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from tenants.cases import errors, models, queries, rules
from tenants.cases.operations import attempts, opening, texts
from tenants.cases.operations import grounds as against
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
    grounds: Sequence[rules.Ground] = (),
    override_reason: str = "",
    department: str = "",
    expected_version: int | None = None,
    idempotency_key: uuid.UUID,
    now: datetime,
) -> Outcome:
    """Record a department's review, or its verification by another person (一审一核).

    ``department`` is needed where it isn't clear for which of several it is (see
    ``queries.require_department``). None waits for another's. Until the decision a review can be
    recorded anew, which asks for a new verification by the same department. One that is not
    favourable names its ``grounds``; a verification may go by those of its review. A point that
    was confirmed is judged otherwise only with the ``override_reason``, and leaves a finding.
    Raises: as ``grounds.checked`` and ``grounds.override``; GroundContradictsError,
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
                **({"grounds": [each.as_json() for each in grounds]} if grounds else {}),
                **({"override_reason": override_reason} if override_reason else {}),
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
        listed = _grounds(case, concerned, kind, grounds, is_favourable=is_favourable)
        override = against.override(case, listed, department=concerned, reason=override_reason)
        opening.close_case(
            opened,
            name="case.review_recorded",
            changes=override.changes(case, concerned, now),
            data={
                "kind": kind,
                "review": {
                    "department": concerned,
                    "kind": kind,
                    "is_favourable": is_favourable,
                    "opinion": plain,
                    "grounds": listed,
                    "reviewer_key": actor.key,
                },
                **override.data(),
            },
        )
    return Outcome(case)


def _grounds(
    case: models.Case,
    department: str,
    kind: rules.ReviewKind,
    grounds: Sequence[rules.Ground],
    *,
    is_favourable: bool,
) -> list[dict[str, Any]]:
    """Return what a review says against the application; a verification may go by its review's."""
    if is_favourable:
        if grounds:
            raise errors.GroundContradictsError(path=("grounds",))
        return []
    if kind is rules.ReviewKind.VERIFICATION and not grounds:
        review = case.tasks.get(department=department, kind=rules.ReviewKind.REVIEW)
        if review.grounds:
            return list(review.grounds)
    return against.checked(case, grounds, path="grounds")


def _require_another_reviewer(case: models.Case, department: str, actor: Actor) -> None:
    review = case.tasks.get(department=department, kind=rules.ReviewKind.REVIEW)
    if review.recorded_at is None:
        raise queries.not_allowed(
            "record_review", case, "REVIEW_MISSING", departments=[department], names=department
        )
    if review.reviewer_key == actor.key:
        raise errors.SamePersonError(path=("kind",))
