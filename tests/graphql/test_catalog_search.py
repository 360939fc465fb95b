"""Search over the API: by rank, page by page, with cursors of one search only."""

import base64
import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.graphql.client import codes, execute, operation

MARRIAGE = "370710300101"
COUNTED = "query ($search: String!) { offerings(search: $search, first: 2) { totalCount } }"


def page(name, search, *, center=None, **variables):
    answer = execute(operation(name), {"search": search, **variables}, center=center)
    assert "errors" not in answer, answer
    return answer["data"][name.lower()]


def names(found):
    return [edge["node"]["name"] for edge in found["edges"]]


def offered(found):
    return [(e["node"]["matter"]["name"], e["node"]["centerCode"]) for e in found["edges"]]


@pytest.mark.parametrize("search", ["结婚登记", "jiehundengji", "jhdj", "结昏登记", MARRIAGE])
def test_a_matter_is_found_as_people_write_it(db, search):
    assert names(page("Matters", search))[0] == "结婚登记"


@pytest.mark.parametrize("search", ["单县 结婚", "shanxian jiehun", "结婚 371722", "单县结婚登记"])
def test_an_offering_is_found_by_matter_and_center(db, search):
    assert offered(page("Offerings", search))[0] == ("结婚登记", "371722")


def test_the_name_comes_before_names_that_have_it(db):
    has = ["许可" in name for name in names(page("Matters", "许可", first=100))]
    assert set(has) == {True, False}  # others bring about a 许可证
    assert has == sorted(has, reverse=True)


@pytest.mark.parametrize("name", ["Matters", "Offerings"])
def test_a_search_is_paged_without_gap_or_repetition(db, name):
    whole = [edge["cursor"] for edge in page(name, "登记", first=100)["edges"]]
    seen, after = [], None
    while len(seen) < len(whole):
        part = page(name, "登记", first=7, after=after)
        seen += [edge["cursor"] for edge in part["edges"]]
        after = part["pageInfo"]["endCursor"]
    assert seen[: len(whole)] == whole


def forged(cursor, **changes):
    parts = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    for place, value in changes.items():
        parts[int(place.removeprefix("at"))] = value
    text = json.dumps(parts).encode()
    return base64.urlsafe_b64encode(text).decode().rstrip("=")


@pytest.mark.parametrize(
    "changes",
    [{"at1": 2**80}, {"at1": -1}, {"at1": True}, {"at1": "1"}, {"at2": "\0"}, {"at2": "%"},
     {"at2": 5}, {"at3": "\ud800"}, {"at3": ""}, {"at0": "matter_id,center_code"}],
)  # fmt: skip
def test_a_forged_place_is_refused(db, changes):
    cursor = forged(page("Offerings", "登记")["pageInfo"]["endCursor"], **changes)
    answer = execute(operation("Offerings"), {"search": "登记", "after": cursor})
    assert codes(answer) == ["BAD_REQUEST"]


def test_a_place_is_one_of_its_own_search(db):
    cursor = page("Offerings", "登记")["pageInfo"]["endCursor"]
    for other in ("许可", "", "登记 许可"):
        answer = execute(operation("Offerings"), {"search": other, "after": cursor})
        assert codes(answer) == ["BAD_REQUEST"]
    answer = execute(operation("Matters"), {"search": "登记", "after": cursor})
    assert codes(answer) == ["BAD_REQUEST"]
    # The same words, written in another way, are the same search.
    assert page("Offerings", " 登记！", after=cursor)["edges"]


def test_a_centers_path_searches_its_own_offerings_only(db):
    found = offered(page("Offerings", "结婚登记", center="371402"))
    assert found[0] == ("结婚登记", "371402")
    assert {center for _name, center in found} == {"371402"}
    assert page("Offerings", "单县 结婚", center="371402")["edges"] == []


@pytest.mark.parametrize("center", [None, "371402", "371402001"])
@pytest.mark.parametrize("name", ["Matters", "Offerings"])
def test_a_search_takes_as_many_queries_for_twenty_as_for_two_or_one_where_there_is_room(
    db, name, center
):
    def statements(first):
        with CaptureQueriesContext(connection) as captured:
            edges = page(name, "登记", first=first, center=center)["edges"]
        return len(captured), len(edges)

    statements(2)  # maps and keys are read once a process
    two, twenty = statements(2), statements(20)
    has_room = twenty[1] < 20  # on the page, for which near finds are sought by one query more
    assert twenty[0] == two[0] + has_room
    assert two[1] == 2 < twenty[1]


def test_the_whole_is_counted_when_asked_for(db):
    with CaptureQueriesContext(connection) as captured:
        page("Offerings", "登记", first=2)
    assert not any("count(*) FROM (" in query["sql"] for query in captured)
    counted = execute(COUNTED, {"search": "登记"})["data"]["offerings"]["totalCount"]
    assert counted > len(page("Offerings", "登记", first=20)["edges"])
    assert execute(COUNTED, {"search": "😀"})["data"]["offerings"]["totalCount"] == 0
    assert execute(COUNTED, {"search": "结婚登记"})["data"]["offerings"]["totalCount"] >= 3


@pytest.mark.parametrize("name", ["Matters", "Offerings", "Centers"])
@pytest.mark.parametrize(
    "search",
    ["%", "_", "\0", "😀", "。。。", "\ud800", "\ufffe", "'; --", "单" * 10_000, "a" * 10_000],
)
def test_a_hostile_search_is_answered(db, name, search):
    answer = execute(operation(name), {"search": search})
    assert "INTERNAL" not in codes(answer)
    assert not (answer.get("data") or {}).get(name.lower(), {}).get("edges")


@pytest.mark.parametrize(
    ("search", "expected"),
    [
        ("单县", ["371722"]),
        ("shanxian", ["371722"]),
        ("sx", ["371722"]),
        ("371722", ["371722", "371722101"]),
        ("德", ["371400", "371402"]),
        ("DEZHOU", ["371400"]),
        ("单县 政务", ["371722"]),
        ("danxian", []),
        ("县", []),
    ],
)
def test_centers_are_found_by_their_names_beginning(db, search, expected):
    found = page("Centers", search)
    assert [edge["node"]["code"] for edge in found["edges"]] == expected
