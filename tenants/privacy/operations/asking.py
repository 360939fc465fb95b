"""What people do: asking for their data, online or at a window."""

import uuid
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction

from tenants.cases import queries as cases
from tenants.cases.operations import correcting
from tenants.cases.rules import CorrectedField
from tenants.privacy import errors, models, queries, rules
from tenants.privacy.adapters import sealing
from tenants.privacy.operations import presenting, texts
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
    presented: rules.Presented | None = None,
    idempotency_key: uuid.UUID,
    now: datetime,
) -> models.DataRequest:
    """Enter a request of a person about their own data into the center's register.

    The actor's own, or with ``presented`` that of who stands at the actor's window, whose answer
    tells a window nothing of what the center has of them. It is to be answered within
    ``DATA_REQUEST_WORKING_DAYS``. Raises: DataRequestNotAllowedError without a verified identity,
    where the center has nothing of the person, and while the same is open; DataRequestTextError;
    for a correction as ``correcting.check_correction``; at a window as ``presenting.check``.
    """
    said = texts.checked(text)
    shown = presenting.check(presented, now=now) if presented else None
    with unit_of_work() as work:
        claim = claim_key(
            actor=actor,
            operation="request_data",
            key=idempotency_key,
            request={
                "kind": kind,
                "text": text,
                **_canonical(correction),
                **(shown.as_canonical() if shown else {}),
            },
        )
        membership = staff.membership_of(actor)
        if claim.repeated:
            kept = uuid.UUID((claim.outcome or {})["request"])
            return queries.access_request(actor=actor, membership=membership, request_id=kept)
        columns = shown.as_columns(membership) if shown else _own(actor)
        if (kind is rules.RequestKind.CORRECTION) != (correction is not None):
            raise errors.DataRequestNotAllowedError(reason="CORRECTION")
        row = models.DataRequest(
            kind=kind,
            text=said,
            **columns,
            **_corrected(actor, columns["requester_hash"], correction),
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
            data={"kind": kind, "is_at_counter": shown is not None},
        )
        claim.settle({"request": str(row.pk)})
    return row


def _own(actor: Actor) -> dict[str, Any]:
    """Return the columns that say who asks online: whoever has a verified identity and a case."""
    if not actor.real_name or actor.applicant_hash is None:
        raise errors.DataRequestNotAllowedError(reason="REAL_NAME")
    if not cases.holds_own(actor):
        raise errors.DataRequestNotAllowedError(reason="NOTHING")
    return {
        "requester_hash": actor.applicant_hash,
        "requester_name_masked": personal.mask_name(actor.display_name),
    }


def _canonical(correction: rules.Correction | None) -> dict[str, Any]:
    """Return what identifies a correction in an idempotency record: its value by keyed hash."""
    if correction is None:
        return {}
    value = identity.keyed("correction", correction.value)
    return {"case": correction.case_number, "field": correction.field, "value": value}


def _corrected(actor: Actor, person: bytes, correction: rules.Correction | None) -> dict[str, Any]:
    """Return the columns that keep what is to be corrected, its value sealed."""
    if correction is None:
        return {}
    number, value = correcting.check_correction(
        actor=actor,
        applicant_hash=person,
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
        if "privacy_request_one_" in str(error):
            raise errors.DataRequestNotAllowedError(reason="OPEN") from None
        raise
