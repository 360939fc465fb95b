"""Refusals that people meet daily say in their language what is wrong with which field."""

import pytest

from tenants.cases.errors import ApplicantInvalidError, FormInvalidError
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
