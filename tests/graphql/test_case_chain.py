"""A case that a township station takes in and the county decides, through the API of both."""

from datetime import UTC, datetime

import pytest

from tests import handing
from tests.graphql.office import Office, codes, follow, pdf
from tongban.kernel import crypto

# Later than any onboarding of the test centers, whose keys are valid from then on.
NOW = datetime(2040, 1, 9, 2, 0, tzinfo=UTC)


class Chain:
    """A station's office, the county's, and one case on its way."""

    def __init__(self):
        self.station = Office(handing.STATION, now=NOW)
        self.county = Office(handing.COUNTY, now=NOW)
        self.submitted = self.station.submit("operator")
        self.number = self.submitted["case"]["number"]

    def relay(self):
        handing.relay_all(now=self.station.now)

    def take_up(self):
        self.relay()
        answer = self.county.ask("clerk", "Handoffs", direction="INCOMING", state="OFFERED")
        (edge,) = answer["data"]["handoffs"]["edges"]
        assert edge["node"]["caseNumber"] == self.number
        taken = self.county.do("clerk", "AcceptHandoff", handoff=edge["node"]["id"])
        assert taken["errors"] == []
        self.relay()


@pytest.fixture
def chain(db):
    return Chain()


def test_a_case_in_transit_is_frozen(chain):
    assert chain.submitted["errors"] == []
    case = chain.submitted["case"]
    assert (case["custody"], case["owner"]["code"]) == ("IN_TRANSIT", handing.COUNTY)
    for who, mutation, said in (
        ("operator", "WithdrawCase", {}),
        ("applicant", "WithdrawCase", {}),
        ("operator", "AddMaterial", {"materialCode": "M01", "files": []}),
    ):
        payload = chain.station.do(who, mutation, number=chain.number, **said)
        assert codes(payload) == ["CUSTODY_IN_TRANSIT"]
    assert chain.station.case("operator", chain.number)["version"] == case["version"]


def test_what_a_station_sends_after_is_pending_and_comes_back_as_an_event(chain):
    chain.take_up()
    seen = chain.station.case("operator", chain.number)
    assert (seen["custody"], seen["custodian"]["code"]) == ("ELSEWHERE", handing.COUNTY)
    possible = {item["action"] for item in seen["availableActions"] if item["isAvailable"]}
    assert possible == {"ADD_MATERIAL", "WITHDRAW_CASE", "WITHDRAW_CONSENT"}

    payload = chain.station.do(
        "operator",
        "AddMaterial",
        number=chain.number,
        materialName="补充照片",
        files=[None],
        uploads={"variables.input.files.0": pdf("照片.pdf", b"photo")},
    )
    assert (payload["errors"], payload["pending"]) == ([], True)
    assert payload["case"]["version"] == seen["version"]
    chain.relay()

    here = chain.county.case("reviewer", chain.number)
    added = here["materials"][-1]
    assert added["name"] == "补充照片"
    assert follow(added["files"][0]["link"], now=NOW).body.endswith(b"photo")
    event = here["events"][-1]
    assert (event["name"], event["onBehalfOf"]["name"]) == ("case.material_added", "赵*试")
    back = chain.station.case("operator", chain.number, after=seen["events"][-1]["cursor"])
    assert [event["name"] for event in back["events"]] == ["case.material_added"]
    assert back["materials"][-1]["files"][0]["sha256"] == added["files"][0]["sha256"]


def test_an_applicant_finds_every_paper_at_the_home_center(chain):
    chain.take_up()
    chain.county.step("clerk", "AcceptCase", chain.number)
    chain.relay()
    receipt, acceptance = chain.station.case("applicant", chain.number)["papers"]
    assert (receipt["title"], acceptance["title"]) == ("收件回执", "受理通知书")
    opened = follow(acceptance["link"], now=NOW)
    assert crypto.sha256_hex(opened.body) == acceptance["sha256"]
    assert f"/verify/{handing.COUNTY}." in acceptance["verifyUrl"]
    assert "受理通知书真实" in follow(acceptance["verifyUrl"]).body.decode()


def test_an_applicant_is_told_where_the_case_is(chain):
    chain.take_up()
    payload = chain.station.do("applicant", "WithdrawCase", number=chain.number)
    assert codes(payload) == ["NOT_CUSTODIAN"]
    assert payload["errors"][0]["params"] == {
        "custodian": handing.COUNTY,
        "name": "齐河县政务服务中心",
    }
    there = chain.station.step("applicant", "WithdrawCase", chain.number, center=handing.COUNTY)
    assert there["state"] == "WITHDRAWN"
    chain.relay()
    assert chain.station.case("applicant", chain.number)["state"] == "WITHDRAWN"


def test_a_station_decides_nothing_and_another_sees_nothing(chain):
    chain.take_up()
    payload = chain.station.do("clerk", "AcceptCase", number=chain.number)
    assert codes(payload) == ["NOT_CUSTODIAN"]
    other = Office(handing.DISTRICT_STATION)
    assert other.case("operator", chain.number) is None
    assert Office("371722").case("clerk", chain.number) is None


def test_the_result_is_delivered_where_the_case_was_handed_in(chain):
    chain.take_up()
    county, number = chain.county, chain.number
    county.step("clerk", "AcceptCase", number)
    county.step("reviewer", "StartReview", number)
    for who, kind in (("reviewer", "REVIEW"), ("chief", "VERIFICATION")):
        county.step(who, "RecordReview", number, kind=kind, isFavourable=True, opinion="符合")
    county.step("chief", "DecideCase", number, decision="APPROVE")
    issued = county.step("clerk", "IssueResult", number, deliverAt="ORIGIN", resultNumber="1号")
    assert (issued["custody"], issued["custodian"]["code"]) == ("ELSEWHERE", handing.STATION)
    chain.relay()
    done = chain.station.step(
        "operator", "CompleteCase", number, delivery={"method": "COUNTER", "receiverName": "赵测试"}
    )
    assert done["state"] == "COMPLETED"
    chain.relay()
    seen = county.case("clerk", number)
    assert seen["state"] == "COMPLETED"
    progress = county.ask(
        "anonymous", "CaseProgress", number=number, queryCode=chain.submitted["queryCode"]
    )
    assert progress["data"]["caseProgress"]["state"] == "COMPLETED"


def test_a_case_that_nobody_handed_over_is_not_given_back(db):
    office = Office()
    number = office.verified()
    office.step("chief", "DecideCase", number, decision="APPROVE")
    payload = office.do("clerk", "IssueResult", number=number, deliverAt="ORIGIN")
    assert codes(payload) == ["NOT_HANDED_OVER"]
    assert payload["errors"][0]["path"] == ["deliverAt"]
    assert office.case("clerk", number)["state"] == "APPROVED"
