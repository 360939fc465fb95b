"""Refusals that people meet daily say in their language what is wrong with which field."""

import pytest

from schema import payloads
from tenants.cases import errors as cases
from tenants.cases import policies
from tenants.cases.errors import ApplicantInvalidError, FormInvalidError
from tenants.cases.rules.findings import ATTEMPTS, FINDINGS
from tenants.staff.errors import sealing
from tongban.kernel.personal import IdentifierReason


@pytest.mark.parametrize("reason", [*IdentifierReason, "KIND", "OTHER_APPLICATION"])
@pytest.mark.parametrize("field", ["name", "idNumber", "phone", "handler.idNumber", "draftNumber"])
def test_every_reason_has_a_text(field, reason):
    error = ApplicantInvalidError(path=("applicant",), field=field, reason=str(reason))
    for language in ("zh-Hans", "en"):
        text = error.message(language)
        assert str(reason) not in text
        assert "…" not in text


def test_the_text_names_the_persons_field():
    error = ApplicantInvalidError(path=(), field="handler.idNumber", reason="CHECK_DIGIT")
    assert error.message("zh-Hans") == "申请人信息有误：经办人证件号码的校验位不对，请逐位核对。"
    assert "handler's identifier has a wrong check digit" in error.message("en")


@pytest.mark.parametrize("reason", list(FormInvalidError.because))
def test_forms(reason):
    assert reason not in FormInvalidError(path=("form",), reason=reason).message("zh-Hans")


def test_refusals_that_are_findings_exist():
    refusals = (cases, sealing)
    known = {error.code for source in refusals for error in payloads.declared_errors(source)}
    assert {refusal for _action, refusal in ATTEMPTS} <= known
    assert {action for action, _refusal in ATTEMPTS} <= set(policies.ROLES)
    assert set(ATTEMPTS.values()) <= set(FINDINGS)
