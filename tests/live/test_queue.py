"""The queue of a window, live: each change once and in order, and only what lies there."""

from datetime import timedelta

from django.utils import timezone

from tenants.cases.operations import claims
from tenants.cases.states import TaskKind
from tenants.staff.rules import CenterRole
from tenants.windows.operations import windows
from tests import casework, people, stationing
from tests.live import factory
from tests.live.client import WINDOW_QUEUE, opened
from tongban.exchange.operations import timers
from tongban.kernel.context import center_context

COUNTY = factory.COUNTY


def call(operation, actor, number, **said):
    with center_context(COUNTY):
        return operation(actor=actor, number=number, kind=TaskKind.INTAKE, **said)


def seated(window):
    """Return a desk whose clerk sits at this window, and the clerk's staff number."""
    factory.window(window)
    clerk = factory.staff(COUNTY, CenterRole.CLERK)
    assert clerk.member is not None
    desk = casework.Desk(COUNTY, now=timezone.now())
    desk.staff[CenterRole.CLERK] = people.actor(clerk.account, now=desk.now)
    stationing.Station(desk).seat(desk.clerk, window)
    return desk, clerk.member.staff_number


def test_a_queue_as_it_changes_and_again_from_a_cursor(live):
    desk, badge = seated("Q1")
    factory.window("Q2")
    watcher = factory.staff(COUNTY, CenterRole.SUPERVISOR)
    with opened(live.url(COUNTY)) as client, opened(live.url(COUNTY)) as elsewhere:
        client.acknowledged(watcher.token).subscribe(WINDOW_QUEUE, {"window": "Q1"})
        first = client.delivery("windowQueue")
        waiting = [task["id"] for task in first["event"]["waiting"]]
        assert first["event"]["waitingCount"] == len(waiting)
        elsewhere.acknowledged(watcher.token).subscribe(WINDOW_QUEUE, {"window": "Q2"})
        elsewhere.delivery("windowQueue")
        number = desk.submitted()
        claim = call(claims.claim_task, desk.clerk, number, now=desk.now)
        call(claims.release_task, desk.clerk, number, now=desk.now)
        call(claims.claim_task, desk.clerk, number, now=desk.now)
        assert timers.fire_timers(COUNTY, clock=lambda: claim.leased_until)
        desk.accept(number)
        told = [client.delivery("windowQueue") for _ in range(7)]
        assert elsewhere.is_silent(0.5)
    events = [each["event"] for each in told]
    assert {event["task"]["caseNumber"] for event in events} == {number}
    assert [(e["name"].removeprefix("task."), e["task"]["kind"]) for e in events] == [
        ("opened", "INTAKE"),
        ("claimed", "INTAKE"),
        ("released", "INTAKE"),
        ("claimed", "INTAKE"),
        ("lapsed", "INTAKE"),
        ("closed", "INTAKE"),
        ("opened", "REVIEW"),
    ]
    held = [event["task"]["claim"] and event["task"]["claim"]["staffNumber"] for event in events]
    assert held == [None, badge, None, badge, None, None, None]
    with opened(live.url(COUNTY)) as resumed:
        resumed.acknowledged(watcher.token)
        resumed.subscribe(WINDOW_QUEUE, {"window": "Q1", "after": told[2]["cursor"]})
        assert [resumed.delivery("windowQueue") for _ in range(4)] == told[3:]
        resumed.subscribe(WINDOW_QUEUE, {"window": "Q1"}, name="2")
        present = resumed.delivery("windowQueue")["event"]
        now = [task["id"] for task in present["waiting"]]
        assert sorted(now) == sorted([*waiting, events[-1]["task"]["id"]])


def test_a_cursor_goes_past_any_number_of_changes_at_other_windows(live):
    desk, _badge = seated("Q3")
    other, _badge = seated("Q4")
    watcher = factory.staff(COUNTY, CenterRole.CLERK)
    with opened(live.url(COUNTY)) as client:
        client.acknowledged(watcher.token).subscribe(WINDOW_QUEUE, {"window": "Q3"})
        first = client.delivery("windowQueue")["cursor"]
    elsewhere = other.submitted()
    for n in range(110):  # more than one page of a resumed subscription
        later = other.now + timedelta(seconds=n)
        call(claims.claim_task, other.clerk, elsewhere, now=later)
    number = desk.submitted()
    with opened(live.url(COUNTY)) as client:
        client.acknowledged(watcher.token)
        client.subscribe(WINDOW_QUEUE, {"window": "Q3", "after": first})
        assert client.delivery("windowQueue")["event"]["task"]["caseNumber"] == number


def test_what_lay_at_a_closed_window_comes_to_who_takes_it_in(live):
    desk, _badge = seated("Q5")
    factory.window("Q6")
    watcher = factory.staff(COUNTY, CenterRole.CLERK)
    number = desk.submitted()
    station = stationing.Station(desk)
    station.keep(windows.close_window, code="Q5", expected_version=1)
    with opened(live.url(COUNTY)) as client:
        client.acknowledged(watcher.token).subscribe(WINDOW_QUEUE, {"window": "Q6"})
        waiting = client.delivery("windowQueue")["event"]["waiting"]
        assert number in {task["caseNumber"] for task in waiting}
        desk.accept(number)
        told = [client.delivery("windowQueue")["event"] for _ in range(2)]
        assert [event["name"] for event in told] == ["task.closed", "task.opened"]
        assert {event["task"]["caseNumber"] for event in told} == {number}


def test_who_may_not_follow_a_queue(live):
    factory.window("Q1")
    reader = factory.staff(COUNTY, CenterRole.CLERK)
    secretary = factory.staff(COUNTY, CenterRole.PARTY_SECRETARY)
    for token, said, code in (
        (secretary.token, {"window": "Q1"}, "FORBIDDEN"),
        (factory.citizen().token, {"window": "Q1"}, "FORBIDDEN"),
        (reader.token, {"window": "nowhere"}, "WINDOW_NOT_FOUND"),
        (reader.token, {"window": "\x00"}, "WINDOW_NOT_FOUND"),
        (reader.token, {"window": "Q1", "after": "371722-1"}, "BAD_REQUEST"),
        (reader.token, {"window": "Q1", "after": f"{COUNTY}-999999"}, "BAD_REQUEST"),
    ):
        with opened(live.url(COUNTY)) as client:
            client.acknowledged(token).subscribe(WINDOW_QUEUE, said)
            assert client.refusal() == code
