"""Data of people in full: each field for a purpose, audited, counted; masked everywhere else."""

import pytest

from schema import rates
from tenants.cases import rules
from tests.graphql.client import codes as top_codes
from tests.graphql.client import execute, operation
from tests.graphql.office import Office, codes
from tests.graphql.test_case_applicants import CREDIT_CODE, ENTERPRISE, HANDLER, REPRESENTATIVE
from tests.graphql.test_case_denied import holdings
from tongban.kernel.context import center_context
from tongban.kernel.models import AuditEntry

VALUES = {
    "APPLICANT_NAME": ENTERPRISE["name"],
    "APPLICANT_ID_NUMBER": CREDIT_CODE,
    "APPLICANT_PHONE": "+8613800138000",
    "REPRESENTATIVE_NAME": "钱法人",
    "REPRESENTATIVE_ID_NUMBER": REPRESENTATIVE,
    "REPRESENTATIVE_PHONE": None,
    "HANDLER_NAME": "孙经办",
    "HANDLER_ID_NUMBER": HANDLER,
    "HANDLER_PHONE": "+8613900139000",
}


@pytest.fixture
def office(db):
    return Office()


def reveal(office, number, field, **said):
    return office.do("clerk", "RevealField", **{"number": number, "field": field, **said})


def test_every_sealed_field_is_reached_for_a_purpose_that_the_audit_log_keeps(office):
    number = office.submitted(applicant={**ENTERPRISE, "phone": "13800138000"})
    assert set(VALUES) == {field.name for field in rules.SealedField}
    for field, value in VALUES.items():
        before = holdings()
        refused = reveal(office, number, field, purpose=" \n")
        assert (refused["value"], codes(refused)) == (None, ["TEXT_INVALID"])
        assert holdings() == before
        assert reveal(office, number, field, purpose=f"核对{field}")["value"] == value
        with center_context(office.center):
            entry = AuditEntry.objects.order_by("sequence").last()
        assert entry.data["purpose"] == f"核对{field}"
        assert entry.data["field"] == rules.SealedField[field].value
        assert entry.data["is_given"] == (value is not None)


def test_who_reads_on_and_on_is_held_up_and_sees_nothing(office, settings):
    settings.RATE_REVEAL = "0.001/3"
    number = office.submitted()
    for _ in range(3):
        rates.buckets.forget()  # each time another process, as it were
        assert reveal(office, number, "APPLICANT_NAME", purpose="核对")["value"] == "赵测试"
    before = holdings()
    said = {"input": {"number": number, "field": "APPLICANT_PHONE", "purpose": "核对"}}
    held_up = execute(
        operation("RevealField"), said, center=office.center, token=office.token("clerk")
    )
    assert top_codes(held_up) == ["RATE_LIMITED"]
    assert "13800138000" not in str(held_up)
    assert "1000" in held_up["errors"][0]["message"]
    assert holdings() == before
    other = office.do("reviewer", "RevealField", number=number, field="APPLICANT_NAME", purpose="x")
    assert other["value"] == "赵测试"
