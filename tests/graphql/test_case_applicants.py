"""Who applies: an enterprise and who acts for it sealed and masked; whose drafts are whose."""

import pytest
from django.db import connection

from tenants.cases.models import Case
from tests import people
from tests.graphql.office import Office, codes
from tongban.kernel.context import center_context
from tongban.kernel.models import AuditEntry

CREDIT_CODE = "91371425MA3C0X0A1G"
REPRESENTATIVE, HANDLER = people.id_number(811), people.id_number(812)
ENTERPRISE = {
    "kind": "LEGAL",
    "name": "齐河新华书店有限公司",
    "idKind": "CREDIT_CODE",
    "idNumber": CREDIT_CODE,
    "representative": {"name": "钱法人", "idKind": "RESIDENT_ID", "idNumber": REPRESENTATIVE},
    "handler": {
        "name": "孙经办",
        "idKind": "RESIDENT_ID",
        "idNumber": HANDLER,
        "phone": "13900139000",
    },
}


@pytest.fixture
def office(db):
    return Office()


def reveal(office, who, number, field):
    return office.do(who, "RevealField", number=number, field=field, purpose="核对身份")


def test_both_who_act_for_an_enterprise_are_kept_sealed_and_shown_masked(office):
    number = office.submitted(applicant=ENTERPRISE)
    shown = office.case("reviewer", number)["applicant"]
    assert (shown["kind"], shown["nameMasked"]) == ("LEGAL", ENTERPRISE["name"])
    assert {agent["role"]: agent["nameMasked"] for agent in shown["agents"]} == {
        "representative": "钱*人",
        "handler": "孙*办",
    }
    for field, value in (
        ("REPRESENTATIVE_ID_NUMBER", REPRESENTATIVE),
        ("HANDLER_ID_NUMBER", HANDLER),
        ("HANDLER_PHONE", "+8613900139000"),
        ("APPLICANT_ID_NUMBER", CREDIT_CODE),
    ):
        assert reveal(office, "clerk", number, field)["value"] == value
        refused = reveal(office, "manager", number, field)
        assert (refused["value"], codes(refused)) == (None, ["CASE_REVEAL_FIELD_NOT_ALLOWED"])
    with center_context(office.center):
        revealed = AuditEntry.objects.filter(action__contains="reveal", object_key=number)
        assert revealed.count() == 4
        with connection.cursor() as cursor:
            for table in ("cases_case", "cases_caseevent", "kernel_auditentry", "kernel_logentry"):
                cursor.execute(f"SELECT string_agg(t::text, '') FROM {table} t")
                (everything,) = cursor.fetchone()
                for secret in (REPRESENTATIVE, HANDLER, "13900139000", "钱法人", "孙经办"):
                    assert secret not in everything, table


def test_a_mistyped_credit_code_is_refused_by_its_check_character(office):
    office.token("clerk")
    wrong = {**ENTERPRISE, "idNumber": CREDIT_CODE[:-1] + "2"}
    payload = office.submit(applicant=wrong)
    assert codes(payload) == ["APPLICANT_INVALID"]
    assert payload["errors"][0]["params"] == {"field": "idNumber", "reason": "CHECK_DIGIT"}
    with center_context(office.center):
        assert not Case.objects.exists()


def test_nobody_applies_for_an_enterprise_on_a_phone_by_knowing_its_code(office):
    payload = office.submit("applicant", applicant=ENTERPRISE)
    assert codes(payload) == ["CASE_SUBMIT_NOT_ALLOWED"]
    assert payload["errors"][0]["params"]["reason"] == "OTHER_PERSON"
    with center_context(office.center):
        assert not Case.objects.exists()


def test_who_brings_an_application_for_another_is_kept_beside_the_applicant(office):
    """代办: the event says who acted and for whom; the handler is an agent of the applicant."""
    number = office.submitted(
        applicant={
            "kind": "NATURAL", "name": "赵测试", "idKind": "RESIDENT_ID",
            "idNumber": people.id_number(813), "handler": ENTERPRISE["handler"],
        }
    )  # fmt: skip
    seen = office.case("clerk", number)
    (agent,) = seen["applicant"]["agents"]
    assert (agent["role"], agent["nameMasked"]) == ("handler", "孙*办")
    first = seen["events"][0]
    assert (first["actor"]["role"], first["onBehalfOf"]["name"]) == ("staff", "赵*试")
    assert reveal(office, "clerk", number, "HANDLER_NAME")["value"] == "孙经办"


@pytest.mark.parametrize("who", ["applicant", "clerk"])
def test_a_draft_is_edited_and_withdrawn_by_who_keeps_it(office, who):
    saved = office.submit(who, asDraft=True, codes=["M01"], form={"shop": "一"})
    number = saved["case"]["number"]
    again = office.submit(who, asDraft=True, draftNumber=number, codes=[], form={"shop": "二"})
    assert (codes(again), again["case"]["number"]) == ([], number)
    kept = office.case(who, number)
    assert kept["form"] == {"shop": "二"}
    assert len(kept["materials"][0]["files"]) == 1
    if who == "applicant":
        assert codes(office.do("clerk", "WithdrawCase", number=number)) == ["CASE_NOT_FOUND"]
    assert office.step(who, "WithdrawCase", number)["state"] == "WITHDRAWN"
    late = office.submit(who, draftNumber=number)
    assert codes(late) == ["CASE_SUBMIT_NOT_ALLOWED"]
