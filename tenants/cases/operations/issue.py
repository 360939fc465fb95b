"""Issuing the result of a decided case, and recording its delivery."""

import uuid
from datetime import datetime
from typing import Any

from tenants.cases import errors, models, queries, rules
from tenants.cases.operations import attempts, opening, results, texts
from tenants.cases.operations.outcomes import Outcome
from tenants.cases.operations.papers import DrawnUp
from tenants.cases.states import BY_ACTION
from tongban.kernel import personal, ports
from tongban.kernel.actors import Actor


def issue_result(
    *,
    actor: Actor,
    number: str,
    deliver_at: rules.DeliverAt,
    terms: rules.ResultTerms | None = None,
    expected_version: int | None = None,
    idempotency_key: uuid.UUID,
    now: datetime,
) -> Outcome:
    """Issue the result; with ``ORIGIN`` the case goes back for delivery where it was handed in.

    A rejection is issued too: its letter names the remedies. Nothing leaves while a cent is due,
    or without the seal of a department that works in the center; what is sealed leaves as it is.
    Nor is it given back while a commitment is to be verified: only who holds the case verifies it.
    Raises: DebtOpenError, CommitmentUnverifiedError, FeeNotAssessedError, FeeDueError,
    SealRequiredError, ResultSealedError, TextInvalidError, ResultDaysError, the handoffs' refusal
    where nobody handed the case over, CaseIssueResultNotAllowedError and as ``opening.open_case``.
    """
    terms = terms or rules.ResultTerms()
    with attempts.watched(actor=actor, action="issue_result", number=number, now=now) as work:
        opened = opening.open_case(
            work,
            actor=actor,
            action="issue_result",
            number=number,
            request={"deliver_at": deliver_at, **terms.as_json()},
            expected_version=expected_version,
            idempotency_key=idempotency_key,
            now=now,
        )
        case = opened.case
        if opened.is_repeat:
            return Outcome(case)
        queries.require_issuable(case)
        if deliver_at is rules.DeliverAt.ORIGIN:
            queries.require_verified(case)
        result, drawn = _result(case, terms, now)
        opening.close_case(
            opened,
            name="case.issued",
            changes={
                "state": BY_ACTION["issue_result"].target,
                "issued_at": now,
                "result": {
                    **result,
                    "deliver_at": deliver_at.value,
                    "by": opened.by.as_json(),
                },
            },
        )
        results.hand_out(case, drawn, rules.read_terms(result), now=now)
        if deliver_at is rules.DeliverAt.ORIGIN:
            ports.custody().complete(case.number, now)
            case.refresh_from_db()
    return Outcome(case)


def _result(
    case: models.Case, terms: rules.ResultTerms, now: datetime
) -> tuple[dict[str, Any], DrawnUp | None]:
    """Return the result as it was sealed, or as it leaves without one, with what was drawn up."""
    if case.result is not None:
        sealed = rules.read_terms(case.result)
        if not terms.is_silent and results.checked_terms(case, terms) != sealed:
            raise errors.ResultSealedError(path=("resultName",), name=sealed.name)
        return case.result, None
    terms = results.checked_terms(case, terms)
    drawn = results.draw_up(case, terms, stamp=None, now=now)
    paper = drawn or results.letter(case)
    return {**terms.as_json(), "paper": paper.number}, drawn


def complete_case(
    *,
    actor: Actor,
    number: str,
    delivery: rules.Delivery,
    expected_version: int | None = None,
    idempotency_key: uuid.UUID,
    now: datetime,
) -> Outcome:
    """Record that the issued result reached its receiver (送达回证), which ends the case.

    It ends with all that belongs to it only: decision, seal, fee, the result's paper, and how it
    was delivered. The receiver's name is kept masked. Raises: CompletionLacksError,
    DeliveryNotConsentedError where the applicant refused electronic delivery,
    TrackingNumberRequiredError, TextInvalidError, CaseCompleteNotAllowedError and as
    ``opening.open_case``.
    """
    with attempts.watched(actor=actor, action="complete_case", number=number, now=now) as work:
        opened = opening.open_case(
            work,
            actor=actor,
            action="complete_case",
            number=number,
            request={
                "method": delivery.method,
                "receiver": delivery.receiver_name,
                "note": delivery.note,
                "tracking_number": delivery.tracking_number,
            },
            expected_version=expected_version,
            idempotency_key=idempotency_key,
            now=now,
        )
        case = opened.case
        if opened.is_repeat:
            return Outcome(case)
        queries.require_completable(case)
        _require_consented(case, delivery)
        opening.close_case(
            opened,
            name="case.completed",
            changes={
                "state": BY_ACTION["complete_case"].target,
                "completed_at": now,
                "delivery": {**_checked(delivery), "by": opened.by.as_json()},
            },
        )
        results.record_delivery(case, by=opened.by, now=now)
    return Outcome(case)


def _require_consented(case: models.Case, delivery: rules.Delivery) -> None:
    consents = rules.read_consents(case.consents)
    is_electronic = delivery.method is rules.DeliveryMethod.ELECTRONIC
    if is_electronic and not rules.may_use(consents, rules.ConsentKind.ELECTRONIC_DELIVERY):
        raise errors.DeliveryNotConsentedError(path=("delivery", "method"))


def _checked(delivery: rules.Delivery) -> dict[str, str]:
    receiver = texts.checked(
        delivery.receiver_name, path=("delivery", "receiverName"), is_required=True
    )
    if len(receiver) > rules.LONGEST_NAME:
        raise errors.TextInvalidError(path=("delivery", "receiverName"), limit=rules.LONGEST_NAME)
    tracking = texts.checked(delivery.tracking_number, path=("delivery", "trackingNumber"))
    is_posted = delivery.method is rules.DeliveryMethod.POST
    if bool(tracking) != is_posted or len(tracking) > rules.LONGEST_TRACKING:
        raise errors.TrackingNumberRequiredError(
            path=("delivery", "trackingNumber"), limit=rules.LONGEST_TRACKING
        )
    return {
        "method": delivery.method.value,
        "receiver_name_masked": personal.mask_name(receiver),
        "note": texts.checked(delivery.note, path=("delivery", "note")),
        "tracking_number": tracking,
    }
