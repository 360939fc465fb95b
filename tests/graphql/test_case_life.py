"""A case's whole life through the documents that ship to clients."""

import uuid
from datetime import datetime

import pytest

from schema.cases.types.enums import CaseAction
from tenants.cases import policies
from tests.graphql.client import execute, operation
from tests.graphql.office import NOW, Office, codes, pdf


@pytest.fixture
def office(db):
    return Office()


def same(instant, text):
    return datetime.fromisoformat(instant) == datetime.fromisoformat(text)


def test_from_submission_to_delivery(office):
    submitted = office.submit()
    assert submitted["errors"] == []
    case = submitted["case"]
    number = case["number"]
    assert case["displayNumber"].startswith("371425-000-261124-")
    assert (case["state"], case["stateText"], case["custody"]) == ("SUBMITTED", "已收件", "HELD")
    assert same(case["dueAt"], "2026-12-01T17:00:00+08:00")
    assert len(submitted["queryCode"]) == 6
    (receipt,) = case["papers"]
    assert (receipt["kind"], receipt["number"]) == ("INTAKE_RECEIPT", f"{number}-SJ1")

    noticed = office.step(
        "clerk", "IssueNotice", number,
        defects=[
            {"materialCode": "M01", "text": "缺少签字"},
            {"conditionCode": "C01", "text": "用途不符"},
        ],
    )  # fmt: skip
    assert (noticed["state"], noticed["noticesIssued"]) == ("SUPPLEMENT_REQUESTED", 1)
    partly = office.step(
        "clerk", "AnswerNotice", number, isPartial=True,
        answers=[{"conditionCode": "C01", "text": "已变更"}],
    )  # fmt: skip
    assert partly["state"] == "SUPPLEMENT_REQUESTED"
    assert [
        (defect["conditionCode"], defect["suppliedBy"], defect["answeredAt"] is None)
        for defect in partly["notices"][0]["defects"]
    ] == [("", "APPLICANT", True), ("C01", "APPLICANT", False)]
    answered = office.step(
        "clerk",
        "AnswerNotice",
        number,
        materials=[{"materialCode": "M01", "files": [None]}],
        uploads={"variables.input.materials.0.files.0": pdf("签字.pdf", b"signed")},
    )
    assert answered["state"] == "SUBMITTED"
    added = office.step(
        "clerk",
        "AddMaterial",
        number,
        materialName="情况说明",
        files=[None],
        uploads={"variables.input.files.0": pdf("说明.pdf", b"more")},
    )
    assert [m["name"] for m in added["materials"]][-1] == "情况说明"

    accepted = office.step("clerk", "AcceptCase", number)
    assert same(accepted["promisedDueAt"], "2026-11-27T17:00:00+08:00")
    office.step("reviewer", "StartReview", number)
    office.step(
        "reviewer", "RecordReview", number, kind="REVIEW", isFavourable=True, opinion="材料齐全"
    )
    office.step(
        "chief", "RecordReview", number, kind="VERIFICATION", isFavourable=True, opinion="同意"
    )
    decided = office.step("chief", "DecideCase", number, decision="APPROVE", text="准予许可")
    assert decided["decision"]["outcome"] == "APPROVE"
    issued = office.step("clerk", "IssueResult", number, resultNumber="鲁齐新出零字001号")
    assert issued["result"]["name"] == "出版物经营许可证"
    completed = office.step(
        "clerk", "CompleteCase", number, delivery={"method": "COUNTER", "receiverName": "赵测试"}
    )
    assert completed["delivery"]["receiverNameMasked"] == "赵*试"

    seen = office.case("clerk", number)
    assert (seen["state"], seen["stateText"], seen["version"]) == ("COMPLETED", "已办结", 12)
    assert [event["name"] for event in seen["events"]] == [
        "case.submitted",
        "case.notice_issued",
        "case.notice_answered",
        "case.notice_answered",
        "case.material_added",
        "case.accepted",
        "case.review_started",
        "case.review_recorded",
        "case.review_recorded",
        "case.approved",
        "case.issued",
        "case.completed",
    ]
    assert seen["events"][0]["text"] == "提交申请"
    later = office.case("clerk", number, after=seen["events"][-2]["cursor"])
    assert [event["name"] for event in later["events"]] == ["case.completed"]


def test_an_applicant_sees_the_own_case_without_the_opinions(office):
    number = office.verified()
    seen = office.case("applicant", number)
    assert seen["applicant"]["nameMasked"] == "赵*试"
    assert seen["applicant"]["idNumberMasked"].count("*") == 16
    assert seen["tasks"] == []
    assert "材料" not in str([event["data"].get("review") for event in seen["events"]])
    assert all("review" not in event["data"] for event in seen["events"])
    available = {item["action"] for item in seen["availableActions"] if item["isAvailable"]}
    assert available == {"ADD_MATERIAL", "WITHDRAW_CASE", "WITHDRAW_CONSENT"}
    by_staff = office.case("reviewer", number)
    assert [task["opinion"] for task in by_staff["tasks"]] == ["符合法定条件"] * 2


def test_an_applicant_submits_reads_and_withdraws(office):
    number = office.submitted("applicant")
    listed = office.ask("applicant", "Cases")["data"]["cases"]["edges"]
    assert [edge["node"]["number"] for edge in listed] == [number]
    assert listed[0]["node"]["channel"] == "ONLINE"
    withdrawn = office.step("applicant", "WithdrawCase", number, reason="不办了")
    assert withdrawn["state"] == "WITHDRAWN"


def test_refusal_and_rejection_name_their_grounds(office):
    number = office.submitted()
    refused = office.step(
        "clerk", "RefuseCase", number, groundCode="NOT_COMPETENT", text="请向市级申请"
    )
    assert refused["decision"] == {
        "outcome": "REFUSE",
        "groundCode": "NOT_COMPETENT",
        "groundText": "依法不属于本机关职权范围",
        "text": "请向市级申请",
    }
    payload = office.do("chief", "DecideCase", number=office.verified(), decision="REJECT")
    assert codes(payload) == ["GROUND_REQUIRED"]
    assert payload["errors"][0]["path"] == ["groundCode"]


def test_a_repeat_answers_with_the_same_case_and_code(office):
    key = "0190a000-0000-7000-8000-000000000001"
    first, second = (office.submit(idempotencyKey=key) for _ in range(2))
    assert first["case"]["number"] == second["case"]["number"]
    assert first["queryCode"] == second["queryCode"]
    assert len(second["case"]["papers"]) == 1
    changed = office.submit(idempotencyKey=key, form={"铺面": "40㎡"})
    assert codes(changed) == ["IDEMPOTENCY_KEY_REUSED"]


def test_a_stale_version_is_refused_with_the_current_one(office):
    number = office.submitted()
    payload = office.do("clerk", "AcceptCase", number=number, expectedVersion=7)
    assert codes(payload) == ["STALE_VERSION"]
    assert payload["errors"][0]["params"] == {"current": 1}
    assert office.case("clerk", number)["state"] == "SUBMITTED"


def test_an_incomplete_application_names_what_is_missing(office):
    payload = office.submit(codes=["M01"])
    assert codes(payload) == ["MATERIAL_MISSING"]
    assert payload["case"] is None
    assert payload["queryCode"] is None
    assert "M01" not in payload["errors"][0]["params"]["materials"]


def test_a_disguised_file_is_refused(office):
    fake = pdf("M01.pdf")
    fake.file.seek(0)
    fake.file.truncate()
    fake.file.write(b"MZ\x90\x00" + b"0" * 200)
    fake.file.seek(0)
    payload = office.do(
        "clerk",
        "AddMaterial",
        number=office.submitted(),
        materialCode="M01",
        files=[None],
        uploads={"variables.input.files.0": fake},
    )
    assert codes(payload) == ["FILE_TYPE_NOT_ALLOWED"]


def test_progress_for_whoever_holds_the_receipt(office):
    submitted = office.submit()
    number, code = submitted["case"]["number"], submitted["queryCode"]
    for center in ("", "371425", "371722"):
        answer = office.ask(
            "anonymous", "CaseProgress", center=center, number=number, queryCode=code.lower()
        )
        progress = answer["data"]["caseProgress"]
        assert (progress["state"], progress["custodian"]["code"]) == ("SUBMITTED", "371425")
        assert "赵" not in str(progress)
    wrong = {
        "number": ("371425000261124000019", code),
        "code": (number, "222222" if code != "222222" else "333333"),
        "center": ("999999000261124000017", code),
        "nonsense": ("x", code),
    }
    for asked, given in wrong.values():
        answer = office.ask("anonymous", "CaseProgress", center="", number=asked, queryCode=given)
        assert answer["data"] == {"caseProgress": None}


def test_guessing_a_query_code_is_slowed(office):
    number = office.submitted()
    answers = [
        office.ask("anonymous", "CaseProgress", center="", number=number, queryCode=f"2222{n:02}")
        for n in range(22)
    ]
    assert [error["extensions"]["code"] for error in answers[-1]["errors"]] == ["RATE_LIMITED"]


def test_due_dates_are_explained(office):
    number = office.submitted()
    office.step("clerk", "AcceptCase", number)
    explained = office.ask("clerk", "ExplainDue", number=number)["data"]["explainDue"]
    assert [item["clock"] for item in explained] == ["STATUTORY", "PROMISED"]
    assert explained[1]["limit"] == {"amount": 3, "unit": "WORKING_DAY"}
    assert same(explained[1]["dueAt"], "2026-11-27T17:00:00+08:00")
    assert explained[0]["daysOff"][:2] == ["2026-11-28", "2026-11-29"]
    assert office.ask("stranger", "ExplainDue", number=number)["data"] == {"explainDue": None}


def test_texts_in_english(office):
    number = office.submitted()
    answer = execute(
        operation("Case"),
        {"number": number},
        center=office.center,
        token=office.token("clerk"),
        language="en",
        now=NOW,
    )
    assert answer["data"]["case"]["stateText"] == "submitted"
    assert answer["data"]["case"]["events"][0]["text"] == "The application was submitted"


def test_a_draft_is_nobody_elses_and_goes_on_under_its_number(office):
    saved = office.submit("applicant", asDraft=True, codes=["M01"])
    assert (saved["errors"], saved["queryCode"]) == ([], None)
    draft = saved["case"]
    assert (draft["state"], draft["papers"]) == ("DRAFT", [])
    number = draft["number"]
    assert office.case("clerk", number) is None
    submitted = office.submit("applicant", draftNumber=number)
    assert submitted["errors"] == []
    assert (submitted["case"]["number"], submitted["case"]["state"]) == (number, "SUBMITTED")
    assert office.case("clerk", number)["state"] == "SUBMITTED"


def test_a_form_is_an_object(office):
    assert codes(office.submit(form=["x"])) == ["FORM_INVALID"]


def test_every_action_has_a_name_in_the_api():
    assert {action.value for action in CaseAction} == set(policies.ROLES)


def test_a_station_without_a_line_gives_out_numbers_that_find_the_case(office):
    key = str(uuid.uuid4())
    reserved = [
        office.do("clerk", "ReserveProvisionalNumbers", count=2, device="平板1", idempotencyKey=key)
        for _ in range(2)
    ]
    assert reserved[0] == reserved[1]
    first, second = reserved[0]["block"]["numbers"]
    payloads = [office.submit(provisionalNumber=first) for _ in range(2)]
    number = payloads[0]["case"]["number"]
    assert payloads[1]["case"]["number"] == number
    assert office.case("clerk", first)["number"] == number
    assert office.case("clerk", number)["provisionalNumber"] == first
    assert office.case("clerk", second) is None
    asked = {"number": first, "queryCode": payloads[0]["queryCode"]}
    progress = execute(operation("CaseProgress"), asked)["data"]["caseProgress"]
    assert progress["number"] == number
    other = office.submit(provisionalNumber=first, form={"shop": "另一家"})
    assert codes(other) == ["PROVISIONAL_NUMBER_USED"]
    assert codes(office.do("reviewer", "ReserveProvisionalNumbers", count=1)) == [
        "CASE_SUBMIT_NOT_ALLOWED"
    ]
