"""A center's auditor reads its audit log; nobody else does, and each reading is an entry itself."""

from datetime import timedelta

import pytest

from tenants.staff.rules import CenterRole
from tests import people
from tests.graphql.client import codes as top_codes
from tests.graphql.office import APPLICANT_NUMBER, NOW, Office
from tongban.audit.operations import seal, verify
from tongban.kernel.actors import PlatformRole
from tongban.kernel.context import center_context
from tongban.kernel.models import AuditEntry


@pytest.fixture
def office(db, settings, tmp_path):
    settings.AUDIT_SEALS = tmp_path
    return Office()


def page(office, who="auditor", **said):
    answer = office.ask(who, "AuditRecords", **said)
    assert "errors" not in answer, answer
    return answer["data"]["auditRecords"]


def read(office, who="auditor", **where):
    return [edge["node"] for edge in page(office, who, filter=where, first=100)["edges"]]


def test_the_auditor_finds_who_did_what_to_what(office):
    first, second = office.submitted(), office.submitted("applicant", applicant={
        "kind": "NATURAL", "name": "王小明", "idKind": "RESIDENT_ID",
        "idNumber": APPLICANT_NUMBER, "phone": "13800138000",
    })  # fmt: skip
    office.step("clerk", "AcceptCase", first)
    (accepted,) = read(office, action="case.accept")
    assert (accepted["objectKey"], accepted["staffNumber"]) == (first, "0000")
    assert {each["objectKey"] for each in read(office, objectType="case", object=second)} == {
        second
    }
    (own,) = read(office, object=second, action="case.submit")
    assert (own["actorName"], own["staffNumber"]) == ("王*明", "")
    told = str(read(office))
    assert not [secret for secret in (APPLICANT_NUMBER, "13800138000", "赵测试") if secret in told]
    by_clerk = read(office, actor="0000")
    assert {each["actorKey"] for each in by_clerk} == {accepted["actorKey"]}
    assert read(office, actor=accepted["actorKey"]) == by_clerk
    later = (NOW + timedelta(hours=1)).isoformat()
    assert read(office, **{"from": later}) == []
    assert len(read(office, to=later)) > 5
    for where in ({"actor": "9999"}, {"action": "\0"}, {"actor": "\0:"}, {"object": "\0"}):
        assert read(office, **where) == []


def test_each_page_is_an_entry_and_follows_the_last(office):
    office.step("clerk", "AcceptCase", office.submitted())
    one = page(office, first=2, filter={})
    two = page(office, first=2, filter={}, after=one["pageInfo"]["endCursor"])
    places = [edge["node"]["sequence"] for each in (one, two) for edge in each["edges"]]
    assert places == list(range(places[0], places[0] - 4, -1))
    readings = read(office, action="audit.read")
    assert len(readings) == 3
    assert readings[0]["data"] == {"narrowed": ["action"]}


def test_nobody_else_reads_it(office):
    office.submitted()
    others = ("manager", "supervisor", "clerk", "chief", "applicant", "stranger", "neighbour")
    for who in others:
        assert read(office, who) == []
        assert office.ask(who, "AuditState")["data"]["auditState"] is None
    for role in (CenterRole.SYSTEM_ADMINISTRATOR, CenterRole.SECURITY_ADMINISTRATOR):
        account = people.account(f"admin-{role}")
        people.member(office.center, account, role)
        office.tokens[role] = people.token(account)
        assert read(office, role) == []
    with center_context(office.center):
        assert not AuditEntry.objects.filter(action="audit.read").exists()
    assert top_codes(office.ask("anonymous", "AuditRecords")) == ["UNAUTHENTICATED"]


def test_the_platforms_own_log_is_its_operators(office):
    assert read_platform(office, "auditor") == []
    operator = people.account("operators")
    people.grant(operator, PlatformRole.PLATFORM_OPERATOR, "0" * 12)
    office.tokens["platform"] = people.token(operator)
    assert "platform_role" in str(read_platform(office, "platform"))
    state = office.ask("platform", "AuditState", center="")["data"]["auditState"]
    assert state["head"]["sequence"] > 0


def read_platform(office, who):
    answer = office.ask(who, "AuditRecords", center="", first=100)
    return [edge["node"] for edge in answer["data"]["auditRecords"]["edges"]]


def test_how_the_log_stands(office):
    office.submitted()
    state = office.ask("auditor", "AuditState")["data"]["auditState"]
    assert (state["sealedHead"], state["lastCheck"]) == (None, None)
    with center_context(office.center):
        seal.seal_head(code=office.center, now=NOW)
        verify.note_check(verify.verify_log(code=office.center), now=NOW)
    state = office.ask("auditor", "AuditState")["data"]["auditState"]
    assert state["sealedHead"] == state["head"]
    sequence = state["head"]["sequence"]
    assert (state["lastCheck"]["sequence"], state["lastCheck"]["faults"]) == (sequence, 0)
