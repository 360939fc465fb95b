"""Messages over the API: their own to applicants, the center's to its managers, else nothing."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tenants.messages import models
from tenants.messages.rules import MessageKind
from tests.graphql import office as offices
from tests.graphql.client import codes
from tests.graphql.office import COUNTY, NEIGHBOUR, Office
from tests.operations.test_messages import running_gateway
from tongban.kernel.context import center_context
from tongban.kernel.models import AuditEntry

OUTSIDERS = ("clerk", "reviewer", "party_secretary", "auditor", "applicant", "stranger")


@pytest.fixture
def office(db):
    return Office()


@pytest.fixture
def gateway(settings):
    with running_gateway(settings) as served:
        yield served


def nodes(office, who, document, **said):
    answer = office.ask(who, document, **said)
    assert "errors" not in answer, answer
    (found,) = answer["data"].values()
    return [edge["node"] for edge in found["edges"]]


def do(office, who, mutation, **said):
    """Send a mutation that takes no key."""
    answer = office.ask(who, mutation, input=said)
    assert "errors" not in answer, answer
    (payload,) = answer["data"].values()
    return payload


def templates(office, who, **said):
    answer = office.ask(who, "MessageTemplates", **said)
    assert "errors" not in answer, answer
    return {row["kind"]: row for row in answer["data"]["messageTemplates"]}


def written():
    with center_context(COUNTY):
        return (
            list(models.Message.objects.order_by("id").values()),
            list(models.MessageTemplate.objects.values()),
            AuditEntry.objects.filter(object_type__startswith="message").count(),
        )


def test_an_applicant_reads_their_own(office):
    number = office.submitted()
    office.step("clerk", "AcceptCase", number)
    acceptance, intake = nodes(office, "applicant", "MyMessages")
    assert [intake["kind"], acceptance["kind"]] == ["INTAKE", "ACCEPTANCE"]
    assert intake["caseNumber"] == number
    assert "赵测试" not in intake["text"]
    read = do(office, "applicant", "MarkMessageRead", message=intake["id"])
    assert read["message"]["readAt"]
    assert nodes(office, "applicant", "MyMessages", isRead=False) == [acceptance]
    assert nodes(office, "applicant", "MyMessages", first=1) == [acceptance]
    before = written()
    for who in ("stranger", "manager", "clerk", "neighbour"):
        assert nodes(office, who, "MyMessages") == []
        payload = do(office, who, "MarkMessageRead", message=acceptance["id"])
        assert (payload["message"], offices.codes(payload)) == (None, ["MESSAGE_NOT_FOUND"])
    assert written() == before
    assert nodes(office, "applicant", "MyMessages", center=NEIGHBOUR) == []
    assert codes(office.ask("anonymous", "MyMessages")) == ["UNAUTHENTICATED"]
    assert codes(office.ask("applicant", "MyMessages", center="")) == ["CENTER_REQUIRED"]


def test_managers_see_what_was_told_and_others_nothing(office):
    number = office.submitted()
    for who in ("manager", "supervisor"):
        sms, in_app = sorted(
            nodes(office, who, "Messages"), key=lambda row: row["channel"] != "SMS"
        )
        assert (in_app["state"], in_app["recipient"]) == ("SENT", "")
        assert (sms["state"], sms["recipient"]) == ("KEPT", "138****8000")
    for wanted, count in (
        ({"state": "KEPT"}, 1),
        ({"channel": "IN_APP"}, 1),
        ({"kind": "DECISION"}, 0),
        ({"caseNumber": number}, 2),
        ({"caseNumber": "1"}, 0),
    ):
        assert len(nodes(office, "manager", "Messages", filter=wanted)) == count
    before = written()
    for who in (*OUTSIDERS, "neighbour"):
        assert nodes(office, who, "Messages") == []
        assert nodes(office, who, "Messages", filter={"caseNumber": number}) == []
        assert templates(office, who) == {}
        payload = office.do(who, "RetryMessage", message=sms["id"])
        assert (payload["message"], offices.codes(payload)) == (None, ["MESSAGE_NOT_FOUND"])
    assert written() == before
    assert nodes(office, "manager", "Messages", center=NEIGHBOUR) == []


def test_what_failed_is_sent_again(office, gateway):
    office.submitted()
    with center_context(COUNTY):
        models.Message.objects.filter(channel="sms").update(
            state="failed", due_at=None, attempts=8, reason="网关拒绝（HTTP 400）"
        )
    (failed,) = nodes(office, "manager", "Messages", filter={"state": "FAILED"})
    assert (failed["attempts"], failed["reason"]) == (8, "网关拒绝（HTTP 400）")
    refused = office.do("supervisor", "RetryMessage", message=failed["id"])
    assert offices.codes(refused) == ["MESSAGE_RETRY_NOT_ALLOWED"]
    waiting = office.do("manager", "RetryMessage", message=failed["id"])["message"]
    assert (waiting["state"], waiting["attempts"]) == ("WAITING", 0)
    again = office.do("manager", "RetryMessage", message=failed["id"])
    assert "仍在发送中" in again["errors"][0]["message"]


def test_the_office_words_its_messages(office):
    shown = templates(office, "manager")
    assert len(shown) == len(MessageKind)
    assert shown["ACCEPTANCE"]["placeholders"] == ["center", "due", "matter", "name", "number"]
    payload = do(
        office, "manager", "EditMessageTemplate",
        kind="INTAKE", text="{name}：{number}已收到", expectedVersion=0,
    )  # fmt: skip
    assert payload["template"]["version"] == 1
    number = office.submitted()
    (message,) = nodes(office, "applicant", "MyMessages")
    assert message["text"] == f"赵*试：{number}已收到"
    before = written()
    for text, version, who, code in (
        ("{number}{phone}", 1, "manager", "MESSAGE_TEMPLATE_INVALID"),
        ("{number}", 0, "manager", "STALE_VERSION"),
        ("{number}", 1, "supervisor", "MESSAGE_TEMPLATE_EDIT_NOT_ALLOWED"),
        ("{number}", 1, "neighbour", "MESSAGE_TEMPLATE_EDIT_NOT_ALLOWED"),
    ):
        refused = do(
            office, who, "EditMessageTemplate", kind="INTAKE", text=text, expectedVersion=version
        )
        assert (refused["template"], offices.codes(refused)) == (None, [code])
    assert written() == before
    assert templates(office, "manager", center=COUNTY)["INTAKE"]["isDefault"] is False


@pytest.mark.parametrize(
    ("who", "document"), [("manager", "Messages"), ("applicant", "MyMessages")]
)
def test_a_page_costs_the_same_at_2_rows_and_at_20(office, who, document):
    office.submitted()
    with center_context(COUNTY):
        row = models.Message.objects.get(channel="in_app")
    counts = []
    for many in (2, 20):
        with center_context(COUNTY):
            present = models.Message.objects.filter(channel="in_app").count()
            for n in range(many - present):
                row.pk, row.sequence = None, 1000 * many + n
                row.save(force_insert=True)
        office.ask(who, document, first=20)
        with CaptureQueriesContext(connection) as captured:
            shown = nodes(office, who, document, first=20)
        assert len(shown) >= many
        counts.append(len(captured))
    assert counts[0] == counts[1]
