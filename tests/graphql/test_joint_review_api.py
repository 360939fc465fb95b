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
