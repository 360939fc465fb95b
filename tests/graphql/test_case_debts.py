"""容缺受理 through the shipped documents: accepted with a gap, brought, looked at."""

from dataclasses import replace

import pytest

from tests import revising
from tests.graphql.office import NOW, Office, codes, pdf
from tongban.catalog.rules.content import Necessity


@pytest.fixture
def office(db):
    content = revising.content_of(now=NOW)
    revising.revise(
        now=NOW,
        materials=tuple(
            replace(item, necessity=Necessity.DEFERRABLE) if item.code == "M03" else item
            for item in content.materials
        ),
    )
    return Office()


def test_a_gap_is_stated_owed_brought_and_settled(office):
    number = office.submitted()
    payload = office.do("clerk", "AcceptCase", number=number)
    assert codes(payload) == ["MATERIAL_GAP"]
    assert payload["errors"][0]["path"] == ["withGap"]
    case = office.step("clerk", "AcceptCase", number, withGap=True)
    (debt,) = case["debts"]
    assert (debt["materialCode"], debt["isOpen"], debt["lamp"]) == ("M03", True, "GREEN")
    nothing = office.do("clerk", "SettleDebt", number=number, materialCode="M03", isAccepted=True)
    assert codes(nothing) == ["CASE_SETTLE_DEBT_NOT_ALLOWED"]
    office.step(
        "clerk",
        "AddMaterial",
        number,
        materialCode="M03",
        files=[None],
        uploads={"variables.input.files.0": pdf("plan.pdf", b"plan")},
    )
    case = office.step("clerk", "SettleDebt", number, materialCode="M03", isAccepted=True)
    (debt,) = case["debts"]
    assert not debt["isOpen"]
    assert debt["settledBy"]["name"]
    assert office.case("clerk", number)["debts"] == case["debts"]


@pytest.mark.parametrize("who", ["applicant", "stranger", "neighbour", "manager", "operator"])
def test_only_the_desk_settles_what_is_owed(office, who):
    number = office.submitted()
    office.step("clerk", "AcceptCase", number, withGap=True)
    before = office.case("clerk", number)
    payload = office.do(who, "SettleDebt", number=number, materialCode="M03", isAccepted=True)
    assert len(codes(payload)) == 1
    assert office.case("clerk", number) == before
