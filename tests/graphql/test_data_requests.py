"""What people ask a center about their own data: a register with days, answers and copies."""

import json
import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from schema.cases import links
from tenants.cases.adapters import sealing
from tenants.cases.models import Case, CaseEvent
from tenants.handoffs.states import Direction
from tenants.messages.models import Message
from tenants.privacy.models import DataRequest
from tests import handing, people
from tests.graphql.client import codes as top_codes
from tests.graphql.client import execute
from tests.graphql.office import APPLICANT_NUMBER, COUNTY, NEIGHBOUR, NOW, Office, codes, follow
from tests.operations.test_messages import running_gateway, send
from tongban.exchange.models import CaseIndexRow
from tongban.identity import queries as identity
from tongban.kernel.context import SharedRole, center_context, shared_context
from tongban.kernel.models import AuditEntry

OUTSIDERS = ("clerk", "reviewer", "auditor", "party_secretary", "stranger", "neighbour")


@pytest.fixture
def office(db):
    return Office()


def asked(office, who="applicant", **said):
    payload = office.do(who, "RequestData", **{"kind": "ACCESS", **said})
    assert payload["errors"] == []
    return payload["request"]


def answered(office, request, who="manager", **said):
    return office.do(who, "AnswerDataRequest", id=request, **{"isGranted": True, **said})


def listed(office, who, **said):
    answer = office.ask(who, "DataRequests", **said)
    assert "errors" not in answer, answer
    return [edge["node"] for edge in answer["data"]["dataRequests"]["edges"]]


def written():
    with center_context(COUNTY):
        rows = list(DataRequest.objects.order_by("id").values())
        audited = AuditEntry.objects.filter(object_type="data_request").order_by("sequence")
        return rows, [entry.action for entry in audited]


def test_a_copy_is_asked_for_granted_and_downloaded_by_the_person_alone(office):
    number = office.submitted(consent={"noticeVersion": "2026-11", "textMessages": True})
    office.step("clerk", "AcceptCase", number)
    office.submitted(applicant={**_somebody(), "name": "钱别人"})
    request = asked(office, text="请提供我的全部信息")
    assert (request["state"], request["url"]) == ("OPEN", None)
    assert request["dueAt"].startswith("2026-12-15")  # fifteen working days on
    payload = answered(office, request["id"])
    assert payload["request"]["url"] is None  # whoever grants it does not get it
    (own,) = listed(office, "applicant")
    opened = follow(own["url"])
    assert opened.status == 200
    assert opened.headers["Cache-Control"] == "private, no-store"
    copy = json.loads(opened.body)
    (case,) = copy["cases"]
    assert case["number"] == number
    assert case["applicant"] == {
        "kind": "NATURAL",
        "id_kind": "RESIDENT_ID",
        "name": "赵测试",
        "id": APPLICANT_NUMBER,
        "phone": "+8613800138000",
    }
    assert {each["kind"] for each in case["consents"]} == {"handling", "text_messages"}
    assert [file["filename"] for material in case["materials"] for file in material["files"]]
    assert [event["name"] for event in case["events"]][:2] == ["case.submitted", "case.accepted"]
    assert {each["kind"] for each in copy["messages"]} == {"intake", "acceptance", "data_request"}
    assert copy["account"]["real_name"]["number_masked"].endswith(APPLICANT_NUMBER[-1])
    assert "钱别人" not in opened.body.decode()
    assert written()[1] == ["data_request.make", "data_request.answer", "data_request.open_copy"]
    assert follow(own["url"], now=NOW + timedelta(minutes=11)).status == 404
    office.go_on(NOW + timedelta(days=30))
    (own,) = listed(office, "applicant")
    assert own["url"] is None


def _somebody():
    return {
        "kind": "NATURAL",
        "idKind": "RESIDENT_ID",
        "idNumber": people.id_number(777),
        "phone": "",
    }


def test_a_refusal_says_why_and_gives_no_copy(office):
    office.submitted()
    request = asked(office)["id"]
    assert codes(answered(office, request, isGranted=False)) == ["DATA_REQUEST_TEXT_INVALID"]
    payload = answered(office, request, isGranted=False, text="涉及案件调查，依法暂缓")
    assert payload["request"]["state"] == "REFUSED"
    again = answered(office, request)
    assert again["errors"][0]["params"]["reason"] == "STATE"
    (own,) = listed(office, "applicant")
    assert (own["url"], own["answer"]) == (None, "涉及案件调查，依法暂缓")


def test_one_of_a_kind_is_open_at_a_time_and_a_repeat_answers_alike(office):
    office.submitted()
    key = str(uuid.uuid4())
    first = asked(office, idempotencyKey=key)
    assert asked(office, idempotencyKey=key) == first
    second = office.do("applicant", "RequestData", kind="ACCESS")
    assert second["errors"][0]["params"]["reason"] == "OPEN"
    answered(office, first["id"], isGranted=False, text="材料不全")
    assert asked(office)["id"] != first["id"]


def test_what_is_late_is_shown_to_who_answers(office):
    office.submitted()
    asked(office)
    (row,) = listed(office, "manager", state="OPEN")
    assert (row["isOverdue"], row["requesterNameMasked"], row["url"]) == (False, "王*明", None)
    office.go_on(NOW + timedelta(days=22))
    (row,) = listed(office, "supervisor", kind="ACCESS")
    assert row["isOverdue"]
    assert listed(office, "manager", state="GRANTED") == []


def test_the_person_is_told_in_the_app_once_that_there_is_an_answer(office):
    office.submitted()
    request, key = asked(office)["id"], str(uuid.uuid4())
    assert told(office) == []
    for _ in range(2):
        answered(office, request, isGranted=False, text="材料不全", idempotencyKey=key)
    (message,) = told(office)
    assert (message["dataRequest"], message["caseNumber"]) == (request, "")
    assert "您于 2026年11月24日 提出的个人信息查阅、复制申请已经答复" in message["text"]
    assert "材料不全" not in message["text"]
    with center_context(COUNTY):
        rows = Message.objects.filter(kind="data_request")
        assert list(rows.values_list("channel", "recipient_sealed")) == [("in_app", None)]


def told(office):
    answer = office.ask("applicant", "MyMessages")["data"]["myMessages"]["edges"]
    return [edge["node"] for edge in answer if edge["node"]["kind"] == "DATA_REQUEST"]


def test_others_see_nothing_and_answer_nothing(office):
    office.submitted()
    request = asked(office)["id"]
    for who in (*OUTSIDERS, "manager", "supervisor"):
        office.token(who)
    before = written()
    for who in OUTSIDERS:
        assert listed(office, who) == []
        assert codes(answered(office, request, who)) == ["DATA_REQUEST_NOT_FOUND"]
    for who, reason in (("supervisor", "ROLE"), ("applicant", "OWN")):
        assert answered(office, request, who)["errors"][0]["params"]["reason"] == reason
    elsewhere = answered(office, request, center=NEIGHBOUR)
    assert codes(elsewhere) == ["DATA_REQUEST_NOT_FOUND"]
    for who, reason in (("clerk", "REAL_NAME"), ("stranger", "NOTHING")):
        refused = office.do(who, "RequestData", kind="ACCESS")
        assert refused["errors"][0]["params"]["reason"] == reason
    assert codes(office.do("applicant", "RequestData", kind="ACCESS", text="长" * 501)) == [
        "DATA_REQUEST_TEXT_INVALID"
    ]
    assert top_codes(office.ask("anonymous", "DataRequests")) == ["UNAUTHENTICATED"]
    assert written() == before


def test_a_link_opens_nothing_before_it_is_granted_and_for_nobody_else(office):
    office.submitted()
    request = asked(office)["id"]

    def link(who):
        """Sign a link for somebody as if the platform had given them one."""
        actor = identity.resolve_actor(office.token(who), now=NOW)
        said = links.Link(COUNTY, links.COPY, request, actor.token_id, int(NOW.timestamp()) + 600)
        return f"http://x/files/{said.sign()}"

    assert follow(link("applicant")).status == 404
    answered(office, request)
    assert follow(link("applicant")).status == 200
    for who in ("manager", "clerk", "stranger", "neighbour"):
        assert follow(link(who)).status == 404
    assert written()[1].count("data_request.open_copy") == 1


def corrected(office, number, value="13700137000", field="PHONE", **said):
    correction = {"caseNumber": number, "field": field, "value": value}
    return office.do("applicant", "RequestData", kind="CORRECTION", correction=correction, **said)


def reveal(office, request, who="manager", purpose="核对更正内容"):
    answer = office.ask(who, "RevealRequestedValue", input={"id": request, "purpose": purpose})
    return answer["data"]["revealRequestedValue"]


@pytest.mark.parametrize(
    ("value", "reached"), [("13700137000", ["+8613700137000"]), ("0534-2345678", [])]
)
def test_what_never_left_goes_to_the_number_as_corrected_or_nowhere(
    office, settings, value, reached
):
    with running_gateway(settings) as gateway:
        gateway.status = 400
        number = office.submitted()
        assert send(NOW) == 0
        gateway.status = 200
        answered(office, corrected(office, number, value)["request"]["id"])
        with center_context(COUNTY):
            message = str(Message.objects.get(channel="sms").pk)
        retried = office.do("manager", "RetryMessage", message=message)
        assert codes(retried) == ([] if reached else ["MESSAGE_RETRY_NOT_ALLOWED"])
        send(NOW)
        assert [each["to"] for each in gateway.requests[1:]] == reached


def test_a_phone_is_corrected_by_an_event_that_shows_it_masked_and_messages_follow(office):
    number = office.submitted()
    request = corrected(office, number)["request"]
    assert (request["caseNumber"], request["valueMasked"]) == (number, "137****7000")
    payload = answered(office, request["id"], text="已核对")
    assert (payload["errors"], payload["request"]["state"]) == ([], "GRANTED")
    case = office.case("applicant", number)
    assert case["applicant"]["phoneMasked"] == "137****7000"
    document = "query($n: String!) { case(number: $n) { events { name changes data } } }"
    log = execute(document, {"n": number}, center=COUNTY, token=office.token("clerk"), now=NOW)[
        "data"
    ]["case"]["events"]
    (event,) = [each for each in log if each["name"] == "case.applicant_corrected"]
    assert event["changes"] == {"applicant_phone_masked": "137****7000"}
    assert event["data"] == {"corrected": "phone"}
    shown = office.do(
        "clerk", "RevealField", number=number, field="APPLICANT_PHONE", purpose="联系申请人"
    )
    assert shown["value"] == "+8613700137000"
    office.step("clerk", "AcceptCase", number)
    with center_context(COUNTY):
        sent = Message.objects.filter(channel="sms").order_by("id")
        assert [row.recipient_masked for row in sent] == ["137****7000"] * 2
        kept = DataRequest.objects.get()
        log_and_audit = [*CaseEvent.objects.values(), *AuditEntry.objects.values()]
    assert kept.value_sealed is None
    assert "13700137000" not in str(log_and_audit)


def test_a_name_is_looked_at_for_a_purpose_and_corrected_until_the_decision(office):
    number = office.submitted()
    request = corrected(office, number, "赵侧试", "NAME")["request"]["id"]
    assert codes(reveal(office, request, purpose=" ")) == ["DATA_REQUEST_TEXT_INVALID"]
    assert reveal(office, request)["value"] == "赵侧试"
    with center_context(COUNTY):
        entry = AuditEntry.objects.get(action="data_request.reveal")
    assert entry.data == {"field": "name", "purpose": "核对更正内容"}
    for who, code in (("supervisor", "DATA_REQUEST_REVEAL_NOT_ALLOWED"),
                      ("applicant", "DATA_REQUEST_REVEAL_NOT_ALLOWED"),
                      ("clerk", "DATA_REQUEST_NOT_FOUND"),
                      ("neighbour", "DATA_REQUEST_NOT_FOUND")):  # fmt: skip
        refused = reveal(office, request, who)
        assert (refused["value"], codes(refused)) == (None, [code])
    assert answered(office, request)["errors"] == []
    assert reveal(office, request)["errors"][0]["params"]["reason"] == "STATE"
    assert office.case("clerk", number)["applicant"]["nameMasked"] == "赵*试"
    decided = office.verified()
    office.step("chief", "DecideCase", decided, decision="APPROVE")
    refused = corrected(office, decided, "赵测试", "NAME")
    assert refused["errors"][0]["params"]["reason"] == "DECIDED"


def test_what_is_wrong_or_somebody_elses_is_not_corrected(office):
    number, other = office.submitted(), office.submitted(applicant=_other())
    draft = office.submitted("applicant", asDraft=True)
    before = written()
    for said, code in (
        ((number, "1234"), "APPLICANT_INVALID"),
        ((number, " ", "NAME"), "APPLICANT_INVALID"),
        ((other,), "CASE_NOT_FOUND"),
        ((draft,), "CORRECTION_NOT_ALLOWED"),
    ):
        assert codes(corrected(office, *said)) == [code], said
    plain = office.do("applicant", "RequestData", kind="CORRECTION")
    assert plain["errors"][0]["params"]["reason"] == "CORRECTION"
    assert written() == before


def _other():
    return {**_somebody(), "name": "钱别人"}


def test_a_correction_reaches_every_copy_and_the_index(db):
    station, county = Office(handing.STATION), Office(COUNTY)
    county.tokens["applicant"] = station.token("applicant")
    number = station.submitted("operator", matter=handing.FOOD)
    handing.relay_all()
    handoff = handing.handoff_at(COUNTY, number, Direction.INCOMING)
    assert county.do("clerk", "AcceptHandoff", handoff=str(handoff.id))["errors"] == []
    handing.relay_all()
    # Only who holds the case changes what it says.
    assert codes(corrected(station, number)) == ["NOT_CUSTODIAN"]
    request = corrected(county, number, "赵试测", "NAME")["request"]["id"]
    assert answered(county, request)["errors"] == []
    handing.relay_all()
    copies = [handing.case_at(center, number) for center in (handing.STATION, COUNTY)]
    names = {
        sealing.open_sealed(
            bytes(case.applicant_name_sealed), number=number, field="applicant_name"
        )
        for case in copies
    }
    assert names == {"赵试测"}
    with shared_context(SharedRole.PLATFORM):
        assert CaseIndexRow.objects.get(number=number).applicant_name_masked == "赵*测"
    assert handing.log_of(handing.STATION, number) == handing.log_of(COUNTY, number)


def test_a_copy_costs_the_same_number_of_queries_however_many_cases(office):
    counts = []
    request = None
    for total in (2, 20):
        with center_context(COUNTY):
            there = Case.objects.count()
        for _ in range(total - there):
            office.submitted()
        if request is None:
            request = asked(office)["id"]
            answered(office, request)
        (own,) = listed(office, "applicant")
        with CaptureQueriesContext(connection) as captured:
            assert follow(own["url"]).status == 200
        counts.append(sum("registryversion" not in each["sql"] for each in captured))
    assert counts[0] == counts[1]
