"""Lamps in lists, urging and its list, through the documents that ship."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.graphql.client import codes as top_codes
from tests.graphql.office import COUNTY, NOW, Office, codes
from tongban.exchange.operations import timers


@pytest.fixture
def office(db):
    return Office()


def accepted(office):
    number = office.submitted()
    office.step("clerk", "AcceptCase", number)
    return number


def pass_time(until):
    while timers.fire_timers(COUNTY, clock=lambda: until):
        pass


def listed(office, who="clerk", **said):
    answer = office.ask(who, "Cases", **said)
    return [edge["node"] for edge in answer["data"]["cases"]["edges"]]


def urged(office, who="supervisor", **said):
    answer = office.ask(who, "Urgings", **said)
    return [edge["node"] for edge in answer["data"]["urgings"]["edges"]]


def test_lists_are_narrowed_to_lamps_and_put_red_first(office):
    red = accepted(office)
    office.go_on(NOW + timedelta(days=2))
    green = accepted(office)
    waiting = office.submitted()
    office.go_on(NOW + timedelta(days=4))
    pass_time(office.now)
    ordered = listed(office, order="LAMP_FIRST")
    assert [(case["number"], case["lamp"]) for case in ordered] == [
        (red, "RED"),
        (green, "GREEN"),
    ]
    assert [c["number"] for c in listed(office, filter={"lamps": ["RED", "YELLOW"]})] == [red]
    assert {c["number"]: c["lamp"] for c in listed(office)}[waiting] is None
    paged = office.ask("clerk", "Cases", order="LAMP_FIRST", first=1)["data"]["cases"]
    after = paged["pageInfo"]["endCursor"]
    assert [c["number"] for c in listed(office, order="LAMP_FIRST", after=after)] == [green]
    assert [c["number"] for c in listed(office, filter={"isUrged": True})] == [red]
    assert {c["number"] for c in listed(office, filter={"isUrged": False})} == {green, waiting}
    assert listed(office, "neighbour", filter={"lamps": ["RED"]}) == []
    assert listed(office, "stranger", order="LAMP_FIRST") == []


def test_an_urging_its_reply_and_the_list(office):
    number = accepted(office)
    payload = office.step("manager", "UrgeCase", number, text="请尽快办理")
    assert payload["lamp"] == "GREEN"
    (waiting,) = urged(office, isOpen=True)
    assert (waiting["caseNumber"], waiting["text"], waiting["number"]) == (
        number,
        "请尽快办理",
        1,
    )
    assert waiting["by"]["role"] == "staff"
    office.step("clerk", "ReplyUrging", number, urging=1, reply="今日办结")
    assert urged(office, isOpen=True) == []
    (answered,) = urged(office, isOpen=False, isEscalated=False)
    assert (answered["reply"], bool(answered["repliedBy"]["name"])) == ("今日办结", True)
    again = office.do("clerk", "ReplyUrging", number=number, urging=1, reply="x")
    assert codes(again) == ["CASE_REPLY_URGING_NOT_ALLOWED"]
    seen = office.case("applicant", number)
    assert "尽快" not in str([event["data"] for event in seen["events"]])


def test_who_may_not_urge_or_see_what_was_urged(office):
    number = accepted(office)
    office.step("supervisor", "UrgeCase", number, text="请尽快办理")
    before = office.case("clerk", number)["version"]
    for who in ("clerk", "reviewer", "chief", "operator", "applicant"):
        assert codes(office.do(who, "UrgeCase", number=number, text="x")) == [
            "CASE_URGE_NOT_ALLOWED"
        ]
    for who in ("manager", "supervisor", "operator", "applicant"):
        assert codes(office.do(who, "ReplyUrging", number=number, urging=1, reply="x")) == [
            "CASE_REPLY_URGING_NOT_ALLOWED"
        ]
    for who in ("stranger", "neighbour", "auditor", "party_secretary"):
        for mutation, said in (
            ("UrgeCase", {"text": "x"}),
            ("ReplyUrging", {"urging": 1, "reply": "x"}),
        ):
            assert codes(office.do(who, mutation, number=number, **said)) == ["CASE_NOT_FOUND"]
        assert urged(office, who) == []
    assert urged(office, "applicant") == []
    assert top_codes(office.ask("anonymous", "Urgings")) == ["UNAUTHENTICATED"]
    assert top_codes(office.ask("clerk", "Urgings", center="")) == ["CENTER_REQUIRED"]
    assert office.case("clerk", number)["version"] == before


def test_as_many_statements_for_twenty_as_for_two(office):
    def counted():
        with CaptureQueriesContext(connection) as captured:
            urged(office, first=100)
            listed(office, order="LAMP_FIRST", first=100, filter={"isUrged": True})
        return sum("registry_registryversion" not in query["sql"] for query in captured)

    for n in range(1, 21):
        office.step("supervisor", "UrgeCase", accepted(office), text="请尽快办理")
        if n == 2:
            counted()
            few = counted()
    assert counted() == few
