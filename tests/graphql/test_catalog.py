"""The catalog and the offerings as an applicant's app reads them, by the shipped documents."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests import people
from tests.database import SET_UP
from tests.graphql.client import codes, execute, operation
from tongban.catalog import models
from tongban.kernel.actors import PlatformRole
from tongban.kernel.context import SharedRole, shared_context
from tongban.kernel.models import AuditEntry

MARRIAGE = "370710300101"
CODE = f"3714020004{SET_UP}"


def nodes(answer, field: str) -> list[dict[str, Any]]:
    assert "errors" not in answer, answer
    return [edge["node"] for edge in answer["data"][field]["edges"]]


def test_everything_needed_is_learnt_in_one_answer(db):
    answer = execute(operation("Offering"), {"code": CODE}, center="371402")
    offering = answer["data"]["offering"]
    assert offering["center"] == {"code": "371402", "name": "德城区政务服务中心"}
    assert offering["department"] == "市场监督管理局"
    assert offering["promisedLimit"] == {"amount": 1, "unit": "WORKING_DAY"}
    assert offering["status"] == "IN_USE"
    matter = offering["matter"]
    assert (matter["name"], matter["serviceLine"]) == ("企业设立登记", "APPROVAL")
    assert matter["matterTypeName"] == "行政许可"
    assert matter["serviceObjects"] == [{"code": "2", "name": "企业法人"}]
    assert matter["materials"][0] == {
        "code": "M01",
        "name": "设立登记申请书",
        "kind": "FORM",
        "necessity": "REQUIRED",
        "source": "APPLICANT",
        "copies": 1,
        "note": "",
        "legalBasis": {
            "statute": "中华人民共和国公司法",
            "article": "第三十条",
            "level": "LAW",
        },
    }
    for element in (*matter["materials"], *matter["conditions"], *matter["fees"]):
        assert element["legalBasis"]["statute"]
    assert matter["statutoryLimit"] == {"amount": 3, "unit": "WORKING_DAY"}
    assert matter["result"] == {"name": "营业执照", "kind": "CERTIFICATE"}


def test_fees_are_money_in_yuan(db):
    matter = execute(
        '{ matter(code: "370710800202") { isCharged fees { name amount legalBasis { statute } } } }'
    )["data"]["matter"]
    assert matter["isCharged"]
    assert [fee["amount"] for fee in matter["fees"]] == ["80.00", "550.00"]


def test_the_catalog_is_paged_and_searched(db):
    first = execute(operation("Matters"), {"first": 3})
    second = execute(
        operation("Matters"),
        {"first": 3, "after": first["data"]["matters"]["pageInfo"]["endCursor"]},
    )
    found = [node["code"] for node in nodes(first, "matters") + nodes(second, "matters")]
    assert found == sorted(set(found))
    assert len(found) == 6
    names = {n["name"] for n in nodes(execute(operation("Matters"), {"search": "结婚"}), "matters")}
    assert names == {"结婚登记"}
    narrowed = execute(operation("Matters"), {"filter": {"serviceLine": "TRADING"}})
    assert {node["serviceLine"] for node in nodes(narrowed, "matters")} == {"TRADING"}


def test_total_count_is_the_number_in_force(db):
    answer = execute('{ matters(filter: {codes: ["370710300101"]}) { totalCount } }')
    assert answer["data"] == {"matters": {"totalCount": 1}}
    with shared_context(SharedRole.CATALOG):
        models.MatterRevision.objects.filter(matter__code=MARRIAGE).update(
            status="draft", effective_from=None
        )
    answer = execute('{ matters(filter: {codes: ["370710300101"]}) { totalCount } }')
    assert answer["data"] == {"matters": {"totalCount": 0}}
    assert execute(f'{{ matter(code: "{MARRIAGE}") {{ name }} }}')["data"] == {"matter": None}


def test_a_centers_path_lists_its_own_offerings_only(db):
    variables = {"filter": {"centers": ["371722"]}, "first": 100}
    here = nodes(execute(operation("Offerings"), variables, center="371402"), "offerings")
    assert {node["centerCode"] for node in here} == {"371402"}
    there = nodes(execute(operation("Offerings"), variables), "offerings")
    assert {node["centerCode"] for node in there} == {"371722"}
    everywhere = execute(operation("Offerings"), {"filter": {"codes": [MARRIAGE]}})
    assert [n["centerCode"] for n in nodes(everywhere, "offerings")] == [
        "371402",
        "371425",
        "371722",
    ]


@pytest.mark.parametrize("code", ["379999999999", "", "%", "\0", "\ud800", "很" * 100])
def test_unknown_codes_are_null(db, code):
    for document in (
        "query($code: String!) { matter(code: $code) { name } }",
        "query($code: String!) { offering(code: $code) { code } }",
    ):
        answer = execute(document, {"code": code})
        assert "INTERNAL" not in codes(answer)
        assert not any((answer["data"] or {}).values())


@pytest.mark.parametrize("search", ["\0", "%", "''; DROP TABLE", "😀", "a" * 5000, "￾"])
def test_a_hostile_search_finds_nothing(db, search):
    answer = execute(operation("Matters"), {"search": search})
    assert "INTERNAL" not in codes(answer)


@pytest.mark.parametrize(
    "filter_",
    [{"department": "\0"}, {"codes": ["\0"]}, {"serviceObject": "很长" * 50}, {"theme": ""}],
)
def test_a_hostile_filter_finds_nothing(db, filter_):
    answer = execute(operation("Matters"), {"filter": filter_})
    assert "INTERNAL" not in codes(answer)
    assert not (answer["data"] and answer["data"]["matters"]["edges"])


@pytest.mark.parametrize("name", ["Matters", "Offerings"])
@pytest.mark.parametrize("center", [None, "371402"])
def test_lists_take_as_many_queries_for_twenty_as_for_two(db, name, center):
    counted = []
    for size in (2, 2, 20):
        with CaptureQueriesContext(connection) as captured:
            answer = execute(operation(name), {"first": size}, center=center)
        assert len(nodes(answer, name.lower())) == size
        counted.append(len(captured))
    assert counted[1] == counted[2] <= 2


def test_a_whole_list_with_materials_takes_one_query(db):
    document = """{ offerings(first: 20) { edges { node { promisedLimit { amount }
        matter { materials { name legalBasis { statute } } } center { name } } } } }"""
    execute(document, center="371402")
    with CaptureQueriesContext(connection) as captured:
        assert len(nodes(execute(document, center="371402"), "offerings")) == 20
    assert len(captured) <= 2


def editor(division: str) -> str:
    person = people.account("editor")
    people.grant(person, PlatformRole.OFFERING_EDITOR, division)
    return people.token(person, now=timezone.now())


def test_an_offering_editor_sets_a_centers_terms(db):
    token = editor("371400000000")
    terms = {
        "center": "371402",
        "matter": SET_UP,
        "place": "三楼企业设立专区",
        "promisedLimit": {"amount": 4, "unit": "WORKING_HOUR"},
        "scope": 4,
    }
    answer = execute(operation("EditOffering"), {"input": terms}, token=token)
    payload = answer["data"]["editOffering"]
    assert payload["errors"] == []
    assert payload["offering"]["promisedLimit"] == {"amount": 4, "unit": "WORKING_HOUR"}
    read = execute(operation("Offering"), {"code": CODE})["data"]["offering"]
    assert (read["place"], read["scope"]) == ("三楼企业设立专区", 4)
    paused = {"center": "371402", "matter": SET_UP, "status": "PAUSED"}
    answer = execute(operation("EditOffering"), {"input": paused}, token=token, center="371402")
    assert answer["data"]["editOffering"]["offering"]["status"] == "PAUSED"
    assert execute(operation("Offering"), {"code": CODE})["data"] == {"offering": None}


@pytest.mark.parametrize(
    ("terms", "code"),
    [
        ({"promisedLimit": {"amount": 2, "unit": "WORKING_DAY"}}, "PROMISE_OVER_STANDARD"),
        ({"promisedLimit": {"amount": 0, "unit": "WORKING_DAY"}}, "OFFERING_TERM_INVALID"),
        ({"scope": 7}, "OFFERING_TERM_INVALID"),
        ({"place": "长" * 201}, "OFFERING_TERM_INVALID"),
        ({"center": "371722", "place": "x"}, "OFFERING_OPEN_NOT_ALLOWED"),
        ({"matter": "379999999999", "place": "x"}, "OFFERING_NOT_FOUND"),
    ],
)
def test_terms_beyond_the_standard_or_the_division_are_refused(db, terms, code):
    token = editor("371400000000")
    with shared_context(SharedRole.CATALOG):
        before = list(models.Offering.objects.order_by("id").values())
        audit = AuditEntry.objects.count()
    answer = execute(
        operation("EditOffering"),
        {"input": {"center": "371402", "matter": SET_UP, **terms}},
        token=token,
    )
    payload = answer["data"]["editOffering"]
    assert payload["offering"] is None
    assert [error["code"] for error in payload["errors"]] == [code]
    with shared_context(SharedRole.CATALOG):
        assert list(models.Offering.objects.order_by("id").values()) == before
        assert AuditEntry.objects.count() == audit


def test_nobody_edits_without_signing_in(db):
    terms = {"center": "371402", "matter": SET_UP, "place": "x"}
    assert codes(execute(operation("EditOffering"), {"input": terms})) == ["UNAUTHENTICATED"]


@pytest.mark.parametrize(("name", "field"), [("Matters", "codes"), ("Offerings", "centers")])
@pytest.mark.parametrize("search", ["", "企业"])
def test_a_filter_of_more_than_a_statement_takes_is_refused(db, name, field, search):
    """PostgreSQL takes 65,535 parameters, and everybody may ask."""
    named = [f"{number:012}" for number in range(66_000)]
    asked = {"search": search, "filter": {field: named}}
    assert codes(execute(operation(name), asked)) == ["BAD_REQUEST"]
    asked["filter"][field] = named[:1_000]
    assert nodes(execute(operation(name), asked), name.lower()) == []
