"""Offering a case to the next center of its route, and asking for it back."""

import uuid
from datetime import datetime
from typing import Any

from django.conf import settings

from tenants.cases import queries as cases
from tenants.cases.operations import custody, log, parties, texts
from tenants.cases.rules import Party
from tenants.handoffs import errors, models, policies, queries
from tenants.handoffs.operations import settle
from tenants.handoffs.states import Direction, HandoffState
from tenants.staff import queries as staff
from tenants.windows import queries as hall
from tongban.exchange import queries as exchange
from tongban.exchange.rules import Hop
from tongban.kernel import calendar, context, signing
from tongban.kernel.actors import Actor
from tongban.kernel.transactions import Work, claim_key, unit_of_work
from tongban.registry import queries as registry

OFFERED_KIND = "handoff.offered"
RECALL_KIND = "handoff.recall"


def offer_handoff(
    *,
    actor: Actor,
    number: str,
    destination: str | None,
    reason: str,
    idempotency_key: uuid.UUID,
    now: datetime,
) -> models.Handoff:
    """Offer a case that this center holds to the next center of its route.

    The route follows from matter and address alone (``explain_route``); ``destination`` may name
    the expected target. Raises: CaseNotFoundError, NotCustodianError, CustodyInTransitError,
    HandoffOfferNotAllowedError, HandoffTargetError, TextInvalidError.
    """
    with unit_of_work() as work:
        claim = claim_key(
            actor=actor,
            operation="offer_handoff",
            key=idempotency_key,
            request={"number": number, "destination": destination, "reason": reason},
        )
        if claim.repeated:
            return _repeated(actor, claim.outcome)
        seen = cases.access_case(actor=actor, number=number)
        reason = texts.checked(reason, path=("reason",))
        membership = staff.membership_of(actor)
        if membership is None or not policies.may_hand_over(membership):
            raise errors.HandoffOfferNotAllowedError(reason="ROLE")
        if cases.is_applicant(actor, seen):
            raise errors.HandoffOfferNotAllowedError(reason="OWN_CASE")
        case = custody.lock_case(seen.number)
        log.require_custody(case)
        if not custody.is_movable(case):
            raise errors.HandoffOfferNotAllowedError(reason="STATE", state=case.state)
        hop = _next_hop(case, now)
        if destination is not None and destination != hop.destination_code:
            raise errors.HandoffTargetError(
                path=("destination",),
                expected=hop.destination_code,
                name=registry.name_of(hop.destination_code),
            )
        handoff = _offer(work, case, hop=hop, by=parties.staff(membership), reason=reason, now=now)
        work.audit_action(
            actor=actor,
            action="handoff.offer",
            object_type="handoff",
            object_key=str(handoff.id),
            at=now,
            data={"number": case.number, "destination": hop.destination_code},
        )
        claim.settle({"handoff": handoff.id})
    return handoff


def offer_next(number: str, now: datetime) -> None:
    """Offer a case that was just submitted to the first hop of its route (custody port)."""
    with unit_of_work() as work:
        case = custody.lock_case(number)
        _offer(
            work, case, hop=_next_hop(case, now), by=parties.system("自动流转"),
            reason="", now=now,
        )  # fmt: skip


def recall_handoff(
    *, actor: Actor, handoff_id: uuid.UUID, reason: str, idempotency_key: uuid.UUID, now: datetime
) -> models.Handoff:
    """Ask the destination to give an unanswered offer back; the destination's copy decides.

    Raises: HandoffNotFoundError, HandoffRecallNotAllowedError, ReasonRequiredError,
    TextInvalidError.
    """
    with unit_of_work() as work:
        claim = claim_key(
            actor=actor,
            operation="recall_handoff",
            key=idempotency_key,
            request={"handoff": handoff_id, "reason": reason},
        )
        handoff, membership = queries.access_handoff(actor=actor, handoff_id=handoff_id, lock=True)
        if claim.repeated:
            return handoff
        reason = settle.checked_reason(reason)
        if handoff.direction != Direction.OUTGOING or not policies.may_hand_over(membership):
            raise errors.HandoffRecallNotAllowedError(reason="ROLE")
        settle.require_other(actor, handoff, errors.HandoffRecallNotAllowedError)
        if handoff.state != HandoffState.OFFERED:
            raise errors.HandoffRecallNotAllowedError(reason="STATE", state=handoff.state)
        handoff.state = HandoffState.RECALL_REQUESTED
        handoff.save(update_fields=["state"])
        work.send(
            destination=handoff.destination_code,
            kind=RECALL_KIND,
            key=handoff.case_number,
            payload={"handoff": handoff.id, "reason": reason},
        )
        settle.record(work, handoff, name="handoff.recall_requested", now=now)
        work.audit_action(
            actor=actor,
            action="handoff.recall",
            object_type="handoff",
            object_key=str(handoff.id),
            at=now,
        )
        claim.settle({"handoff": handoff.id})
    return handoff


def _repeated(actor: Actor, outcome: dict[str, Any] | None) -> models.Handoff:
    if outcome is None:
        raise errors.HandoffNotFoundError(path=("handoff",))
    handoff, _membership = queries.access_handoff(
        actor=actor, handoff_id=uuid.UUID(outcome["handoff"])
    )
    return handoff


def _next_hop(case: custody.LockedCase, now: datetime) -> Hop:
    route = exchange.explain_route(
        center_code=context.current_center(),
        matter_code=case.matter_code,
        address_division=case.address_division,
        day=calendar.local_day(now),
    )
    if not route.hops:
        raise errors.HandoffOfferNotAllowedError(reason="OWNED_HERE")
    return route.hops[0]


def _offer(
    work: Work, case: custody.LockedCase, *, hop: Hop, by: Party, reason: str, now: datetime
) -> models.Handoff:
    handoff = models.Handoff(
        direction=Direction.OUTGOING,
        kind=hop.kind,
        origin_code=context.current_center(),
        destination_code=hop.destination_code,
        case_number=case.number,
        matter_name=case.matter_name,
        applicant_name_masked=case.applicant_name_masked,
        epoch=case.epoch,
        reason=reason,
        offered_at=now,
        due_at=hall.reckoning().due_at(
            now,
            settings.HANDOFF_RESPONSE_WORKING_DAYS,
            calendar.LimitUnit.WORKING_DAY,
        ),
    )
    handoff.save(force_insert=True)
    handoff.refresh_from_db(fields=["id"])
    custody.freeze_case(
        work,
        case,
        destination=hop.destination_code,
        by=by,
        now=now,
        data={"handoff": handoff.id, "kind": hop.kind, "reason": reason},
    )
    content = custody.export_case(case)
    handoff.manifest = sorted(
        {file["sha256"] for material in content["materials"] for file in material["files"]}
    )
    handoff.offer_receipt = signing.sign_statement(settle.statement(handoff, content, at=now))
    handoff.save(update_fields=["manifest", "offer_receipt"])
    work.send(
        destination=hop.destination_code,
        kind=OFFERED_KIND,
        key=case.number,
        payload={
            "handoff": handoff.id,
            "kind": handoff.kind,
            "matter_name": handoff.matter_name,
            "applicant_name_masked": handoff.applicant_name_masked,
            "epoch": handoff.epoch,
            "reason": reason,
            "offered_at": now,
            "due_at": handoff.due_at,
            "content": content,
            "files": handoff.manifest,
            "receipt": handoff.offer_receipt,
        },
    )
    settle.record(work, handoff, name="handoff.offered", now=now)
    return handoff
