"""Papers along the chain: kept where the applicant reads, and never another's word for it."""

import uuid
from datetime import UTC, datetime

import pytest

from tenants.cases import handlers, models
from tenants.cases.operations import log, papers
from tenants.handoffs.operations import answer
from tenants.handoffs.states import Direction
from tenants.staff.rules import CenterRole
from tests import handing
from tests.casework import Desk
from tests.handing import COUNTY, STATION
from tongban.kernel import files
from tongban.kernel.context import center_context
from tongban.kernel.models import OutboxMessage
from tongban.kernel.ports import Message, OutOfOrderError

# Later than any onboarding of the test centers, whose keys are valid from then on.
NOW = datetime(2040, 1, 9, 2, 0, tzinfo=UTC)


@pytest.fixture
def message(db):
    """The county's message about an acceptance, before the station has it."""
    station, county = Desk(STATION, now=NOW), Desk(COUNTY, now=NOW)
    number = station.submit(station.who(CenterRole.STATION_OPERATOR)).case.number
    handing.relay_all(now=NOW)
    offered = handing.handoff_at(COUNTY, number, Direction.INCOMING)
    with center_context(COUNTY):
        answer.accept_handoff(
            actor=handing.staff(COUNTY).actor,
            handoff_id=offered.id,
            idempotency_key=uuid.uuid4(),
            now=NOW,
        )
    handing.relay_all(now=NOW)
    county.accept(number)
    with center_context(COUNTY):
        sent = OutboxMessage.objects.get(kind=papers.PAPER_KIND, key=number)
    return Message(sent.message_id, COUNTY, STATION, sent.kind, number, sent.payload)


def kept():
    with center_context(STATION):
        return list(models.Paper.objects.order_by("id").values_list("kind", flat=True))


def receive(message, **changed):
    payload = {**message.payload, **changed}
    with center_context(STATION):
        handlers.receive_paper(
            Message(uuid.uuid4(), message.origin, STATION, message.kind, message.key, payload), NOW
        )


def test_a_paper_arrives_with_its_bytes_and_once(message):
    handing.relay_all(now=NOW)
    assert kept() == ["intake_receipt", "acceptance"]
    assert files.holds(STATION, message.payload["sha256"])
    receive(message)
    assert kept() == ["intake_receipt", "acceptance"]


@pytest.mark.parametrize(
    "changed",
    [
        {"number": "1-SL1"},
        {"sha256": "0" * 64},
        {"kind": "refusal"},
        {"signature": "00" * 64},
        {"key_id": "371425-00000000"},
        {"verify_token": "371722.x"},
    ],
)
def test_a_forged_paper_is_kept_out(message, changed):
    with pytest.raises(log.LogConflictError):
        receive(message, **changed)
    assert kept() == ["intake_receipt"]


def test_a_changed_statement_is_kept_out(message):
    said = {**message.payload["statement"], "applicant": "钱*"}
    with pytest.raises(log.LogConflictError):
        receive(message, statement=said)
    assert kept() == ["intake_receipt"]


def test_who_is_no_neighbour_hands_in_nothing(message):
    stranger = Message(uuid.uuid4(), "371402", STATION, message.kind, message.key, message.payload)
    with center_context(STATION), pytest.raises(log.LogConflictError):
        handlers.receive_paper(stranger, NOW)
    assert kept() == ["intake_receipt"]


def test_a_paper_waits_for_its_case(message):
    early = Message(
        uuid.uuid4(), COUNTY, STATION, message.kind, "371425000400109000990", message.payload
    )
    with center_context(STATION), pytest.raises(OutOfOrderError):
        handlers.receive_paper(early, NOW)
