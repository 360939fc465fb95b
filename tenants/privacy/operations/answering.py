"""What the management office does: answering what people ask about their data."""

import uuid
from datetime import datetime

from tenants.cases import queries as cases
from tenants.cases.operations import correcting
from tenants.cases.rules import CorrectedField, SealedField
from tenants.messages.operations import telling
from tenants.privacy import errors, models, queries, rules
from tenants.privacy.adapters import sealing
from tenants.privacy.operations import erasing, texts
from tenants.privacy.states import RequestState
from tenants.staff import queries as staff
from tenants.staff.rules import Membership
from tongban.kernel.actors import Actor
from tongban.kernel.transactions import Work, claim_key, unit_of_work


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
    only. The person is told that there is an answer, in the app and where they asked at a window to
    be told so by text message. Raises: DataRequestNotFoundError,
    DataRequestAnswerNotAllowedError, DataRequestTextError; for a correction as
    ``correcting.correct_applicant``.
    """
    said = texts.checked(text, is_required=not is_granted)
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
        reason = queries.why_not_answer(actor, membership, row)
        if not reason:
            reason = _why_not_now(row, is_granted=is_granted)
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
            _correct(work, row, membership, now)
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
            phone=_phone(row),
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


def _correct(work: Work, row: models.DataRequest, membership: Membership, now: datetime) -> None:
    field, value = CorrectedField(row.field), _value(row)
    correcting.correct_applicant(
        work, number=row.case_number, field=field, value=value, membership=membership, now=now
    )
    if field is CorrectedField.PHONE:
        telling.readdress(number=row.case_number, phone=value)


def reveal_requested_value(
    *,
    actor: Actor,
    request_id: uuid.UUID,
    presented: SealedField | None = None,
    purpose: str,
    now: datetime,
) -> str:
    """Return in full what somebody asks to be put right, to whoever has to answer.

    Or, of what a window entered, what was ``presented`` of the person or who acts for them.

    The audit entry with the purpose commits before the value leaves. Raises:
    DataRequestNotFoundError, DataRequestRevealNotAllowedError, DataRequestTextError.
    """
    wanted = texts.checked(purpose, path="purpose", is_required=True)
    with unit_of_work() as work:
        membership = staff.membership_of(actor)
        row = queries.access_request(actor=actor, membership=membership, request_id=request_id)
        reason = queries.why_not_answer(actor, membership, row)
        if reason:
            raise errors.DataRequestRevealNotAllowedError(reason=reason)
        value = _value(row) if presented is None else _presented(row, presented)
        work.audit_action(
            actor=actor,
            action="data_request.reveal",
            object_type="data_request",
            object_key=str(row.pk),
            at=now,
            data={"field": presented or row.field, "purpose": wanted},
        )
    return value


def _why_not_now(row: models.DataRequest, *, is_granted: bool) -> str:
    if row.state != RequestState.OPEN:
        return "STATE"
    # Online the number is verified to be a person's; at a window it is typed in.
    is_typed = is_granted and row.counter is not None
    return "ORGANIZATION" if is_typed and cases.is_organization(bytes(row.requester_hash)) else ""


def _phone(row: models.DataRequest) -> str:
    """Return the phone that was given at a window to be told of the answer, or empty."""
    if row.counter is None or not row.counter["is_texted"]:
        return ""
    return sealing.open_presented(row)[SealedField.APPLICANT_PHONE]


def _presented(row: models.DataRequest, field: SealedField) -> str:
    value = sealing.open_presented(row).get(field) if row.counter is not None else None
    if not value:
        raise errors.DataRequestRevealNotAllowedError(reason="NOT_PRESENTED")
    return value


def _value(row: models.DataRequest) -> str:
    if row.value_sealed is None:
        raise errors.DataRequestRevealNotAllowedError(reason="STATE")
    place = rules.Correction(row.case_number, CorrectedField(row.field), "").place
    return sealing.open_sealed(bytes(row.value_sealed), place=place)
