"""What is delivered: the present state, then every event once and in order."""

import contextlib
import signal
import socket
import threading
import time
import uuid
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from django.db import connection
from django.utils import timezone
from websockets.exceptions import ConnectionClosed

from tenants.cases import rules
from tenants.handoffs.operations import answer
from tenants.handoffs.states import Direction
from tenants.staff.rules import CenterRole
from tests import casework, handing, people
from tests.live import factory
from tests.live.client import HANDOFF_EVENTS, LAMPS, opened
from tongban.kernel import crypto
from tongban.kernel.context import center_context

COUNTY = factory.COUNTY


def test_snapshot_and_events_equal_a_refetch(live):
    clerk = factory.staff()
    desk = casework.Desk(COUNTY, now=timezone.now())
    number = desk.submitted()
    with opened(live.url(COUNTY)) as client:
        client.acknowledged(clerk.token).follow(number)
        first = client.delivery()
        assert first["event"]["name"] == "case.snapshot"
        known = first["event"]["changes"]
        for step in (desk.accept, desk.start, desk.review, desk.verify, desk.decide, desk.issue):
            step(number)
        desk.complete(number)
        received: list[Any] = []
        while not received or received[-1]["event"]["name"] != "case.completed":
            received.append(client.delivery())
            known |= received[-1]["event"]["changes"]
        client.follow(number, name="2")
        again = client.delivery()
    row = factory.case_at(number)
    assert known == again["event"]["changes"]
    shown = (*rules.MIRRORED, "applicant_name_masked", "applicant_phone_masked")
    assert known == crypto.plain_json({name: getattr(row, name) for name in shown})
    assert again["cursor"] == received[-1]["cursor"]
    first_place = first["event"]["sequence"]
    assert [d["event"]["sequence"] for d in received] == list(
        range(first_place + 1, row.sequence + 1)
    )
    texts = [d["event"]["text"] for d in received]
    assert texts == [rules.EVENTS[d["event"]["name"]][0] for d in received]


def test_a_cursor_resumes_right_behind_it(live):
    clerk, number = factory.staff(), factory.case_of()
    with opened(live.url(COUNTY)) as client:
        client.acknowledged(clerk.token).follow(number)
        client.delivery()
        factory.append(number, 3)
        cursor = [client.delivery() for _ in range(3)][1]["cursor"]
    factory.append(number, 130)  # more than a page behind the cursor, and than the backlog
    with opened(live.url(COUNTY)) as client:
        client.acknowledged(clerk.token).follow(number, cursor)
        resumed = [client.delivery()["event"]["sequence"] for _ in range(131)]
        factory.append(number)
        resumed.append(client.delivery()["event"]["sequence"])
        assert resumed == list(range(resumed[0], resumed[0] + 132))
        assert resumed[0] == int(cursor) + 1
        assert client.is_silent(0.2)


def test_one_s_end_does_not_silence_its_siblings(live):
    clerk, other = factory.staff(), factory.staff()
    number = factory.case_of()
    with opened(live.url(COUNTY)) as client, opened(live.url(COUNTY)) as neighbour:
        client.acknowledged(clerk.token)
        neighbour.acknowledged(other.token)
        for name in ("a", "b"):
            client.follow(number, name=name)
            assert client.receive()["id"] == name
        neighbour.follow(number)
        neighbour.delivery()
        client.send(id="a", type="complete")
        client.send(type="ping")
        assert client.receive() == {"type": "pong"}
        factory.append(number)
        assert client.receive()["id"] == "b"
        neighbour.delivery()
        client.follow(number, name="a")  # the name is free again
        assert client.receive()["id"] == "a"
        assert neighbour.is_silent(0.2)


def test_an_applicant_is_shown_the_event_without_what_staff_write_for_staff(live):
    citizen, clerk = factory.citizen(), factory.staff()
    number = factory.case_of(citizen)
    with opened(live.url(COUNTY)) as own, opened(live.url(COUNTY)) as desk:
        own.acknowledged(citizen.token).follow(number)
        desk.acknowledged(clerk.token).follow(number)
        own.delivery()
        desk.delivery()
        factory.append(number)
        assert "request_id" in desk.delivery()["event"]["data"]
        assert "request_id" not in own.delivery()["event"]["data"]
        # Read back, it is the same as live.
        own.follow(number, "1", name="2")
        assert "request_id" not in own.delivery()["event"]["data"]


def test_each_is_told_in_its_own_language(live):
    clerk, number = factory.staff(), factory.case_of()
    english = opened(live.url(COUNTY), headers={"Accept-Language": "en"})
    with english as client, opened(live.url(COUNTY)) as other:
        for each in (client, other):
            each.acknowledged(clerk.token).follow(number)
            each.delivery()
        factory.append(number)
        assert client.delivery()["event"]["text"] == "Material was added"
        assert other.delivery()["event"]["text"] == "补充材料"


def test_a_cursor_survives_the_change_of_custody(live):
    station, county = handing.STATION, handing.COUNTY
    operator = factory.staff(station, CenterRole.STATION_OPERATOR)
    clerk = factory.staff(county, CenterRole.CLERK, CenterRole.REVIEWER)
    operating, working = (people.actor(p.account, now=timezone.now()) for p in (operator, clerk))
    number = handing.submitted(handing.Staff(station, operating), handing.FOOD)
    with opened(live.url(station)) as client:
        client.acknowledged(operator.token).follow(number)
        cursor = client.delivery()["cursor"]
        handing.relay_all()
        handoff = handing.handoff_at(county, number, Direction.INCOMING)
        with center_context(county):
            answer.accept_handoff(
                actor=working, handoff_id=handoff.id, idempotency_key=uuid.uuid4(), now=handing.NOW
            )
        handing.relay_all()
        at_station = client.delivery()
        assert at_station["event"]["name"] == "case.handed_over"
        assert at_station["event"]["center"]["code"] == county
    with opened(live.url(county)) as client:
        client.acknowledged(clerk.token).follow(number, cursor)
        assert client.delivery() == at_station
        factory.append(number)
        assert client.delivery()["event"]["epoch"] == at_station["event"]["epoch"]


def test_handoffs_of_a_center(live):
    station, county = handing.STATION, handing.COUNTY
    operator = factory.staff(station, CenterRole.STATION_OPERATOR)
    clerk = factory.staff(county, CenterRole.CLERK, CenterRole.REVIEWER)
    operating = people.actor(operator.account, now=timezone.now())
    with opened(live.url(county)) as client:
        client.acknowledged(clerk.token).subscribe(HANDOFF_EVENTS)
        first = client.delivery("handoffEvents")
        open_before = {handoff["id"] for handoff in first["event"]["open"]}
        number = handing.submitted(handing.Staff(station, operating), handing.FOOD)
        handing.relay_all()
        received = client.delivery("handoffEvents")["event"]
        assert received["name"] == "handoff.received"
        assert (received["state"], received["handoff"]["caseNumber"]) == ("OFFERED", number)
        client.subscribe(HANDOFF_EVENTS, name="2")
        again = client.delivery("handoffEvents")
        assert {h["id"] for h in again["event"]["open"]} == open_before | {
            received["handoff"]["id"]
        }
        assert again["event"]["openCount"] == len(open_before) + 1
        client.subscribe(HANDOFF_EVENTS, {"after": first["cursor"]}, name="3")
        assert client.delivery("handoffEvents")["event"] == received
        for name, foreign in (("4", f"{station}-1"), ("5", f"{county}-999999"), ("6", "x")):
            client.subscribe(HANDOFF_EVENTS, {"after": foreign}, name=name)
            assert client.refusal() == "BAD_REQUEST"


def test_lamps_of_a_center_as_they_change(live):
    desk = casework.Desk(factory.COUNTY, now=timezone.now())
    watcher = factory.staff(factory.COUNTY, CenterRole.SUPERVISOR)
    number = factory.case_of()
    with opened(live.url(factory.COUNTY)) as client:
        client.acknowledged(watcher.token).subscribe(LAMPS)
        first = client.delivery("lamps")
        assert number not in {each["number"] for each in first["event"]["pressing"]}
        desk.accept(number)
        green = client.delivery("lamps")["event"]
        assert (green["former"], green["lamp"], green["case"]["number"]) == (None, "GREEN", number)
        due = desk.case(number).promised_due_at
        desk.pass_time(due + timedelta(seconds=1))
        seen = [green]
        while seen[-1]["case"]["number"] != number or seen[-1]["lamp"] != "RED":
            seen.append(client.delivery("lamps")["event"])
    with opened(live.url(factory.COUNTY)) as later:
        later.acknowledged(watcher.token).subscribe(LAMPS)
        board = later.delivery("lamps")["event"]
        assert board["pressing"][0]["lamp"] == "RED"
        assert board["litCount"] == len(board["pressing"])
        assert number in {each["number"] for each in board["pressing"]}
    with opened(live.url(factory.COUNTY)) as resumed:
        resumed.acknowledged(watcher.token).subscribe(LAMPS, {"after": first["cursor"]})
        assert resumed.delivery("lamps")["event"]["lamp"] == green["lamp"]
    for foreign in ("371722-1", f"{factory.COUNTY}-999999", "x"):
        with opened(live.url(factory.COUNTY)) as other:
            other.acknowledged(watcher.token).subscribe(LAMPS, {"after": foreign})
            assert other.refusal() == "BAD_REQUEST"


class Writer(threading.Thread):
    """Appends events until told to stop."""

    def __init__(self, number: str) -> None:
        super().__init__(daemon=True)
        self.number = number
        self.stopping = threading.Event()
        self.last = 0

    def run(self) -> None:
        while not self.stopping.is_set():
            self.last = factory.append(self.number)[0]
        connection.close()


def resumed(live: Any, token: str, number: str, cursor: str, *, until: float) -> list[str]:
    """Return the cursors that come until a time, or until the server dies."""
    got: list[str] = []
    with (
        contextlib.suppress(ConnectionClosed, OSError, TimeoutError),
        opened(live.url(COUNTY)) as client,
    ):
        client.acknowledged(token).follow(number, cursor)
        while time.monotonic() < until:
            got.append(client.delivery(timeout=0.5)["cursor"])
    return got


@pytest.mark.slow
def test_nothing_is_lost_or_doubled_through_kills_while_others_write(live):
    clerk, number = factory.staff(), factory.case_of()
    first = factory.append(number)[0]
    writer = Writer(number)
    writer.start()
    got = [str(first)]
    try:
        for cut in ("client", "kill", "client", "kill"):
            reader = threading.Timer(0.6, live.kill) if cut == "kill" else None
            if reader:
                reader.start()
            until = time.monotonic() + 0.8
            got += resumed(live, clerk.token, number, got[-1], until=until)
            if reader:
                reader.join()
                live.start()
    finally:
        writer.stopping.set()
        writer.join()
    while int(got[-1]) < writer.last:
        got += resumed(live, clerk.token, number, got[-1], until=time.monotonic() + 0.5)
    assert [int(cursor) for cursor in got] == list(range(first, writer.last + 1))
    assert len(got) > 200


@pytest.mark.slow
def test_a_process_that_stops_tells_its_clients_to_come_back(live):
    clerk, number = factory.staff(), factory.case_of()
    with opened(live.url(COUNTY)) as client:
        client.acknowledged(clerk.token).follow(number)
        client.delivery()
        started = time.monotonic()
        assert live.kill(signal.SIGTERM) == -signal.SIGTERM  # uvicorn passes it on in the end
        assert time.monotonic() - started < 5
        assert client.closed() == 1012
    live.start()


def test_a_slow_client_is_told_to_resume(live):
    """It stops reading; the server keeps a bounded backlog, and nothing is lost by that."""
    clerk, number = factory.staff(), factory.case_of()
    narrow = socket.create_connection(("127.0.0.1", live.port))
    narrow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 256 * 1024)
    with opened(live.url(COUNTY), sock=narrow, max_queue=1) as client:
        client.acknowledged(clerk.token).follow(number)
        place = int(client.delivery()["cursor"])
        before = live.memory()
        last = factory.append(number, 150, note="长" * 30_000)[-1]  # 90 KB each
        assert live.memory() - before < 48 * 1024 * 1024
        while (message := client.receive())["type"] == "next":
            delivery = message["payload"]["data"]["caseEvents"]
            assert int(delivery["cursor"]) == place + 1
            place += 1
        assert message["payload"][0]["extensions"]["code"] == "RESUME_REQUIRED"
        assert place < last
        client.follow(number, str(place))
        assert [client.delivery()["event"]["sequence"] for _ in range(last - place)] == list(
            range(place + 1, last + 1)
        )


def test_it_goes_on_when_the_database_drops_every_connection(live, administrator):
    clerk, number = factory.staff(), factory.case_of()
    with opened(live.url(COUNTY)) as client:
        client.acknowledged(clerk.token).follow(number)
        client.delivery()
        with psycopg.connect(administrator, autocommit=True) as postgres:
            postgres.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s",
                [connection.settings_dict["NAME"]],
            )
        connection.close()
        sequence = factory.append(number)[0]  # nobody listens now
        assert client.delivery(timeout=8)["event"]["sequence"] == sequence
        for _ in range(40):
            if live.answer("/readyz") == 200:
                break
            time.sleep(0.1)
        factory.append(number)
        assert client.delivery(timeout=2)["event"]["sequence"] == sequence + 1
