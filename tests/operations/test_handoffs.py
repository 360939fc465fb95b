"""Custody of a case as a shared object of two centers."""

import uuid
from datetime import timedelta

import pytest
from django.db import transaction

from tenants.cases import errors as case_errors
from tenants.cases import models as case_models
from tenants.cases.operations import accept, log, withdraw
from tenants.cases.rules import Party
from tenants.cases.states import Custody
from tenants.handoffs import errors, models
from tenants.handoffs.operations import answer, offer
from tenants.handoffs.states import Direction, HandoffState
from tenants.staff.rules import CenterRole
from tests import handing
from tests.handing import CITY, COUNTY, DISTRICT, FOOD, MARRIAGE, NOW, SET_UP, STATION
from tongban.exchange import queries as exchange
from tongban.exchange.operations import parking, relay, timers
from tongban.kernel import actors, signing
from tongban.kernel.context import SharedRole, center_context, shared_context
from tongban.kernel.models import OutboxMessage
from tongban.kernel.transactions import unit_of_work
from tongban.registry import queries as registry


@pytest.fixture
def operator(db):
    return handing.staff(STATION, CenterRole.STATION_OPERATOR, name="站点操作员")


@pytest.fixture
def clerk(db):
    return handing.staff(COUNTY)


def accepted(clerk, number):
    """Let the clerk accept the offer that has arrived, and let everybody hear of it."""
    received = handing.handoff_at(clerk.center, number, Direction.INCOMING)
    with center_context(clerk.center):
        settled = answer.accept_handoff(
            actor=clerk.actor, handoff_id=received.id, idempotency_key=uuid.uuid4(), now=NOW
        )
    handing.relay_all()
    return settled


def test_a_station_submits_and_the_case_is_offered_at_once(operator):
    number = handing.submitted(operator, FOOD)
    case = handing.case_at(STATION, number)
    assert case.custody == Custody.IN_TRANSIT
    assert case.toward_code == COUNTY
    assert handing.handoff_at(STATION, number, Direction.OUTGOING).state == HandoffState.OFFERED
    handing.relay_all()
    received = handing.handoff_at(COUNTY, number, Direction.INCOMING)
    assert received.state == HandoffState.OFFERED
    with center_context(COUNTY):
        assert not case_models.Case.objects.filter(number=number).exists()


def test_accepting_moves_custody_and_raises_the_epoch(operator, clerk):
    number = handing.submitted(operator, FOOD)
    handing.relay_all()
    accepted(clerk, number)
    here, there = handing.case_at(COUNTY, number), handing.case_at(STATION, number)
    assert (here.custody, here.epoch) == (Custody.HELD, 2)
    assert (there.custody, there.custodian_code, there.epoch) == (Custody.ELSEWHERE, COUNTY, 2)
    assert handing.log_of(COUNTY, number) == handing.log_of(STATION, number)
    assert handing.handoff_at(STATION, number, Direction.OUTGOING).state == HandoffState.ACCEPTED
    with center_context(COUNTY):
        files = list(case_models.MaterialFile.objects.filter(material__case=here))
    assert len(files) == len(handing.required_materials(FOOD))


def test_what_the_destination_does_is_seen_at_the_origin(operator, clerk):
    number = handing.submitted(operator, FOOD)
    handing.relay_all()
    accepted(clerk, number)
    with center_context(COUNTY):
        accept.accept_case(
            actor=clerk.actor,
            number=number,
            expected_version=None,
            idempotency_key=uuid.uuid4(),
            now=NOW,
        )
    handing.relay_all()
    mirror = handing.case_at(STATION, number)
    assert mirror.state == "accepted"
    assert mirror.promised_due_at == handing.case_at(COUNTY, number).promised_due_at
    assert handing.log_of(COUNTY, number) == handing.log_of(STATION, number)


def test_both_receipts_can_be_verified_offline(operator, clerk):
    number = handing.submitted(operator, FOOD)
    handing.relay_all()
    accepted(clerk, number)
    handoff = handing.handoff_at(STATION, number, Direction.OUTGOING)
    with center_context(STATION):
        receipts = ((handoff.offer_receipt, STATION), (handoff.decision_receipt, COUNTY))
        for receipt, signer in receipts:
            key = registry.public_key(receipt["key_id"], center_code=signer)
            assert signing.is_genuine(receipt, public_key=key)
            forged = {**receipt, "statement": {**receipt["statement"], "number": "1"}}
            assert not signing.is_genuine(forged, public_key=key)


def test_a_declined_case_is_worked_on_at_the_origin_again(operator, clerk):
    number = handing.submitted(operator, FOOD)
    handing.relay_all()
    received = handing.handoff_at(COUNTY, number, Direction.INCOMING)
    with center_context(COUNTY):
        answer.decline_handoff(
            actor=clerk.actor, handoff_id=received.id, reason="材料不清晰",
            idempotency_key=uuid.uuid4(), now=NOW,
        )  # fmt: skip
    handing.relay_all()
    case = handing.case_at(STATION, number)
    assert (case.custody, case.custodian_code, case.epoch) == (Custody.HELD, STATION, 1)
    assert handing.log_of(STATION, number)[-1][2] == "case.handoff_declined"
    with center_context(STATION):
        again = offer.offer_handoff(
            actor=operator.actor, number=number, destination=COUNTY, reason="已重新扫描",
            idempotency_key=uuid.uuid4(), now=NOW,
        )  # fmt: skip
    handing.relay_all()
    assert handing.handoff_at(COUNTY, number, Direction.INCOMING).id == again.id


def test_a_recall_that_comes_first_wins(operator, clerk):
    number = handing.submitted(operator, FOOD)
    sent = handing.handoff_at(STATION, number, Direction.OUTGOING)
    handing.relay_all()
    with center_context(STATION):
        offer.recall_handoff(
            actor=operator.actor, handoff_id=sent.id, reason="申请人改主意",
            idempotency_key=uuid.uuid4(), now=NOW,
        )  # fmt: skip
    handing.relay_all()
    assert handing.handoff_at(COUNTY, number, Direction.INCOMING).state == HandoffState.RECALLED
    assert handing.handoff_at(STATION, number, Direction.OUTGOING).state == HandoffState.RECALLED
    assert handing.case_at(STATION, number).custody == Custody.HELD


def test_a_recall_that_comes_second_loses(operator, clerk):
    number = handing.submitted(operator, FOOD)
    sent = handing.handoff_at(STATION, number, Direction.OUTGOING)
    handing.relay_all()
    with center_context(STATION):
        offer.recall_handoff(
            actor=operator.actor, handoff_id=sent.id, reason="申请人改主意",
            idempotency_key=uuid.uuid4(), now=NOW,
        )  # fmt: skip
    accepted(clerk, number)
    assert handing.handoff_at(STATION, number, Direction.OUTGOING).state == HandoffState.ACCEPTED
    assert handing.case_at(STATION, number).custodian_code == COUNTY


def test_a_returned_case_can_be_offered_anew(operator, clerk):
    number = handing.submitted(operator, FOOD)
    handing.relay_all()
    settled = accepted(clerk, number)
    with center_context(COUNTY):
        answer.return_handoff(
            actor=clerk.actor, handoff_id=settled.id, reason="不属本中心",
            idempotency_key=uuid.uuid4(), now=NOW,
        )  # fmt: skip
    handing.relay_all()
    here, there = handing.case_at(STATION, number), handing.case_at(COUNTY, number)
    assert (here.custody, here.epoch) == (Custody.HELD, 3)
    assert (there.custody, there.custodian_code) == (Custody.ELSEWHERE, STATION)
    with center_context(STATION):
        offer.offer_handoff(
            actor=operator.actor, number=number, destination=None, reason="",
            idempotency_key=uuid.uuid4(), now=NOW,
        )  # fmt: skip
    handing.relay_all()
    accepted(clerk, number)
    assert handing.case_at(COUNTY, number).epoch == 4
    assert handing.log_of(COUNTY, number) == handing.log_of(STATION, number)


def test_an_enterprise_of_the_district_is_handled_at_the_city(db):
    district = handing.staff(DISTRICT)
    city = handing.staff(CITY)
    number = handing.submitted(district, SET_UP)
    handing.relay_all()
    accepted(city, number)
    assert handing.handoff_at(CITY, number, Direction.INCOMING).kind == "joint_city"
    assert handing.case_at(DISTRICT, number).custodian_code == CITY
    assert handing.log_of(CITY, number) == handing.log_of(DISTRICT, number)


def test_a_marriage_stays_in_the_district(db):
    district = handing.staff(DISTRICT)
    number = handing.submitted(district, MARRIAGE)
    case = handing.case_at(DISTRICT, number)
    assert (case.custody, case.owner_code) == (Custody.HELD, DISTRICT)


def test_an_unanswered_offer_counts_as_accepted_when_it_lapses(operator, clerk):
    number = handing.submitted(operator, FOOD)
    handing.relay_all()
    due = handing.handoff_at(COUNTY, number, Direction.INCOMING).due_at
    assert timers.fire_timers(COUNTY, clock=lambda: due - timedelta(seconds=1)) == 0
    assert timers.fire_timers(COUNTY, clock=lambda: due) == 1
    assert timers.fire_timers(COUNTY, clock=lambda: due) == 0
    handing.relay_all(now=due)
    for center, side in ((COUNTY, Direction.INCOMING), (STATION, Direction.OUTGOING)):
        handoff = handing.handoff_at(center, number, side)
        assert (handoff.state, handoff.has_lapsed) == (HandoffState.ACCEPTED, True)


def test_nobody_writes_to_a_case_in_transit(operator, clerk):
    number = handing.submitted(operator, FOOD)
    before = handing.log_of(STATION, number)
    with center_context(STATION), pytest.raises(case_errors.CustodyInTransitError):
        offer.offer_handoff(
            actor=operator.actor, number=number, destination=None, reason="",
            idempotency_key=uuid.uuid4(), now=NOW,
        )  # fmt: skip
    assert handing.log_of(STATION, number) == before


def test_the_former_custodian_is_fenced_off(operator, clerk):
    number = handing.submitted(operator, FOOD)
    handing.relay_all()
    accepted(clerk, number)
    by = Party(role="system", name="late", center_code=STATION)
    with center_context(STATION), unit_of_work() as work:
        case = case_models.Case.objects.select_for_update().get(number=number)
        with pytest.raises(case_errors.NotCustodianError) as refused:
            log.append_event(work, case, name="case.withdrawn", by=by, now=NOW)
    assert refused.value.params["custodian"] == COUNTY


def test_a_write_of_an_old_epoch_is_refused_by_the_others(operator, clerk):
    """Whatever the former custodian's own database says, nobody takes its late event."""
    number = handing.submitted(operator, FOOD)
    handing.relay_all()
    accepted(clerk, number)
    by = Party(role="system", name="late", center_code=STATION)
    with center_context(STATION), unit_of_work() as work:
        case = case_models.Case.objects.select_for_update().get(number=number)
        case.custody, case.custodian_code, case.epoch = Custody.HELD, STATION, 1
        log.append_event(work, case, name="case.withdrawn", by=by, now=NOW)
    before = handing.log_of(COUNTY, number)
    assert relay.relay_outbox(STATION, clock=lambda: NOW).failed == 1
    assert handing.log_of(COUNTY, number) == before
    with center_context(STATION):
        late = OutboxMessage.objects.filter(settled_at=None, destination=COUNTY).get()
    assert "LogConflictError" in late.last_error


def test_what_has_ended_is_neither_offered_nor_returned(operator, clerk):
    number = handing.submitted(operator, FOOD, hold=True)
    with center_context(STATION):
        withdraw.withdraw_case(
            actor=operator.actor, number=number, reason="申请人改主意",
            idempotency_key=uuid.uuid4(), now=NOW,
        )  # fmt: skip
        with pytest.raises(errors.HandoffOfferNotAllowedError), transaction.atomic():
            offer.offer_handoff(
                actor=operator.actor, number=number, destination=None, reason="",
                idempotency_key=uuid.uuid4(), now=NOW,
            )  # fmt: skip
    second = handing.submitted(operator, FOOD)
    handing.relay_all()
    settled = accepted(clerk, second)
    with center_context(COUNTY):
        withdraw.withdraw_case(
            actor=clerk.actor, number=second, reason="申请人改主意",
            idempotency_key=uuid.uuid4(), now=NOW,
        )  # fmt: skip
        with pytest.raises(errors.HandoffReturnNotAllowedError), transaction.atomic():
            answer.return_handoff(
                actor=clerk.actor, handoff_id=settled.id, reason="不属本中心",
                idempotency_key=uuid.uuid4(), now=NOW,
            )  # fmt: skip
    assert handing.case_at(STATION, number).custody == Custody.HELD


def test_accepting_twice_is_refused_and_repeating_is_not(operator, clerk):
    number = handing.submitted(operator, FOOD)
    handing.relay_all()
    received = handing.handoff_at(COUNTY, number, Direction.INCOMING)
    key = uuid.uuid4()
    with center_context(COUNTY):
        for _ in range(2):
            answer.accept_handoff(
                actor=clerk.actor, handoff_id=received.id, idempotency_key=key, now=NOW
            )
        events = case_models.CaseEvent.objects.count()
        with pytest.raises(errors.HandoffAcceptNotAllowedError), transaction.atomic():
            answer.accept_handoff(
                actor=clerk.actor, handoff_id=received.id, idempotency_key=uuid.uuid4(), now=NOW
            )
        assert case_models.CaseEvent.objects.count() == events


def test_a_file_that_has_not_arrived_holds_acceptance_up(operator, clerk):
    number = handing.submitted(operator, FOOD)
    handing.relay_all()
    with center_context(COUNTY):
        received = models.Handoff.objects.get(case_number=number)
        received.manifest = [*received.manifest, "f" * 64]
        received.save(update_fields=["manifest"])
        with pytest.raises(errors.HandoffFilesMissingError):
            answer.accept_handoff(
                actor=clerk.actor, handoff_id=received.id, idempotency_key=uuid.uuid4(), now=NOW
            )
        assert not case_models.Case.objects.filter(number=number).exists()


def test_reasons_roles_and_sides_are_checked(operator, clerk):
    number = handing.submitted(operator, FOOD)
    handing.relay_all()
    manager = handing.staff(COUNTY, CenterRole.MANAGER)
    secretary = handing.staff(COUNTY, CenterRole.PARTY_SECRETARY)
    neighbour = handing.staff("371722")
    received = handing.handoff_at(COUNTY, number, Direction.INCOMING)
    call = {"handoff_id": received.id, "idempotency_key": uuid.uuid4(), "now": NOW}
    with center_context(COUNTY):
        with pytest.raises(errors.ReasonRequiredError), transaction.atomic():
            answer.decline_handoff(actor=clerk.actor, reason=" ", **call)
        with pytest.raises(errors.HandoffAcceptNotAllowedError), transaction.atomic():
            answer.accept_handoff(actor=manager.actor, **call)
        for stranger in (secretary, neighbour, operator):
            with pytest.raises(errors.HandoffNotFoundError), transaction.atomic():
                answer.accept_handoff(actor=stranger.actor, **call)
        with pytest.raises(errors.HandoffReturnNotAllowedError), transaction.atomic():
            answer.return_handoff(actor=clerk.actor, reason="x", **call)
        assert models.Handoff.objects.get(id=received.id).state == HandoffState.OFFERED
    with center_context("371722"), pytest.raises(errors.HandoffNotFoundError):
        answer.accept_handoff(actor=neighbour.actor, **call)


def forged(center, kind, key, statement):
    """Change what a waiting message's receipt states, or who sends it, and deliver it."""
    with center_context(center):
        message = OutboxMessage.objects.get(key=key, kind=kind, settled_at=None)
        receipt = message.payload["receipt"]
        receipt = {**receipt, "statement": {**receipt["statement"], **statement}}
        message.payload = {**message.payload, "receipt": receipt}
        message.save(update_fields=["payload"])
    relay.relay_outbox(center, clock=lambda: NOW)
    with center_context(center):
        return OutboxMessage.objects.get(id=message.id)


@pytest.mark.parametrize(
    "statement", [{"destination": "371722"}, {"files": []}, {"number": "1"}, {"head_hash": "00"}]
)
def test_an_offer_says_what_was_signed(operator, statement):
    number = handing.submitted(operator, FOOD)
    message = forged(STATION, "handoff.offered", number, statement)
    assert "ForgedReceiptError" in message.last_error
    with center_context(COUNTY):
        assert not models.Handoff.objects.exists()


def test_a_settlement_is_the_destinations_own_word(operator, clerk):
    number = handing.submitted(operator, FOOD)
    handing.relay_all()
    received = handing.handoff_at(COUNTY, number, Direction.INCOMING)
    with center_context(COUNTY):
        answer.decline_handoff(
            actor=clerk.actor, handoff_id=received.id, reason="材料不清晰",
            idempotency_key=uuid.uuid4(), now=NOW,
        )  # fmt: skip
    message = forged(COUNTY, "handoff.settled", number, {"what": "handoff.accepted"})
    assert "ForgedReceiptError" in message.last_error
    assert handing.handoff_at(STATION, number, Direction.OUTGOING).state == HandoffState.OFFERED
    with center_context("371722"), unit_of_work() as work:
        work.send(destination=STATION, kind="handoff.settled", key=number, payload=message.payload)
    relay.relay_outbox("371722", clock=lambda: NOW)
    with center_context("371722"):
        assert "ForgedReceiptError" in OutboxMessage.objects.get(key=number).last_error
    assert handing.case_at(STATION, number).custody == Custody.IN_TRANSIT


def mended(message):
    """Give a message its true receipt again, as whoever found the fault does."""
    with center_context(STATION):
        sent = models.Handoff.objects.get(id=message.payload["handoff"])
        payload = {**message.payload, "receipt": sent.offer_receipt}
        OutboxMessage.objects.filter(id=message.id).update(payload=payload)


def test_a_poison_message_parks_only_its_own_case(operator, clerk):
    poisoned, healthy = (handing.submitted(operator, FOOD) for _ in range(2))
    with center_context(STATION):
        message = OutboxMessage.objects.get(key=poisoned, kind="handoff.offered")
        forged = {**message.payload["receipt"], "signature": "00" * 64}
        message.payload = {**message.payload, "receipt": forged}
        message.save(update_fields=["payload"])
    for attempt in range(relay.PARK_AFTER_ATTEMPTS):
        later = NOW + attempt * timedelta(minutes=6)
        relay.relay_outbox(STATION, clock=lambda later=later: later)
    with center_context(STATION):
        parked = OutboxMessage.objects.get(id=message.id)
    assert parked.parked_at is not None
    assert "ForgedReceiptError" in parked.last_error
    assert handing.handoff_at(COUNTY, healthy, Direction.INCOMING).state == HandoffState.OFFERED
    with center_context(COUNTY):
        assert not models.Handoff.objects.filter(case_number=poisoned).exists()
    with shared_context(SharedRole.PLATFORM):
        assert [row.key for row in exchange.parked_messages()] == [poisoned]
    mended(message)
    parking.release_message(
        actor=actors.operator("tests"), message_id=message.message_id, now=later
    )
    handing.relay_all(now=later)
    assert handing.handoff_at(COUNTY, poisoned, Direction.INCOMING).state == HandoffState.OFFERED
    with shared_context(SharedRole.PLATFORM):
        assert not exchange.parked_messages().exists()
