"""On what the use of an applicant's data rests: told, agreed to, refused and withdrawn."""

from datetime import timedelta

import pytest

from tenants.handoffs.states import Direction
from tenants.messages import models as messages
from tests import handing
from tests.graphql.client import execute, operation
from tests.graphql.office import COUNTY, NEIGHBOUR, NOW, Office, codes
from tests.graphql.test_case_denied import holdings
from tests.operations.test_messages import running_gateway, send
from tongban.kernel.context import center_context
from tongban.kernel.models import AuditEntry

NOTICE = "2026-12"
AGREED = {"noticeVersion": NOTICE, "textMessages": True, "electronicDelivery": True}
REFUSED = {"noticeVersion": NOTICE, "textMessages": False, "electronicDelivery": False}


@pytest.fixture
def office(db):
    return Office()


@pytest.fixture
def gateway(settings):
    with running_gateway(settings) as served:
        yield served


def channels(number, center=COUNTY):
    with center_context(center):
        rows = messages.Message.objects.filter(case_number=number).order_by("id")
        return [(row.channel, row.kind, row.state) for row in rows]


def shown(case):
    return {each["kind"]: each for each in case["consents"]}


def held(office, who, number):
    """Return for each kind of use whether it holds, with its basis."""
    return {
        kind: (each["basis"], each["isGiven"] and each["withdrawnAt"] is None)
        for kind, each in shown(office.case(who, number)).items()
    }


def withdraw(office, who, number, kind="TEXT_MESSAGES", **said):
    return office.do(who, "WithdrawConsent", number=number, kind=kind, **said)


def test_everybody_reads_the_notice_and_nobody_agrees_to_another(office):
    def notice(language, **said):
        answer = execute(operation("PrivacyNotice"), said, language=language)
        return answer["data"]["privacyNotice"]

    chinese, english = notice("zh"), notice("en")
    assert (chinese["version"], chinese["isPresent"]) == (NOTICE, True)
    assert "第十三条" in chinese["text"]
    assert "art. 13" in english["text"]
    assert notice("zh", version="1999") is None
    office.token("clerk")
    before = holdings()
    payload = office.submit(consent={**AGREED, "noticeVersion": "1999"})
    assert codes(payload) == ["PRIVACY_NOTICE_UNKNOWN"]
    assert payload["errors"][0]["params"]["current"] == NOTICE
    assert holdings() == before


def test_what_a_window_enters_bears_both_identities_and_what_the_applicant_says_the_own(office):
    number = office.submitted("clerk", consent=AGREED)
    consents = shown(office.case("applicant", number))
    assert {kind: each["basis"] for kind, each in consents.items()} == {
        "HANDLING": "STATUTORY_DUTY",
        "TEXT_MESSAGES": "CONSENT",
        "ELECTRONIC_DELIVERY": "CONSENT",
    }
    for each in consents.values():
        assert (each["isGiven"], each["noticeVersion"]) == (True, NOTICE)
        assert (each["channel"], each["by"]["staffNumber"]) == ("COUNTER", "0000")
        assert each["onBehalfOf"]["name"] == "赵*试"
    own = office.submitted("applicant", consent=AGREED)
    for each in office.case("applicant", own)["consents"]:
        assert (each["channel"], each["onBehalfOf"]) == ("ONLINE", None)
        assert each["by"]["name"] == "赵*试"


def test_who_was_not_asked_is_told_as_the_law_demands(office):
    number = office.submitted()
    (only,) = office.case("applicant", number)["consents"]
    assert (only["kind"], only["noticeVersion"]) == ("HANDLING", None)
    assert [channel for channel, *_ in channels(number)] == ["in_app", "sms"]


def test_who_refuses_text_messages_gets_none_and_reads_the_app(office):
    number = office.submitted(consent=REFUSED)
    office.step("clerk", "AcceptCase", number)
    assert [channel for channel, *_ in channels(number)] == ["in_app", "in_app"]


@pytest.mark.parametrize(
    ("submitter", "who", "channel"),
    [
        ("clerk", "applicant", "ONLINE"),
        ("applicant", "clerk", "COUNTER"),
        ("clerk", "clerk", "COUNTER"),
        ("applicant", "applicant", "ONLINE"),
    ],
)
def test_a_refusal_tells_the_way_it_came_not_that_of_the_application(
    office, submitter, who, channel
):
    number = office.submitted(submitter)
    assert withdraw(office, who, number)["errors"] == []
    assert shown(office.case(who, number))["TEXT_MESSAGES"]["channel"] == channel


def test_a_draft_keeps_what_was_said_until_it_is_said_anew(office):
    draft = office.submitted("applicant", asDraft=True, consent=REFUSED)
    assert held(office, "applicant", draft) == {
        "TEXT_MESSAGES": ("CONSENT", False),
        "ELECTRONIC_DELIVERY": ("CONSENT", False),
    }
    payload = office.submit(
        "applicant", draftNumber=draft, consent={"noticeVersion": NOTICE, "textMessages": True}
    )
    assert payload["errors"] == []
    assert channels(draft)[1][0] == "sms"
    assert held(office, "applicant", draft) == {
        "HANDLING": ("STATUTORY_DUTY", True),
        "TEXT_MESSAGES": ("CONSENT", True),
        "ELECTRONIC_DELIVERY": ("CONSENT", False),
    }


@pytest.mark.parametrize("consent", [None, AGREED])
def test_a_withdrawal_stops_text_messages_that_have_not_left(office, gateway, consent):
    number = office.submitted(consent=consent)
    key = {"idempotencyKey": "00000000-0000-4000-8000-000000000001"}
    first = withdraw(office, "applicant", number, **key)
    assert first["errors"] == []
    assert withdraw(office, "applicant", number, **key)["case"] == first["case"]
    assert held(office, "clerk", number)["TEXT_MESSAGES"] == ("CONSENT", False)
    assert send(NOW + timedelta(minutes=5)) == 0
    assert gateway.requests == []
    office.step("clerk", "AcceptCase", number)
    assert channels(number) == [
        ("in_app", "intake", "sent"),
        ("sms", "intake", "dropped"),
        ("in_app", "acceptance", "sent"),
    ]
    with center_context(COUNTY):
        entry = AuditEntry.objects.get(action="case.withdraw_consent")
        assert entry.data["kind"] == "text_messages"
    before = holdings()
    for kind, reason in (("TEXT_MESSAGES", "NO_CONSENT"), ("HANDLING", "STATUTORY")):
        refused = withdraw(office, "applicant", number, kind)
        assert codes(refused) == ["CASE_WITHDRAW_CONSENT_NOT_ALLOWED"]
        assert refused["errors"][0]["params"]["reason"] == reason
    assert holdings() == before


def test_the_office_sends_nothing_again_that_nobody_wants(office, gateway):
    number = office.submitted()
    with center_context(COUNTY):
        messages.Message.objects.filter(channel="sms").update(state="failed", due_at=None)
        row = messages.Message.objects.get(channel="sms")
    withdraw(office, "clerk", number)
    payload = office.do("manager", "RetryMessage", message=str(row.id))
    assert payload["errors"][0]["params"]["reason"] == "CONSENT"
    assert send(NOW + timedelta(days=1)) == 0
    assert channels(number)[1] == ("sms", "intake", "failed")


def test_others_withdraw_nothing(office):
    number = office.submitted(consent=AGREED)
    answers = {
        **dict.fromkeys(("stranger", "neighbour", "auditor"), "CASE_NOT_FOUND"),
        **dict.fromkeys(("reviewer", "manager"), "CASE_WITHDRAW_CONSENT_NOT_ALLOWED"),
    }
    for who in ("applicant", *answers):
        office.token(who)
    before = holdings()
    for who, code in answers.items():
        assert codes(withdraw(office, who, number)) == [code], who
    elsewhere = office.do(
        "applicant", "WithdrawConsent", number=number, kind="TEXT_MESSAGES", center=NEIGHBOUR
    )
    assert codes(elsewhere) == ["CASE_NOT_FOUND"]
    assert holdings() == before


def test_what_was_refused_is_not_delivered_electronically(office):
    number = office.verified()
    withdraw(office, "applicant", number, "ELECTRONIC_DELIVERY")
    office.step("chief", "DecideCase", number, decision="APPROVE")
    office.step("clerk", "IssueResult", number, deliverAt="HERE")
    delivery = {"method": "ELECTRONIC", "receiverName": "赵测试"}
    before = holdings()
    payload = office.do("clerk", "CompleteCase", number=number, delivery=delivery)
    assert codes(payload) == ["DELIVERY_NOT_CONSENTED"]
    assert holdings() == before
    office.step("clerk", "CompleteCase", number, delivery={**delivery, "method": "COUNTER"})


def test_a_consent_travels_and_its_withdrawal_comes_back_to_every_copy(db, gateway):
    station, county = Office(handing.STATION), Office(COUNTY)
    county.tokens["applicant"] = station.token("applicant")
    number = station.submitted("operator", matter=handing.FOOD, consent=AGREED)
    handing.relay_all()
    handoff = handing.handoff_at(COUNTY, number, Direction.INCOMING)
    answer = county.do("clerk", "AcceptHandoff", handoff=str(handoff.id))
    assert answer["errors"] == []
    handing.relay_all()
    asked = withdraw(station, "operator", number)
    assert (asked["pending"], asked["errors"]) == (True, [])
    assert held(station, "operator", number)["TEXT_MESSAGES"][1]
    handing.relay_all()
    copies = [office.case("applicant", number)["consents"] for office in (station, county)]
    assert copies[0] == copies[1]
    consent = {each["kind"]: each for each in copies[0]}["TEXT_MESSAGES"]
    assert consent["withdrawnBy"]["name"]
    assert handing.log_of(handing.STATION, number) == handing.log_of(COUNTY, number)
    # Its message waits at the station, which only mirrors the case: it does not leave there either.
    assert send(NOW + timedelta(minutes=5), center=handing.STATION) == 0
    assert gateway.requests == []
    assert channels(number, handing.STATION)[1] == ("sms", "intake", "dropped")
