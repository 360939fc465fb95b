"""What a role may not read, it learns by no filter, no event and no detour either."""

import uuid

import pytest

from tenants.cases.models import Case
from tenants.staff.rules import CenterRole
from tests import casework, handing, people
from tests.graphql.client import codes as top_codes
from tests.graphql.client import execute, operation
from tests.graphql.office import APPLICANT_NUMBER, NEIGHBOUR, NOW, Office, applicant, codes
from tests.graphql.test_case_denied import holdings
from tests.graphql.test_handoffs_api import Desk
from tongban.identity.operations import administration
from tongban.kernel.actors import PlatformRole
from tongban.kernel.context import SharedRole, center_context, shared_context

COUNT = "query($of: CaseFilter) { cases(filter: $of) { totalCount } }"
SUSPEND = """
mutation($input: SuspendCenterInput!) { suspendCenter(input: $input) { errors { code } } }
"""


@pytest.fixture
def office(db):
    return Office()


def counted(office, who, **narrowed):
    return execute(COUNT, {"of": narrowed}, center=office.center, token=office.token(who), now=NOW)


@pytest.mark.parametrize("who", ["manager", "supervisor", "chief"])
def test_a_masked_number_can_not_be_guessed_by_the_filter(office, who):
    office.submitted()
    answers = [
        counted(office, who, applicantIdNumber=number)
        for number in (APPLICANT_NUMBER, people.id_number(799))
    ]
    assert [top_codes(answer) for answer in answers] == [["FORBIDDEN"]] * 2
    assert answers[0] == answers[1]
    assert counted(office, who)["data"]["cases"]["totalCount"] == 1


@pytest.mark.parametrize(
    ("who", "found"),
    [("clerk", 1), ("reviewer", 1), ("operator", 1), ("applicant", 1)]
    + [(who, 0) for who in ("stranger", "neighbour", "party_secretary", "auditor")],
)
def test_who_may_find_an_applicants_cases_by_number(office, who, found):
    office.submitted()
    answer = counted(office, who, applicantIdNumber=APPLICANT_NUMBER)
    assert answer["data"]["cases"]["totalCount"] == found
    assert counted(office, who, applicantIdNumber="1")["data"]["cases"]["totalCount"] == 0


def test_a_verified_number_does_not_make_its_holder_an_organization(office):
    office.token("applicant")
    before = holdings()
    for said in (
        {"kind": "LEGAL", "name": "某某银行", "idKind": "OTHER"},
        {"idKind": "OTHER"},
        {"idKind": "PASSPORT"},
    ):
        payload = office.submit("applicant", applicant=applicant(**said))
        assert codes(payload) in (["CASE_SUBMIT_NOT_ALLOWED"], ["APPLICANT_INVALID"])
    assert holdings() == before


def test_a_suspended_center_takes_nothing_in_and_goes_on_with_the_rest(office):
    number, draft = office.submitted(), office.submitted("applicant", asDraft=True)
    registrar = people.account("registrar")
    people.grant(registrar, PlatformRole.REGISTRAR)
    answer = execute(
        SUSPEND,
        {"input": {"code": office.center, "reason": "搬迁"}},
        token=people.token(registrar),
    )
    assert answer["data"]["suspendCenter"]["errors"] == []
    before = holdings()
    for who, said in (
        ("clerk", {}),
        ("clerk", {"holdForReview": True}),
        ("applicant", {}),
        ("applicant", {"asDraft": True}),
        ("applicant", {"draftNumber": draft}),
    ):
        refused = execute(
            operation("SubmitCase"),
            {"input": _application(**said)},
            center=office.center,
            token=office.token(who),
            now=NOW,
        )
        assert top_codes(refused) == ["CENTER_SUSPENDED"], said
    assert holdings() == before
    office.step("clerk", "IssueNotice", number, defects=[{"materialCode": "", "text": "缺签字"}])
    office.step("applicant", "AnswerNotice", number, answers=[{"materialCode": "", "text": "已签"}])
    office.step("clerk", "AcceptCase", number)


def _application(**said):
    return {
        "matter": casework.BOOKS,
        "applicant": applicant(),
        "idempotencyKey": str(uuid.uuid4()),
        "materials": [],
        **said,
    }


@pytest.fixture
def way(db):
    """A case that a station offers to its county, where its applicant is a clerk at both ends."""
    station = Desk(handing.STATION, CenterRole.STATION_OPERATOR, name="站点操作员")
    county = Desk(handing.COUNTY, CenterRole.CLERK, CenterRole.REVIEWER, name="县窗口")
    number = handing.submitted(station, handing.FOOD, serial=730)
    handing.relay_all()
    account = people.account("insider", id_number=people.id_number(730))
    people.member(handing.STATION, account, CenterRole.STATION_OPERATOR)
    people.member(handing.COUNTY, account, CenterRole.CLERK, CenterRole.REVIEWER)
    own = Desk.__new__(Desk)
    own.center, own.token = handing.COUNTY, people.token(account)
    return station, county, own, number


def test_nobody_takes_up_or_hands_over_the_own_case(way):
    station, county, own, number = way
    (received,) = [
        edge["node"]
        for edge in county.ask("Handoffs", direction="INCOMING", caseNumber=number)["edges"]
    ]
    on = {"handoff": received["id"]}

    def refused(name, *, center=handing.COUNTY, **said):
        before = holdings(center)
        answer = own.tell(name, center=center, **said)
        assert [(e["params"]["reason"]) for e in answer["errors"]] == ["OWN_CASE"], answer
        assert holdings(center) == before

    refused("AcceptHandoff", **on)
    refused("DeclineHandoff", reason="不收", **on)
    refused("RecallHandoff", center=handing.STATION, reason="收回", **on)
    county.tell("DeclineHandoff", reason="申请人态度不好", **on)
    handing.relay_all()
    refused("OfferHandoff", center=handing.STATION, number=number)
    again = station.tell("OfferHandoff", number=f"{number[:9]}-{number[9:]}", reason="内部附言")
    assert again["errors"] == []
    handing.relay_all()
    on = {"handoff": again["handoff"]["id"]}
    assert county.tell("AcceptHandoff", **on)["errors"] == []
    refused("ReturnHandoff", reason="退回", **on)


def test_applicants_do_not_read_what_centers_write_each_other(way):
    station, county, own, number = way
    received = county.ask("Handoffs", caseNumber=number)["edges"][0]["node"]
    county.tell("DeclineHandoff", handoff=received["id"], reason="申请人态度不好")
    handing.relay_all()
    station.tell("OfferHandoff", number=number, reason="内部附言")
    events = "query($n: String!) { case(number: $n) { events { name data } } }"
    seen, read = (
        str(
            execute(events, {"n": number}, center=handing.STATION, token=who.token, now=handing.NOW)
        )
        for who in (own, station)
    )
    for word in ("申请人态度不好", "内部附言"):
        assert word in read
        assert word not in seen
    assert "case.handoff_declined" in seen


def test_a_machine_stays_in_its_center_and_finds_what_a_window_finds(office):
    number = office.submitted()
    with shared_context(SharedRole.PLATFORM):
        client, _secret = administration.register_machine(
            actor=people.OPERATOR, center_code=office.center, name="自助机", now=NOW
        )
    token = people.machine_token(client)
    said = {"n": number}
    one = "query($n: String!) { case(number: $n) { number tasks { opinion } } }"
    assert execute(one, said, center=office.center, token=token)["data"]["case"]["number"] == number
    for center in (NEIGHBOUR, "371400", handing.STATION):
        assert top_codes(execute(one, said, center=center, token=token)) == ["FORBIDDEN"]
    shown = execute(
        operation("RevealField"),
        {"input": {"number": number, "field": "APPLICANT_ID_NUMBER", "purpose": "核对"}},
        center=office.center,
        token=token,
    )
    assert shown["data"]["revealField"]["errors"][0]["params"]["reason"] == "ROLE"


@pytest.mark.parametrize("role", list(PlatformRole))
def test_platform_roles_read_no_case(office, role):
    number = office.submitted()
    person = people.account(f"holder-{role}", id_number=people.id_number(760))
    people.grant(person, role)
    document = """
      query($n: String!) {
        case(number: $n) { number } cases { totalCount } explainDue(number: $n) { dueAt }
        handoffs { totalCount } staff { totalCount }
      }"""
    answer = execute(document, {"n": number}, center=office.center, token=people.token(person))
    assert answer["data"] == {
        "case": None,
        "cases": {"totalCount": 0},
        "explainDue": None,
        "handoffs": {"totalCount": 0},
        "staff": {"totalCount": 0},
    }
    with center_context(office.center):
        assert Case.objects.count() == 1


@pytest.mark.parametrize("text", ["长" * 2001, "a\u0007b"])
def test_a_reason_that_no_document_can_hold_is_refused(way, text):
    station, county, _own, number = way
    received = county.ask("Handoffs", caseNumber=number)["edges"][0]["node"]["id"]
    before = [holdings(center) for center in (handing.STATION, handing.COUNTY)]
    for answer in (
        county.tell("DeclineHandoff", handoff=received, reason=text),
        station.tell("RecallHandoff", handoff=received, reason=text),
        station.tell("OfferHandoff", number=number, reason=text),
    ):
        assert codes(answer) == ["TEXT_INVALID"]
    assert [holdings(center) for center in (handing.STATION, handing.COUNTY)] == before
