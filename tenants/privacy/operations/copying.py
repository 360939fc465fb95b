"""Handing out a copy of what a center holds of a person (个人信息保护法 45)."""

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from tenants.cases import queries as cases
from tenants.cases.rules import SealedField
from tenants.messages import queries as messages
from tenants.privacy import errors, models, queries
from tenants.privacy.adapters import sealing
from tenants.privacy.states import RequestState
from tenants.staff import queries as staff
from tongban.kernel import context, crypto
from tongban.kernel.actors import Actor
from tongban.kernel.transactions import unit_of_work
from tongban.registry import queries as registry


def open_copy(
    *, actor: Actor, request_id: uuid.UUID, account: Mapping[str, Any], now: datetime
) -> bytes:
    """Return the copy that a granted request lets the actor have, as JSON, made anew.

    ``account`` is what the platform knows of the actor, told by who has read it. Nobody but the
    person gets it, whoever granted it, except that who may answer hands it to whom asked at a
    window; the audit entry commits before it leaves. Raises: DataRequestNotFoundError.
    """
    with unit_of_work() as work:
        membership = staff.membership_of(actor)
        row = queries.access_request(actor=actor, membership=membership, request_id=request_id)
        if row.state != RequestState.GRANTED or row.copy_until is None or now >= row.copy_until:
            raise errors.DataRequestNotFoundError
        if not queries.may_open_copy(actor, membership, row):
            raise errors.DataRequestNotFoundError
        is_own, person = queries.is_own(actor, row), bytes(row.requester_hash)
        own, told = cases.copies_of(person), messages.copies_of(person)
        content = {
            "center": registry.name_of(context.current_center()),
            "made_at": now,
            "account": account if is_own else None,
            "cases": own,
            "messages": told,
            "data_requests": [
                {
                    "kind": each.kind,
                    "state": each.state,
                    "text": each.text,
                    "requested_at": each.requested_at,
                    "answered_at": each.answered_at,
                    "answer": each.answer,
                    "presented": _presented(each),
                }
                for each in queries.requests_of(person).order_by("id")
            ],
        }
        work.audit_action(
            actor=actor,
            action="data_request.open_copy",
            object_type="data_request",
            object_key=str(row.pk),
            at=now,
            data={"cases": len(own), "messages": len(told), "is_handed_out": not is_own},
        )
    return crypto.canonical_json(content)


def _presented(row: models.DataRequest) -> dict[str, Any] | None:
    """Return who stood at the window in the clear, and who acted for them masked."""
    if row.counter is None:
        return None
    said = sealing.open_presented(row)
    return {
        **{name: row.counter[name] for name in ("notice", "is_texted", "agent", "deed")},
        "id_kind": row.counter["id_kind"],
        "name": said[SealedField.APPLICANT_NAME],
        "id": said[SealedField.APPLICANT_ID_NUMBER],
        "phone": said[SealedField.APPLICANT_PHONE],
    }
