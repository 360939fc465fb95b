"""What people do: asking for their data."""

import uuid
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction

from tenants.cases import queries as cases
from tenants.cases.operations import correcting, texts
from tenants.cases.rules import CorrectedField
from tenants.privacy import errors, models, queries, rules
from tenants.privacy.adapters import sealing
from tenants.staff import queries as staff
from tenants.windows import queries as hall
from tongban.identity import queries as identity
from tongban.kernel import personal
from tongban.kernel.actors import Actor
from tongban.kernel.calendar import LimitUnit
from tongban.kernel.transactions import claim_key, unit_of_work


def request_data(
    *,
    actor: Actor,
    kind: rules.RequestKind,
    text: str,
    correction: rules.Correction | None = None,
    idempotency_key: uuid.UUID,
    now: datetime,
) -> models.DataRequest:
    """Enter a request of a person about their own data into the center's register.

    It is to be answered within ``DATA_REQUEST_WORKING_DAYS``. Raises: DataRequestNotAllowedError
    without a verified identity, where the center has nothing of the person, and while the same is
    open; DataRequestTextError; for a correction as ``correcting.check_correction``.
    """
    said = checked(text)
    with unit_of_work() as work:
        claim = claim_key(
            actor=actor,
            operation="request_data",
            key=idempotency_key,
            request={"kind": kind, "text": text, **_canonical(correction)},
        )
        if claim.repeated:
            kept = uuid.UUID((claim.outcome or {})["request"])
            membership = staff.membership_of(actor)
            return queries.access_request(actor=actor, membership=membership, request_id=kept)
        if not actor.real_name or actor.applicant_hash is None:
            raise errors.DataRequestNotAllowedError(reason="REAL_NAME")
        if not cases.holds_own(actor):
            raise errors.DataRequestNotAllowedError(reason="NOTHING")
        if (kind is rules.RequestKind.CORRECTION) != (correction is not None):
            raise errors.DataRequestNotAllowedError(reason="CORRECTION")
        row = models.DataRequest(
            kind=kind,
            text=said,
            **_corrected(actor, correction),
            requester_hash=actor.applicant_hash,
            requester_name_masked=personal.mask_name(actor.display_name),
            requested_at=now,
            due_at=hall.reckoning().due_at(
                now, settings.DATA_REQUEST_WORKING_DAYS, LimitUnit.WORKING_DAY
            ),
        )
        _insert(row)
        work.audit_action(
            actor=actor,
            action="data_request.make",
            object_type="data_request",
            object_key=str(row.pk),
            at=now,
            data={"kind": kind},
        )
        claim.settle({"request": str(row.pk)})
    return row


def _canonical(correction: rules.Correction | None) -> dict[str, Any]:
    """Return what identifies a correction in an idempotency record: its value by keyed hash."""
    if correction is None:
        return {}
    value = identity.keyed("correction", correction.value)
    return {"case": correction.case_number, "field": correction.field, "value": value}


def _corrected(actor: Actor, correction: rules.Correction | None) -> dict[str, Any]:
    """Return the columns that keep what is to be corrected, its value sealed."""
    if correction is None:
        return {}
    number, value = correcting.check_correction(
        actor=actor,
        number=correction.case_number,
        field=correction.field,
        value=correction.value,
    )
    known = rules.Correction(number, correction.field, value)
    is_phone = correction.field is CorrectedField.PHONE
    return {
        "case_number": number,
        "field": correction.field,
        "value_sealed": sealing.seal(value, place=known.place),
        "value_masked": personal.mask_phone(value) if is_phone else personal.mask_name(value),
    }


def _insert(row: models.DataRequest) -> None:
    try:
        with transaction.atomic():
            row.save(force_insert=True)
            row.refresh_from_db()
    except IntegrityError as error:
        if "privacy_request_one_open" in str(error):
            raise errors.DataRequestNotAllowedError(reason="OPEN") from None
        raise


def checked(text: str, *, path: str = "text", is_required: bool = False) -> str:
    """Return a text without white space around it. Raises: DataRequestTextError."""
    plain = text.strip()
    if len(plain) > rules.LONGEST_TEXT:
        raise _wrong(path, "LENGTH")
    if not texts.is_printable(plain):
        raise _wrong(path, "CHARACTER")
    if is_required and not plain:
        raise _wrong(path, "EMPTY")
    return plain


def _wrong(path: str, reason: str) -> errors.DataRequestTextError:
    return errors.DataRequestTextError(path=(path,), reason=reason, limit=rules.LONGEST_TEXT)
