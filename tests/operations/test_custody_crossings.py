"""Messages and people that cross while a case changes hands, one delivery at a time."""

import random
import uuid
from datetime import timedelta

import pytest

from tenants.cases import errors
from tenants.cases import models as case_models
from tenants.cases.operations import materials, notice, withdraw
from tenants.cases.rules import Defect
from tenants.cases.states import Custody
from tenants.handoffs import models
from tenants.handoffs.operations import answer, offer
from tenants.handoffs.states import OPEN, Direction, HandoffState
from tests import casework, handing
from tests.handing import CITY, DISTRICT, DISTRICT_STATION, NOW, SET_UP
from tongban.exchange import queries as exchange
from tongban.exchange.operations import relay
from tongban.kernel import files
from tongban.kernel.context import center_context
from tongban.kernel.errors import DomainError
from tongban.kernel.models import OutboxMessage
from tongban.kernel.transactions import PLATFORM

CHAIN = (DISTRICT_STATION, DISTRICT, CITY)


class Traffic:
    """A case of three centers; every message and every step is one call."""

    def __init__(self, monkeypatch):
        monkeypatch.setattr(relay, "BATCH", 1)
        self.now = NOW
        self.people = {center: handing.staff(center) for center in CHAIN}
        self.number = handing.submitted(self.people[DISTRICT_STATION], SET_UP)

    def deliver(self, origin):
        """Deliver the oldest message of an outbox that may be delivered, if there is one."""
        self.now += timedelta(minutes=6)
        return relay.relay_outbox(origin, clock=lambda: self.now)

    def settle(self, origin, kind):
        """Deliver up to and with the next message of one kind."""
        while True:
            with center_context(origin):
                first = exchange.pending_messages(self.now).first()
            assert self.deliver(origin).settled == 1, first.last_error
            if first.kind == kind:
                return

    def run(self):
        """Deliver until nothing can be delivered any more."""
        for _ in range(3):
            while sum(self.deliver(origin).settled for origin in (*CHAIN, PLATFORM)):
                pass

    def drain(self):
        self.run()
        for center in CHAIN:
            with center_context(center):
                left = OutboxMessage.objects.filter(settled_at=None)
                assert not [(row.kind, row.destination, row.last_error) for row in left]

    def latest(self, center, direction):
        with center_context(center):
            return (
                models.Handoff.objects.filter(case_number=self.number, direction=direction)
                .order_by("-id")
                .first()
            )

    def side(self, center, direction):
        handoff = self.latest(center, direction)
        return handoff.id if handoff else uuid.uuid4()

    def case(self, center):
        with center_context(center):
            return case_models.Case.objects.filter(number=self.number).first()

    def _call(self, center, operation, **said):
        self.now += timedelta(seconds=1)
        with center_context(center):
            return operation(
                actor=self.people[center].actor,
                idempotency_key=said.pop("key", None) or uuid.uuid4(),
                now=self.now,
                **said,
            )

    def accept(self, center):
        return self._call(
            center, answer.accept_handoff, handoff_id=self.side(center, Direction.INCOMING)
        )

    def decline(self, center):
        return self._call(
            center,
            answer.decline_handoff,
            handoff_id=self.side(center, Direction.INCOMING),
            reason="不收",
        )

    def give_back(self, center):
        return self._call(
            center,
            answer.return_handoff,
            handoff_id=self.side(center, Direction.INCOMING),
            reason="退回",
        )

    def recall(self, center):
        return self._call(
            center,
            offer.recall_handoff,
            handoff_id=self.side(center, Direction.OUTGOING),
            reason="收回",
        )

    def offer(self, center):
        return self._call(
            center, offer.offer_handoff, number=self.number, destination=None, reason="再移交"
        )

    def add(self, center, key=None):
        mark = str(uuid.uuid4())
        return self._call(
            center,
            materials.add_material,
            number=self.number,
            files=[casework.pdf(f"{mark[:6]}.pdf", mark.encode())],
            material_name="补充材料",
            key=key,
        )

    def notify(self, center):
        return self._call(
            center, notice.issue_notice, number=self.number, defects=[Defect("", "写明住所")]
        )

    def withdraw(self, center, key=None):
        return self._call(
            center, withdraw.withdraw_case, number=self.number, reason="不办了", key=key
        )

    def agree(self, *centers):
        logs = [handing.log_of(center, self.number) for center in centers]
        assert all(log == logs[0] for log in logs)


@pytest.fixture
def traffic(db, monkeypatch):
    return Traffic(monkeypatch)


@pytest.fixture
def taken(traffic):
    """The district holds the case, and everybody has heard of it."""
    traffic.drain()
    traffic.accept(DISTRICT)
    traffic.drain()
    return traffic


def test_a_case_is_offered_again_before_its_return_is_settled(taken):
    """The returned case is the station's again with the event; the receipt comes later."""
    taken.give_back(DISTRICT)
    taken.settle(DISTRICT, "case.event")
    again = taken.offer(DISTRICT_STATION)
    taken.drain()
    assert taken.latest(DISTRICT, Direction.INCOMING).id == again.id
    taken.accept(DISTRICT)
    taken.drain()
    taken.agree(DISTRICT_STATION, DISTRICT)
    assert taken.case(DISTRICT).custody == Custody.HELD
    assert taken.case(DISTRICT_STATION).peers == [DISTRICT]
    with center_context(DISTRICT_STATION):
        states = models.Handoff.objects.order_by("id").values_list("state", flat=True)
        assert list(states) == [HandoffState.RETURNED, HandoffState.ACCEPTED]


def test_who_sent_a_case_back_asks_for_nothing_more(taken):
    taken.give_back(DISTRICT)
    with pytest.raises(errors.NotCustodianError):
        taken.add(DISTRICT)
    taken.drain()
    with pytest.raises(errors.NotCustodianError):
        taken.withdraw(DISTRICT)
    taken.offer(DISTRICT_STATION)
    taken.drain()
    taken.accept(DISTRICT)
    taken.drain()
    taken.agree(DISTRICT_STATION, DISTRICT)


def test_one_key_for_two_requests_is_two_requests(taken):
    key = uuid.uuid4()
    taken.add(DISTRICT_STATION, key)
    taken.drain()
    assert taken.withdraw(DISTRICT_STATION, key).is_pending
    assert taken.withdraw(DISTRICT_STATION, key).is_pending
    taken.drain()
    assert not taken.withdraw(DISTRICT_STATION, key).is_pending


def test_a_request_waits_for_the_next_center_and_travels_on(taken):
    taken.offer(DISTRICT)
    taken.add(DISTRICT_STATION)
    assert taken.deliver(DISTRICT_STATION).failed == 1
    taken.settle(DISTRICT, "handoff.offered")
    taken.accept(CITY)
    taken.drain()
    taken.agree(*CHAIN)
    assert handing.log_of(CITY, taken.number)[-1][2] == "case.material_added"


@pytest.mark.parametrize(
    "seed", [0, 1, *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(2, 16))]
)
def test_any_order_of_steps_and_deliveries_ends_with_equal_logs(traffic, seed):
    """People act at random while messages arrive at random; refusals are part of it."""
    chance = random.Random(seed)  # noqa: S311 - an order of steps, no secret
    steps = [
        *(traffic.deliver,) * 8,
        *(traffic.accept,) * 3,
        *(traffic.offer,) * 2,
        *(traffic.give_back, traffic.add, traffic.notify, traffic.recall, traffic.decline),
    ]
    taken = 0
    for _ in range(120):
        step, center = chance.choice(steps), chance.choice(CHAIN)
        try:
            step(center)
        except DomainError:
            continue
        taken += step != traffic.deliver
    assert taken
    traffic.run()
    for center in CHAIN:
        received = traffic.latest(center, Direction.INCOMING)
        if received is not None and received.state in OPEN:
            traffic.accept(center)
            traffic.run()
    traffic.drain()
    _assert_consistent(traffic)


def _assert_consistent(traffic):
    copies = {center: traffic.case(center) for center in CHAIN if traffic.case(center)}
    (holder,) = [code for code, case in copies.items() if case.custody == Custody.HELD]
    members = CHAIN[: CHAIN.index(holder) + 1]
    traffic.agree(*members)
    for place, center in enumerate(members):
        beside = {*members[max(place - 1, 0) : place], *members[place + 1 : place + 2]}
        assert set(copies[center].peers) == beside
        with center_context(center):
            for file in case_models.MaterialFile.objects.filter(material__case=copies[center]):
                assert files.holds(center, file.sha256)
    whole = handing.log_of(holder, traffic.number)
    for center in copies:
        known = handing.log_of(center, traffic.number)
        assert known == whole[: len(known)]
    sides = {}
    for center in CHAIN:
        with center_context(center):
            for handoff in models.Handoff.objects.filter(case_number=traffic.number):
                sides.setdefault(handoff.id, []).append(
                    (handoff.state, handoff.settled_by, handoff.settled_reason)
                )
    for first, second in sides.values():
        assert first == second
