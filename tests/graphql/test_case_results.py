"""From decision to delivery through the shipped documents: deed, fee, seal, paper, delivery."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.test import Client

from tests import revising, stationing
from tests.graphql.office import NEIGHBOUR, Office, codes, follow
from tongban.catalog.rules.content import Fee, FeeItem, Waiver
from tongban.kernel.context import center_context
from tongban.kernel.models import AuditEntry

COPY, REDUCED = "工本费", "小型微型企业减半"
# Later than any onboarding of the test centers, whose keys are valid from then on.
NOW = datetime(2040, 1, 9, 2, 0, tzinfo=UTC)
SEAL = {"code": stationing.SEAL, "name": "行政审批专用章（2）"}


@pytest.fixture
def office(db):
    """A center where the department of the books' licence works, which costs 10.05 a copy."""
    office = Office(now=NOW)
    fee = Fee(
        charged=True,
        items=(FeeItem(COPY, "每本", Decimal("10.05"), 0),),
        waivers=(Waiver(REDUCED, 0),),
    )
    revising.revise(now=office.now, fee=fee)
    for who in ("clerk", "reviewer", "chief"):
        office.token(who)
    department = stationing.CODE
    for mutation, said in (
        ("OpenDepartment", {"code": department, "name": stationing.CULTURE}),
        ("PostMember", {"staffNumber": "0000", "department": department}),
        ("PostMember", {"staffNumber": "0001", "department": department}),
        (
            "PostMember",
            {"staffNumber": "0002", "department": department, "kind": "CHIEF_REPRESENTATIVE"},
        ),
        (
            "GrantDeed",
            {
                "number": stationing.DEED,
                "department": department,
                "staffNumber": "0002",
                "matters": [],
                "validFrom": "2026-01-01",
            },
        ),
        ("RegisterSeal", {**SEAL, "department": department, "keeper": "0000"}),
    ):
        assert office.do("manager", mutation, **said)["errors"] == []
    return office


def action(case, name):
    return next(item for item in case["availableActions"] if item["action"] == name)


def opened(office):
    with center_context(office.center):
        return AuditEntry.objects.filter(action="case.open_file").count()


def uses(office, who, center=None):
    answer = office.ask(who, "SealUses", seal=stationing.SEAL, first=10, center=center)
    assert "errors" not in answer, answer
    return [edge["node"] for edge in answer["data"]["sealUses"]["edges"]]


def test_a_result_leaves_with_everything_only(office):
    number = office.verified()
    refused = office.do("reviewer", "DecideCase", number=number, decision="APPROVE")
    assert codes(refused) == ["NOT_AUTHORIZED"]
    possible = action(office.case("reviewer", number), "DECIDE_CASE")
    assert possible["code"] == "NOT_AUTHORIZED"
    case = office.step("chief", "DecideCase", number, decision="APPROVE")
    assert case["decision"]["deedNumber"] == stationing.DEED
    assert case["decision"]["departmentName"] == stationing.CULTURE
    assert codes(office.do("clerk", "IssueResult", number=number)) == ["FEE_NOT_ASSESSED"]

    case = office.step("clerk", "AssessFee", number, items=[{"item": COPY, "quantity": 2}])
    assert case["fees"]["lines"] == [
        {"item": COPY, "unitAmount": "10.05", "quantity": 2, "amount": "20.10"}
    ]
    office.step("chief", "WaiveFee", number, amount="10.05", waiver=REDUCED)
    case = office.step(
        "cashier", "RecordPayment", number, amount="10.04", method="MOBILE", receipt="37-1"
    )
    assert (case["fees"]["waived"], case["fees"]["due"]) == ("10.05", "0.01")
    due = office.do("clerk", "IssueResult", number=number)
    assert codes(due) == ["FEE_DUE"]
    assert due["errors"][0]["params"] == {"amount": "0.01"}
    office.step("cashier", "RecordPayment", number, amount="0.01", method="CASH", receipt="37-2")

    assert codes(office.do("clerk", "IssueResult", number=number)) == ["SEAL_REQUIRED"]
    keeper = office.do("chief", "UseSeal", number=number, seal=stationing.SEAL)
    assert codes(keeper) == ["NOT_KEEPER"]
    wrong = office.do("clerk", "UseSeal", number=number, seal="GAJ-2")
    assert codes(wrong) == ["WRONG_SEAL"]
    case = office.step(
        "clerk", "UseSeal", number, seal=stationing.SEAL,
        resultNumber="鲁新出零字001号", validTo="2043-03-01",
    )  # fmt: skip
    assert (case["seal"]["name"], case["seal"]["use"]) == (SEAL["name"], 1)
    assert action(case, "ISSUE_RESULT")["isAvailable"]
    case = office.step("clerk", "IssueResult", number)
    assert case["result"]["number"] == "鲁新出零字001号"
    assert case["result"]["validTo"] == "2043-03-01"

    posted = {"method": "POST", "receiverName": "赵测试"}
    lacking = office.do("clerk", "CompleteCase", number=number, delivery=posted)
    assert codes(lacking) == ["TRACKING_NUMBER_REQUIRED"]
    assert lacking["errors"][0]["path"] == ["delivery", "trackingNumber"]
    posted["trackingNumber"] = "EMS1234567890CN"
    case = office.step("clerk", "CompleteCase", number, delivery=posted)
    assert case["delivery"]["trackingNumber"] == "EMS1234567890CN"
    assert [paper["kind"] for paper in case["papers"]][-2:] == ["RESULT", "DELIVERY_RECORD"]


def test_the_applicant_holds_a_certificate_that_anybody_can_verify(office):
    number = office.verified()
    office.step("chief", "DecideCase", number, decision="APPROVE")
    office.step("clerk", "AssessFee", number, items=[{"item": COPY}])
    office.step("cashier", "RecordPayment", number, amount="10.05", method="CARD", receipt="37-3")
    for result_number in ("1号", "2号"):
        office.step("clerk", "UseSeal", number, seal=stationing.SEAL, resultNumber=result_number)
    case = office.case("applicant", number)
    assert case["result"] is None
    assert case["seal"]["resultNumber"] == "2号"
    assert case["fees"]["payments"][0]["receipt"] == "37-3"
    first, second = (paper for paper in case["papers"] if paper["kind"] == "RESULT")
    before = opened(office)
    assert follow(second["link"], now=NOW).body.startswith(b"%PDF-")
    assert opened(office) == before
    # It has the holder's name in full, so it is known who of the staff opened it.
    seen = next(p for p in office.case("clerk", number)["papers"] if p["id"] == second["id"])
    assert follow(seen["link"], now=NOW).body.startswith(b"%PDF-")
    assert opened(office) == before + 1

    def page(paper):
        return Client().get("/" + paper["verifyUrl"].split("/", 3)[3]).content.decode()

    assert "该文书已作废" in page(first)
    shown = page(second)
    for told in ("出版物经营许可证真实", "2号", "长期", "行政审批专用章（2）", "赵*试"):
        assert told in shown
    assert "赵测试" not in shown


def test_the_uses_of_a_seal_are_shown_to_whom_they_concern(office):
    number = office.verified()
    office.step("chief", "DecideCase", number, decision="APPROVE")
    office.step("clerk", "UseSeal", number, seal=stationing.SEAL)
    for who in ("manager", "supervisor", "clerk"):
        (use,) = uses(office, who)
        assert (use["caseNumber"], use["sequence"], use["keeperNumber"]) == (number, 1, "0000")
    for who in ("chief", "reviewer", "applicant", "stranger", "auditor", "neighbour"):
        assert uses(office, who) == []
    assert uses(office, "neighbour", NEIGHBOUR) == []
