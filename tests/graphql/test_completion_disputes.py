"""A completion that was none: what stands, what is open still, and what runs, after a dispute."""

from datetime import UTC, datetime, timedelta

import pytest

from tests import revising
from tests.graphql import committing
from tests.graphql.committing import WHAT, told
from tests.graphql.office import COUNTY, Office, codes, follow
from tongban.exchange.operations import timers

# Later than any onboarding of the test centers, whose keys are valid from then on.
NOW = datetime(2040, 1, 9, 2, 0, tzinfo=UTC)
DELIVERED = {"method": "COUNTER", "receiverName": "赵测试"}
POLICE = "公安局"


@pytest.fixture
def office(db):
    return Office(now=NOW)


def completed(office, number):
    office.step("clerk", "IssueResult", number)
    office.step("clerk", "CompleteCase", number, delivery=DELIVERED)
    return number


def disputed(office, number):
    return office.step("applicant", "DisputeCompletion", number, statement="没有领到证书")


def papers(office, number, kind):
    case = office.case("applicant", number)
    return [paper for paper in case["papers"] if paper["kind"] == kind]


def shown(paper):
    return follow(paper["verifyUrl"], now=NOW).body.decode()


def clocks(office, number):
    answer = office.ask("clerk", "ExplainDue", number=number)
    return {each["clock"]: each for each in answer["data"]["explainDue"]}


def waiting(office, number):
    answer = office.ask("clerk", "WorkQueue", first=100)
    nodes = (edge["node"] for edge in answer["data"]["workQueue"]["edges"])
    return [
        (node["kind"], datetime.fromisoformat(node["dueAt"]))
        for node in nodes
        if node["caseNumber"] == number
    ]


def test_one_result_stands_and_only_the_last_delivery_does(office):
    number = office.verified()
    office.step("chief", "DecideCase", number, decision="APPROVE")
    completed(office, number)
    (result,) = papers(office, number, "RESULT")
    (first,) = papers(office, number, "DELIVERY_RECORD")
    assert "签名有效" in shown(first)
    disputed(office, number)
    assert "该文书已作废" in shown(first)
    assert "异议" in shown(first)
    for mutation, who in (("IssueResult", "clerk"), ("DisputeCompletion", "applicant")):
        said = {"statement": "x"} if mutation == "DisputeCompletion" else {}
        assert codes(office.do(who, mutation, number=number, **said))
    office.step("clerk", "CompleteCase", number, delivery=DELIVERED)
    assert papers(office, number, "RESULT") == [result]
    assert "签名有效" in shown(result)
    _first, second = papers(office, number, "DELIVERY_RECORD")
    assert ("签名有效" in shown(second), "该文书已作废" in shown(first)) == (True, True)
    disputed(office, number)
    assert "该文书已作废" in shown(second)


def test_the_limit_for_the_delivery_runs_from_the_decision_as_if_nothing_had_been_recorded(office):
    number = office.verified()
    office.step("chief", "DecideCase", number, decision="APPROVE")
    before = clocks(office, number)["DELIVERY"]
    completed(office, number)
    assert "DELIVERY" not in clocks(office, number)
    assert waiting(office, number) == []
    office.go_on(NOW + timedelta(days=30))
    disputed(office, number)
    case = office.case("clerk", number)
    assert clocks(office, number)["DELIVERY"] == before
    assert waiting(office, number) == [("DELIVERY", datetime.fromisoformat(before["dueAt"]))]
    assert (case["decidedAt"] is not None, case["completedAt"], case["lamp"]) == (True, None, None)
    assert [finding["code"] for finding in case["findings"]] == ["COMPLETION_DISPUTED"]
    told_of = office.ask("applicant", "MyMessages")["data"]["myMessages"]["edges"]
    office.step("clerk", "CompleteCase", number, delivery=DELIVERED)
    again = office.ask("applicant", "MyMessages")["data"]["myMessages"]["edges"]
    assert len(again) == len(told_of) + 1


def test_a_commitment_is_verified_while_the_completion_is_disputed(office):
    committing.allow(now=NOW)
    number = office.submitted(commitments={WHAT: told(now=NOW)})
    office.step("clerk", "AcceptCase", number)
    office.step("reviewer", "StartReview", number)
    for who, kind in (("reviewer", "REVIEW"), ("chief", "VERIFICATION")):
        office.step(who, "RecordReview", number, kind=kind, isFavourable=True, opinion="符合")
    office.step("chief", "DecideCase", number, decision="APPROVE")
    completed(office, number)
    until = office.case("clerk", number)["commitments"][0]["verifyUntil"]
    disputed(office, number)
    (commitment,) = office.case("clerk", number)["commitments"]
    assert (commitment["state"], commitment["verifyUntil"]) == ("PENDING", until)
    said = {"materialCode": WHAT, "isKept": False, "reason": "现场核查不实"}
    office.step("reviewer", "VerifyCommitment", number, **said)
    found = office.case("clerk", number)
    assert (found["state"], found["commitments"][0]["state"]) == ("ISSUED", "BROKEN")
    revoked = office.step("chief", "RevokeDecision", number, reason="承诺不实")
    assert revoked["state"] == "REVOKED"
    (record,) = papers(office, number, "DELIVERY_RECORD")
    assert "该文书已作废" in shown(record)
    assert codes(office.do("clerk", "CompleteCase", number=number, delivery=DELIVERED)) == [
        "CASE_COMPLETE_NOT_ALLOWED"
    ]


def test_a_review_that_silence_left_open_stays_closed_after_a_dispute(office):
    revising.revise(
        now=NOW, joint_departments=(POLICE,), tacit_approval=True, tacit_approval_basis=0
    )
    number = office.submitted()
    office.step("clerk", "AcceptCase", number)
    office.step("reviewer", "StartReview", number)
    for who, kind in (("reviewer", "REVIEW"), ("chief", "VERIFICATION")):
        office.step(
            who, "RecordReview", number, kind=kind, isFavourable=True, opinion="符合",
            department="文化和旅游局",
        )  # fmt: skip
    office.go_on(NOW + timedelta(days=10))
    while timers.fire_timers(COUNTY, clock=lambda: office.now):
        pass
    assert office.case("clerk", number)["decision"]["outcome"] == "APPROVE"
    completed(office, number)
    before = office.case("reviewer", number)
    case = disputed(office, number)
    assert [kind for kind, _due in waiting(office, number)] == ["DELIVERY"]
    seen = office.case("reviewer", number)
    assert (seen["tasks"], seen["decision"]) == (before["tasks"], before["decision"])
    said = {"kind": "REVIEW", "isFavourable": False, "opinion": "不符", "department": POLICE}
    refused = office.do("reviewer", "RecordReview", number=number, **said)
    assert codes(refused) == ["CASE_RECORD_REVIEW_NOT_ALLOWED"]
    office.go_on(NOW + timedelta(days=60))
    while timers.fire_timers(COUNTY, clock=lambda: office.now):
        pass
    late = office.case("clerk", number)["findings"]
    assert {finding["department"] for finding in late if finding["code"] == "REVIEW_OVERDUE"} <= {
        finding["department"] for finding in case["findings"] if finding["code"] == "REVIEW_OVERDUE"
    }
    office.step("clerk", "CompleteCase", number, delivery=DELIVERED)
