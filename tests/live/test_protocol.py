"""The protocol, kept and broken: every breach is answered and the process lives on."""

import json
from typing import Any

import pytest
from websockets.exceptions import InvalidStatus

from tests.live import factory
from tests.live.client import CASE_EVENTS, opened

COUNTY = factory.COUNTY


_kept: dict[str, Any] = {}


@pytest.fixture
def clerk():
    """One clerk for all of these tests."""
    return _kept.get("clerk") or _kept.setdefault("clerk", factory.staff())


@pytest.fixture
def number():
    """One case for all of these tests."""
    return _kept.get("number") or _kept.setdefault("number", factory.case_of())


@pytest.fixture
def client(live, clerk):
    with opened(live.url(COUNTY)) as client:
        yield client.acknowledged(clerk.token)


@pytest.mark.parametrize("offered", [None, ["graphql-ws"], ["other", "graphql-ws"]])
def test_only_the_current_protocol_is_spoken(live, offered):
    with opened(live.url(COUNTY), subprotocols=offered) as client:
        assert client.closed() == 4406


def test_both_are_offered_by_clients_in_transition(live, clerk):
    with opened(live.url(COUNTY), subprotocols=["graphql-ws", "graphql-transport-ws"]) as client:
        assert client.connection.subprotocol == "graphql-transport-ws"
        client.acknowledged(clerk.token)


@pytest.mark.parametrize(
    ("path", "status"), [("c/999999", 404), ("c/371425/x", 404), ("x", 404), ("c/..", 404)]
)
def test_what_is_not_there_is_not_opened(live, path, status):
    with (
        pytest.raises(InvalidStatus) as refused,
        opened(f"ws://127.0.0.1:{live.port}/{path}/graphql"),
    ):
        pass
    assert refused.value.response.status_code == status


@pytest.mark.parametrize(
    ("origin", "is_allowed"),
    [
        ("https://app.example", True),
        ("http://app.example", False),
        ("https://evil.example", False),
        ("null", False),
        ("http://127.0.0.1:PORT", True),
        ("http://[bad", False),
    ],
)
def test_pages_of_foreign_origins_open_nothing(live, clerk, origin, is_allowed):
    headers = {"Origin": origin.replace("PORT", str(live.port))}
    if is_allowed:
        with opened(live.url(COUNTY), headers=headers) as client:
            client.acknowledged(clerk.token)
        return
    with pytest.raises(InvalidStatus) as refused, opened(live.url(COUNTY), headers=headers):
        pass
    assert refused.value.response.status_code == 403


def test_an_unknown_host_is_refused(live):
    with (
        pytest.raises(InvalidStatus) as refused,
        opened(live.url(COUNTY), headers={"Host": "evil.example"}),
    ):
        pass
    assert refused.value.response.status_code == 400


def test_who_says_nothing_is_closed(live):
    with opened(live.url(COUNTY)) as client:
        client.send(type="ping")
        assert client.receive() == {"type": "pong"}
        assert client.closed() == 4408


def test_nothing_is_subscribed_before_the_acknowledgement(live, number):
    with opened(live.url(COUNTY)) as client:
        client.follow(number)
        assert client.closed() == 4401


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ("no json", 4400),
        ("[" * 50_000, 4400),
        ("[]", 4400),
        ("7", 4400),
        (b"\x00\x01", 4400),
        ('{"type": "start"}', 4400),
        ('{"id": "1"}', 4400),
        ('{"type": "subscribe"}', 4400),
        ('{"type": "subscribe", "id": 7, "payload": {}}', 4400),
        ('{"type": "subscribe", "id": "", "payload": {}}', 4400),
        (json.dumps({"type": "subscribe", "id": "x" * 129, "payload": {}}), 4400),
        ('{"type": "subscribe", "id": "1", "payload": "query"}', 4400),
        ('{"type": "complete"}', 4400),
        ('{"type": "connection_init"}', 4429),
        (json.dumps({"type": "ping", "payload": "x" * 70_000}), 1009),
        ("x" * 70_000, 1009),
    ],
)
def test_a_breach_closes_the_socket(client, message, code):
    client.connection.send(message)
    assert client.closed() == code


def test_a_name_in_use_closes_the_socket(client, number):
    client.follow(number)
    client.follow(number)
    assert client.closed() == 4409


@pytest.mark.parametrize(
    ("payload", "code"),
    [
        ({"query": "{ centers { totalCount } }"}, "BAD_REQUEST"),
        ({"query": 'mutation { retryOnboarding(input: {id: "1"}) { __typename } }'}, "BAD_REQUEST"),
        ({"query": "subscription {"}, "BAD_REQUEST"),
        ({"query": "subscription { nothing }"}, "BAD_REQUEST"),
        ({"query": CASE_EVENTS}, "BAD_REQUEST"),
        ({"query": CASE_EVENTS, "variables": []}, "BAD_REQUEST"),
        ({"query": CASE_EVENTS, "variables": {"number": 7}}, "BAD_REQUEST"),
        ({"query": CASE_EVENTS, "variables": {"number": "1", "after": "x"}}, "BAD_REQUEST"),
        ({"query": CASE_EVENTS, "variables": {"number": "1", "after": "-1"}}, "BAD_REQUEST"),
        ({"query": CASE_EVENTS, "operationName": "Other"}, "BAD_REQUEST"),
        ({"query": CASE_EVENTS, "variables": {"number": "\x00"}}, "CASE_NOT_FOUND"),
        ({"query": CASE_EVENTS, "variables": {"number": "\ud800"}}, "CASE_NOT_FOUND"),
        ({}, "BAD_REQUEST"),
        ({"extensions": {"persistedQuery": {"sha256Hash": "0" * 64}}}, "BAD_REQUEST"),
        (
            {"query": 'subscription { a: caseEvents(number: "1") { cursor } '
             "b: handoffEvents { cursor } }"},
            "BAD_REQUEST",
        ),
        (
            {"query": 'subscription { caseEvents(number: "1") { event { center '
             + "{ parent " * 14 + "{ code }" + " }" * 16 + " }"},
            "COST_LIMIT",
        ),
        (
            {"query": 'subscription { caseEvents(number: "1") { '
             + " ".join(f"a{n}: cursor" for n in range(16)) + " } }"},
            "COST_LIMIT",
        ),
        (
            {"query": 'subscription { caseEvents(number: "1") { event { center { children '
             "{ children { children { code } } } } } } }"},
            "COST_LIMIT",
        ),
        ({"query": "subscription { " + "#" * 70 + "\n" + "a " * 2_000 + "}"}, "COST_LIMIT"),
    ],
)  # fmt: skip
def test_a_fault_ends_the_operation_alone(client, number, payload, code):
    client.send(type="subscribe", id="1", payload=payload)
    assert client.refusal() == code
    client.follow(number)
    client.delivery()


def test_subscriptions_of_one_socket_are_counted(client, number):
    for name in "abcd":
        client.follow(number, name=name)
    client.follow(number, name="e")
    messages = [client.receive() for _ in range(5)]
    refused = [message for message in messages if message["type"] == "error"]
    assert [message["id"] for message in refused] == ["e"]
    assert refused[0]["payload"][0]["extensions"] == {
        "code": "COST_LIMIT",
        "params": {"limit": "subscriptions", "spent": 5, "allowed": 4},
    }


def test_a_document_is_shown_with_its_own_variables_and_names(client, number):
    query = """
    subscription Named($n: String!, $with: Boolean!) { ...F }
    fragment F on Subscription { seen: caseEvents(number: $n) {
      __typename cursor event { at @include(if: $with) center { name parent { name } } } } }
    """
    client.subscribe(query, {"n": number, "with": True}, name="a")
    client.subscribe(query, {"n": number, "with": False}, name="b")
    for _ in range(2):
        shown = {
            m["id"]: m["payload"]["data"]["seen"] for m in (client.receive(), client.receive())
        }
        assert shown["a"]["__typename"] == "CaseEventDelivery"
        assert "at" in shown["a"]["event"]
        assert shown["b"]["event"] == {
            "center": {"name": "齐河县政务服务中心", "parent": {"name": "德州市政务服务中心"}}
        }
        factory.append(number)


def test_plain_http_learns_only_how_the_process_is(live):
    answers = [live.answer(path) for path in ("/healthz", "/readyz", "/c/371425/graphql", "/")]
    assert answers == [200, 200, 404, 404]
