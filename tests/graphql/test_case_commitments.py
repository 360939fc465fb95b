"""告知承诺 through the shipped documents: told, committed to, verified, and what follows."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest

from tests.graphql import committing
from tests.graphql.committing import WHAT, told
from tests.graphql.office import COUNTY, NOW, Office, codes, follow, pdf
from tongban.exchange.operations import timers
from tongban.kernel import crypto

LATER = datetime(2040, 1, 9, 2, 0, tzinfo=UTC)
"""Later than any onboarding of the test centers, whose keys are valid from then on."""


@pytest.fixture
def office(db):
    committing.allow(now=NOW)
    return Office()


def submitted(office, who="clerk"):
    return office.submitted(who, commitments={WHAT: told(now=office.now)})


def accepted(office, who="clerk"):
    number = submitted(office, who)
    office.step("clerk", "AcceptCase", number)
    return number


def approved(office):
    number = accepted(office)
    office.step("reviewer", "StartReview", number)
    for who, kind in (("reviewer", "REVIEW"), ("chief", "VERIFICATION")):
        office.step(who, "RecordReview", number, kind=kind, isFavourable=True, opinion="符合")
    office.step("chief", "DecideCase", number, decision="APPROVE")
    return number


def verify(office, who, number, **said):
    said = {"materialCode": WHAT, "isKept": True, "reason": "现场核查属实", **said}
    return office.do(who, "VerifyCommitment", number=number, **said)


def verified(office, number, **said):
    payload = verify(office, "reviewer", number, **said)
    assert payload["errors"] == []
    return payload["case"]


def bring(office, number, who="clerk"):
    return office.do(
        who,
        "AddMaterial",
        number=number,
        materialCode=WHAT,
        files=[None],
        uploads={"variables.input.files.0": pdf("lease.pdf", b"lease")},
    )


def commit(office, number, code=WHAT, notice=None, who="clerk"):
    notice = told(now=office.now) if notice is None else notice
    said = {"materialCode": code, "files": [], "commitment": notice}
    return office.do(who, "AddMaterial", number=number, **said)


def the_commitment(case):
    (commitment,) = case["commitments"]
    return commitment


def availability(case, action):
    (found,) = [each for each in case["availableActions"] if each["action"] == action]
    return found["isAvailable"], found["reason"]


def test_what_is_told_names_basis_proof_verification_and_consequences(office):
    notice = told(now=NOW)
    for part in (
        "根据《出版管理条例》第三十五条",
        "“经营场所情况”",
        "经营场所与设立的书店相适应",
        "核查",
        "撤销行政决定",
    ):
        assert part in notice
    assert told("M01", now=NOW) is None


def test_a_commitment_stands_for_a_required_material_up_to_the_approval(office):
    number = accepted(office)
    case = office.case("clerk", number)
    commitment = the_commitment(case)
    assert (commitment["materialCode"], commitment["state"]) == (WHAT, "PENDING")
    assert commitment["notice"] == told(now=NOW)
    assert (commitment["madeBy"]["name"], commitment["enteredBy"]["name"]) == ("赵*试", "王小明")
    # 40 working days from Tuesday on, New Year's Day off.
    assert commitment["verifyUntil"].startswith("2027-01-20T17:00:00+08:00")
    assert case["debts"] == []
    number = approved(office)
    assert office.case("clerk", number)["state"] == "APPROVED"


def test_an_applicant_commits_alone(office):
    number = submitted(office, "applicant")
    commitment = the_commitment(office.case("applicant", number))
    assert (commitment["madeBy"]["name"], commitment["enteredBy"]) == ("赵*试", None)
    assert commitment["verifyUntil"] is None, "the term begins with the acceptance"


def test_its_paper_is_numbered_kept_with_the_case_and_verified_by_anybody(db):
    committing.allow(now=LATER)
    office = Office(now=LATER)
    case = office.case("applicant", submitted(office, "applicant"))
    receipt, paper = case["papers"]
    assert (paper["kind"], paper["title"]) == ("COMMITMENT", "告知承诺书")
    assert paper["number"] == the_commitment(case)["paperNumber"] == f"{case['number']}-CN1"
    assert crypto.sha256_hex(follow(paper["link"], now=LATER).body) == paper["sha256"]
    assert "告知承诺书真实" in follow(paper["verifyUrl"], now=LATER).body.decode()
    assert receipt["kind"] == "INTAKE_RECEIPT"


@pytest.mark.parametrize(
    ("said", "code", "reason"),
    [
        ({"commitments": {"M01": "任何内容"}}, "COMMITMENT_NOT_ALLOWED", "OFFERING"),
        ({"commitments": {WHAT: "另一内容"}}, "COMMITMENT_NOTICE_DIFFERS", None),
        ({"commitments": {"M99": "任何内容"}}, "MATERIAL_UNKNOWN", None),
        ({"commitments": {WHAT: ""}}, "MATERIAL_MISSING", None),
        ({"commitments": {WHAT: None}, "asDraft": True}, "COMMITMENT_NOT_ALLOWED", "DRAFT"),
    ],
)
def test_only_what_the_offering_allows_and_was_told_is_committed_to(office, said, code, reason):
    notices = said["commitments"]
    said["commitments"] = {
        material: told(now=NOW) if text is None else text for material, text in notices.items()
    }
    payload = office.submit(**said)
    assert codes(payload) == [code]
    assert payload["case"] is None
    if reason:
        assert payload["errors"][0]["params"]["reason"] == reason
    assert office.ask("clerk", "Cases")["data"]["cases"]["edges"] == []


def test_of_what_is_there_or_committed_to_already_nobody_commits(office):
    number = submitted(office)
    (error,) = commit(office, number)["errors"]
    assert (error["code"], error["params"]["reason"]) == ("COMMITMENT_NOT_ALLOWED", "MADE")
    number = office.submitted()
    (error,) = commit(office, number)["errors"]
    assert (error["code"], error["params"]["reason"]) == ("COMMITMENT_NOT_ALLOWED", "THERE")
    assert error["params"]["name"] == "经营场所情况"


def test_a_repeat_commits_once(office):
    key = str(uuid.uuid4())
    said = {"commitments": {WHAT: told(now=NOW)}, "idempotencyKey": key}
    first, again = office.submit(**said), office.submit(**said)
    assert first["case"]["number"] == again["case"]["number"]
    case = office.case("clerk", first["case"]["number"])
    assert len(case["commitments"]) == 1
    assert [paper["kind"] for paper in case["papers"]] == ["INTAKE_RECEIPT", "COMMITMENT"]
    other = office.submit(idempotencyKey=key)
    assert codes(other) == ["IDEMPOTENCY_KEY_REUSED"]


def test_what_nobody_may_commit_to_answers_no_notice(office):
    number = office.submitted()
    office.step(
        "clerk", "IssueNotice", number, defects=[{"materialCode": "M03", "text": "缺营业执照"}]
    )
    refused = office.do(
        "applicant",
        "AnswerNotice",
        number=number,
        materials=[{"materialCode": "M03", "files": [], "commitment": "任何内容"}],
    )
    assert codes(refused) == ["COMMITMENT_NOT_ALLOWED"]
    assert office.case("clerk", number)["state"] == "SUPPLEMENT_REQUESTED"


def test_a_window_asks_for_what_lacks_and_the_applicant_commits_to_it(office):
    number = office.submitted(codes=["M01"], holdForReview=True)
    office.step(
        "clerk", "IssueNotice", number, defects=[{"materialCode": WHAT, "text": "缺场所材料"}]
    )
    case = office.step(
        "applicant",
        "AnswerNotice",
        number,
        materials=[{"materialCode": WHAT, "files": [], "commitment": told(now=NOW)}],
    )
    assert (case["state"], the_commitment(case)["state"]) == ("SUBMITTED", "PENDING")
    assert office.step("clerk", "AcceptCase", number)["state"] == "ACCEPTED"


def test_kept_it_needs_no_more_and_says_by_what(office):
    number = accepted(office)
    assert availability(office.case("reviewer", number), "VERIFY_COMMITMENT") == (True, None)
    key = str(uuid.uuid4())
    for _again in range(2):
        case = verified(office, number, idempotencyKey=key)
    commitment = the_commitment(case)
    assert (commitment["state"], commitment["reason"]) == ("KEPT", "现场核查属实")
    assert (commitment["verifiedBy"]["name"], commitment["verifiedAt"]) != ("", None)
    assert availability(case, "VERIFY_COMMITMENT") == (False, "NO_COMMITMENT")
    assert codes(verify(office, "reviewer", number)) == ["CASE_VERIFY_COMMITMENT_NOT_ALLOWED"]
    assert office.case("applicant", number)["commitments"][0]["reason"] == "现场核查属实"


def test_broken_before_the_decision_the_material_lacks_until_it_came(office):
    number = accepted(office)
    office.step("reviewer", "StartReview", number)
    for who, kind in (("reviewer", "REVIEW"), ("chief", "VERIFICATION")):
        office.step(who, "RecordReview", number, kind=kind, isFavourable=True, opinion="符合")
    case = verified(office, number, isKept=False, reason="场所不存在")
    assert the_commitment(case)["state"] == "BROKEN"
    (debt,) = case["debts"]
    assert (debt["materialCode"], debt["isOpen"]) == (WHAT, True)
    assert codes(commit(office, number))[0] == "COMMITMENT_NOT_ALLOWED"
    payload = office.do("chief", "DecideCase", number=number, decision="APPROVE")
    assert codes(payload) == ["MATERIAL_MISSING"]
    assert bring(office, number)["errors"] == []
    office.step("chief", "DecideCase", number, decision="APPROVE")
    payload = office.do("clerk", "IssueResult", number=number, deliverAt="HERE")
    assert codes(payload) == ["DEBT_OPEN"]
    office.step("clerk", "SettleDebt", number, materialCode=WHAT, isAccepted=True)
    assert the_commitment(office.case("clerk", number))["curedAt"] is not None
    assert office.step("clerk", "IssueResult", number, deliverAt="HERE")["state"] == "ISSUED"


def test_whoever_broke_one_commits_to_nothing_until_it_was_made_good(office):
    number = accepted(office)
    verified(office, number, isKept=False, reason="场所不存在")
    again = {"commitments": {WHAT: told(now=NOW)}}
    assert codes(office.submit(**again)) == ["COMMITMENT_BARRED"]
    bring(office, number)
    office.step("clerk", "SettleDebt", number, materialCode=WHAT, isAccepted=True)
    assert office.submit(**again)["errors"] == []


def test_it_is_verified_after_completion_too(office):
    number = approved(office)
    office.step("clerk", "IssueResult", number, deliverAt="HERE")
    delivery = {"method": "COUNTER", "receiverName": "赵测试"}
    office.step("clerk", "CompleteCase", number, delivery=delivery)
    listed = office.ask("clerk", "Cases", filter={"awaitsVerification": True})
    (edge,) = listed["data"]["cases"]["edges"]
    assert edge["node"]["number"] == number
    case = verified(office, number)
    assert (case["state"], the_commitment(case)["state"]) == ("COMPLETED", "KEPT")
    listed = office.ask("clerk", "Cases", filter={"awaitsVerification": True})
    assert listed["data"]["cases"]["edges"] == []


@pytest.mark.parametrize(
    "who", ["applicant", "stranger", "neighbour", "clerk", "manager", "operator"]
)
def test_only_reviewers_and_chief_representatives_verify(office, who):
    number = accepted(office)
    before = office.case("clerk", number)
    assert len(codes(verify(office, who, number))) == 1
    assert office.case("clerk", number) == before


def test_why_is_told(office):
    number = accepted(office)
    assert codes(verify(office, "reviewer", number, reason=" ")) == ["TEXT_INVALID"]
    unknown = verify(office, "reviewer", number, materialCode="M01")
    assert codes(unknown) == ["COMMITMENT_NOT_FOUND"]


def test_a_case_that_ends_is_not_verified_any_more(office):
    number = accepted(office)
    office.step("applicant", "WithdrawCase", number)
    case = office.case("clerk", number)
    assert the_commitment(case)["droppedAt"] is not None
    assert fire(datetime.fromisoformat(the_commitment(case)["verifyUntil"])) == 0


def fire(until, *, later=timedelta(seconds=1)):
    """Let the worker fire what is due of commitments a moment after an instant."""
    return timers.fire_timers(COUNTY, clock=lambda: until + later)


def test_nobody_verifies_in_time_and_the_supervisor_hears_of_it_once(office):
    number = approved(office)
    office.step("clerk", "IssueResult", number, deliverAt="HERE")
    delivery = {"method": "COUNTER", "receiverName": "赵测试"}
    office.step("clerk", "CompleteCase", number, delivery=delivery)
    until = datetime.fromisoformat(the_commitment(office.case("clerk", number))["verifyUntil"])
    fire(until, later=timedelta(days=-5))
    assert the_commitment(office.case("clerk", number))["lamp"] == "YELLOW"
    fire(until, later=timedelta(0))
    assert the_commitment(office.case("clerk", number))["lamp"] == "YELLOW"
    fire(until)
    fire(until, later=timedelta(hours=1))
    case = office.case("supervisor", number)
    assert the_commitment(case)["lamp"] == "RED"
    names = [event["name"] for event in case["events"]]
    assert names.count("case.commitment_due_soon") == names.count("case.commitment_overdue") == 1
    assert [each["code"] for each in case["findings"]].count("COMMITMENT_UNVERIFIED") == 1
    office.go_on(until + timedelta(hours=2))
    reply = office.do("reviewer", "ReplyUrging", number=number, urging=1, reply="明日核查")
    assert reply["errors"] == []
    assert the_commitment(verified(office, number))["state"] == "KEPT"
