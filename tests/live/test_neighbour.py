"""Every subscription, asked with what a neighbour has: nothing of it is delivered, now or later."""

from typing import Any

from django.utils import timezone

from schema.root import schema
from tenants.staff.rules import CenterRole
from tests import people
from tests.live import factory
from tests.live.client import CASE_EVENTS, HANDOFF_EVENTS, LAMPS, WINDOW_QUEUE, opened
from tests.people import OPERATOR
from tongban.identity.operations import administration
from tongban.kernel.context import SharedRole, shared_context

HERE, NEIGHBOUR = factory.COUNTY, factory.NEIGHBOUR
MARK = "獬豸"
ROLES = (
    *(CenterRole.CLERK, CenterRole.REVIEWER, CenterRole.CHIEF_REPRESENTATIVE),
    *(CenterRole.MANAGER, CenterRole.SUPERVISOR, CenterRole.STATION_OPERATOR),
)
WINDOW = "N1"
DOCUMENTS = {
    "caseEvents": CASE_EVENTS,
    "handoffEvents": HANDOFF_EVENTS,
    "lamps": LAMPS,
    "windowQueue": WINDOW_QUEUE,
}
"""One for each field; a new one needs a line here."""


def machine_token() -> str:
    with shared_context(SharedRole.PLATFORM):
        machine, _secret = administration.register_machine(
            actor=OPERATOR, center_code=HERE, name="自助机", now=timezone.now()
        )
    return people.machine_token(machine, now=timezone.now())


def test_every_subscription_is_asked():
    core: Any = schema._schema
    assert set(core.subscription_type.fields) == set(DOCUMENTS)


def test_nothing_of_a_neighbour_is_followed(live):
    insider = factory.staff(NEIGHBOUR, *ROLES)
    number = factory.case_of(center=NEIGHBOUR)
    factory.append(number, center=NEIGHBOUR, note=MARK)
    with opened(live.url(NEIGHBOUR)) as client:
        client.acknowledged(insider.token).follow(number)
        assert client.delivery()["event"]["name"] == "case.snapshot"
    official, citizen = factory.staff(HERE, *ROLES), factory.citizen()
    for center in (HERE, NEIGHBOUR):  # each center may have a window of this code
        factory.window(WINDOW, center)
    for token, center, works_there in (
        (official.token, HERE, True),
        (official.token, NEIGHBOUR, False),
        (citizen.token, HERE, False),
        (citizen.token, NEIGHBOUR, False),
        (machine_token(), HERE, True),
    ):
        for field, document in DOCUMENTS.items():
            with opened(live.url(center)) as client:
                client.acknowledged(token)
                variables = {"caseEvents": {"number": number}, "windowQueue": {"window": WINDOW}}
                client.subscribe(document, variables.get(field))
                told = client.receive()
                is_own = field != "caseEvents" and works_there
                assert told["type"] == ("next" if is_own else "error"), told
                assert number not in str(told)
                assert MARK not in str(told)


def test_what_a_neighbour_does_later_reaches_only_its_own(live):
    """All centers share the process, its connections and its one listener."""
    insider, official = factory.staff(NEIGHBOUR, *ROLES), factory.staff(HERE, *ROLES)
    there, here = factory.case_of(center=NEIGHBOUR), factory.case_of(center=HERE)
    with opened(live.url(NEIGHBOUR)) as inside, opened(live.url(HERE)) as outside:
        inside.acknowledged(insider.token).follow(there)
        inside.delivery()
        outside.acknowledged(official.token).follow(here)
        outside.delivery()
        outside.subscribe(HANDOFF_EVENTS, name="2")
        outside.delivery("handoffEvents")
        factory.append(there, 3, center=NEIGHBOUR, note=MARK)
        assert [inside.delivery()["event"]["data"]["note"] for _ in range(3)] == [MARK] * 3
        assert outside.is_silent(0.5)
        factory.append(here, center=HERE, note="own")
        assert outside.delivery()["event"]["data"]["note"] == "own"


def test_lamps_reach_only_those_who_handle_the_case(live):
    insider, official = factory.staff(NEIGHBOUR, *ROLES), factory.staff(HERE, *ROLES)
    there, here = factory.case_of(center=NEIGHBOUR), factory.case_of(center=HERE)
    with opened(live.url(NEIGHBOUR)) as inside, opened(live.url(HERE)) as outside:
        for client, person in ((inside, insider), (outside, official)):
            client.acknowledged(person.token).subscribe(LAMPS)
            assert client.delivery("lamps")["event"]["name"] == "lamp.snapshot"
        factory.accept(there, center=NEIGHBOUR)
        told = inside.delivery("lamps")["event"]
        assert (told["case"]["number"], told["former"], told["lamp"]) == (there, None, "GREEN")
        assert outside.is_silent(0.5)
        factory.accept(here, center=HERE)
        assert outside.delivery("lamps")["event"]["case"]["number"] == here


def test_what_waits_next_door_comes_to_no_window_here(live):
    insider, official = factory.staff(NEIGHBOUR, *ROLES), factory.staff(HERE, *ROLES)
    for center in (HERE, NEIGHBOUR):
        factory.window(WINDOW, center)
    with opened(live.url(NEIGHBOUR)) as inside, opened(live.url(HERE)) as outside:
        for client, person in ((inside, insider), (outside, official)):
            client.acknowledged(person.token).subscribe(WINDOW_QUEUE, {"window": WINDOW})
            assert client.delivery("windowQueue")["event"]["name"] == "queue.snapshot"
        there = factory.case_of(center=NEIGHBOUR)
        told = inside.delivery("windowQueue")["event"]
        assert (told["name"], told["task"]["caseNumber"]) == ("task.opened", there)
        assert outside.is_silent(0.5)
        here = factory.case_of(center=HERE)
        assert outside.delivery("windowQueue")["event"]["task"]["caseNumber"] == here
