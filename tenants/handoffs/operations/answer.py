"""The destination's answers: accept, decline, return, complete. Its locked copy decides."""

import uuid
from datetime import datetime
from typing import Any

from tenants.cases.operations import custody, infected, parties
from tenants.cases.rules import Party
from tenants.handoffs import errors, models, policies, queries
from tenants.handoffs.operations import settle
from tenants.handoffs.operations.settle import Refusal
from tenants.handoffs.states import Direction, HandoffState
from tenants.staff.rules import Membership
from tongban.kernel import scans, signing
from tongban.kernel.actors import Actor
from tongban.kernel.transactions import Claim, Work, claim_key, unit_of_work

LAPSE_TIMER = "handoff.lapse"


def accept_handoff(
    *, actor: Actor, handoff_id: uuid.UUID, idempotency_key: uuid.UUID, now: datetime
) -> models.Handoff:
    """Take custody of an offered case: from here on only this center appends to its log.

    One transaction decides under the lock of this center's copy, verifies and takes over the
    envelope's log, raises the epoch, and leaves event and signed receipt for the origin.
    Raises: HandoffNotFoundError, HandoffAcceptNotAllowedError, HandoffFilesMissingError.
    """
    with unit_of_work() as work:
        claim = _claim(actor, "accept_handoff", idempotency_key, handoff_id, "")
        handoff, membership = queries.access_handoff(actor=actor, handoff_id=handoff_id, lock=True)
        if claim.repeated:
            return handoff
        _require_takes_up(actor, handoff, membership, errors.HandoffAcceptNotAllowedError)
        take_up(work, handoff, by=parties.staff(membership), now=now)
        _audit(work, handoff, actor=actor, action="handoff.accept", claim=claim, now=now)
    return handoff


def take_up(work: Work, handoff: models.Handoff, *, by: Party, now: datetime) -> None:
    """Accept the locked, open ``handoff`` (for a person, or for the timer when it has lapsed).

    Raises: HandoffFilesMissingError.
    """
    missing = scans.missing(handoff.manifest)
    if missing:
        raise errors.HandoffFilesMissingError(missing=len(missing))
    content: dict[str, Any] = handoff.content or {}
    case = custody.take_custody(
        work,
        content,
        origin=handoff.origin_code,
        by=by,
        now=now,
        route=content["fields"]["route"][1:],
        data={"handoff": handoff.id, "kind": handoff.kind, "has_lapsed": handoff.has_lapsed},
    )
    infected.report(work, case, now=now)
    handoff.decision_receipt = signing.sign_statement(
        settle.decision_statement(handoff, HandoffState.ACCEPTED, at=now)
    )
    settle.settle(work, handoff, state=HandoffState.ACCEPTED, by=by, reason="", now=now)
    work.cancel_timer(kind=LAPSE_TIMER, key=str(handoff.id))
    settle.tell_origin(work, handoff, now=now)


def decline_handoff(
    *, actor: Actor, handoff_id: uuid.UUID, reason: str, idempotency_key: uuid.UUID, now: datetime
) -> models.Handoff:
    """Refuse an offered case with a reason: the origin gets to work on it again.

    Raises: HandoffNotFoundError, HandoffDeclineNotAllowedError, ReasonRequiredError,
    TextInvalidError.
    """
    with unit_of_work() as work:
        claim = _claim(actor, "decline_handoff", idempotency_key, handoff_id, reason)
        handoff, membership = queries.access_handoff(actor=actor, handoff_id=handoff_id, lock=True)
        if claim.repeated:
            return handoff
        reason = settle.checked_reason(reason)
        _require_takes_up(actor, handoff, membership, errors.HandoffDeclineNotAllowedError)
        handoff.decision_receipt = signing.sign_statement(
            settle.decision_statement(handoff, HandoffState.DECLINED, at=now)
        )
        settle.settle(
            work, handoff, state=HandoffState.DECLINED, by=parties.staff(membership),
            reason=reason, now=now,
        )  # fmt: skip
        work.cancel_timer(kind=LAPSE_TIMER, key=str(handoff.id))
        settle.tell_origin(work, handoff, now=now)
        _audit(work, handoff, actor=actor, action="handoff.decline", claim=claim, now=now)
    return handoff


def return_handoff(
    *, actor: Actor, handoff_id: uuid.UUID, reason: str, idempotency_key: uuid.UUID, now: datetime
) -> models.Handoff:
    """Send an accepted case back undecided, with a reason; custody returns to the origin.

    Raises: HandoffNotFoundError, HandoffReturnNotAllowedError, ReasonRequiredError,
    TextInvalidError, NotCustodianError, CustodyInTransitError.
    """
    with unit_of_work() as work:
        claim = _claim(actor, "return_handoff", idempotency_key, handoff_id, reason)
        handoff, membership = queries.access_handoff(actor=actor, handoff_id=handoff_id)
        if claim.repeated:
            return handoff
        reason = settle.checked_reason(reason)
        _require_returnable(actor, handoff, membership)
        # An accepted handoff is locked after its case: issuing a result does so too.
        case = custody.lock_case(handoff.case_number)
        handoff.refresh_from_db(from_queryset=models.Handoff.objects.select_for_update())
        _require_returnable(actor, handoff, membership)
        if not custody.is_undecided(case):
            raise errors.HandoffReturnNotAllowedError(reason="DECIDED", state=case.state)
        by = parties.staff(membership)
        custody.give_back(
            work, case, origin=handoff.origin_code, name="case.returned", by=by, now=now,
            changes={"route": [_hop_json(handoff), *case.route]},
            data={"handoff": handoff.id, "reason": reason},
        )  # fmt: skip
        _settle_and_tell(work, handoff, HandoffState.RETURNED, by=by, reason=reason, now=now)
        _audit(work, handoff, actor=actor, action="handoff.return", claim=claim, now=now)
    return handoff


def complete_handoff(number: str, now: datetime) -> None:
    """Give a case whose result is issued back to its origin for delivery (custody port).

    Raises: NotHandedOverError where nobody handed it over.
    """
    with unit_of_work() as work:
        case = custody.lock_case(number)
        handoff = queries.accepted_incoming(number, lock=True)
        if handoff is None:
            raise errors.NotHandedOverError(path=("deliverAt",))
        by = parties.system("交回送达")
        custody.give_back(
            work, case, origin=handoff.origin_code, name="case.given_back", by=by, now=now,
            changes={}, data={"handoff": handoff.id},
        )  # fmt: skip
        _settle_and_tell(work, handoff, HandoffState.COMPLETED, by=by, reason="", now=now)


def _settle_and_tell(
    work: Work,
    handoff: models.Handoff,
    state: HandoffState,
    *,
    by: Party,
    reason: str,
    now: datetime,
) -> None:
    handoff.decision_receipt = signing.sign_statement(
        settle.decision_statement(handoff, state, at=now)
    )
    settle.settle(work, handoff, state=state, by=by, reason=reason, now=now)
    settle.tell_origin(work, handoff, now=now)


def _hop_json(handoff: models.Handoff) -> dict[str, str]:
    return {"kind": handoff.kind, "destination": handoff.destination_code}


def _require_takes_up(
    actor: Actor, handoff: models.Handoff, membership: Membership, refusal: Refusal
) -> None:
    if handoff.direction != Direction.INCOMING or not policies.may_take_up(membership):
        raise refusal(reason="ROLE")
    settle.require_other(actor, handoff, refusal)
    if handoff.state != HandoffState.OFFERED:
        raise refusal(reason="STATE", state=handoff.state)


def _require_returnable(actor: Actor, handoff: models.Handoff, membership: Membership) -> None:
    if handoff.direction != Direction.INCOMING or not policies.may_hand_over(membership):
        raise errors.HandoffReturnNotAllowedError(reason="ROLE")
    settle.require_other(actor, handoff, errors.HandoffReturnNotAllowedError)
    if handoff.state != HandoffState.ACCEPTED:
        raise errors.HandoffReturnNotAllowedError(reason="STATE", state=handoff.state)


def _claim(
    actor: Actor, operation: str, key: uuid.UUID, handoff_id: uuid.UUID, reason: str
) -> Claim:
    return claim_key(
        actor=actor,
        operation=operation,
        key=key,
        request={"handoff": handoff_id, "reason": reason},
    )


def _audit(
    work: Work,
    handoff: models.Handoff,
    *,
    actor: Actor,
    action: str,
    claim: Claim,
    now: datetime,
) -> None:
    claim.settle({"handoff": handoff.id})
    work.audit_action(
        actor=actor,
        action=action,
        object_type="handoff",
        object_key=str(handoff.id),
        at=now,
        data={"number": handoff.case_number, "state": handoff.state},
    )
