"""Races for one case between people, messages and timers; everything commits."""

import threading
import time
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, connections, transaction

from tenants.cases import models as case_models
from tenants.cases.rules import DeliverAt
from tenants.cases.states import Custody
from tenants.handoffs import models
from tenants.handoffs.operations import answer, offer
from tenants.handoffs.states import Direction, HandoffState
from tenants.staff.rules import CenterRole
from tests import handing
from tests.casework import Desk
from tests.handing import COUNTY, FOOD, STATION
from tongban.exchange.operations import relay, timers
from tongban.kernel.context import center_context
from tongban.kernel.errors import DomainError
from tongban.kernel.models import OutboxMessage, Timer


def together(*calls):
    """Run the calls at once, each on a connection of its own; a refusal is a result."""
    barrier = threading.Barrier(len(calls))

    def run(call):
        barrier.wait(timeout=30)
        try:
            return call()
        except DomainError as error:
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls, timeout=60))


def wait_for_waiter():
    """Return once a session waits for a lock of this one."""
    with connection.cursor() as cursor:
        for _ in range(500):
            cursor.execute(
                "SELECT count(*) FROM pg_locks w WHERE NOT w.granted"
                " AND pg_backend_pid() = ANY(pg_blocking_pids(w.pid))"
            )
            if cursor.fetchone()[0]:
                return
            time.sleep(0.01)
    raise AssertionError("nobody waits")


@pytest.fixture
def operator(committed_db):
    return handing.staff(STATION, CenterRole.STATION_OPERATOR)


@pytest.fixture
def clerk(committed_db):
    return handing.staff(COUNTY)


def received(number):
    handing.relay_all()
    return handing.handoff_at(COUNTY, number, Direction.INCOMING)


def accept(clerk, handoff, now):
    with center_context(COUNTY):
        return answer.accept_handoff(
            actor=clerk.actor, handoff_id=handoff.id, idempotency_key=uuid.uuid4(), now=now
        )


@pytest.mark.slow
def test_one_answer_wins_and_both_sides_say_the_same(operator, clerk):
    """Twenty times an acceptance, a refusal, a recall, the lapse and two relays at once."""

    def decline(handoff):
        with center_context(COUNTY):
            return answer.decline_handoff(
                actor=clerk.actor, handoff_id=handoff.id, reason="不收",
                idempotency_key=uuid.uuid4(), now=handoff.due_at,
            )  # fmt: skip

    def recall(handoff):
        with center_context(STATION):
            offer.recall_handoff(
                actor=operator.actor, handoff_id=handoff.id, reason="收回",
                idempotency_key=uuid.uuid4(), now=handoff.due_at,
            )  # fmt: skip
        return relay.relay_outbox(STATION, clock=lambda: handoff.due_at)

    outcomes = set()
    for _ in range(20):
        number = handing.submitted(operator, FOOD)
        handoff = received(number)
        due = handoff.due_at
        together(
            lambda h=handoff: accept(clerk, h, h.due_at),
            lambda h=handoff: decline(h),
            lambda h=handoff: recall(h),
            lambda t=due: timers.fire_timers(COUNTY, clock=lambda: t),
            lambda t=due: relay.relay_outbox(COUNTY, clock=lambda: t),
            lambda t=due: relay.relay_outbox(STATION, clock=lambda: t),
        )
        handing.relay_all(now=due.replace(year=due.year + 1))
        here = handing.handoff_at(COUNTY, number, Direction.INCOMING)
        there = handing.handoff_at(STATION, number, Direction.OUTGOING)
        assert (here.state, here.has_lapsed) == (there.state, there.has_lapsed)
        outcomes.add((here.state, here.has_lapsed))
        case = handing.case_at(STATION, number)
        names = [name for _epoch, _sequence, name, _hash in handing.log_of(STATION, number)]
        assert len(names) == 3
        if here.state == HandoffState.ACCEPTED:
            assert handing.log_of(COUNTY, number) == handing.log_of(STATION, number)
            assert (case.custody, case.epoch) == (Custody.ELSEWHERE, 2)
        else:
            assert (case.custody, case.epoch) == (Custody.HELD, 1)
            with center_context(COUNTY):
                assert not case_models.Case.objects.filter(number=number).exists()
        for center in (STATION, COUNTY):
            with center_context(center):
                assert not OutboxMessage.objects.filter(settled_at=None).exists()
    assert len(outcomes) > 1


def test_a_timer_gives_way_to_a_person(operator, clerk):
    """The one holds the handoff and wants the timer, the other the reverse: nobody fails."""
    handoff = received(handing.submitted(operator, FOOD))
    due = handoff.due_at
    fired = {}

    def fire():
        fired["first"] = timers.fire_timers(COUNTY, clock=lambda: due)
        connections.close_all()

    thread = threading.Thread(target=fire)
    with center_context(COUNTY), transaction.atomic():
        models.Handoff.objects.select_for_update().get(id=handoff.id)
        thread.start()
        wait_for_waiter()
        answer.accept_handoff(
            actor=clerk.actor, handoff_id=handoff.id, idempotency_key=uuid.uuid4(), now=due
        )
    thread.join()
    assert fired == {"first": 0}
    assert timers.fire_timers(COUNTY, clock=lambda: due) == 0
    with center_context(COUNTY):
        assert not Timer.objects.filter(fired_at=None, key=str(handoff.id)).exists()
        kept = models.Handoff.objects.get(id=handoff.id)
    assert (kept.state, kept.has_lapsed) == (HandoffState.ACCEPTED, False)


def test_issuing_at_the_origin_and_returning_take_their_locks_in_one_order(operator, clerk):
    desk = Desk(COUNTY)
    number = handing.submitted(operator, FOOD)
    handoff = received(number)
    accept(clerk, handoff, desk.now)
    for step in ("accept", "start", "review", "verify", "decide"):
        getattr(desk, step)(number)

    def give_back():
        with center_context(COUNTY):
            return answer.return_handoff(
                actor=clerk.actor, handoff_id=handoff.id, reason="退回",
                idempotency_key=uuid.uuid4(), now=desk.now,
            )  # fmt: skip

    results = together(lambda: desk.issue(number, deliver_at=DeliverAt.ORIGIN), *[give_back] * 8)
    assert not isinstance(results[0], DomainError)
    assert all(isinstance(result, DomainError) for result in results[1:])
    handing.relay_all(now=desk.now)
    assert handing.case_at(STATION, number).custody == Custody.HELD
    assert handing.log_of(COUNTY, number) == handing.log_of(STATION, number)
