"""Handing over through the API, with the documents that ship."""

import uuid

import pytest

from tenants.handoffs import models
from tenants.handoffs.states import Direction
from tenants.staff.rules import CenterRole
from tests import handing, people
from tests.database import CENTERS
from tests.graphql.client import codes, execute, operation
from tests.handing import COUNTY, FOOD, MARRIAGE, NOW, STATION
from tongban.kernel.context import center_context


class Desk:
    """A member with the token that their requests carry."""

    def __init__(self, center, *roles, name):
        self.center = center
        account = people.account(f"desk-{center}-{name}", name=name)
        people.member(center, account, *roles)
        self.actor = people.actor(account)
        self.token = people.token(account)

    def ask(self, name, *, center=None, **variables):
        answer = execute(
            operation(name), variables, center=center or self.center, token=self.token, now=NOW
        )
        assert "errors" not in answer, answer
        return next(iter(answer["data"].values()))

    def tell(self, name, *, center=None, **fields):
        fields.setdefault("idempotencyKey", str(uuid.uuid4()))
        return self.ask(name, center=center, input=fields)


@pytest.fixture
def station(db):
    return Desk(STATION, CenterRole.STATION_OPERATOR, name="站点操作员")


@pytest.fixture
def county(db):
    return Desk(COUNTY, CenterRole.CLERK, CenterRole.REVIEWER, name="县窗口")


@pytest.fixture
def offered(station):
    number = handing.submitted(station, FOOD)
    handing.relay_all()
    return number


def inbox(desk, number):
    edges = desk.ask("Handoffs", direction="INCOMING", caseNumber=number)["edges"]
    return [edge["node"] for edge in edges]


def test_an_offer_stands_in_both_centers_lists(station, county, offered):
    (received,) = inbox(county, offered)
    assert (received["state"], received["origin"]["code"]) == ("OFFERED", STATION)
    sent = station.ask("Handoffs", direction="OUTGOING")["edges"][0]["node"]
    assert sent["id"] == received["id"]
    assert "赵测试" not in str(received)
    receipts = county.ask("Handoff", id=received["id"])
    assert receipts["offerReceipt"]["statement"]["destination"] == COUNTY


def test_accepting_by_the_api(station, county, offered):
    (received,) = inbox(county, offered)
    key = str(uuid.uuid4())
    answers = [
        county.tell("AcceptHandoff", handoff=received["id"], idempotencyKey=key) for _ in range(2)
    ]
    assert [answer["errors"] for answer in answers] == [[], []]
    assert answers[0] == answers[1]
    handing.relay_all()
    sent = station.ask("Handoffs", direction="OUTGOING")["edges"][0]["node"]
    assert sent["state"] == "ACCEPTED"
    again = county.tell("AcceptHandoff", handoff=received["id"])
    assert again["errors"][0]["code"] == "HANDOFF_ACCEPT_NOT_ALLOWED"
    assert again["errors"][0]["params"]["reason"] == "STATE"


def test_declining_recalling_and_returning_by_the_api(station, county, offered):
    (received,) = inbox(county, offered)
    silent = county.tell("DeclineHandoff", handoff=received["id"], reason=" ")
    assert silent["errors"][0]["code"] == "REASON_REQUIRED"
    county.tell("DeclineHandoff", handoff=received["id"], reason="材料不清晰")
    handing.relay_all()
    second = station.tell("OfferHandoff", number=offered, reason="已重新扫描")["handoff"]
    station.tell("RecallHandoff", handoff=second["id"], reason="申请人改主意")
    handing.relay_all()
    third = station.tell("OfferHandoff", number=offered, destination=COUNTY)["handoff"]
    handing.relay_all()
    county.tell("AcceptHandoff", handoff=third["id"])
    handing.relay_all()
    county.tell("ReturnHandoff", handoff=third["id"], reason="不属本中心")
    handing.relay_all()
    states = [
        edge["node"]["state"]
        for edge in station.ask("Handoffs", direction="OUTGOING", caseNumber=offered)["edges"]
    ]
    assert states == ["RETURNED", "RECALLED", "DECLINED"]
    assert handing.case_at(STATION, offered).custody == "held"


def test_a_target_off_the_route_is_refused(station, county, offered):
    (received,) = inbox(county, offered)
    county.tell("DeclineHandoff", handoff=received["id"], reason="材料不清晰")
    handing.relay_all()
    refused = station.tell("OfferHandoff", number=offered, destination="371722")
    assert refused["errors"][0]["code"] == "HANDOFF_TARGET_NOT_ON_ROUTE"
    with center_context(STATION):
        assert models.Handoff.objects.filter(direction=Direction.OUTGOING).count() == 1


def test_strangers_learn_nothing(station, county, offered):
    (received,) = inbox(county, offered)
    neighbour = Desk("371722", CenterRole.CLERK, name="邻县窗口")
    for center in ("371722", COUNTY, STATION):
        assert neighbour.ask("Handoff", center=center, id=received["id"]) is None
        assert neighbour.ask("Handoffs", center=center)["edges"] == []
        refused = neighbour.tell("AcceptHandoff", center=center, handoff=received["id"])
        assert refused["errors"][0]["code"] == "HANDOFF_NOT_FOUND"
    anonymous = execute(operation("Handoffs"), {}, center=COUNTY)
    assert codes(anonymous) == ["UNAUTHENTICATED"]
    nowhere = execute(operation("Handoffs"), {}, token=county.token)
    assert codes(nowhere) == ["CENTER_REQUIRED"]
    broken = county.tell("AcceptHandoff", handoff="no-uuid")
    assert broken["errors"][0]["code"] == "HANDOFF_NOT_FOUND"


def test_a_route_is_explained(station):
    told = station.ask("ExplainRoute", matter=FOOD)
    assert told["route"]["owner"]["code"] == COUNTY
    assert [hop["kind"] for hop in told["route"]["hops"]] == ["ASSISTED_INTAKE"]
    assert told["route"]["reasons"] == ["OFFERED_BY_COMPETENT"]
    refused = station.ask("ExplainRoute", matter=MARRIAGE)
    assert refused["errors"][0]["code"] == "ASSISTED_INTAKE_NOT_OFFERED"
    foreign = station.ask("ExplainRoute", matter=FOOD, addressDivision="371722000000")
    assert foreign["errors"][0]["code"] == "ROUTE_OUT_OF_SCOPE"
    nowhere = station.ask("ExplainRoute", matter=FOOD, addressDivision="999999000000")
    assert nowhere["errors"][0]["code"] == "DIVISION_NOT_FOUND"


def test_a_person_finds_their_cases_over_all_centers(station, county, db):
    person = people.account("applicant-mine", name="赵测试", id_number=people.id_number(801))
    other = people.account("applicant-other", name="钱测试", id_number=people.id_number(802))
    number = handing.submitted(station, FOOD, serial=801)
    handing.relay_all()
    mine = execute(operation("MyItems"), {}, token=people.token(person))["data"]["myItems"]
    assert [edge["node"]["number"] for edge in mine["edges"]] == [number]
    assert mine["edges"][0]["node"]["home"]["code"] == STATION
    for stranger in (people.token(other), county.token):
        theirs = execute(operation("MyItems"), {}, token=stranger)["data"]["myItems"]
        assert theirs["edges"] == []
    assert codes(execute(operation("MyItems"), {})) == ["UNAUTHENTICATED"]


def test_the_whole_log_of_a_case_is_the_same_at_both_centers(station, county, offered):
    (received,) = inbox(county, offered)
    county.tell("AcceptHandoff", handoff=received["id"])
    handing.relay_all()
    here, there = (desk.ask("CaseLog", number=offered)["events"] for desk in (station, county))
    assert [event["name"] for event in here] == [
        "case.submitted", "case.offered", "case.handed_over",
    ]  # fmt: skip
    assert [event["hash"] for event in here] == [event["hash"] for event in there]
    assert [event["sequence"] for event in here] == [1, 2, 3]


def test_the_list_of_centers_is_public(db):
    answer = execute(operation("Centers"), {"first": 100})
    edges = answer["data"]["centers"]["edges"]
    assert {edge["node"]["code"] for edge in edges} == set(CENTERS)
