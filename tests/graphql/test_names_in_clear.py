"""What a citizen is called and numbered stands in no table, message or log line in the clear."""

import base64
import logging

import pytest
from django.db import connection

from tenants.staff.rules import CenterRole
from tests import people
from tests.graphql.client import execute, operation
from tests.graphql.office import COUNTY, NEIGHBOUR, Office, applicant, codes, follow, pdf
from tests.graphql.test_identity_accounts import PASSWORD, demo, register, request_code, sent_code
from tests.graphql.test_resumable import AT, LARGE, patch, sent, tus
from tongban.exchange.operations.sweep import Sweeper
from tongban.identity import queries as identity
from tongban.identity.operations import sign_in
from tongban.kernel.context import SharedRole, center_context, shared_context
from tongban.kernel.models import AuditEntry

__all__ = ["demo"]

NAME = "慕容雪霁"
NUMBER = people.id_number(731)
CORRECTED = "13712349876"
TELLING = (NAME, NAME[1:], NUMBER, NUMBER[6:14], "13805345678", "13705345678", CORRECTED)
NEW_PASSWORD = "Linyi-2027"


@pytest.fixture
def office(demo):
    """A center, and a citizen of an uncommon name who signed up and proved who they are."""
    request_code()
    register(sent_code(), displayName=NAME)
    with shared_context(SharedRole.SIGN_IN):
        person = identity.find_account("xiaoming")
        sign_in.sign_in(identifier="xiaoming", password=PASSWORD, now=people.NOW)
    made = Office(tokens={"applicant": people.token(person)})
    verified = made.do("applicant", "VerifyIdentity", center=None, name=NAME, idNumber=NUMBER)
    assert verified["errors"] == []
    return made


def own(**said):
    return applicant(name=NAME, idNumber=NUMBER, phone="13705345678", **said)


def granted(office, kind, who="applicant", **said):
    """Ask for something about the own data, and have it granted."""
    asked = office.do(who, "RequestData", kind=kind, text="请提供", **said)
    assert asked["errors"] == []
    answer = office.do("manager", "AnswerDataRequest", id=asked["request"]["id"], isGranted=True)
    assert answer["errors"] == []


def live(office):
    """Do whatever a citizen does, and what staff do with it."""
    number = office.submitted("applicant", applicant=own(), consent=_consent())
    office.step(
        "clerk", "IssueNotice", number, defects=[{"materialCode": "M01", "text": "缺少签字"}]
    )
    office.step(
        "applicant", "AnswerNotice", number, materials=[{"materialCode": "M01", "files": [None]}],
        uploads={"variables.input.materials.0.files.0": pdf("签字.pdf", b"signed")},
    )  # fmt: skip
    office.step("clerk", "AcceptCase", number)
    office.step(
        "applicant", "AddMaterial", number, materialCode="M01", files=[None],
        uploads={"variables.input.files.0": pdf("补充.pdf", b"more")},
    )  # fmt: skip
    for field in ("APPLICANT_NAME", "APPLICANT_ID_NUMBER", "APPLICANT_PHONE"):
        shown = office.do("clerk", "RevealField", number=number, field=field, purpose="核对")
        assert shown["errors"] == []
    correction = {"caseNumber": number, "field": "PHONE", "value": CORRECTED}
    granted(office, "CORRECTION", correction=correction)
    granted(office, "ACCESS")
    (copy,) = _links(office.ask("applicant", "DataRequests"))
    assert NAME in follow(copy).body.decode()
    at_window = {"applicant": own(), "consent": _consent()}
    granted(office, "ACCESS", "clerk", presented=at_window)
    withdrawn = office.do("applicant", "WithdrawConsent", number=number, kind="TEXT_MESSAGES")
    assert withdrawn["errors"] == []
    office.step("applicant", "WithdrawCase", number, reason="不办了")
    refused = office.submitted("clerk", applicant=own())
    office.step("clerk", "RefuseCase", refused, groundCode="NOT_COMPETENT", text="请向市级申请")
    office.step("applicant", "RateCase", refused, level="VERY_DISSATISFIED", channel="MOBILE")
    sent(office)
    begun = tus(office, "POST", AT, Upload_Length=len(LARGE), Upload_Metadata=_named("x.pdf"))
    at = "/" + begun["Location"].split("/", 3)[3]
    patch(office, at, LARGE[:10])
    assert tus(office, "DELETE", at).status_code == 204
    _fail(office, refused)
    changed = {"currentPassword": PASSWORD, "password": NEW_PASSWORD}
    answer = execute(
        operation("ChangePassword"), {"input": changed}, token=office.token("applicant")
    )
    assert answer["data"]["changePassword"]["errors"] == []


def _fail(office, number):
    """Be refused in many ways: what a refusal says and what is noted of it is public too."""
    for mutation in ("WithdrawCase", "DisputeCompletion"):
        said = {"reason": NAME} if mutation == "WithdrawCase" else {"statement": NAME}
        assert codes(office.do("applicant", mutation, number=number, **said))
    assert codes(office.submit("applicant", applicant=own(kind="LEGAL")))


def _consent():
    return {"noticeVersion": "2026-11", "textMessages": True}


def _links(answer):
    edges = answer["data"]["dataRequests"]["edges"]
    return [edge["node"]["url"] for edge in edges if edge["node"]["url"]]


def _named(name):
    return f"filename {base64.b64encode(name.encode()).decode()}"


def rows():
    """Yield (table, row as text) of everything in the center and in the shared schema."""
    for context in (center_context(COUNTY), shared_context(SharedRole.PLATFORM)):
        with context, connection.cursor() as cursor:
            cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = current_schema()")
            for (table,) in cursor.fetchall():
                cursor.execute(f"SELECT t::text FROM {table} AS t")
                yield from ((table, row) for (row,) in cursor.fetchall())


def test_nothing_that_a_citizen_does_leaves_their_name_or_number_in_the_clear(office, caplog):
    caplog.set_level(logging.DEBUG)
    live(office)
    found = {(table, telling) for table, row in rows() for telling in TELLING if telling in row}
    # How a person wants to be called stands at their account, until they close it.
    assert found == {("identity_account", NAME), ("identity_account", NAME[1:])}
    assert [telling for telling in TELLING if telling in caplog.text] == []
    with center_context(COUNTY):
        said = set(AuditEntry.objects.values_list("actor__name", flat=True))
    assert "慕容**" in said


def test_who_works_at_a_center_acts_there_by_their_name_and_elsewhere_as_anybody(office):
    with shared_context(SharedRole.SIGN_IN):
        person = identity.find_account("xiaoming")
    people.member(NEIGHBOUR, person, CenterRole.CLERK)
    Sweeper(clock=lambda: people.NOW).serve([NEIGHBOUR])  # the platform hears of it
    named = {}
    for center in (COUNTY, NEIGHBOUR):
        office.submitted("applicant", applicant=own(), center=center)
        with center_context(center):
            named[center] = AuditEntry.objects.get(action="case.submit").actor["name"]
    assert named == {COUNTY: "慕容**", NEIGHBOUR: NAME}
