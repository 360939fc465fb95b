"""What a center's editor sets through the API, and what is refused: locked elements, bad values."""

import pytest

from tests import people
from tests.database import SET_UP
from tests.graphql.client import codes, execute, operation
from tongban.catalog import models
from tongban.kernel.actors import PlatformRole
from tongban.kernel.context import SharedRole, shared_context
from tongban.kernel.models import AuditEntry


@pytest.fixture
def token(db) -> str:
    person = people.account("editor")
    people.grant(person, PlatformRole.OFFERING_EDITOR, "371402000000")
    return people.token(person)


def edit(token, **terms):
    variables = {"input": {"center": "371402", "matter": SET_UP, **terms}}
    return execute(operation("EditOffering"), variables, token=token)


def stored():
    with shared_context(SharedRole.CATALOG):
        return list(models.Offering.objects.order_by("id").values()), AuditEntry.objects.count()


def refused(token, **terms):
    """Return the refusal, after making sure that it changed nothing."""
    before = stored()
    payload = edit(token, **terms)["data"]["editOffering"]
    assert payload["offering"] is None
    assert stored() == before
    [error] = payload["errors"]
    return error


def whole():
    """Return the offering as a district's own system would send it."""
    with shared_context(SharedRole.CATALOG):
        return models.MatterRevision.objects.get(matter__code=SET_UP, status="published").content


def test_a_center_sets_all_its_terms(token):
    terms = {
        "place": "三楼",
        "hours": "9:00–17:00",
        "contact": "0534-2687001",
        "complaints": "0534-12345",
        "windows": ["A01", "A02"],
        "department": "行政审批服务局",
        "bodyKind": "法定机关",
        "localCode": "DC-001",
        "scope": 4,
        "effectiveTo": "2027-01-01",
        "promisedLimit": {"amount": 4, "unit": "WORKING_HOUR"},
    }
    payload = edit(token, **terms, elements=whole())["data"]["editOffering"]
    assert payload["errors"] == []
    assert {name: payload["offering"][name] for name in terms} == terms
    cleared = edit(token, clear=["PROMISED_LIMIT", "EFFECTIVE_TO"])["data"]["editOffering"]
    assert cleared["offering"]["promisedLimit"] == {"amount": 1, "unit": "WORKING_DAY"}
    assert cleared["offering"]["effectiveTo"] is None


@pytest.mark.parametrize(
    ("element", "value", "label"),
    [
        ("steps", [{"name": "会签", "kind": "review"}], "办理流程"),
        ("fee", {"charged": True, "items": [{"name": "工本费", "amount": "10.00"}]}, "收费"),
        ("statutory_limit", {"amount": 9, "unit": "WORKING_DAY"}, "法定时限"),
        ("materials", [], "申报材料"),
    ],
)
def test_a_districts_edit_of_what_is_unified_is_refused(token, element, value, label):
    """统一审批流程、收费标准、办理时限: the district asks for a change, it doesn't make one."""
    error = refused(token, place="一楼", elements={**whole(), element: value})
    assert error["code"] == "LOCKED_BY_CITY"
    assert error["params"]["element"] == element
    assert error["path"][0] == "elements"
    assert error["message"].startswith(f"“{label}”由山东省统一制定")
    assert element not in error["message"]


def test_it_is_locked_whoever_issued_it(token):
    with shared_context(SharedRole.CATALOG):
        models.StandardMatter.objects.filter(code=SET_UP).update(issuer_code="371400000000")
    error = refused(token, elements={"visits": 9})
    assert "由德州市统一制定" in error["message"]
    assert error["params"]["issuer"] == "德州市"


@pytest.mark.parametrize(
    ("terms", "path"),
    [
        ({"elements": "all"}, ["elements", ""]),
        ({"elements": ["x"]}, ["elements", ""]),
        ({"elements": {"colour": "red"}}, ["elements", "colour"]),
        ({"elements": {"visits": True}}, ["elements", "visits"]),
        ({"windows": ["A 1"]}, ["windows", "0"]),
        ({"complaints": "\0"}, ["complaints"]),
        ({"hours": "\x1b[31m"}, ["hours"]),
        ({"bodyKind": "长" * 41}, ["bodyKind"]),
        ({"effectiveTo": "2020-01-01"}, ["effectiveTo"]),
        ({"effectiveFrom": "2030-01-01"}, ["effectiveFrom"]),
        ({"scope": -1}, ["scope"]),
        ({"creditCode": "1"}, ["creditCode"]),
    ],
)
def test_values_that_can_not_be_are_told_by_their_place(token, terms, path):
    error = refused(token, **terms)
    assert error["code"] == "OFFERING_TERM_INVALID"
    assert error["path"] == path


def test_promises_are_refused_in_words(token):
    error = refused(token, promisedLimit={"amount": 4, "unit": "WORKING_DAY"})
    assert error["code"] == "PROMISE_OVER_STATUTORY"
    assert "3 个工作日" in error["message"]
    error = refused(token, promisedLimit={"amount": 2, "unit": "WORKING_DAY"})
    assert error["code"] == "PROMISE_OVER_STANDARD"
    assert "1 个工作日" in error["message"]


@pytest.mark.parametrize(
    ("role", "division"),
    [
        (None, ""),
        (PlatformRole.OFFERING_EDITOR, "371700000000"),
        (PlatformRole.OFFERING_EDITOR, "371425000000"),
        (PlatformRole.CATALOG_EDITOR, "370000000000"),
    ],
)
def test_who_has_no_say_is_told_nothing_of_the_standard(db, role, division):
    person = people.account("stranger")
    if role:
        people.grant(person, role, division)
    error = refused(people.token(person), elements={"visits": 9})
    assert error["code"] == "OFFERING_OPEN_NOT_ALLOWED"


def test_nobody_edits_without_signing_in(db):
    before = stored()
    assert codes(edit(None, elements={"visits": 9})) == ["UNAUTHENTICATED"]
    assert stored() == before
