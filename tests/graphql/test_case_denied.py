"""Whoever may not do something to a case is told so in a typed way, and changes nothing."""

import uuid
from datetime import timedelta

import pytest

from tenants.cases import models
from tests import people
from tests.graphql.client import codes as top_codes
from tests.graphql.client import execute, operation
from tests.graphql.office import NEIGHBOUR, NOW, Office, codes, follow, pdf
from tongban.kernel.context import SharedRole, center_context, shared_context
from tongban.kernel.models import AuditEntry, IdempotencyRecord, Ledger, OutboxMessage

STEPS = {
    "AddMaterial": {"materialCode": "M01", "files": [None]},
    "IssueNotice": {"defects": [{"materialCode": "M01", "text": "缺少签字"}]},
    "AnswerNotice": {"answers": [{"materialCode": "M01", "text": "已补"}]},
    "AcceptCase": {},
    "RefuseCase": {"groundCode": "NOT_COMPETENT"},
    "StartReview": {},
    "RecordReview": {"kind": "REVIEW", "isFavourable": True, "opinion": "好"},
    "DecideCase": {"decision": "APPROVE"},
    "AssessFee": {"items": [{"item": "工本费"}]},
    "WaiveFee": {"amount": "1.00", "document": "齐财综〔2026〕3号"},
    "RecordPayment": {"amount": "1.00", "method": "CASH", "receipt": "0001"},
    "UseSeal": {"seal": "WLJ-2"},
    "IssueResult": {},
    "CompleteCase": {"delivery": {"method": "COUNTER", "receiverName": "赵测试"}},
    "WithdrawCase": {},
    "RebaseCase": {
        "legalBasis": {"statute": "出版管理条例", "article": "第三十五条"},
        "reason": "条例修订",
    },
    "RevealField": {"field": "APPLICANT_ID_NUMBER", "purpose": "核对"},
}
NOT_ALLOWED = {
    "AddMaterial": "CASE_ADD_MATERIAL_NOT_ALLOWED",
    "IssueNotice": "CASE_ISSUE_NOTICE_NOT_ALLOWED",
    "AnswerNotice": "CASE_ANSWER_NOTICE_NOT_ALLOWED",
    "AcceptCase": "CASE_ACCEPT_NOT_ALLOWED",
    "RefuseCase": "CASE_REFUSE_NOT_ALLOWED",
    "StartReview": "CASE_START_REVIEW_NOT_ALLOWED",
    "RecordReview": "CASE_RECORD_REVIEW_NOT_ALLOWED",
    "DecideCase": "CASE_DECIDE_NOT_ALLOWED",
    "AssessFee": "CASE_ASSESS_FEE_NOT_ALLOWED",
    "WaiveFee": "CASE_WAIVE_FEE_NOT_ALLOWED",
    "RecordPayment": "CASE_RECORD_PAYMENT_NOT_ALLOWED",
    "UseSeal": "CASE_USE_SEAL_NOT_ALLOWED",
    "IssueResult": "CASE_ISSUE_RESULT_NOT_ALLOWED",
    "CompleteCase": "CASE_COMPLETE_NOT_ALLOWED",
    "WithdrawCase": "CASE_WITHDRAW_NOT_ALLOWED",
    "RebaseCase": "CASE_REBASE_NOT_ALLOWED",
    "RevealField": "CASE_REVEAL_FIELD_NOT_ALLOWED",
}


@pytest.fixture
def office(db):
    return Office()


def holdings(center="371425"):
    """Return what a denied request would have to leave behind, all of it."""
    with center_context(center):
        ledger = Ledger.objects.values_list("log_position", "audit_sequence").get()
        counts = [
            model.objects.count()
            for model in (
                models.Case,
                models.CaseEvent,
                models.Material,
                models.MaterialFile,
                models.Notice,
                models.ReviewTask,
                models.Paper,
                OutboxMessage,
                IdempotencyRecord,
                AuditEntry,
            )
        ]
        versions = list(models.Case.objects.order_by("id").values_list("version", "state"))
    return ledger, counts, versions


def do(office, who, mutation, number, **said):
    said = {**STEPS[mutation], **said}
    if said.get("files") == [None]:
        said["uploads"] = {"variables.input.files.0": pdf("新.pdf", b"new")}
    return office.do(who, mutation, number=number, **said)


@pytest.mark.parametrize("mutation", STEPS)
def test_who_sees_nothing_is_told_nothing(office, mutation):
    number = office.submitted()
    for who in ("neighbour", "stranger", "party_secretary", "auditor"):
        office.token(who)
    before = holdings()
    for who in ("neighbour", "stranger", "party_secretary", "auditor"):
        payload = do(office, who, mutation, number)
        assert codes(payload) == ["CASE_NOT_FOUND"]
        assert {**payload, "errors": []} == {**payload, "errors": [], **_nothing(payload)}
    assert codes(do(office, "neighbour", mutation, number, center=NEIGHBOUR)) == ["CASE_NOT_FOUND"]
    assert holdings() == before


def _nothing(payload):
    return {name: None for name in ("case", "value") if name in payload}


@pytest.mark.parametrize("mutation", STEPS)
def test_who_only_looks_changes_nothing(office, mutation):
    number = office.submitted()
    for who in ("manager", "supervisor"):
        office.token(who)
    before = holdings()
    for who in ("manager", "supervisor"):
        payload = do(office, who, mutation, number)
        assert codes(payload) == [NOT_ALLOWED[mutation]]
        assert payload["errors"][0]["params"]["reason"] == "ROLE"
        assert payload["errors"][0]["message"].endswith("您的岗位没有该项权限。")
    assert holdings() == before


def test_an_applicant_does_not_handle_the_own_case(office):
    number = office.submitted()
    office.token("applicant")
    before = holdings()
    own = ("AddMaterial", "AnswerNotice", "WithdrawCase")
    for mutation in [name for name in STEPS if name not in own]:
        payload = do(office, "applicant", mutation, number)
        assert codes(payload) == [NOT_ALLOWED[mutation]]
        assert payload["errors"][0]["params"]["reason"] == "OWN_CASE"
    assert holdings() == before


@pytest.mark.parametrize("mutation", ["SubmitCase", *STEPS])
def test_nobody_changes_anything_without_signing_in(office, mutation):
    number = office.submitted()
    before = holdings()
    said = {**STEPS.get(mutation, {}), "number": number, "idempotencyKey": str(uuid.uuid4())}
    if mutation == "SubmitCase":
        said = {
            "matter": "370111400201",
            "applicant": {"kind": "NATURAL", "name": "x", "idKind": "OTHER", "idNumber": "1"},
            "idempotencyKey": said["idempotencyKey"],
        }
    if mutation == "RevealField":
        del said["idempotencyKey"]
    if "files" in said:
        said["files"] = []
    for center, code in (("371425", "UNAUTHENTICATED"), (None, "CENTER_REQUIRED")):
        answer = execute(operation(mutation), {"input": said}, center=center)
        assert top_codes(answer) == [code]
        assert not answer.get("data")
    assert holdings() == before


def test_the_wrong_state_is_a_refusal_that_names_it(office):
    number = office.verified()
    before = holdings()
    payload = do(office, "clerk", "AcceptCase", number)
    assert codes(payload) == ["CASE_ACCEPT_NOT_ALLOWED"]
    assert payload["errors"][0]["params"]["reason"] == "STATE"
    assert payload["errors"][0]["message"] == "不能受理该办件：该办件当前状态为“审查中”。"
    assert holdings() == before


def test_one_person_does_not_review_and_verify(office):
    number = office.submitted()
    office.step("clerk", "AcceptCase", number)
    office.step("reviewer", "StartReview", number)
    office.step("reviewer", "RecordReview", number, **STEPS["RecordReview"])
    before = holdings()
    payload = do(office, "reviewer", "RecordReview", number, kind="VERIFICATION")
    assert codes(payload) == ["SAME_PERSON"]
    (position, audited), (*counts, entries), versions = before
    # The attempt itself is told in the audit log, for those who supervise.
    assert holdings() == ((position, audited + 1), [*counts, entries + 1], versions)


def test_nobody_applies_in_another_name(office):
    office.token("stranger")
    before = holdings()
    payload = office.submit("stranger")
    assert codes(payload) == ["CASE_SUBMIT_NOT_ALLOWED"]
    assert payload["errors"][0]["params"]["reason"] == "OTHER_PERSON"
    assert holdings() == before


READERS = {
    "clerk": True,
    "reviewer": True,
    "manager": True,
    "supervisor": True,
    "applicant": True,
    "stranger": False,
    "neighbour": False,
    "party_secretary": False,
    "auditor": False,
}


@pytest.mark.parametrize(("who", "sees"), READERS.items())
def test_who_reads_a_case(office, who, sees):
    number = office.submitted()
    assert (office.case(who, number) is not None) is sees
    listed = office.ask(who, "Cases")["data"]["cases"]["edges"]
    assert [edge["node"]["number"] for edge in listed] == ([number] if sees else [])
    searched = office.ask(who, "Cases", filter={"number": number, "states": ["SUBMITTED"]})
    assert bool(searched["data"]["cases"]["edges"]) is sees
    counted = execute(
        "{ cases { totalCount } }", center=office.center, token=office.token(who), now=NOW
    )
    assert counted["data"]["cases"]["totalCount"] == int(sees)


def test_anonymous_readers_are_asked_to_sign_in(office):
    number = office.submitted()
    answer = office.ask("anonymous", "Case", number=number)
    assert (answer["data"], top_codes(answer)) == ({"case": None}, ["UNAUTHENTICATED"])


def test_what_is_not_there_and_what_is_foreign_answer_alike(office):
    number = office.submitted()
    for asked in (number, "371425000261124999997", "no number"):
        assert office.case("stranger", asked) is None


def test_revealing_a_field_is_audited_before_it_is_shown(office):
    number = office.submitted()
    for who in ("clerk", "reviewer"):
        payload = do(office, who, "RevealField", number)
        assert payload["errors"] == []
        assert payload["value"] == people.id_number(701)
    with center_context(office.center):
        entry = AuditEntry.objects.order_by("sequence").last()
    assert (entry.action, entry.object_key) == ("case.reveal_field", number)
    assert entry.data["purpose"] == "核对"
    assert entry.data["field"] == "applicant_id"
    assert people.id_number(701) not in str(entry.data)
    assert do(office, "clerk", "RevealField", number, field="HANDLER_PHONE")["value"] is None
    before = holdings()
    assert codes(do(office, "clerk", "RevealField", number, purpose=" ")) == ["TEXT_INVALID"]
    assert holdings() == before


def test_a_file_opens_for_its_asker_only_and_for_ten_minutes(office):
    number = office.submitted()
    seen = office.case("reviewer", number)
    file = seen["materials"][0]["files"][0]
    opened = follow(file["link"])
    assert opened.status == 200
    assert opened.body.endswith(b"M01")
    assert len(opened.body) == file["size"]
    assert opened.headers["Content-Type"] == "application/pdf"
    assert opened.headers["Content-Disposition"] == 'attachment; filename="M01.pdf"'
    assert opened.headers["X-Content-Type-Options"] == "nosniff"
    assert opened.headers["Content-Security-Policy"].startswith("sandbox")
    assert opened.headers["Cache-Control"] == "private, no-store"
    with center_context(office.center):
        entry = AuditEntry.objects.order_by("sequence").last()
    assert (entry.action, entry.data["sha256"]) == ("case.open_file", file["sha256"])

    later = NOW + timedelta(minutes=11)
    assert follow(file["link"], now=later).status == 404
    forged = file["link"].replace("/files/", "/files/x")
    assert follow(forged).status == 404


def test_a_link_ends_with_the_right_to_see_the_case(office):
    number = office.submitted()
    link = office.case("clerk", number)["materials"][0]["files"][0]["link"]
    own = office.case("applicant", number)["papers"][0]["link"]
    assert follow(link).status == follow(own).status == 200
    with center_context(office.center):
        from tenants.staff.models import Member

        Member.objects.filter(roles__contains=["clerk"]).update(roles=["party_secretary"])
    assert follow(link).status == 404
    with shared_context(SharedRole.SIGN_IN):
        from oauth2_provider.models import AccessToken

        AccessToken.objects.all().delete()
    assert follow(own).status == 404


def test_a_link_ends_with_the_membership(office):
    number = office.submitted()
    link = office.case("reviewer", number)["materials"][0]["files"][0]["link"]
    assert follow(link).status == 200
    with center_context(office.center):
        from tenants.staff.models import Member

        Member.objects.filter(roles__contains=["reviewer"]).update(
            is_active=False, ended_at=NOW, roles=[]
        )
    before = holdings()
    assert follow(link).status == 404
    assert holdings() == before


def test_links_are_counted_against_the_rate_of_the_address(office, settings):
    number = office.submitted()
    link = office.case("reviewer", number)["materials"][0]["files"][0]["link"]
    settings.RATE_ANONYMOUS = "0.01/2"
    assert [follow(link).status, follow(f"{link}x").status] == [200, 404]
    before = holdings()
    refused = follow(link)
    assert (refused.status, refused.headers["Retry-After"]) == (429, "100")
    assert "频繁" in refused.body.decode()
    assert refused.headers["Cache-Control"] == "private, no-store"
    assert holdings() == before


def test_a_link_of_a_neighbour_does_not_reach_over(office):
    """The neighbour's own link, re-aimed: only who signs links could make it."""
    from schema.cases.links import MATERIAL, Link
    from tongban.identity import queries as identity

    number = office.submitted()
    file_id = _file_id(office, number)
    actor = identity.resolve_actor(office.token("neighbour"), now=NOW)
    expires_at = int(NOW.timestamp()) + 60
    for center in (office.center, NEIGHBOUR):
        token = Link(center, MATERIAL, file_id, actor.token_id, expires_at).sign()
        assert follow(f"https://host/files/{token}").status == 404


def _file_id(office, number):
    with center_context(office.center):
        found = models.MaterialFile.objects.filter(material__case__number=number)
        return str(found.values_list("pk", flat=True)[0])


def test_a_chinese_file_name_survives(office):
    number = office.submitted()
    office.step(
        "clerk",
        "AddMaterial",
        number,
        materialName="情况说明",
        files=[None],
        uploads={"variables.input.files.0": pdf("../情况 说明.pdf", b"x")},
    )
    link = office.case("clerk", number)["materials"][-1]["files"][0]["link"]
    expected = "attachment; filename*=utf-8''%E6%83%85%E5%86%B5%20%E8%AF%B4%E6%98%8E.pdf"
    assert follow(link).headers["Content-Disposition"] == expected
