"""Special procedures, extension, termination and dispute through the documents that ship."""

from datetime import datetime, timedelta

import pytest

from tests.graphql.office import NOW, Office, codes


@pytest.fixture
def office(db):
    return Office()


def same(instant, text):
    return datetime.fromisoformat(instant) == datetime.fromisoformat(text)


def in_review(office):
    number = office.submitted()
    office.step("clerk", "AcceptCase", number)
    office.step("reviewer", "StartReview", number)
    return number


HEARING = {
    "kind": "HEARING",
    "reason": "涉及他人重大利益",
    "document": "齐审听〔2026〕1号",
    "expectedDays": 5,
}


def test_a_hearing_and_an_extension_and_how_they_are_told(office):
    number = in_review(office)
    suspended = office.step("reviewer", "SuspendCase", number, **HEARING)
    assert (suspended["state"], suspended["statutoryDueAt"], suspended["promisedDueAt"]) == (
        "SUSPENDED",
        None,
        None,
    )
    assert [paper["kind"] for paper in suspended["papers"]][-1] == "SPECIAL_PROCEDURE"
    (stay,) = suspended["stays"]
    assert (stay["kind"], stay["until"], stay["expectedDays"]) == ("HEARING", None, 5)
    standing = office.ask("applicant", "ExplainDue", number=number)["data"]["explainDue"]
    assert [clock["dueAt"] for clock in standing] == [None, None]
    assert standing[0]["moves"][-1]["pause"] == "HEARING"

    office.go_on(NOW + timedelta(days=2))
    resumed = office.step("reviewer", "ResumeCase", number, outcome="听证会已举行")
    assert resumed["stays"][0]["outcome"] == "听证会已举行"
    # Accepted on Tuesday: Wednesday and Thursday are not counted, the promise ends on Tuesday.
    assert same(resumed["promisedDueAt"], "2026-12-01T17:00:00+08:00")
    extended = office.step("chief", "ExtendCase", number, amount=10, reason="案情复杂")
    assert extended["extension"]["limit"] == {"amount": 10, "unit": "WORKING_DAY"}
    assert extended["papers"][-1]["number"] == f"{number}-YQ1"
    told = office.ask("applicant", "ExplainDue", number=number)["data"]["explainDue"]
    assert [move["kind"] for move in told[0]["moves"]] == [
        "LIMIT",
        "DAYS_OFF",
        "PAUSE",
        "EXTENSION",
    ]
    assert all(
        one["dueAfter"] == other["dueBefore"]
        for one, other in zip(told[0]["moves"], told[0]["moves"][1:], strict=False)
    )
    assert told[0]["moves"][-1]["dueAfter"] == told[0]["dueAt"]
    assert told[0]["provisionalYears"] == [2027]
    assert [move["isProvisional"] for move in told[0]["moves"]] == [False, False, False, True]
    seen = office.case("applicant", number)
    assert [event["name"] for event in seen["events"]][-3:] == [
        "case.suspended",
        "case.resumed",
        "case.extended",
    ]


def test_termination_and_dispute(office):
    number = in_review(office)
    ended = office.step("chief", "TerminateCase", number, groundCode="APPLICANT_GONE", text="x")
    assert ended["decision"]["outcome"] == "TERMINATE"
    assert ended["decision"]["groundText"] == "申请人死亡或者丧失行为能力"

    number = office.verified()
    office.step("chief", "DecideCase", number, decision="APPROVE")
    office.step("clerk", "IssueResult", number)
    office.step(
        "clerk", "CompleteCase", number, delivery={"method": "COUNTER", "receiverName": "赵测试"}
    )
    disputed = office.step("applicant", "DisputeCompletion", number, statement="没有收到")
    assert (disputed["state"], disputed["completedAt"]) == ("ISSUED", None)
    assert disputed["findings"][0]["text"] == "申请人对办结提出异议"


@pytest.mark.parametrize(
    ("mutation", "said"),
    [
        ("SuspendCase", HEARING),
        ("ResumeCase", {"outcome": "x"}),
        ("ExtendCase", {"amount": 1, "reason": "x"}),
        ("TerminateCase", {"groundCode": "FEE_UNPAID"}),
        ("DisputeCompletion", {"statement": "x"}),
    ],
)
def test_who_may_not_is_told_so_and_who_may_not_see_finds_nothing(office, mutation, said):
    number = in_review(office)
    before = office.case("clerk", number)["version"]
    for who in ("clerk", "manager", "supervisor", "operator", "applicant"):
        payload = office.do(who, mutation, number=number, **said)
        assert payload["case"] is None
        (code,) = codes(payload)
        assert code.startswith("CASE_")
        assert code.endswith("_NOT_ALLOWED")
    for who in ("stranger", "neighbour", "party_secretary", "auditor"):
        assert codes(office.do(who, mutation, number=number, **said)) == ["CASE_NOT_FOUND"]
    assert office.case("clerk", number)["version"] == before
