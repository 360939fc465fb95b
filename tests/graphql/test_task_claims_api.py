"""Taking, giving back and passing on of tasks, through the documents that ship."""

import pytest

from tests.graphql.office import Office, codes


@pytest.fixture
def office(db):
    return Office()


def do(office, who, mutation, number, kind="INTAKE", **said):
    return office.do(who, mutation, number=number, kind=kind, **said)


def test_a_task_is_taken_given_back_and_passed_on(office):
    number = office.submitted()
    payload = do(office, "clerk", "ClaimTask", number)
    assert (codes(payload), payload["task"]["caseNumber"]) == ([], number)
    assert payload["task"]["claim"]["staffNumber"] == "0000"
    refused = office.do("reviewer", "AcceptCase", number=number)
    assert codes(refused) == ["TASK_CLAIMED"]
    assert "王小明" in refused["errors"][0]["message"]
    assert refused["errors"][0]["params"]["staffNumber"] == "0000"
    assert codes(do(office, "reviewer", "ReleaseTask", number)) == ["TASK_CLAIMED"]
    payload = do(office, "clerk", "ReleaseTask", number)
    assert (codes(payload), payload["task"]["claim"]) == ([], None)
    office.token("reviewer")
    payload = do(office, "manager", "ReassignTask", number, staffNumber="0001")
    assert payload["task"]["claim"]["staffNumber"] == "0001"
    office.step("reviewer", "AcceptCase", number)
    assert codes(do(office, "reviewer", "ReleaseTask", number)) == ["TASK_NOT_FOUND"]


@pytest.mark.parametrize("who", ["applicant", "stranger", "neighbour", "party_secretary"])
@pytest.mark.parametrize("mutation", ["ClaimTask", "ReleaseTask", "ReassignTask"])
def test_nobody_else_takes_a_task_or_learns_whose_it_is(office, who, mutation):
    number = office.submitted()
    do(office, "clerk", "ClaimTask", number)
    said = {"staffNumber": "0000"} if mutation == "ReassignTask" else {}
    payload = do(office, who, mutation, number, **said)
    expected = "TASK_NOT_ALLOWED" if who == "applicant" else "CASE_NOT_FOUND"
    assert (codes(payload), payload["task"]) == ([expected], None)
    assert "王小明" not in str(payload)
    assert codes(office.do("reviewer", "AcceptCase", number=number)) == ["TASK_CLAIMED"]
