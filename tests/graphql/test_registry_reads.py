"""Centers and divisions, as anybody reads them."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.graphql.client import codes, execute, operation

CENTERS = """
query ($level: Level, $within: String, $first: Int!, $after: String) {
  centers(level: $level, within: $within, first: $first, after: $after) {
    edges { node { code } }
    pageInfo { hasNextPage hasPreviousPage endCursor }
    totalCount
  }
}
"""
DIVISIONS = operation("Divisions")


def nodes(answer, field):
    return [edge["node"] for edge in answer["data"][field]["edges"]]


@pytest.mark.parametrize("center", [None, "371400", "371722"])
def test_a_center_with_its_parent_and_children(db, center):
    answer = execute(operation("Center"), {"code": "371402"}, center=center)
    found = answer["data"]["center"]
    assert found.pop("onboardedAt")
    assert found.pop("id")
    assert found == {
        "code": "371402",
        "name": "德城区政务服务中心",
        "level": "COUNTY",
        "status": "ACTIVE",
        "divisionCode": "371402000000",
        "foundedOn": None,
        "parent": {"code": "371400", "name": "德州市政务服务中心"},
        "children": [{"code": "371402001", "name": "新湖街道便民服务中心", "status": "ACTIVE"}],
    }


def test_the_shipped_list_of_centers(db):
    answer = execute(operation("Centers"), {"within": "3717"})
    assert [node["code"] for node in nodes(answer, "centers")] == ["371700", "371722", "371722101"]


def test_an_unknown_center_is_null(db):
    assert execute('{ center(code: "999999") { name } }')["data"] == {"center": None}


def test_centers_page_by_page(db):
    everything = ["371400", "371402", "371402001", "371425", "371425001", "371700", "371722",
                  "371722101"]  # fmt: skip
    seen, after = [], None
    for _ in range(3):
        answer = execute(CENTERS, {"first": 3, "after": after})
        page = answer["data"]["centers"]
        seen += [node["code"] for node in nodes(answer, "centers")]
        assert page["totalCount"] == len(everything)
        assert page["pageInfo"]["hasPreviousPage"] is (after is not None)
        assert page["pageInfo"]["hasNextPage"] is (len(seen) < len(everything))
        after = page["pageInfo"]["endCursor"]
    assert seen == everything


def test_centers_of_a_level_within_a_division(db):
    answer = execute(CENTERS, {"level": "COUNTY", "within": "371400", "first": 10})
    assert [node["code"] for node in nodes(answer, "centers")] == ["371402", "371425"]
    answer = execute(CENTERS, {"level": None, "within": "371722000000", "first": 10})
    assert [node["code"] for node in nodes(answer, "centers")] == ["371722", "371722101"]
    assert nodes(execute(CENTERS, {"within": "no code", "first": 10}), "centers") == []


@pytest.mark.parametrize("first", [0, -1, 101, 2_000_000])
def test_a_page_has_1_to_100_entries(db, first):
    answer = execute(CENTERS, {"first": first})
    assert codes(answer) == ["BAD_REQUEST"]
    assert answer["data"] is None


@pytest.mark.parametrize("after", ["", "x", "bm8", "WyJjb2RlIl0", "W10", "é", "x" * 5000])
def test_a_cursor_of_no_list(db, after):
    assert codes(execute(CENTERS, {"first": 3, "after": after})) == ["BAD_REQUEST"]


def test_a_cursor_of_another_order(db):
    cursor = execute('{ divisions(within: "3714", first: 1) { edges { cursor } } }')["data"][
        "divisions"
    ]["edges"][0]["cursor"]
    assert nodes(execute(CENTERS, {"first": 2, "after": cursor}), "centers")
    forged = "WyItY29kZSIsIjM3MTQwMCJd"  # ["-code","371400"]
    assert codes(execute(CENTERS, {"first": 3, "after": forged})) == ["BAD_REQUEST"]


def test_counting_only_when_asked(db):
    execute(CENTERS, {"first": 1})
    with CaptureQueriesContext(connection) as counted:
        execute(CENTERS, {"first": 1})
    with CaptureQueriesContext(connection) as plain:
        execute("{ centers(first: 8) { edges { node { code parent { code } } } } }")
    assert any("COUNT" in query["sql"] for query in counted.captured_queries)
    assert not any("COUNT" in query["sql"] for query in plain.captured_queries)
    assert len(plain) == len(counted) - 1


def test_divisions_as_they_stood(db):
    """运河经济开发区 (371472) was there in 2021 and went over into 天衢新区 (371471)."""
    variables = {"within": "371400000000", "level": "COUNTY", "asOf": "2021-12-31"}
    then = {node["code"]: node for node in nodes(execute(DIVISIONS, variables), "divisions")}
    now = {
        node["code"]: node
        for node in nodes(execute(DIVISIONS, variables | {"asOf": "2024-01-01"}), "divisions")
    }
    assert "371472000000" in then
    assert "371472000000" not in now
    assert then["371471000000"]["name"] != now["371471000000"]["name"]
    assert then["371402000000"]["center"] == {"code": "371402"}
    assert then["371471000000"]["center"] is None
    assert then["371402000000"]["parentCode"] == "371400000000"


def test_divisions_in_tree_order(db):
    answer = execute(DIVISIONS, {"within": "371402", "first": 100})
    found = [node["code"] for node in nodes(answer, "divisions")]
    assert found[0] == "371402000000"
    assert found == sorted(found)
    assert all(code.startswith("371402") for code in found)
    rest = execute(
        DIVISIONS,
        {
            "within": "371402",
            "first": 5,
            "after": answer["data"]["divisions"]["pageInfo"]["endCursor"],
        },
    )
    assert not {node["code"] for node in nodes(rest, "divisions")} & set(found)


def test_provinces_have_no_parent_and_no_center(db):
    answer = execute(DIVISIONS, {"level": "PROVINCE"})
    assert {node["parentCode"] for node in nodes(answer, "divisions")} == {None}
    assert {node["center"] for node in nodes(answer, "divisions")} == {None}
