"""What a window asks about their own data for people who come to it, and who learns what of it."""

import json
import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from schema import rates
from tenants.cases.models import Case
from tenants.messages.models import Message
from tenants.messages.operations import sending
from tenants.privacy.models import DataRequest
from tenants.staff.rules import CenterRole
from tests import casework, people
from tests.graphql.client import codes as top_codes
from tests.graphql.client import execute, operation
from tests.graphql.office import COUNTY, NEIGHBOUR, NOW, Office, applicant, codes, follow
from tests.operations.test_messages import running_gateway
from tongban.kernel.context import center_context
from tongban.kernel.models import AuditEntry

TOLD = {"noticeVersion": "2026-12", "textMessages": False}
HANDLER = {
    "name": "钱代办",
    "idKind": "RESIDENT_ID",
    "idNumber": people.id_number(779),
    "phone": "13900139001",
}
DEED = "授权委托书 2026-11-20，已核对原件"
IN_FULL = ("赵测试", people.id_number(701), "13800138000", *(HANDLER[n] for n in ("name", "phone")))

OTHERS = (
    *("reviewer", "chief", "manager", "supervisor", "auditor", "cashier", "party_secretary"),
    *("applicant", "stranger", "neighbour"),
)


@pytest.fixture
def office(db):
    rates.buckets.forget()
    return Office()


def ask(office, who="clerk", **said):
    said = {"kind": "ACCESS", "applicant": applicant(), "consent": TOLD, **said}
    shown = {name: said.pop(name) for name in ("applicant", "consent", "deed") if name in said}
    return office.do(who, "RequestData", presented=shown, **said)


def asked(office, who="clerk", **said):
    payload = ask(office, who, **said)
    assert payload["errors"] == []
    return payload["request"]


def answered(office, request, who="manager", **said):
    return office.do(who, "AnswerDataRequest", id=request, **{"isGranted": True, **said})


def preview(office, request, who):
    return office.ask(who, "DeletionPreview", id=request)["data"]["deletionPreview"]


def reveal(office, request, who="manager", **said):
    said = {"input": {"id": request, "purpose": "核对身份", **said}}
    return office.ask(who, "RevealRequestedValue", **said)["data"]["revealRequestedValue"]


def listed(office, who, **said):
    answer = office.ask(who, "DataRequests", **said)
    assert "errors" not in answer, answer
    return [edge["node"] for edge in answer["data"]["dataRequests"]["edges"]]


def somebody(serial=777, **said):
    return applicant(idNumber=people.id_number(serial), **said)


def reasons(payload):
    return [error["params"]["reason"] for error in payload["errors"]]


def test_a_copy_asked_for_at_a_window_is_handed_out_by_who_answers_and_shown_to_no_window(office):
    number, draft = office.submitted(), office.submitted("applicant", asDraft=True)
    request = asked(office, applicant=applicant(handler=HANDLER), deed=DEED)
    assert request["requesterNameMasked"] == "赵*试"
    assert request["counter"] == {
        "enteredBy": "王小明",
        "idKind": "RESIDENT_ID",
        "idNumberMasked": "3" + "*" * 16 + people.id_number(701)[-1],
        "phoneMasked": "138****8000",
        "noticeVersion": "2026-12",
        "isTexted": False,
        "agent": {
            "role": "handler",
            "nameMasked": "钱*办",
            "idKind": "RESIDENT_ID",
            "idNumberMasked": "3" + "*" * 16 + HANDLER["idNumber"][-1],
            "phoneMasked": "139****9001",
        },
        "deed": DEED,
    }
    answer = answered(office, request["id"], text="请持身份证领取")["request"]
    opened = follow(answer["url"])
    copy = json.loads(opened.body)
    assert {case["number"] for case in copy["cases"]} == {number, draft}
    assert copy["account"] is None
    (own,) = copy["data_requests"]
    assert own["presented"]["id"] == people.id_number(701)
    assert HANDLER["name"] not in opened.body.decode()
    for who in ("clerk", "operator"):
        (seen,) = listed(office, who, state="GRANTED")
        assert (seen["url"], seen["answer"]) == (None, "请持身份证领取")
        assert number not in json.dumps(seen)
    with center_context(COUNTY):
        audited = AuditEntry.objects.filter(object_type="data_request").order_by("sequence")
        assert [(each.action, each.data) for each in audited] == [
            ("data_request.make", {"kind": "access", "is_at_counter": True}),
            ("data_request.answer", {"kind": "access", "is_granted": True}),
            ("data_request.open_copy", {"cases": 2, "messages": 3, "is_handed_out": True}),
        ]
        kept = json.dumps(
            [*DataRequest.objects.values(), *AuditEntry.objects.values()], default=str
        )
    assert [word for word in IN_FULL if word in kept] == []
    # Who has an account reads the same request there.
    (own,) = listed(office, "applicant")
    assert follow(own["url"]).status == 200


def test_a_window_is_answered_alike_whether_there_is_anything_of_the_person(office):
    office.submitted()
    office.submitted("applicant", asDraft=True)
    online = office.do("applicant", "RequestData", kind="DELETION")["request"]
    for kind in ("ACCESS", "DELETION"):
        known, unknown = (
            asked(office, kind=kind, applicant=each) for each in (applicant(), somebody())
        )
        for each in (known, unknown):
            each.pop("id")
            each["counter"].pop("idNumberMasked")
        assert known == unknown
        for each in (applicant(), somebody()):
            assert reasons(ask(office, kind=kind, applicant=each)) == ["OPEN"]
    assert online["id"] not in {each["id"] for each in listed(office, "clerk")}
    for each in listed(office, "manager", state="OPEN"):
        if each["kind"] == "ACCESS":
            assert answered(office, each["id"])["errors"] == []


def test_nothing_is_entered_by_others_or_of_whom_no_document_says(office):
    office.submitted()
    for who in OTHERS:
        office.token(who)
    before = casework.holdings(COUNTY)
    for who in OTHERS:
        assert reasons(ask(office, who)) == ["ROLE"], who
    nameless = {**HANDLER, "idKind": None, "idNumber": ""}
    legal = applicant(kind="LEGAL", idKind="CREDIT_CODE", idNumber="91371400MA3C0F4A0D")
    for reason, said in (
        ("PERSON", {"applicant": legal}),
        ("PERSON", {"applicant": applicant(representative=HANDLER)}),
        ("CONSENT", {"consent": None}),
        ("AGENT", {"applicant": applicant(handler=HANDLER)}),
        ("AGENT", {"applicant": applicant(handler=HANDLER), "deed": "  "}),
        ("AGENT", {"applicant": applicant(handler=nameless), "deed": DEED}),
        ("AGENT", {"deed": DEED}),
        ("CORRECTION", {"kind": "CORRECTION"}),
    ):
        assert reasons(ask(office, **said)) == [reason], said
    wrong = applicant(idNumber="371400199003070011")
    assert codes(ask(office, applicant=wrong)) == ["APPLICANT_INVALID"]
    unknown = ask(office, consent={**TOLD, "noticeVersion": "1999-01"})
    assert codes(unknown) == ["PRIVACY_NOTICE_UNKNOWN"]
    assert casework.holdings(COUNTY) == before


@pytest.mark.parametrize("kind", ["DELETION", "ACCESS", "CORRECTION"])
def test_who_entered_a_request_does_not_answer_it(office, kind):
    both = people.account("both", name="钱经办")
    people.member(COUNTY, both, CenterRole.CLERK, CenterRole.MANAGER, staff_number="0098")
    office.tokens["both"] = people.token(both, now=NOW)
    number = office.submitted()
    wrong = {"caseNumber": number, "field": "PHONE", "value": "13700137000"}
    said = {"correction": wrong} if kind == "CORRECTION" else {}
    request = asked(office, "both", kind=kind, **said)["id"]
    office.token("manager")
    before = casework.holdings(COUNTY)
    assert preview(office, request, "both") is None
    assert reasons(answered(office, request, "both")) == ["ENTERED"]
    assert reasons(reveal(office, request, "both")) == ["ENTERED"]
    assert reasons(reveal(office, request, "both", presented="APPLICANT_NAME")) == ["ENTERED"]
    assert casework.holdings(COUNTY) == before
    assert (preview(office, request, "manager") is not None) == (kind == "DELETION")
    answer = answered(office, request)
    assert answer["errors"] == []
    if kind == "ACCESS":
        seen = {who: listed(office, who)[0]["url"] for who in ("both", "manager")}
        assert (seen["both"], follow(seen["manager"]).status) == (None, 200)


def test_a_correction_is_of_a_case_of_the_person_who_stands_there(office):
    number, other = office.submitted(), office.submitted(applicant=somebody())
    draft = office.submitted("applicant", asDraft=True)

    def wrong(of):
        return {"caseNumber": of, "field": "PHONE", "value": "13700137000"}

    before = casework.holdings(COUNTY)
    for of in (other, draft, "371400-1999"):
        refused = ask(office, kind="CORRECTION", correction=wrong(of))
        assert codes(refused) == ["CASE_NOT_FOUND"], of
    assert casework.holdings(COUNTY) == before
    request = asked(office, kind="CORRECTION", correction=wrong(number))
    assert answered(office, request["id"])["errors"] == []
    assert office.case("clerk", number)["applicant"]["phoneMasked"] == "137****7000"


@pytest.mark.parametrize(
    ("agrees", "phone", "texted"),
    [(True, "13800138000", True), (False, "13800138000", False), (None, "13800138000", False),
     (True, "", False)],
)  # fmt: skip
def test_who_agreed_is_told_by_text_and_everybody_in_the_app(
    office, settings, agrees, phone, texted
):
    told = {**TOLD, "textMessages": agrees}
    request = asked(office, applicant=applicant(phone=phone), consent=told)
    assert request["counter"]["isTexted"] is texted
    with running_gateway(settings) as gateway:
        answered(office, request["id"], isGranted=False, text="材料不全")
        with center_context(COUNTY):
            sending.send_waiting(clock=lambda: NOW)
            rows = Message.objects.filter(request_id=request["id"])
            channels = set(rows.values_list("channel", flat=True))
    assert channels == ({"in_app", "sms"} if texted else {"in_app"})
    assert [sent["to"] for sent in gateway.requests] == ["+8613800138000"] * texted
    assert all("到本中心窗口查看" in text for text in gateway.sent.values())


def test_a_deletion_at_a_window_deletes_here_and_claims_no_account(office):
    neighbour = Office(NEIGHBOUR)
    neighbour.tokens["applicant"] = office.token("applicant")
    for each in (office, neighbour):
        each.submitted("applicant", asDraft=True)
    elsewhere = casework.holdings(NEIGHBOUR)
    request = asked(office, kind="DELETION")["id"]
    kinds = {item["kind"] for item in preview(office, request, "manager")["kept"]}
    assert kinds == {"AUDIT_LOG", "DATA_REQUESTS"}
    deletion = answered(office, request)["request"]["deletion"]
    assert deletion["deleted"] == [{"kind": "DRAFTS", "count": 1}]
    (seen,) = listed(office, "clerk")
    assert seen["deletion"] == deletion
    with center_context(COUNTY):
        assert not Case.objects.exists()
    assert casework.holdings(NEIGHBOUR) == elsewhere


def test_next_door_nobody_sees_or_answers_it(office):
    request = asked(office)["id"]
    official = people.account("official", name="邻居")
    people.member(NEIGHBOUR, official, CenterRole.CLERK, CenterRole.MANAGER, staff_number="0097")
    office.tokens["official"] = people.token(official, now=NOW)
    before = casework.holdings(COUNTY)
    for center in (COUNTY, NEIGHBOUR):
        assert listed(office, "official", center=center) == []
        refused = answered(office, request, "official", center=center)
        assert codes(refused) == ["DATA_REQUEST_NOT_FOUND"]
    assert casework.holdings(COUNTY) == before


def test_what_an_organization_handed_in_is_not_got_by_its_number(office):
    code = "91371400MA3C0F4A0D"
    legal = applicant(kind="LEGAL", name="测试公司", idKind="OTHER", idNumber=code)
    office.submitted(applicant=legal)
    request = asked(office, applicant=applicant(idKind="PASSPORT", idNumber=code))["id"]
    office.token("manager")
    before = casework.holdings(COUNTY)
    assert reasons(answered(office, request)) == ["ORGANIZATION"]
    assert casework.holdings(COUNTY) == before
    assert answered(office, request, isGranted=False, text="号码不符")["errors"] == []


def test_who_answers_looks_at_the_identity_for_a_purpose(office):
    request = asked(office, applicant=applicant(handler=HANDLER), deed=DEED)["id"]
    online = office.submitted() and office.do("applicant", "RequestData", kind="ACCESS")
    for field, value in (
        ("APPLICANT_ID_NUMBER", people.id_number(701)),
        ("HANDLER_ID_NUMBER", HANDLER["idNumber"]),
    ):
        assert reveal(office, request, presented=field)["value"] == value
    assert reasons(reveal(office, request, presented="REPRESENTATIVE_NAME")) == ["NOT_PRESENTED"]
    assert reasons(reveal(office, online["request"]["id"], presented="APPLICANT_NAME")) == [
        "NOT_PRESENTED"
    ]
    assert reasons(reveal(office, request, "clerk", presented="APPLICANT_NAME")) == ["ROLE"]
    with center_context(COUNTY):
        entry = AuditEntry.objects.filter(action="data_request.reveal").first()
    assert entry.data == {"field": "applicant_id", "purpose": "核对身份"}


def test_a_repeat_answers_alike_and_who_enters_on_and_on_is_held_up(office, settings):
    settings.RATE_REVEAL = "0.001/3"
    key = str(uuid.uuid4())
    assert asked(office, idempotencyKey=key) == asked(office, idempotencyKey=key)
    assert codes(ask(office, idempotencyKey=key, applicant=somebody())) == [
        "IDEMPOTENCY_KEY_REUSED"
    ]
    before = casework.holdings(COUNTY)
    shown = {"applicant": somebody(), "consent": TOLD}
    said = {"kind": "ACCESS", "presented": shown, "idempotencyKey": key}
    held_up = execute(
        operation("RequestData"), {"input": said}, center=COUNTY, token=office.token("clerk")
    )
    assert top_codes(held_up) == ["RATE_LIMITED"]
    assert casework.holdings(COUNTY) == before


def test_the_list_of_a_window_costs_the_same_however_long(office):
    costs = []
    for total in (2, 20):
        with center_context(COUNTY):
            there = DataRequest.objects.count()
        for serial in range(there, total):
            asked(office, applicant=somebody(800 + serial))
        with CaptureQueriesContext(connection) as captured:
            assert len(listed(office, "clerk", first=20)) == total
        costs.append(sum("registryversion" not in each["sql"] for each in captured))
    assert costs[0] == costs[1]
