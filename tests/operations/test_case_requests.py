"""What a station asks of the center that holds the case, and how the answer comes back."""

import uuid

import pytest

from tenants.cases import errors, models, rules
from tenants.cases.operations import materials, notice, withdraw
from tenants.cases.states import State
from tenants.handoffs.operations import answer as handoff_answer
from tenants.handoffs.operations import offer
from tenants.handoffs.states import Direction
from tenants.staff.rules import CenterRole
from tests import casework, handing
from tests.casework import Desk
from tongban.exchange.operations import relay
from tongban.kernel import files
from tongban.kernel.context import center_context
from tongban.kernel.models import LogEntry, OutboxMessage
from tongban.kernel.ports import Message


class Chain:
    """A case that a station took in and the county holds."""

    def __init__(self):
        self.station, self.county = Desk(handing.STATION), Desk(handing.COUNTY)
        self.operator = self.station.who(CenterRole.STATION_OPERATOR)
        self.number = self.station.submit(self.operator).case.number
        handing.relay_all()
        offered = handing.handoff_at(handing.COUNTY, self.number, Direction.INCOMING)
        with center_context(handing.COUNTY):
            handoff_answer.accept_handoff(
                actor=handing.staff(handing.COUNTY).actor,
                handoff_id=offered.id,
                idempotency_key=uuid.uuid4(),
                now=self.county.now,
            )
        handing.relay_all()

    def ask(self, operation, key=None, actor=None, **said):
        with center_context(handing.STATION):
            return operation(
                actor=actor or self.operator,
                number=self.number,
                idempotency_key=key or uuid.uuid4(),
                now=self.station.now,
                **said,
            )

    def agree(self):
        """Both copies have the same log and the same rows below it."""
        assert handing.log_of(handing.COUNTY, self.number) == handing.log_of(
            handing.STATION, self.number
        )
        assert rows(handing.COUNTY, self.number) == rows(handing.STATION, self.number)


def rows(center, number):
    with center_context(center):
        case = models.Case.objects.get(number=number)
        return (
            case.state,
            list(case.materials.order_by("position").values_list("code", "name")),
            sorted(
                models.MaterialFile.objects.filter(material__case=case).values_list(
                    "id", "sha256", "filename"
                )
            ),
            sorted(
                case.notices.values_list("number", "defects", "answers", "answered_at"),
                key=lambda notice: notice[0],
            ),
            sorted(case.tasks.values_list("kind", "opinion", "reviewer_key")),
        )


@pytest.fixture
def chain(db):
    return Chain()


def test_the_mirror_follows_every_row(chain):
    county = chain.county
    county.notify(chain.number)
    county.answer(chain.number)
    county.add(chain.number, files=[casework.pdf("x.pdf", b"x")], material_name="照片")
    county.accept(chain.number)
    county.start(chain.number)
    county.review(chain.number)
    county.verify(chain.number)
    handing.relay_all()
    chain.agree()
    with center_context(handing.STATION):
        for (sha256,) in models.MaterialFile.objects.values_list("sha256"):
            assert files.holds(handing.STATION, sha256)


def test_material_is_added_where_the_case_is_held(chain):
    key = uuid.uuid4()
    said = {"files": [casework.pdf("late.pdf", b"late")], "material_code": "M01"}
    before = rows(handing.STATION, chain.number)
    outcome = chain.ask(materials.add_material, key, **said)
    assert outcome.is_pending
    assert rows(handing.STATION, chain.number) == before, "the mirror changes by events alone"
    assert chain.ask(materials.add_material, key, **said).is_pending
    handing.relay_all()
    chain.agree()
    event = chain.county.events(chain.number)[-1]
    assert (event.name, event.center_code) == ("case.material_added", handing.COUNTY)
    assert (event.actor["role"], event.actor["center_code"]) == ("station", handing.STATION)
    assert event.on_behalf_of["role"] == "applicant"
    sha256 = event.data["materials"][0]["files"][0]["sha256"]
    assert files.holds(handing.COUNTY, sha256)
    assert not chain.ask(materials.add_material, key, **said).is_pending
    with center_context(handing.COUNTY):
        assert models.MaterialFile.objects.filter(sha256=sha256).count() == 1


def test_a_notice_is_answered_from_the_station(chain):
    chain.county.notify(chain.number)
    handing.relay_all()
    assert chain.station.case(chain.number).state == State.SUPPLEMENT_REQUESTED
    outcome = chain.ask(
        notice.answer_notice, answers=[], files={"M01": [casework.pdf("s.pdf", b"s")]}
    )
    assert outcome.is_pending
    handing.relay_all()
    assert chain.county.case(chain.number).state == State.SUBMITTED
    chain.agree()


def test_a_part_of_an_answer_comes_from_the_station_too(chain):
    defects = [rules.Defect("M01", "未签字"), rules.Defect("", "用途", "C01")]
    chain.county.notify(chain.number, defects=defects)
    handing.relay_all()
    said = {"answers": [rules.Answer("", "已变更", "C01")], "files": {}}
    chain.ask(notice.answer_notice, is_partial=True, **said)
    handing.relay_all()
    chain.agree()
    assert chain.station.case(chain.number).state == State.SUPPLEMENT_REQUESTED
    chain.county.answer(chain.number)
    chain.county.notify(chain.number)
    handing.relay_all()
    chain.agree()
    findings = chain.station.case(chain.number).findings
    assert [found["code"] for found in findings] == ["SECOND_NOTICE"]
    assert findings == chain.county.case(chain.number).findings


def test_an_application_is_withdrawn_from_the_station(chain):
    assert chain.ask(withdraw.withdraw_case, reason="不办了").is_pending
    handing.relay_all()
    assert chain.county.case(chain.number).state == State.WITHDRAWN
    chain.agree()


def test_a_refusal_comes_back_and_parks_nothing(chain):
    key = uuid.uuid4()
    for step in ("accept", "start", "review", "verify", "decide"):
        getattr(chain.county, step)(chain.number)
    # The station has not heard of the decision yet, so it may still ask.
    assert chain.ask(withdraw.withdraw_case, key).is_pending
    handing.relay_all()
    assert chain.county.case(chain.number).state == State.APPROVED
    with center_context(handing.STATION):
        entry = LogEntry.objects.get(topic="case_request", name="case.request_refused")
    assert entry.subject == chain.number
    assert entry.data["code"] == "CASE_WITHDRAW_NOT_ALLOWED"
    assert entry.data["request_id"] == str(key)
    assert "准予" in entry.data["message_zh"]
    for center in (handing.STATION, handing.COUNTY):
        with center_context(center):
            assert not OutboxMessage.objects.filter(settled_at=None).exists()
    assert not chain.ask(withdraw.withdraw_case, key).is_pending
    chain.agree()


def test_an_applicant_is_sent_to_the_custodian(chain):
    before = casework.holdings(handing.STATION)
    citizen = casework.citizen()
    with pytest.raises(errors.NotCustodianError) as raised:
        chain.ask(withdraw.withdraw_case, actor=citizen)
    assert raised.value.params["custodian"] == handing.COUNTY
    with center_context(handing.STATION):
        after = LogEntry.objects.count()
    assert after == before["LogEntry"]
    assert chain.county.withdraw(chain.number, citizen).state == State.WITHDRAWN


def test_other_steps_are_not_asked_for(chain):
    reviewer = handing.staff(handing.STATION, CenterRole.REVIEWER, CenterRole.CLERK).actor
    before = casework.holdings(handing.STATION)
    for step in (chain.station.accept, chain.station.notify, chain.station.decide):
        with pytest.raises(errors.NotCustodianError):
            step(chain.number, reviewer)
    assert casework.holdings(handing.STATION) == before


def test_a_request_waits_while_the_case_is_in_transit(chain):
    chain.ask(withdraw.withdraw_case)
    with center_context(handing.COUNTY):
        models.Case.objects.filter(number=chain.number).update(custody="in_transit")
    delivered = relay.relay_outbox(handing.STATION, clock=lambda: chain.station.now)
    assert (delivered.settled, delivered.failed) == (0, 1)
    with center_context(handing.STATION):
        message = OutboxMessage.objects.get(kind="case.request")
        assert message.parked_at is None
        assert message.next_attempt_at is not None
    with center_context(handing.COUNTY):
        models.Case.objects.filter(number=chain.number).update(custody="held")
    handing.relay_all(now=message.next_attempt_at)
    assert chain.county.case(chain.number).state == State.WITHDRAWN


def test_a_request_that_crosses_the_returning_case(chain):
    """The county sends the case back while the station's request is on its way to it."""
    received = handing.handoff_at(handing.COUNTY, chain.number, Direction.INCOMING)
    with center_context(handing.COUNTY):
        handoff_answer.return_handoff(
            actor=handing.staff(handing.COUNTY).actor,
            handoff_id=received.id,
            reason="材料不清",
            idempotency_key=uuid.uuid4(),
            now=chain.county.now,
        )
    key = uuid.uuid4()
    assert chain.ask(withdraw.withdraw_case, key).is_pending
    for origin in (handing.STATION, handing.COUNTY, handing.STATION):
        assert relay.relay_outbox(origin, clock=lambda: chain.station.now).failed == 0
    assert chain.station.case(chain.number).custody == "held"
    with center_context(handing.STATION):
        entry = LogEntry.objects.get(topic="case_request", name="case.request_refused")
    assert entry.data["code"] == "NOT_CUSTODIAN"
    assert not chain.ask(withdraw.withdraw_case, key).is_pending
    assert chain.station.withdraw(chain.number, chain.operator).state == State.WITHDRAWN


def test_a_request_travels_over_every_center_of_the_chain(db):
    """A street station's enterprise goes over its district to the city, and comes back."""
    station, city = Desk(handing.DISTRICT_STATION), Desk(handing.CITY)
    operator = station.who(CenterRole.STATION_OPERATOR)
    request = casework.application(matter_code=handing.SET_UP)
    number = station.submit(operator, request=request).case.number
    for center in (handing.DISTRICT, handing.CITY):
        handing.relay_all()
        offered = handing.handoff_at(center, number, Direction.INCOMING)
        taker = handing.staff(center)
        with center_context(center):
            handoff_answer.accept_handoff(
                actor=taker.actor, handoff_id=offered.id, idempotency_key=uuid.uuid4(),
                now=station.now,
            )  # fmt: skip
            if center == handing.DISTRICT:
                offer.offer_handoff(
                    actor=taker.actor, number=number, destination=None, reason="",
                    idempotency_key=uuid.uuid4(), now=station.now,
                )  # fmt: skip
    handing.relay_all()
    assert city.case(number).custody == "held"
    city.notify(number)
    handing.relay_all()
    station.answer(number, operator)
    handing.relay_all()
    assert city.case(number).state == State.SUBMITTED
    assert rows(handing.CITY, number) == rows(handing.DISTRICT_STATION, number)
    for step in ("accept", "start", "review", "verify", "decide"):
        getattr(city, step)(number)
    key = uuid.uuid4()
    station.withdraw(number, operator, idempotency_key=key)
    handing.relay_all()
    with center_context(handing.DISTRICT_STATION):
        refused = LogEntry.objects.get(name="case.request_refused")
    assert refused.data["request_id"] == str(key)
    city.issue(number, deliver_at=rules.DeliverAt.ORIGIN)
    handing.relay_all()
    assert station.case(number).custody == "held"
    assert station.complete(number, operator).state == State.COMPLETED
    handing.relay_all()
    logs = [
        handing.log_of(center, number)
        for center in (handing.DISTRICT_STATION, handing.DISTRICT, handing.CITY)
    ]
    assert logs[0] == logs[1] == logs[2]


def test_a_request_from_outside_the_chain_has_no_effect(chain):
    chain.ask(withdraw.withdraw_case)
    with center_context(handing.STATION):
        message = OutboxMessage.objects.get(kind="case.request")
    forged = Message(
        uuid.uuid4(), handing.DISTRICT, handing.COUNTY, message.kind, message.key, message.payload
    )
    with pytest.raises(Exception, match="no neighbour"):
        relay.deliver(forged, now=chain.station.now)
    assert chain.county.case(chain.number).state == State.SUBMITTED
