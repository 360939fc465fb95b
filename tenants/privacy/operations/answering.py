"""What the management office does: answering what people ask about their data."""

import uuid
from datetime import datetime

from tenants.cases.operations import correcting
from tenants.cases.rules import CorrectedField
from tenants.messages.operations import telling
from tenants.privacy import errors, models, policies, queries, rules
from tenants.privacy.adapters import sealing
from tenants.privacy.operations import asking, erasing
from tenants.privacy.states import RequestState
from tenants.staff import queries as staff
from tongban.kernel.actors import Actor
from tongban.kernel.transactions import claim_key, unit_of_work


def answer_data_request(
    *,
    actor: Actor,
    request_id: uuid.UUID,
    is_granted: bool,
    text: str,
    idempotency_key: uuid.UUID,
    now: datetime,
) -> models.DataRequest:
    """Grant a request, or refuse it with the reasons (个人信息保护法 50).

    A copy that is granted may be downloaded for ``rules.COPY_FOR``; a correction is made, and a
    deletion done as far as law lets it, in the same transaction; what was asked for is kept masked
    only. The person is told in the app that there is an answer. Raises: DataRequestNotFoundError,
    DataRequestAnswerNotAllowedError, DataRequestTextError; for a correction as
    ``correcting.correct_applicant``.
    """
    said = asking.checked(text, is_required=not is_granted)
    with unit_of_work() as work:
        claim = claim_key(
            actor=actor,
            operation="answer_data_request",
            key=idempotency_key,
            request={"request": request_id, "is_granted": is_granted, "text": text},
        )
        membership = staff.membership_of(actor)
        row = queries.access_request(
            actor=actor, membership=membership, request_id=request_id, lock=True
        )
        if claim.repeated:
            return row
        reason = policies.why_not_answer(membership, is_own=queries.is_own(actor, row))
        if not reason and row.state != RequestState.OPEN:
            reason = "STATE"
        if reason or membership is None:
            raise errors.DataRequestAnswerNotAllowedError(reason=reason)
        row.state = RequestState.GRANTED if is_granted else RequestState.REFUSED
        row.answered_at, row.answer = now, said
        row.answered_by = {
            "name": membership.display_name,
            "staff_number": membership.staff_number,
        }
        if is_granted and row.kind == rules.RequestKind.ACCESS:
            row.copy_until = now + rules.COPY_FOR
        if is_granted and row.kind == rules.RequestKind.CORRECTION:
            correcting.correct_applicant(
                work,
                number=row.case_number,
                field=CorrectedField(row.field),
                value=_value(row),
                membership=membership,
                now=now,
            )
        if is_granted and row.kind == rules.RequestKind.DELETION:
            row.outcome = erasing.erase(work, row, actor=actor, membership=membership, now=now)
        row.value_sealed = None
        row.save()
        telling.tell_requester(
            request_id=row.pk,
            what=rules.REQUESTED[rules.RequestKind(row.kind)],
            requested_at=row.requested_at,
            requester_hash=bytes(row.requester_hash),
            name_masked=row.requester_name_masked,
            now=now,
        )
        work.audit_action(
            actor=actor,
            action="data_request.answer",
            object_type="data_request",
            object_key=str(row.pk),
            at=now,
            data={"kind": row.kind, "is_granted": is_granted},
        )
        claim.settle({"request": str(row.pk)})
    return row


def reveal_requested_value(
    *, actor: Actor, request_id: uuid.UUID, purpose: str, now: datetime
) -> str:
    """Return in full what somebody asks to be put right, to whoever has to answer.

    The audit entry with the purpose commits before the value leaves. Raises:
    DataRequestNotFoundError, DataRequestRevealNotAllowedError, DataRequestTextError.
    """
    wanted = asking.checked(purpose, path="purpose", is_required=True)
    with unit_of_work() as work:
        membership = staff.membership_of(actor)
        row = queries.access_request(actor=actor, membership=membership, request_id=request_id)
        reason = policies.why_not_answer(membership, is_own=queries.is_own(actor, row))
        if reason or row.value_sealed is None:
            raise errors.DataRequestRevealNotAllowedError(reason=reason or "STATE")
        value = _value(row)
        work.audit_action(
            actor=actor,
            action="data_request.reveal",
            object_type="data_request",
            object_key=str(row.pk),
            at=now,
            data={"field": row.field, "purpose": wanted},
        )
    return value


def _value(row: models.DataRequest) -> str:
    assert row.value_sealed is not None  # of every correction that is open
    place = rules.Correction(row.case_number, CorrectedField(row.field), "").place
    return sealing.open_sealed(bytes(row.value_sealed), place=place)
