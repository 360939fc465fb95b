"""Office hours and clocks of a center, read by anybody, settled by its management office."""

import pytest

from tests.graphql.client import codes as top_codes
from tests.graphql.client import execute, operation
from tests.graphql.office import COUNTY, Office, codes

DEFAULTS = {
    "morningStart": "09:00:00",
    "morningEnd": "12:00:00",
    "afternoonStart": "13:30:00",
    "afternoonEnd": "17:00:00",
    "yellowPercent": 80,
    "consultationPauses": False,
    "urgingReplyDays": 1,
    "debtDays": 10,
    "leaseMinutes": 30,
    "commitmentDays": 40,
    "version": 0,
}


@pytest.fixture
def office(db):
    return Office()


def settle(office, who, center=COUNTY, **said):
    answer = execute(
        operation("SetOfficeTerms"),
        {"input": {"expectedVersion": 0, **said}},
        center=center,
        token=office.token(who),
    )
    assert "errors" not in answer, answer
    return answer["data"]["setOfficeTerms"]


def terms(center=COUNTY):
    return execute(operation("OfficeTerms"), center=center)["data"]["officeTerms"]


def test_the_management_office_settles_what_anybody_reads(office):
    assert terms() == DEFAULTS
    summer = {
        "morningStart": "08:30:00",
        "morningEnd": "11:30:00",
        "afternoonStart": "14:30:00",
        "afternoonEnd": "18:00:00",
    }
    changed = settle(office, "manager", hours=summer, yellowPercent=70, consultationPauses=True)
    assert changed == {
        "terms": {
            **DEFAULTS,
            **summer,
            "yellowPercent": 70,
            "consultationPauses": True,
            "version": 1,
        },
        "errors": [],
    }
    assert terms() == changed["terms"]
    assert terms("371722") == DEFAULTS
    assert codes(settle(office, "manager", yellowPercent=60)) == ["STALE_VERSION"]
    wrong = {**summer, "morningEnd": "08:00:00"}
    refused = settle(office, "manager", expectedVersion=1, hours=wrong)
    assert (codes(refused), refused["errors"][0]["path"]) == (["OFFICE_TERMS_INVALID"], ["hours"])
    assert terms() == changed["terms"]


def test_nobody_else_does(office):
    for who in ("clerk", "chief", "supervisor", "auditor", "stranger", "neighbour"):
        refused = settle(office, who, yellowPercent=1)
        assert (codes(refused), refused["terms"]) == (["REGISTER_EDIT_NOT_ALLOWED"], None)
    anonymous = execute(
        operation("SetOfficeTerms"), {"input": {"expectedVersion": 0}}, center=COUNTY
    )
    assert top_codes(anonymous) == ["UNAUTHENTICATED"]
    assert top_codes(execute(operation("OfficeTerms"))) == ["CENTER_REQUIRED"]
    assert terms() == DEFAULTS
