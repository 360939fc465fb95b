"""Handing out a copy of what a center holds of a person (个人信息保护法 45)."""

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from tenants.cases import queries as cases
from tenants.messages import queries as messages
from tenants.privacy import errors, queries
from tenants.privacy.states import RequestState
from tongban.kernel import context, crypto
from tongban.kernel.actors import Actor
from tongban.kernel.transactions import unit_of_work
from tongban.registry import queries as registry


def open_copy(
    *, actor: Actor, request_id: uuid.UUID, account: Mapping[str, Any], now: datetime
) -> bytes:
    """Return the copy that a granted request lets the actor have, as JSON, made anew.

    ``account`` is what the platform knows of them, told by who has read it. Nobody but the person
    gets it, whoever granted it; the audit entry commits before it leaves. Raises:
    DataRequestNotFoundError.
    """
    with unit_of_work() as work:
        row = queries.access_request(actor=actor, membership=None, request_id=request_id)
        if row.state != RequestState.GRANTED or row.copy_until is None or now >= row.copy_until:
            raise errors.DataRequestNotFoundError
        own, told = cases.own_copies(actor), messages.own_copies(actor)
        content = {
            "center": registry.name_of(context.current_center()),
            "made_at": now,
            "account": account,
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
                }
                for each in queries.visible_requests(actor, None).order_by("id")
            ],
        }
        work.audit_action(
            actor=actor,
            action="data_request.open_copy",
            object_type="data_request",
            object_key=str(row.pk),
            at=now,
            data={"cases": len(own), "messages": len(told)},
        )
    return crypto.canonical_json(content)
