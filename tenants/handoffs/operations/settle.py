"""What all handoff operations share: what was signed, how both sides settle."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from tenants.cases.operations import custody, texts
from tenants.cases.rules import Party
from tenants.handoffs import errors, models
from tenants.handoffs.states import SETTLES, HandoffState
from tongban.kernel.actors import Actor
from tongban.kernel.errors import DomainError
from tongban.kernel.transactions import Work

SETTLED_KIND = "handoff.settled"
Refusal = Callable[..., DomainError]


def checked_reason(text: str) -> str:
    """Return why, as it may be kept. Raises: TextInvalidError, ReasonRequiredError."""
    plain = texts.checked(text, path=("reason",))
    if not plain:
        raise errors.ReasonRequiredError(path=("reason",))
    return plain


def require_other(actor: Actor, handoff: models.Handoff, refusal: Refusal) -> None:
    """Raise ``refusal`` where the case handed over is the actor's own (回避), whatever the role."""
    if custody.is_applicant(actor, handoff.case_number, handoff.content):
        raise refusal(reason="OWN_CASE")


def statement(
    handoff: models.Handoff, content: Mapping[str, Any], *, at: datetime
) -> dict[str, Any]:
    """Return what the origin signs: that it offered exactly this log and these files."""
    return {
        "what": "handoff.offered",
        "handoff": handoff.id,
        "kind": handoff.kind,
        "number": handoff.case_number,
        "origin": handoff.origin_code,
        "destination": handoff.destination_code,
        "epoch": content["epoch"],
        "sequence": content["sequence"],
        "head_hash": content["head_hash"],
        "files": handoff.manifest,
        "at": at,
    }


def decision_statement(
    handoff: models.Handoff, state: HandoffState, *, at: datetime
) -> dict[str, Any]:
    """Return what the destination signs: how it answered the offer."""
    return {
        "what": f"handoff.{state.value}",
        "handoff": handoff.id,
        "number": handoff.case_number,
        "origin": handoff.origin_code,
        "destination": handoff.destination_code,
        "epoch": handoff.epoch + 1 if state == HandoffState.ACCEPTED else handoff.epoch,
        "at": at,
    }


def settle(
    work: Work,
    handoff: models.Handoff,
    *,
    state: HandoffState,
    by: Party,
    reason: str,
    now: datetime,
) -> None:
    """Bring this side of the locked ``handoff`` to ``state``, which the caller has checked."""
    if handoff.state not in SETTLES[state]:
        raise ValueError(f"a handoff that is {handoff.state} can't become {state}")
    handoff.state = state
    handoff.settled_at = now
    handoff.settled_by = by.as_json()
    handoff.settled_reason = reason
    if state != HandoffState.ACCEPTED:
        handoff.content = None
    handoff.save()
    record(work, handoff, name=f"handoff.{state.value}", now=now)


def tell_origin(work: Work, handoff: models.Handoff, *, now: datetime) -> None:
    """Send the origin what this side, the destination, has settled."""
    work.send(
        destination=handoff.origin_code,
        kind=SETTLED_KIND,
        key=handoff.case_number,
        payload={
            "handoff": handoff.id,
            "state": handoff.state,
            "by": handoff.settled_by,
            "reason": handoff.settled_reason,
            "has_lapsed": handoff.has_lapsed,
            "at": now,
            "receipt": handoff.decision_receipt,
        },
    )


def record(work: Work, handoff: models.Handoff, *, name: str, now: datetime) -> None:
    """Put the handoff's change into this center's own feed."""
    work.record(
        topic="handoff",
        subject=str(handoff.id),
        name=name,
        at=now,
        data={
            "number": handoff.case_number,
            "direction": handoff.direction,
            "state": handoff.state,
            "origin": handoff.origin_code,
            "destination": handoff.destination_code,
        },
    )
