"""Papers name who signs them, and before whom a decision is contested, as the center settled it."""

from datetime import UTC, datetime

import pytest
from django.test import Client

from tenants.staff.operations import departments
from tests import people, stationing
from tests.graphql.office import Office, codes, follow
from tests.papers import characters_on
from tongban.kernel.context import center_context

# Later than any onboarding of the test centers, whose keys are valid from then on.
NOW = datetime(2040, 1, 9, 2, 0, tzinfo=UTC)
# Names with characters that no paper of these cases has otherwise.
CENTER = {
    "name": "兖州审批局",
    "secondLine": "鄄城分中心",
    "address": "曹州街郓城路",
    "phone": "0530-7654321",
    "reviewBody": "莒县人民政府",
    "court": "郯城县人民法院",
}
DEPARTMENT = {"reviewBody": "鄢陵县人民政府", "name": "滕州文化局"}
NOTHING = dict.fromkeys(("secondLine", "address", "phone", "reviewBody", "court"), "")


@pytest.fixture
def office(db):
    return Office(now=NOW)


def settle(office, who="manager", version=0, **said):
    return office.do(who, "SetLetterhead", expectedVersion=version, **said)


def letterheads(office, who="anonymous", **said):
    return office.ask(who, "Letterheads", **said)["data"]["letterheads"]


def refused(office, number, who="clerk"):
    return office.step(who, "RefuseCase", number, groundCode="NOT_COMPETENT")


def rejected(office):
    number = office.submitted()
    office.step("clerk", "AcceptCase", number)
    office.step("reviewer", "StartReview", number)
    for who, kind in (("reviewer", "REVIEW"), ("chief", "VERIFICATION")):
        office.step(
            who, "RecordReview", number, kind=kind, isFavourable=False, opinion="不符",
            grounds=[{"groundCode": "CONDITIONS_NOT_MET", "conditionCode": "C01"}],
        )  # fmt: skip
    said = {"decision": "REJECT", "groundCode": "CONDITIONS_NOT_MET", "text": "面积不足"}
    return office.step("chief", "DecideCase", number, **said)


def terminated(office):
    number = office.submitted()
    office.step("clerk", "AcceptCase", number)
    return office.step("reviewer", "TerminateCase", number, groundCode="FORCE_MAJEURE")


def characters(office, case, place=-1):
    shown = office.case("reviewer", case["number"])
    return set(characters_on(follow(shown["papers"][place]["link"], now=NOW).body))


def test_the_center_starts_with_its_name_and_the_law_s_own_rule(office):
    (found,) = letterheads(office)
    assert found["effective"] == {**NOTHING, "name": "齐河县政务服务中心"}
    assert (found["department"], found["unnamed"]) == (None, ["REVIEW_BODY", "COURT"])
    case = refused(office, office.submitted())
    told = office.case("applicant", case["number"])["decision"]["remedies"]
    assert (told["reviewBody"], told["reviewDays"], told["court"], told["suitMonths"]) == (
        *("", 60, ""),
        6,
    )
    assert "向本级人民政府申请" in told["text"]
    assert "六个月内依法向有管辖权的人民法院" in told["text"]


@pytest.mark.parametrize(
    "against", [lambda office: refused(office, office.submitted()), rejected, terminated]
)
def test_what_goes_against_the_applicant_names_where_it_is_contested(office, against):
    assert settle(office, **CENTER)["errors"] == []
    case = against(office)
    told = office.case("applicant", case["number"])["decision"]["remedies"]
    assert told["text"] == (
        "不服本决定的，可以自收到之日起六十日内向莒县人民政府申请行政复议，"
        "或者自收到之日起六个月内向郯城县人民法院提起行政诉讼。"
    )
    assert set("".join(CENTER.values())) <= characters(office, case)
    # What was handed out stays as it was told.
    settle(office, version=1, reviewBody="鄢陵县人民政府")
    assert office.case("applicant", case["number"])["decision"]["remedies"] == told


def test_an_approval_has_nothing_to_be_contested(office):
    settle(office, **CENTER)
    number = office.verified()
    office.step("chief", "DecideCase", number, decision="APPROVE")
    assert office.case("applicant", number)["decision"]["remedies"] is None


def test_a_department_says_what_differs_and_signs_what_it_decides(office):
    office.do("manager", "OpenDepartment", code=stationing.CODE, name=stationing.CULTURE)
    settle(office, **CENTER)
    said = settle(office, department=stationing.CODE, **DEPARTMENT)
    assert said["letterhead"]["effective"] == {**CENTER, **DEPARTMENT}
    assert said["letterhead"]["unnamed"] == []
    assert [found["department"] for found in letterheads(office)] == [None, stationing.CODE]
    case = refused(office, office.submitted())
    told = office.case("applicant", case["number"])["decision"]["remedies"]
    assert (told["reviewBody"], told["court"]) == (DEPARTMENT["reviewBody"], CENTER["court"])
    receipt, refusal = characters(office, case, 0), characters(office, case)
    assert "兖" in receipt
    assert "滕" not in receipt
    assert "滕" in refusal
    assert "兖" not in refusal
    paper = office.case("clerk", case["number"])["papers"][-1]
    page = Client().get("/" + paper["verifyUrl"].split("/", 3)[3]).content.decode()
    assert "由滕州文化局签发" in page
    assert "<dt>所在中心</dt><dd>齐河县政务服务中心</dd>" in page
    # An emptied element is the center's again.
    settle(office, department=stationing.CODE, version=1, name="", reviewBody="")
    assert letterheads(office)[1]["effective"] == CENTER


def test_a_department_that_left_signs_nothing_more_nor_for_its_successor(office):
    office.do("manager", "OpenDepartment", code="OLD", name=stationing.CULTURE)
    settle(office, **CENTER)
    settle(office, department="OLD", **DEPARTMENT)
    manager = people.actor(people.account(f"manager-{office.center}"))
    with center_context(office.center):
        departments.close_department(actor=manager, code="OLD", expected_version=1, now=NOW)
    assert reviewed_by(office) == CENTER["reviewBody"]
    office.do("manager", "OpenDepartment", code="NEW", name=stationing.CULTURE)
    assert reviewed_by(office) == CENTER["reviewBody"]
    settle(office, department="NEW", reviewBody="沂水县人民政府")
    assert reviewed_by(office) == "沂水县人民政府"


def reviewed_by(office):
    case = refused(office, office.submitted())
    return office.case("applicant", case["number"])["decision"]["remedies"]["reviewBody"]


def test_only_the_management_office_settles_it_and_over_what_it_has_read(office):
    for who in ("clerk", "chief", "supervisor", "applicant", "neighbour"):
        said = settle(office, who, **CENTER)
        assert (codes(said), said["letterhead"]) == (["REGISTER_EDIT_NOT_ALLOWED"], None)
    for said, code in (
        ({"court": "法" * 51}, "REGISTER_TEXT_INVALID"),
        ({"name": "审批\u202e局"}, "REGISTER_TEXT_INVALID"),
        ({"reviewBody": "政\u200b府"}, "REGISTER_TEXT_INVALID"),
        ({"phone": "12345\x07"}, "REGISTER_TEXT_INVALID"),
        ({"department": "NONE", "name": "局"}, "DEPARTMENT_NOT_FOUND"),
        ({"version": 1, "name": "局"}, "STALE_VERSION"),
    ):
        assert codes(settle(office, **said)) == [code]
    assert letterheads(office)[0]["version"] == 0
    settle(office, court="  郯城县\n人民法院 ")
    assert letterheads(office)[0]["effective"]["court"] == "郯城县 人民法院"
    assert codes(settle(office, court="")) == ["STALE_VERSION"]
    assert letterheads(office, center="371722")[0]["version"] == 0
