"""What people have deleted of their data at a center, and what the law keeps."""

import json
import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tenants.cases.models import Case, CaseEvent
from tenants.messages.models import Message
from tenants.privacy import rules
from tenants.privacy.models import DataRequest
from tests import casework, people
from tests.graphql.client import execute, operation
from tests.graphql.office import COUNTY, NEIGHBOUR, NOW, Office, applicant, codes, follow
from tongban.kernel.context import center_context
from tongban.kernel.models import AuditEntry

OUTSIDERS = (
    "clerk",
    "reviewer",
    "auditor",
    "party_secretary",
    "stranger",
    "neighbour",
    "applicant",
)
LATER = NOW + timedelta(days=400)


@pytest.fixture
def office(db):
    return Office()


def asked(office, **said):
    payload = office.do("applicant", "RequestData", **{"kind": "DELETION", **said})
    assert payload["errors"] == []
    return payload["request"]


def answered(office, request, who="manager", **said):
    return office.do(who, "AnswerDataRequest", id=request, **{"isGranted": True, **said})


def preview(office, request, who="manager", **said):
    answer = office.ask(who, "DeletionPreview", id=request, **said)
    assert "errors" not in answer, answer
    return answer["data"]["deletionPreview"]


def counts(deletion):
    return tuple(
        {item["kind"]: item["count"] for item in deletion[part]} for part in ("deleted", "kept")
    )


def refused(office, number):
    """End a case: nothing of it is open any more."""
    office.step("clerk", "RefuseCase", number, groundCode="NOT_COMPETENT", text="请向相应机关申请")
    return number


def somebody(serial):
    return applicant(idNumber=people.id_number(serial), name="钱别人", phone="13900139000")


def held(center=COUNTY):
    """Return everything here that names people, by table."""
    with center_context(center):
        return {
            "cases": list(Case.objects.order_by("number").values()),
            "events": list(CaseEvent.objects.order_by("id").values_list("id", "hash")),
            "messages": list(Message.objects.order_by("id").values()),
            "requests": list(DataRequest.objects.order_by("id").values()),
        }


def of(number, rows):
    return [row for row in rows if row.get("number", row.get("case_number")) == number]


def test_what_may_go_goes_and_what_the_law_keeps_is_told_with_its_article(office):
    old, others_old = (
        refused(office, office.submitted()),
        refused(office, office.submitted(applicant=somebody(777))),
    )
    office.go_on(LATER)
    running, recent = office.submitted(), refused(office, office.submitted())
    drafts = [office.submitted("applicant", asDraft=True) for _ in range(2)]
    others_draft = office.submitted(applicant=somebody(777), asDraft=True)
    request = asked(office)["id"]
    expected = (
        # Two messages of the intake and two of the refusal: in the app, and by text.
        {"DRAFTS": 2, "MESSAGES": 4},
        {"CASES": 3, "MESSAGES": 6, "DATA_REQUESTS": 1, "ACCOUNT": 1},
    )
    before = held()
    seen = counts(preview(office, request))
    assert held() == before
    expected[1]["AUDIT_LOG"] = seen[1]["AUDIT_LOG"]
    assert (seen, seen[1]["AUDIT_LOG"] > 5) == (expected, True)

    payload = answered(office, request, text="已依法处理")
    assert (payload["errors"], payload["request"]["state"]) == ([], "GRANTED")
    deletion = payload["request"]["deletion"]
    assert counts(deletion) == expected
    cases = next(item for item in deletion["kept"] if item["kind"] == "CASES")
    assert cases["statute"] == "中华人民共和国档案法"
    account = next(item for item in deletion["kept"] if item["kind"] == "ACCOUNT")
    assert "closeAccount" in account["text"]

    after = held()
    numbers = {row["number"] for row in after["cases"]}
    assert numbers == {old, others_old, running, recent, others_draft}
    assert of(old, after["messages"]) == []
    for number in (running, recent, others_old, others_draft):
        assert of(number, after["messages"]) == of(number, before["messages"])
    for number in (others_old, others_draft):
        assert of(number, after["cases"]) == of(number, before["cases"])
    assert not [draft for draft in drafts if office.case("applicant", draft)]


def test_a_copy_no_longer_has_what_was_deleted(office):
    office.submitted()
    draft = office.submitted("applicant", asDraft=True, form={"shop": "只在草稿"})
    answered(office, asked(office)["id"])
    access = asked(office, kind="ACCESS")["id"]
    answered(office, access)
    listed = office.ask("applicant", "DataRequests")["data"]["dataRequests"]["edges"]
    (url,) = [edge["node"]["url"] for edge in listed if edge["node"]["id"] == access]
    body = follow(url).body.decode()
    assert len(json.loads(body)["cases"]) == 1
    assert draft not in body
    assert "只在草稿" not in body


def test_what_is_kept_is_told_about_by_text_no_more(office):
    agreed = office.submitted(consent={"noticeVersion": "2026-11", "textMessages": True})
    silent = office.submitted()
    declined = office.submitted(consent={"noticeVersion": "2026-11", "textMessages": False})
    answered(office, asked(office)["id"])
    for number, events in ((agreed, 1), (silent, 1), (declined, 0)):
        seen = [event["name"] for event in office.case("applicant", number)["events"]]
        assert seen.count("case.consent_withdrawn") == events
        office.step("clerk", "AcceptCase", number)
        with center_context(COUNTY):
            told = Message.objects.filter(case_number=number, kind="acceptance")
            assert list(told.values_list("channel", flat=True)) == ["in_app"]


def test_a_repeat_answers_alike_and_deletes_nothing_more(office):
    office.submitted()
    office.submitted("applicant", asDraft=True)
    request, key = asked(office)["id"], str(uuid.uuid4())
    first = answered(office, request, idempotencyKey=key)
    office.submitted("applicant", asDraft=True)
    before = held()
    assert answered(office, request, idempotencyKey=key) == first
    assert answered(office, request)["errors"][0]["params"]["reason"] == "STATE"
    assert held() == before
    assert preview(office, request) is None


def test_a_refusal_deletes_nothing(office):
    office.submitted()
    office.submitted("applicant", asDraft=True)
    request = asked(office)["id"]
    before = held()
    payload = answered(office, request, isGranted=False, text="正在接受调查，依法暂缓")
    assert payload["request"]["deletion"] is None
    after = held()
    assert after["messages"].pop()["kind"] == "data_request"
    assert {**after, "requests": None} == {**before, "requests": None}


def test_nobody_else_looks_or_answers_and_nothing_changes(office):
    office.submitted()
    office.submitted("applicant", asDraft=True)
    request = asked(office)["id"]
    for who in (*OUTSIDERS, "supervisor", "manager"):
        office.token(who)
    before = held(), casework.holdings(COUNTY)
    for who in (*OUTSIDERS, "supervisor"):
        assert preview(office, request, who) is None
        assert codes(answered(office, request, who))
    assert preview(office, request, center=NEIGHBOUR) is None
    assert codes(answered(office, request, center=NEIGHBOUR)) == ["DATA_REQUEST_NOT_FOUND"]
    assert (held(), casework.holdings(COUNTY)) == before


def test_who_is_also_staff_has_a_colleague_answer(office):
    own = applicant(idNumber=people.id_number(778))
    account = people.account("own-manager", name="王小明", id_number=people.id_number(778))
    people.member(COUNTY, account, casework.CenterRole.MANAGER, staff_number="0099")
    office.tokens["own"] = people.token(account, now=NOW)
    office.submitted(applicant=own)
    request = office.do("own", "RequestData", kind="DELETION")["request"]["id"]
    assert preview(office, request, "own") is None
    assert answered(office, request, "own")["errors"][0]["params"]["reason"] == "OWN"
    assert answered(office, request)["errors"] == []


def test_the_texts_of_what_is_kept_come_in_english_too(office):
    office.submitted()
    request = asked(office)["id"]
    answer = execute(
        operation("DeletionPreview"), {"id": request},
        center=COUNTY, token=office.token("manager"), language="en",
    )  # fmt: skip
    kept = answer["data"]["deletionPreview"]["kept"]
    assert {item["text"] for item in kept} <= {reason.text[1] for reason in rules.KEPT.values()}


def test_looking_costs_the_same_however_much_there_is(office):
    def cost():
        with CaptureQueriesContext(connection) as captured:
            preview(office, request)
        return len(captured)

    office.submitted()
    request = asked(office)["id"]
    preview(office, request)
    few = cost()
    for _ in range(4):
        office.submitted()
        office.submitted("applicant", asDraft=True)
    assert cost() == few


def test_the_audit_log_names_nobody(office):
    office.submitted()
    office.submitted("applicant", asDraft=True)
    answered(office, asked(office)["id"])
    with center_context(COUNTY):
        entries = AuditEntry.objects.order_by("sequence")
        assert "case.erase" in set(entries.values_list("action", flat=True))
        for data in entries.values_list("data", flat=True):
            assert "赵" not in json.dumps(data, ensure_ascii=False)
