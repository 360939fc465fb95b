"""Reviews of several departments side by side, through the documents that ship to clients."""

import pytest

from tests import revising, stationing
from tests.graphql.client import execute, operation
from tests.graphql.office import Office, codes

POLICE = "公安局"
SAID = {"kind": "REVIEW", "isFavourable": True, "opinion": "符合"}


@pytest.fixture
def office(db):
    office = Office()
    revising.revise(now=office.now, joint_departments=(POLICE,))
    return office


@pytest.fixture
def number(office):
    number = office.submitted()
    office.step("clerk", "AcceptCase", number)
    office.step("reviewer", "StartReview", number)
    return number


def test_each_department_is_seen_to_review_in_its_own_time(office, number):
    case = office.step("reviewer", "RecordReview", number, **SAID, department=POLICE)
    assert [
        (task["department"], task["kind"], task["lamp"], task["recordedAt"] is not None)
        for task in case["tasks"]
    ] == [
        (stationing.CULTURE, "REVIEW", "GREEN", False),
        (stationing.CULTURE, "VERIFICATION", "GREEN", False),
        (POLICE, "REVIEW", None, True),
        (POLICE, "VERIFICATION", "GREEN", False),
    ]
    assert {task["dueAt"] for task in case["tasks"]} == {case["dueAt"]}
    decide = {item["action"]: item for item in case["availableActions"]}["DECIDE_CASE"]
    assert (decide["code"], decide["reason"]) == ("CASE_DECIDE_NOT_ALLOWED", "REVIEW_MISSING")
    refused = office.do("chief", "DecideCase", number=number, decision="APPROVE")
    assert refused["errors"][0]["message"] == f"不能作出决定：{stationing.CULTURE}尚无审查意见。"


def test_which_department_it_is_must_be_clear(office, number):
    before = office.case("reviewer", number)
    (error,) = office.do("reviewer", "RecordReview", number=number, **SAID)["errors"]
    assert (error["code"], error["path"]) == ("DEPARTMENT_REQUIRED", ["department"])
    assert error["params"]["departments"] == [stationing.CULTURE, POLICE]
    other = office.do("reviewer", "RecordReview", number=number, **SAID, department="税务局")
    assert codes(other) == ["DEPARTMENT_NOT_INVOLVED"]
    for who in ("neighbour", "applicant", "clerk"):
        refused = office.do(who, "RecordReview", number=number, **SAID, department=POLICE)
        assert refused["errors"] != []
    assert office.case("reviewer", number) == before


def test_an_applicant_reads_of_no_department_what_it_says_or_when(office, number):
    office.step("reviewer", "RecordReview", number, **SAID, department=POLICE)
    seen = office.case("applicant", number)
    assert seen["tasks"] == []
    assert POLICE not in str([event["data"] for event in seen["events"]])


def test_no_clock_stops_to_wait_for_a_sibling(office, number):
    case = office.case("reviewer", number)
    said = {"reason": "等待公安局意见", "document": "函1", "expectedDays": 5}
    answer = execute(
        operation("SuspendCase"),
        {"input": {"number": number, "kind": "SIBLING_REVIEW", "idempotencyKey": number, **said}},
        center=office.center,
        token=office.token("reviewer"),
        now=office.now,
    )
    assert "SIBLING_REVIEW" in answer["errors"][0]["message"]
    refused = office.do("reviewer", "SuspendCase", number=number, kind="CONSULTATION", **said)
    assert [error["params"]["reason"] for error in refused["errors"]] == ["CONSULTATION"]
    assert office.case("reviewer", number) == case


def test_what_speaks_against_it_is_coded_and_a_confirmed_point_binds(office):
    number = office.verified_by_all((stationing.CULTURE, POLICE))
    said = {"kind": "REVIEW", "isFavourable": False, "opinion": "面积不足", "department": POLICE}
    assert codes(office.do("reviewer", "RecordReview", number=number, **said)) == [
        "GROUND_REQUIRED"
    ]
    said["grounds"] = [{"groundCode": "CONDITIONS_NOT_MET", "conditionCode": "C01"}]
    before = office.case("reviewer", number)
    (error,) = office.do("reviewer", "RecordReview", number=number, **said)["errors"]
    assert (error["code"], error["path"]) == ("POINT_CONFIRMED", ["overrideReason"])
    condition = before["offering"]["acceptanceConditions"][0]["text"]
    assert error["params"] == {"points": ["C01"], "names": condition}
    assert office.case("reviewer", number) == before
    case = office.step("reviewer", "RecordReview", number, **said, overrideReason="接到举报")
    task = next(each for each in case["tasks"] if each["grounds"])
    assert (task["department"], task["grounds"][0]["subject"]) == (
        POLICE, {"materialCode": "", "conditionCode": "C01", "about": condition},
    )  # fmt: skip
    found = office.ask("supervisor", "Findings", filter=None, first=10)["data"]["findings"]
    (finding,) = [edge["node"] for edge in found["edges"]]
    assert (finding["code"], finding["departmentName"]) == ("CONFIRMED_POINT_REJECTED", POLICE)
    for who in ("applicant", "stranger", "neighbour"):
        assert "接到举报" not in str(office.case(who, number))
    said = {"kind": "VERIFICATION", "isFavourable": False, "opinion": "属实", "department": POLICE}
    office.step("chief", "RecordReview", number, **said)
    reject = {"decision": "REJECT", "groundCode": "CONDITIONS_NOT_MET"}
    decided = office.step("chief", "DecideCase", number, **reject)
    assert decided["decision"]["subjects"] == [task["grounds"][0]["subject"]]


def test_cases_are_listed_by_whose_review_is_open(office, number):
    def listed(department, who="supervisor"):
        where = {"reviewsOpen": department}
        page = office.ask(who, "Cases", filter=where, order="LATEST", first=10)["data"]["cases"]
        return [edge["node"]["number"] for edge in page["edges"]]

    said = {**SAID, "department": POLICE}
    office.step("reviewer", "RecordReview", number, **said)
    assert listed(POLICE) == listed(stationing.CULTURE) == [number]
    office.step("chief", "RecordReview", number, **{**said, "kind": "VERIFICATION"})
    assert (listed(POLICE), listed(stationing.CULTURE)) == ([], [number])
    for who in ("neighbour", "stranger"):
        assert listed(stationing.CULTURE, who) == []
    office.step("applicant", "WithdrawCase", number)
    assert listed(stationing.CULTURE) == []
