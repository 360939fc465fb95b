"""What handoffs refuse is told in words, for every reason that their operations give."""

import re
from pathlib import Path

import pytest

from tenants.handoffs import errors, operations
from tongban.kernel.errors import ReasonedError

OPERATIONS = Path(operations.__path__[0])
REASONS = {
    reason
    for source in OPERATIONS.glob("*.py")
    for reason in re.findall(r'reason="([A-Z_]+)"', source.read_text())
}
REFUSALS = [
    error
    for name, error in vars(errors).items()
    if name.startswith("Handoff") and name.endswith("NotAllowedError")
]


def test_reasons_are_found() -> None:
    assert {"ROLE", "STATE"} <= REASONS <= set(errors.BECAUSE)
    assert len(REFUSALS) == 5


@pytest.mark.parametrize("refusal", REFUSALS)
@pytest.mark.parametrize("reason", errors.BECAUSE)
def test_every_refusal_speaks_both_languages(refusal: type[ReasonedError], reason: str) -> None:
    error = refusal(reason=reason)
    for language, because in zip(("zh-Hans", "en"), errors.BECAUSE[reason], strict=True):
        assert because in error.message(language)
        assert "{" not in error.message(language)
