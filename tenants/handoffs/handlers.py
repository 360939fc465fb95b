"""What messages and timers of handoffs do, each in the transaction that marks it."""

from datetime import datetime
from typing import Any

from tenants.cases.operations import custody, infected, parties
from tenants.cases.rules import Party
from tenants.handoffs import models, queries
from tenants.handoffs.operations import answer, settle
from tenants.handoffs.states import OPEN, SETTLES, Direction, HandoffState
from tongban.kernel import signing
from tongban.kernel.ports import DueTimer, Message, OutOfOrderError
from tongban.kernel.transactions import Work, unit_of_work
from tongban.registry import queries as registry


class ForgedReceiptError(Exception):
    """A message that the other side's published key did not sign so; a person must look."""


def receive_offer(message: Message, now: datetime) -> None:
    """Keep an offer that has come in, and set the timer that ends waiting for an answer."""
    payload = message.payload
    receipt = payload["receipt"]
    _require_signed(
        message,
        what="handoff.offered",
        destination=message.destination,
        head_hash=payload["content"]["head_hash"],
        files=payload["files"],
    )
    with unit_of_work() as work:
        handoff = models.Handoff(
            id=payload["handoff"],
            direction=Direction.INCOMING,
            kind=payload["kind"],
            origin_code=message.origin,
            destination_code=message.destination,
            case_number=message.key,
            matter_name=payload["matter_name"],
            applicant_name_masked=payload["applicant_name_masked"],
            epoch=payload["epoch"],
            reason=payload["reason"],
            content=payload["content"],
            manifest=payload["files"],
            offered_at=datetime.fromisoformat(payload["offered_at"]),
            due_at=datetime.fromisoformat(payload["due_at"]),
            offer_receipt=receipt,
        )
        handoff.save(force_insert=True)
        work.schedule(
            kind=answer.LAPSE_TIMER,
            key=str(handoff.id),
            fires_at=handoff.due_at,
        )
        settle.record(work, handoff, name="handoff.received", now=now)


def follow_settlement(message: Message, now: datetime) -> None:
    """Follow, at the origin, what the destination has settled."""
    payload = message.payload
    with unit_of_work() as work:
        handoff = _locked(payload["handoff"], Direction.OUTGOING)
        state = HandoffState(payload["state"])
        if handoff.destination_code != message.origin:
            raise ForgedReceiptError(payload["handoff"])
        _require_signed(message, what=f"handoff.{state.value}", destination=message.origin)
        if handoff.state not in SETTLES[state]:
            raise OutOfOrderError(f"handoff {handoff.id} is {handoff.state}, not yet for {state}")
        by = Party(**payload["by"])
        handoff.has_lapsed = payload["has_lapsed"]
        handoff.decision_receipt = payload["receipt"]
        settle.settle(work, handoff, state=state, by=by, reason=payload["reason"], now=now)
        _follow_case(work, handoff, state, by, now)


def _follow_case(
    work: Work, handoff: models.Handoff, state: HandoffState, by: Party, now: datetime
) -> None:
    # Acceptance, return and giving back reach the case as events of its own log; only the offers
    # that came to nothing have no event, since nobody but this center held the case.
    if state in {HandoffState.DECLINED, HandoffState.RECALLED}:
        case = custody.lock_case(handoff.case_number)
        custody.unfreeze_case(
            work,
            case,
            destination=handoff.destination_code,
            name=f"case.handoff_{state.value}",
            by=by,
            now=now,
            data={"handoff": handoff.id, "reason": handoff.settled_reason},
        )
        infected.report(work, case, now=now)
    elif state == HandoffState.COMPLETED and queries.accepted_incoming(handoff.case_number):
        # This center was itself only on the way: the result goes on to where the case came from.
        answer.complete_handoff(handoff.case_number, now)


def answer_recall(message: Message, now: datetime) -> None:
    """Give an offer back that has no answer yet; an answered one stays as it was answered."""
    with unit_of_work() as work:
        handoff = _locked(message.payload["handoff"], Direction.INCOMING)
        if handoff.origin_code != message.origin:
            raise ForgedReceiptError(message.payload["handoff"])
        if handoff.state not in OPEN:
            return
        handoff.decision_receipt = signing.sign_statement(
            settle.decision_statement(handoff, HandoffState.RECALLED, at=now)
        )
        settle.settle(
            work,
            handoff,
            state=HandoffState.RECALLED,
            by=parties.system("移交方收回"),
            reason=message.payload["reason"],
            now=now,
        )
        work.cancel_timer(kind=answer.LAPSE_TIMER, key=str(handoff.id))
        settle.tell_origin(work, handoff, now=now)


def lapse_offer(timer: DueTimer, now: datetime) -> None:
    """缺席默认: an offer without an answer by its due date counts as accepted, and is noted so."""
    with unit_of_work() as work:
        handoff = _locked(timer.key, Direction.INCOMING)
        if handoff.state not in OPEN:
            return
        handoff.has_lapsed = True
        settle.record(work, handoff, name="handoff.lapsed", now=now)
        answer.take_up(work, handoff, by=parties.system("缺席默认"), now=now)


def _require_signed(message: Message, **stated: Any) -> None:
    """Raise unless the message's receipt states this of this handoff, signed by who sent it."""
    receipt = message.payload["receipt"]
    public_key = registry.public_key(receipt["key_id"], center_code=message.origin)
    expected = {"handoff": message.payload["handoff"], "number": message.key, **stated}
    if (
        public_key is None
        or not signing.is_genuine(receipt, public_key=public_key)
        or any(receipt["statement"].get(name) != value for name, value in expected.items())
    ):
        raise ForgedReceiptError(message.payload["handoff"])


def _locked(handoff_id: str, direction: Direction) -> models.Handoff:
    handoff = (
        models.Handoff.objects.select_for_update()
        .filter(id=handoff_id, direction=direction)
        .first()
    )
    if handoff is None:
        raise OutOfOrderError(f"handoff {handoff_id} is not here yet")
    return handoff
