"""Who is let in, what each may follow, and how soon that ends with the right to it."""

import socket
import time
from datetime import timedelta

from django.utils import timezone
from oauth2_provider.models import AccessToken

from tenants.staff.operations import members as staff
from tenants.staff.rules import CenterRole
from tests import handing, people
from tests.live import factory
from tests.live.client import HANDOFF_EVENTS, opened
from tests.live.conftest import HOST
from tests.people import OPERATOR
from tongban.identity.operations import administration
from tongban.kernel.context import SharedRole, center_context, shared_context
from tongban.registry import models as registry

COUNTY, NEIGHBOUR = factory.COUNTY, factory.NEIGHBOUR


def lock(person):
    with shared_context(SharedRole.PLATFORM):
        administration.set_account_lock(
            actor=OPERATOR,
            account_id=person.account.account_id,
            locked=True,
            reason="冒用",
            now=timezone.now(),
        )


def test_without_a_good_token_nobody_is_let_in(live):
    locked = factory.citizen()
    lock(locked)
    expired = people.token(factory.citizen().account, now=timezone.now() - timedelta(hours=9))
    for token in (None, "no-such-token", "x" * 5_000, "令牌", locked.token, expired):
        with opened(live.url(COUNTY)) as client:
            client.initialize(token)
            assert client.closed() == 4401
    for payload, code in (
        (None, 4401),
        ({}, 4401),
        ({"authorization": "Basic abc"}, 4401),
        ({"authorization": "Bearer "}, 4401),
        ({"Authorization": f"Bearer {expired}"}, 4401),
        ({"authorization": 7}, 4400),
        ([], 4400),
    ):
        with opened(live.url(COUNTY)) as client:
            client.send(type="connection_init", payload=payload)
            assert client.closed() == code


def test_a_machine_works_in_its_own_center_alone(live):
    with shared_context(SharedRole.PLATFORM):
        machine, _secret = administration.register_machine(
            actor=OPERATOR, center_code=COUNTY, name="自助机", now=timezone.now()
        )
    token = people.machine_token(machine, now=timezone.now())
    number = factory.case_of()
    with opened(live.url(COUNTY)) as client:
        client.acknowledged(token).follow(number)
        client.delivery()
    with opened(live.url(NEIGHBOUR)) as client:
        client.initialize(token)
        assert client.closed() == 4403


def test_what_one_may_not_see_and_what_does_not_exist_answer_alike(live):
    citizen, other, outsider = factory.citizen(), factory.citizen(), factory.staff(NEIGHBOUR)
    party = factory.staff(COUNTY, CenterRole.PARTY_SECRETARY)
    number = factory.case_of(citizen)
    refusals = []
    for person, center, asked in (
        (other, COUNTY, number),
        (outsider, COUNTY, number),
        (outsider, NEIGHBOUR, number),
        (party, COUNTY, number),
        (citizen, NEIGHBOUR, number),
        (citizen, COUNTY, "371425000261124999990"),
        (citizen, COUNTY, "不是办件编号"),
    ):
        with opened(live.url(center)) as client:
            client.acknowledged(person.token).follow(asked)
            refusals.append(client.receive())
    assert refusals[0]["payload"][0]["extensions"]["code"] == "CASE_NOT_FOUND"
    assert all(refusal == refusals[0] for refusal in refusals)
    with opened(live.url(COUNTY)) as client:
        client.acknowledged(citizen.token).follow(number)
        assert client.delivery()["event"]["name"] == "case.snapshot"


def test_handoffs_are_followed_by_those_who_work_them(live):
    for person in (factory.citizen(), factory.staff(NEIGHBOUR)):
        with opened(live.url(COUNTY)) as client:
            client.acknowledged(person.token).subscribe(HANDOFF_EVENTS)
            assert client.refusal() == "FORBIDDEN"


def test_without_a_center_the_center_is_asked_for(live):
    clerk = factory.staff()
    with opened(live.url()) as client:
        client.acknowledged(clerk.token).follow(factory.case_of())
        assert client.refusal() == "CENTER_REQUIRED"


def test_a_host_of_its_own_names_the_center(live):
    clerk, number = factory.staff(), factory.case_of()
    with shared_context(SharedRole.PLATFORM):
        center = registry.Center.objects.get(code=COUNTY)
        registry.CenterDomain.objects.create(domain=HOST, tenant=center)
        registry.RegistryVersion.objects.update(number=10_000)
    time.sleep(1.1)  # how long a process may go on with the old map
    there = socket.create_connection(("127.0.0.1", live.port))
    with opened(f"ws://{HOST}:{live.port}/graphql", sock=there) as client:
        client.acknowledged(clerk.token).follow(number)
        client.delivery()


def test_a_revoked_token_closes_its_sockets_at_once(live):
    clerk, other = factory.staff(), factory.staff()
    number = factory.case_of()
    with opened(live.url(COUNTY)) as client, opened(live.url(COUNTY)) as neighbour:
        for each, person in ((client, clerk), (neighbour, other)):
            each.acknowledged(person.token).follow(number)
            each.delivery()
        started = time.monotonic()
        lock(clerk)
        assert client.closed() == 4401
        assert time.monotonic() - started < 5
        factory.append(number)
        neighbour.delivery()


def test_a_token_that_ends_unheard_closes_its_sockets_too(live):
    """Expiry sends no word, and a row may be deleted by hand: the sweep finds both."""
    deleted, number = factory.staff(), factory.case_of()
    expiring = people.token(deleted.account, now=timezone.now() - timedelta(hours=8, seconds=-3))
    with opened(live.url(COUNTY)) as first, opened(live.url(COUNTY)) as second:
        for each, token in ((first, deleted.token), (second, expiring)):
            each.acknowledged(token).follow(number)
            each.delivery()
        started = time.monotonic()
        with shared_context(SharedRole.SIGN_IN):
            AccessToken.objects.filter(user=deleted.account.account_id).latest("expires").delete()
        assert first.closed(timeout=10) == 4401
        assert second.closed(timeout=10) == 4401
        assert time.monotonic() - started < 10


def test_after_a_membership_ends_no_event_is_delivered(live):
    clerk, other = factory.staff(), factory.staff()
    number = factory.case_of()
    administrator = handing.staff(COUNTY, CenterRole.SYSTEM_ADMINISTRATOR)
    with opened(live.url(COUNTY)) as client, opened(live.url(COUNTY)) as neighbour:
        for each, person in ((client, clerk), (neighbour, other)):
            each.acknowledged(person.token).follow(number)
            each.subscribe(HANDOFF_EVENTS, name="2")
            assert {each.receive()["id"], each.receive()["id"]} == {"1", "2"}
        assert clerk.member is not None
        with center_context(COUNTY):
            staff.end_membership(
                actor=administrator.actor,
                staff_number=clerk.member.staff_number,
                expected_version=clerk.member.version,
                now=timezone.now(),
            )
        factory.append(number)
        ended = [client.receive(), client.receive()]
        assert {message["id"] for message in ended} == {"1", "2"}
        assert {message["type"] for message in ended} == {"error"}
        assert {m["payload"][0]["extensions"]["code"] for m in ended} == {"FORBIDDEN"}
        neighbour.delivery()
        client.follow(number)  # the socket lives on: its owner may follow what is their own
        assert client.refusal() == "CASE_NOT_FOUND"


def test_sockets_of_one_account_are_counted(live):
    clerk = factory.staff()
    with (
        opened(live.url(COUNTY)) as a, opened(live.url(COUNTY)) as b, opened(live.url(COUNTY)) as c,
        opened(live.url(COUNTY)) as d, opened(live.url(COUNTY)) as e, opened(live.url(COUNTY)) as f,
    ):  # fmt: skip
        for each in (a, b, c, d, e):
            each.acknowledged(clerk.token)
        f.initialize(clerk.token)
        assert f.closed() == 4429
    with opened(live.url(COUNTY)) as client:
        client.acknowledged(clerk.token)
