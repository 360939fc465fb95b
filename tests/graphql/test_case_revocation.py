"""撤销 through the shipped documents: what rested on a broken commitment stands no more."""

import uuid
from datetime import UTC, datetime

import pytest

from tenants.staff.rules import CenterRole
from tests import casework, stationing
from tests.graphql import committing
from tests.graphql.committing import WHAT, told
from tests.graphql.office import Office, codes, follow
from tongban.identity import queries as identity

NOW = datetime(2040, 1, 9, 2, 0, tzinfo=UTC)
"""Later than any onboarding of the test centers, whose keys are valid from then on."""
DELIVERY = {"method": "COUNTER", "receiverName": "赵测试"}


@pytest.fixture
def office(db):
    committing.allow(now=NOW)
    return Office(now=NOW)


def approved(office):
    number = office.submitted(commitments={WHAT: told(now=NOW)})
    office.step("clerk", "AcceptCase", number)
    office.step("reviewer", "StartReview", number)
    for who, kind in (("reviewer", "REVIEW"), ("chief", "VERIFICATION")):
        office.step(who, "RecordReview", number, kind=kind, isFavourable=True, opinion="符合")
    office.step("chief", "DecideCase", number, decision="APPROVE")
    return number


def brought_to(office, state):
    """Return the number of a case in this state whose commitment was then found not kept."""
    number = approved(office)
    if state in {"ISSUED", "COMPLETED"}:
        office.step("clerk", "IssueResult", number, deliverAt="HERE")
    if state == "COMPLETED":
        office.step("clerk", "CompleteCase", number, delivery=DELIVERY)
    said = {"materialCode": WHAT, "isKept": False, "reason": "所称场所不存在"}
    office.step("reviewer", "VerifyCommitment", number, **said)
    return number


def revoke(office, number, who="chief", **said):
    return office.do(who, "RevokeDecision", number=number, **{"reason": "骗取许可", **said})


def availability(case):
    found = {each["action"]: each for each in case["availableActions"]}["REVOKE_DECISION"]
    return found["isAvailable"], found["reason"]


@pytest.mark.parametrize("state", ["APPROVED", "ISSUED", "COMPLETED"])
def test_an_approval_that_rested_on_what_was_not_so_is_revoked(office, state):
    number = brought_to(office, state)
    before = office.case("chief", number)
    assert (before["state"], availability(before)) == (state, (True, None))
    case = office.step("chief", "RevokeDecision", number, reason="骗取许可")
    assert (case["state"], case["stateText"]) == ("REVOKED", "已撤销")
    assert case["decision"]["outcome"] == "APPROVE", "what was decided stays readable"
    revocation = case["decision"]["revocation"]
    assert (revocation["text"], revocation["materialCodes"]) == ("骗取许可", [WHAT])
    assert availability(case) == (False, "STATE")
    after = office.case("applicant", number)
    assert [event["name"] for event in after["events"]][-1] == "case.revoked"
    assert "行政复议" in after["decision"]["revocation"]["remedies"]["text"]
    assert not any(debt["isOpen"] for debt in after["debts"])


def test_its_papers_are_void_for_everybody_and_the_revocation_is_genuine(office):
    number = brought_to(office, "COMPLETED")
    pages = {
        paper["kind"]: paper["verifyUrl"] for paper in office.case("applicant", number)["papers"]
    }
    for kind in ("APPROVAL", "RESULT"):
        assert "真实" in follow(pages[kind], now=NOW).body.decode()
    revoked = office.step("chief", "RevokeDecision", number, reason="骗取许可")
    paper = revoked["papers"][-1]
    assert (paper["kind"], paper["title"]) == ("REVOCATION", "撤销行政许可决定书")
    assert paper["number"] == f"{number}-CX1"
    assert "撤销行政许可决定书真实" in follow(paper["verifyUrl"], now=NOW).body.decode()
    for kind in ("APPROVAL", "RESULT"):
        page = follow(pages[kind], now=NOW).body.decode()
        assert "该文书已作废" in page
        assert "已于2040年1月9日依法撤销" in page
    for kind in ("INTAKE_RECEIPT", "COMMITMENT", "ACCEPTANCE"):
        assert "真实" in follow(pages[kind], now=NOW).body.decode()


def test_the_applicant_is_told_once(office):
    number = brought_to(office, "COMPLETED")
    key = str(uuid.uuid4())
    for _again in range(2):
        assert revoke(office, number, idempotencyKey=key)["errors"] == []
    assert codes(revoke(office, number, idempotencyKey=key, reason="另一理由")) == [
        "IDEMPOTENCY_KEY_REUSED"
    ]
    answer = office.ask("applicant", "MyMessages")
    texts = [edge["node"]["text"] for edge in answer["data"]["myMessages"]["edges"]]
    assert sum("准予决定已被撤销" in text for text in texts) == 1
    assert sum("承诺经核查不属实" in text for text in texts) == 1


def test_why_not_is_told_while_nothing_was_found_broken(office):
    number = approved(office)
    assert availability(office.case("chief", number)) == (False, "NO_BROKEN_COMMITMENT")
    assert codes(revoke(office, number)) == ["CASE_REVOKE_DECISION_NOT_ALLOWED"]
    said = {"materialCode": WHAT, "isKept": True, "reason": "属实"}
    office.step("reviewer", "VerifyCommitment", number, **said)
    assert codes(revoke(office, number)) == ["CASE_REVOKE_DECISION_NOT_ALLOWED"]


def test_reasons_are_given(office):
    number = brought_to(office, "ISSUED")
    assert codes(revoke(office, number, reason=" ")) == ["TEXT_INVALID"]
    assert office.case("chief", number)["state"] == "ISSUED"


def test_the_keeper_seals_the_letter_and_everybody_sees_it(office):
    number = brought_to(office, "ISSUED")
    desk = casework.Desk(center=office.center, now=NOW)
    for who, role in (("clerk", CenterRole.CLERK), ("chief", CenterRole.CHIEF_REPRESENTATIVE)):
        desk.staff[role] = identity.resolve_actor(office.token(who) or "", now=NOW)
    stationing.settle(desk)
    revoked = office.step("chief", "RevokeDecision", number, reason="骗取许可")
    letter, entry = revoked["papers"][-1], f"用印登记 {stationing.SEAL} 第 1 号"
    assert office.case("applicant", number)["decision"]["revocation"]["seal"] is None
    assert not any(entry in page for page in pages(revoked).values())
    office.step("clerk", "UseSeal", number, seal=stationing.SEAL)
    case = office.case("applicant", number)
    seal = case["decision"]["revocation"]["seal"]
    assert (seal["code"], seal["use"]) == (stationing.SEAL, 1)
    assert seal["paperNumber"] == letter["number"]
    # It stands on the letter's own page, and on those of what the letter voids.
    shown = pages(case)
    assert "撤销行政许可决定书真实" in shown["REVOCATION"]
    assert {kind for kind, page in shown.items() if f"{seal['name']}（{entry}）" in page} == {
        "REVOCATION", "APPROVAL", "RESULT",
    }  # fmt: skip
    assert {kind for kind, page in shown.items() if letter["number"] in page} == {
        "REVOCATION", "APPROVAL", "RESULT",
    }  # fmt: skip


def pages(case):
    """Return by the kind of paper what anybody reads of it."""
    return {
        paper["kind"]: follow(paper["verifyUrl"], now=NOW).body.decode() for paper in case["papers"]
    }


@pytest.mark.parametrize(
    "who", ["applicant", "stranger", "neighbour", "clerk", "reviewer", "manager", "operator"]
)
def test_only_the_chief_representative_revokes(office, who):
    number = brought_to(office, "ISSUED")
    before = office.case("chief", number)
    assert len(codes(revoke(office, number, who))) == 1
    assert office.case("chief", number) == before


def test_what_ends_so_is_urged_and_rated_no_less(office):
    number = brought_to(office, "ISSUED")
    office.step("manager", "UrgeCase", number, text="请尽快处理")
    office.step("chief", "RevokeDecision", number, reason="骗取许可")
    reply = {"urging": 1, "reply": "已撤销"}
    assert office.do("reviewer", "ReplyUrging", number=number, **reply)["errors"] == []
    again = office.submit(commitments={WHAT: told(now=NOW)})
    assert codes(again) == ["COMMITMENT_BARRED"]
