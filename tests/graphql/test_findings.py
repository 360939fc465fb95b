"""What went wrong or was attempted stands before the supervisor at once, with its reply."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import revising, stationing
from tests.graphql.client import codes as top_codes
from tests.graphql.office import APPLICANT_NUMBER, NOW, Office, codes
from tests.graphql.test_case_lamps import accepted, pass_time
from tongban.catalog.rules.content import Fee, FeeItem
from tongban.kernel.context import center_context
from tongban.kernel.models import AuditEntry

COPY = "工本费"


@pytest.fixture
def office(db):
    """A center where the department of the books' licence works, which costs 10 a copy."""
    office = Office()
    fee = Fee(charged=True, items=(FeeItem(COPY, "每本", Decimal("10.00"), 0),))
    revising.revise(now=office.now, fee=fee)
    for who in ("clerk", "reviewer", "chief", "cashier"):
        office.token(who)
    code = stationing.CODE
    for mutation, said in (
        ("OpenDepartment", {"code": code, "name": stationing.CULTURE}),
        ("PostMember", {"staffNumber": "0000", "department": code}),
        ("PostMember", {"staffNumber": "0002", "department": code, "kind": "CHIEF_REPRESENTATIVE"}),
        (
            "RegisterSeal",
            {"code": stationing.SEAL, "name": "章", "department": code, "keeper": "0000"},
        ),
    ):
        assert office.do("manager", mutation, **said)["errors"] == []
    return office


def grant(office):
    said = {"number": stationing.DEED, "department": stationing.CODE, "staffNumber": "0002"}
    payload = office.do("manager", "GrantDeed", **said, matters=[], validFrom="2026-01-01")
    assert payload["errors"] == []


def found(office, who="supervisor", **where):
    answer = office.ask(who, "Findings", filter=where or None, first=100)
    assert "errors" not in answer, answer
    return [edge["node"] for edge in answer["data"]["findings"]["edges"]]


def kept(office, who="supervisor", **where):
    """Return code, dimension, action and refusal of what is found, first to last."""
    return [
        (each["code"], each["dimension"], each["action"], each["refusal"])
        for each in reversed(found(office, who, **where))
    ]


def test_each_attempt_beside_the_process_is_a_finding(office):
    """越权、越环节: refused, and before the supervisor with the very refusal."""
    number = office.submitted()
    skipped = ("STEP_SKIPPED", "PROCESS", "decide_case", "CASE_DECIDE_NOT_ALLOWED")
    for _ in range(3):
        refused = office.do("chief", "DecideCase", number=number, decision="APPROVE")
        assert codes(refused) == ["CASE_DECIDE_NOT_ALLOWED"]
    (only,) = found(office)
    assert (only["attempts"], only["wasRefused"], only["state"]) == (3, True, "SUBMITTED")
    assert (only["departmentCode"], only["text"]) == (stationing.CODE, "越过规定环节办理")
    office.step("clerk", "AcceptCase", number)
    office.step("reviewer", "StartReview", number)
    refused = office.do("reviewer", "DecideCase", number=number, decision="APPROVE")
    assert codes(refused) == ["DECISION_OUTSIDE_CENTER"]
    office.post("reviewer", stationing.CODE)
    said = {"isFavourable": True, "opinion": "符合"}
    office.step("chief", "RecordReview", number, kind="REVIEW", **said)
    same = office.do("chief", "RecordReview", number=number, kind="VERIFICATION", **said)
    assert codes(same) == ["SAME_PERSON"]
    office.step("reviewer", "RecordReview", number, kind="VERIFICATION", **said)
    refused = office.do("chief", "DecideCase", number=number, decision="APPROVE")
    assert codes(refused) == ["NOT_AUTHORIZED"]
    grant(office)
    case = office.step("chief", "DecideCase", number, decision="APPROVE")
    for who, mutation, sent, code in (
        ("clerk", "IssueResult", {}, "FEE_NOT_ASSESSED"),
        ("chief", "UseSeal", {"seal": stationing.SEAL}, "NOT_KEEPER"),
        ("clerk", "UseSeal", {"seal": "GAJ-2"}, "WRONG_SEAL"),
        (
            "clerk",
            "CompleteCase",
            {"delivery": {"method": "COUNTER", "receiverName": "赵测试"}},
            "CASE_COMPLETE_NOT_ALLOWED",
        ),
    ):
        assert codes(office.do(who, mutation, number=number, **sent)) == [code]
    assert kept(office) == [
        skipped,
        (*("DECISION_OUTSIDE_CENTER", "PROCESS", "decide_case"), "DECISION_OUTSIDE_CENTER"),
        ("SAME_PERSON", "PROCESS", "record_review", "SAME_PERSON"),
        ("DECISION_UNAUTHORIZED", "PROCESS", "decide_case", "NOT_AUTHORIZED"),
        ("NOT_KEEPER", "PROCESS", "use_seal", "NOT_KEEPER"),
        ("WRONG_SEAL", "PROCESS", "use_seal", "WRONG_SEAL"),
    ]
    assert office.case("chief", number)["version"] == case["version"]
    assert [each["attempts"] for each in found(office, codes=["STEP_SKIPPED"])] == [5]
    with center_context(office.center):
        told = AuditEntry.objects.filter(action="case.attempt").order_by("sequence")
        assert {entry.object_key for entry in told} == {number}
        assert told[0].data["finding"] == "STEP_SKIPPED"
        assert APPLICANT_NUMBER not in str([entry.data for entry in told])


FEES = (
    (("clerk", "AssessFee"), {"items": [{"item": COPY, "amount": "12.00"}]}, "FEE_AMOUNT_FIXED"),
    (("clerk", "AssessFee"), {"items": [{"item": "加急费"}]}, "FEE_ITEM_UNKNOWN"),
    (("clerk", "AssessFee"), {"items": [{"item": COPY}]}, ""),
    (("chief", "WaiveFee"), {"amount": "5.00", "waiver": "熟人"}, "WAIVER_BASIS_REQUIRED"),
    (("cashier", "RecordPayment"), {"amount": "5.00", "window": "路边"}, "PAYMENT_OUTSIDE_CENTER"),
    (("cashier", "RecordPayment"), {"amount": "11.00"}, "FEE_EXCEEDS_DUE"),
)


def test_each_irregular_fee_is_a_finding(office):
    """乱收费: over the standard, outside the list, on no basis, at no window."""
    grant(office)
    office.post("reviewer", stationing.CODE)
    number = office.verified()
    office.step("chief", "DecideCase", number, decision="APPROVE")
    for (who, mutation), said, code in FEES:
        how = {"method": "CASH", "receipt": "1"} if mutation == "RecordPayment" else {}
        payload = office.do(who, mutation, number=number, **said, **how)
        assert codes(payload) == ([code] if code else [])
    assert [(each["code"], each["attempts"]) for each in found(office, dimensions=["FEE"])] == [
        ("PAYMENT_OUTSIDE_CENTER", 1),
        ("WAIVER_WITHOUT_BASIS", 1),
        ("FEE_OUTSIDE_LIST", 1),
        ("FEE_OFF_STANDARD", 2),
    ]
    assert found(office, dimensions=["EFFICIENCY", "PROCESS"]) == []


def test_what_is_nobodys_fault_is_no_finding(office):
    """A later click than somebody else's, a wrong role, a typing error."""
    grant(office)
    office.post("reviewer", stationing.CODE)
    number = office.verified()
    office.step("chief", "DecideCase", number, decision="APPROVE")
    for who, mutation, said in (
        ("chief", "DecideCase", {"decision": "APPROVE"}),
        ("clerk", "DecideCase", {"decision": "APPROVE"}),
        ("reviewer", "StartReview", {}),
        ("clerk", "AssessFee", {"items": [{"item": COPY, "quantity": 0}]}),
        ("clerk", "AssessFee", {"items": []}),
        ("applicant", "IssueResult", {}),
        ("neighbour", "IssueResult", {}),
    ):
        assert office.do(who, mutation, number=number, **said)["errors"] != []
    assert found(office) == []


def test_a_reply_in_time_or_the_supervisor(office):
    first, second = office.submitted(), office.submitted()
    for number in (first, second):
        office.do("chief", "DecideCase", number=number, decision="APPROVE")
    said = {"number": first, "finding": 1, "reply": "误操作，已提醒"}
    assert codes(office.do("supervisor", "ReplyFinding", **said)) == ["FINDING_REPLY_NOT_ALLOWED"]
    key = "3c5b4f1e-0d5f-4a8b-9b5e-0a8f5f0f3a11"
    payload = office.do("chief", "ReplyFinding", **said, idempotencyKey=key)
    assert payload["errors"] == []
    assert payload["finding"]["reply"] == "误操作，已提醒"
    assert payload["finding"]["repliedBy"]["staffNumber"] == "0002"
    assert office.do("chief", "ReplyFinding", **said, idempotencyKey=key) == payload
    again = office.do("manager", "ReplyFinding", **said)
    assert [error["params"] for error in again["errors"]] == [{"reason": "REPLIED"}]
    due = found(office, isOpen=True)[0]["replyDueAt"]
    pass_time(NOW + timedelta(days=1, hours=2))
    assert found(office, isEscalated=True) == []
    office.go_on(NOW + timedelta(days=3))
    pass_time(office.now)
    (late,) = found(office, isEscalated=True)
    assert (late["caseNumber"], late["repliedAt"], late["replyDueAt"]) == (second, None, due)
    assert [each["caseNumber"] for each in found(office, isOpen=False)] == [first]
    office.do("chief", "DecideCase", number=first, decision="APPROVE")
    assert len(found(office, wasRefused=True)) == 3  # after a reply it is another one
    for number, finding in ((second, 9), ("370000000000000000000", 1)):
        missing = office.do("chief", "ReplyFinding", number=number, finding=finding, reply="x")
        assert codes(missing) == ["FINDING_NOT_FOUND" if number == second else "CASE_NOT_FOUND"]


def test_what_time_finds_is_answered_with_its_urging(office):
    number = accepted(office)
    office.go_on(NOW + timedelta(days=9))
    pass_time(office.now)
    (late,) = found(office)
    assert (late["code"], late["dimension"], late["urging"]) == ("OVERDUE", "EFFICIENCY", 1)
    assert (late["wasRefused"], bool(late["escalatedAt"])) == (False, True)
    refused = office.do("chief", "ReplyFinding", number=number, finding=1, reply="x")
    assert [error["params"] for error in refused["errors"]] == [{"reason": "URGING", "place": 1}]
    office.step("clerk", "ReplyUrging", number, urging=1, reply="今日办结")
    (answered,) = found(office, isOpen=False)
    assert (answered["reply"], bool(answered["repliedBy"]["name"])) == ("今日办结", True)
    (told,) = office.case("applicant", number)["findings"]
    assert told["code"] == "OVERDUE"


def test_an_urging_without_a_reply_is_answered_late(office):
    number = accepted(office)
    office.step("manager", "UrgeCase", number, text="请尽快办理")
    assert found(office) == []
    office.go_on(NOW + timedelta(days=2))
    pass_time(office.now)
    assert [each["code"] for each in found(office)] == ["URGING_UNANSWERED"]
    office.step("clerk", "ReplyUrging", number, urging=1, reply="今日办结")
    assert found(office, isOpen=True) == []


def test_lists_are_narrowed_and_paged(office):
    numbers = [office.submitted() for _ in range(3)]
    for number in numbers:
        office.do("chief", "DecideCase", number=number, decision="APPROVE")
        office.go_on(office.now + timedelta(minutes=1))
    at = [each["foundAt"] for each in found(office)]
    assert [each["caseNumber"] for each in found(office)] == numbers[::-1]
    assert len(found(office, foundFrom=at[1])) == 2
    assert len(found(office, foundBefore=at[1])) == 1
    assert len(found(office, department=stationing.CODE, codes=["STEP_SKIPPED"])) == 3
    for where in (
        {"department": "GAJ"}, {"window": "A1"}, {"codes": ["OVERDUE"]}, {"codes": ["\0"]},
        {"window": "\0"}, {"wasRefused": False},
    ):  # fmt: skip
        assert found(office, **where) == []
    page = office.ask("manager", "Findings", first=2)["data"]["findings"]
    assert (page["totalCount"], page["pageInfo"]["hasNextPage"]) == (3, True)
    after = page["pageInfo"]["endCursor"]
    rest = office.ask("manager", "Findings", first=2, after=after)["data"]["findings"]
    assert [edge["node"]["caseNumber"] for edge in rest["edges"]] == numbers[:1]


def test_who_sees_findings(office):
    number = office.submitted()
    office.do("chief", "DecideCase", number=number, decision="APPROVE")
    for who in ("supervisor", "manager", "chief", "clerk"):  # the last two: their department's
        assert [each["caseNumber"] for each in found(office, who)] == [number]
    for who in (
        *("reviewer", "cashier", "auditor", "party_secretary"),
        *("applicant", "stranger", "neighbour"),
    ):
        assert found(office, who) == []
    hidden = office.do("reviewer", "ReplyFinding", number=number, finding=1, reply="x")
    assert codes(hidden) == ["FINDING_NOT_FOUND"]
    assert top_codes(office.ask("anonymous", "Findings")) == ["UNAUTHENTICATED"]
    assert top_codes(office.ask("supervisor", "Findings", center="")) == ["CENTER_REQUIRED"]


def test_as_many_statements_for_twenty_as_for_two(office):
    def counted():
        with CaptureQueriesContext(connection) as captured:
            found(office)
        return sum("registry_registryversion" not in query["sql"] for query in captured)

    for n in range(1, 21):
        office.do("chief", "DecideCase", number=office.submitted(), decision="APPROVE")
        if n == 2:
            counted()
            few = counted()
    assert counted() == few
