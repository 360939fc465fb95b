"""The shipped divisions, and the rules that read them, name centers and plan their tree."""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import date, timedelta

import pytest

from tongban.registry import rules
from tongban.registry.rules import DivisionRow, Level, PlannedCenter

DAY_2021 = date(2021, 12, 31)
DAY_2023 = date(2023, 12, 31)
CHANGEOVER = date(2022, 10, 31)
PADDING = "000000"


@pytest.fixture(scope="module")
def rows() -> list[DivisionRow]:
    return list(rules.read_divisions())


def children(rows: Iterable[DivisionRow], parent: str, day: date) -> dict[str, str]:
    return {row.code: row.name for row in rules.rows_as_of(rows, day) if row.parent_code == parent}


def plan(
    rows: Iterable[DivisionRow],
    *roots: str,
    as_of: date = DAY_2021,
    counties: bool = False,
    townships: bool = False,
    existing: Collection[str] = (),
) -> list[PlannedCenter]:
    return rules.plan_centers(
        rows,
        roots=roots,
        as_of=as_of,
        with_counties=counties,
        with_townships=townships,
        existing=existing,
    )


# The shipped file


def test_shipped_rows_are_valid(rows: list[DivisionRow]) -> None:
    assert rules.validate_rows(rows) == []


def test_parents_come_before_children(rows: list[DivisionRow]) -> None:
    seen: set[str] = set()
    for row in rows:
        assert row.parent_code is None or row.parent_code in seen
        seen.add(row.code)


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (DAY_2021, {"province": 1, "city": 16, "county": 152, "township": 1853, "village": 5217}),
        (DAY_2023, {"province": 1, "city": 16, "county": 151, "township": 1853, "village": 5307}),
    ],
)
def test_counts_by_level(rows: list[DivisionRow], day: date, expected: dict[str, int]) -> None:
    assert Counter(row.level for row in rules.rows_as_of(rows, day)) == expected


def test_a_code_stands_once_on_any_day(rows: list[DivisionRow]) -> None:
    days = {row.valid_from for row in rows} | {row.valid_to for row in rows if row.valid_to}
    for day in days | {DAY_2021, CHANGEOVER - timedelta(days=1)}:
        standing = Counter(row.code for row in rules.rows_as_of(rows, day))
        assert standing
        assert max(standing.values()) == 1


def test_dezhou_as_it_stood_in_2021(rows: list[DivisionRow]) -> None:
    counties = children(rows, "371400" + PADDING, DAY_2021)
    assert counties == {
        "371402000000": "德城区",
        "371403000000": "陵城区",
        "371422000000": "宁津县",
        "371423000000": "庆云县",
        "371424000000": "临邑县",
        "371425000000": "齐河县",
        "371426000000": "平原县",
        "371427000000": "夏津县",
        "371428000000": "武城县",
        "371471000000": "德州经济技术开发区",
        "371472000000": "德州运河经济开发区",
        "371481000000": "乐陵市",
        "371482000000": "禹城市",
    }
    townships = {code: children(rows, code, DAY_2021) for code in counties}
    assert sum(map(len, townships.values())) == 135
    assert len(townships["371402000000"]) == 7
    assert townships["371471000000"] == {
        "371471007000": "长河街道",
        "371471008000": "宋官屯街道",
        "371471108000": "袁桥镇",
    }
    assert townships["371472000000"] == {
        "371472100000": "赵虎镇",
        "371472101000": "抬头寺镇",
        "371472400000": "新区服务管理办公室",
    }


def test_dezhou_as_it_stood_in_2023(rows: list[DivisionRow]) -> None:
    counties = children(rows, "371400" + PADDING, DAY_2023)
    assert len(counties) == 12
    assert counties["371471000000"] == "德州天衢新区"
    assert "371472000000" not in counties
    assert children(rows, "371472000000", DAY_2023) == {}
    assert children(rows, "371471000000", DAY_2023) == {
        "371471007000": "长河街道",
        "371471008000": "宋官屯街道",
        "371471100000": "赵虎镇",
        "371471101000": "抬头寺镇",
        "371471108000": "袁桥镇",
        "371471400000": "新区服务管理办公室",
    }


def test_the_reused_code_changes_on_the_changeover_day(rows: list[DivisionRow]) -> None:
    forms = {row.valid_from: row for row in rows if row.code == "371471000000"}
    old, new = (forms[day] for day in sorted(forms))
    assert (old.name, old.valid_to) == ("德州经济技术开发区", CHANGEOVER)
    assert (new.name, new.valid_from, new.valid_to) == ("德州天衢新区", CHANGEOVER, None)
    eve = CHANGEOVER - timedelta(days=1)
    assert rules.valid_on(old, eve)
    assert not rules.valid_on(old, CHANGEOVER)
    assert not rules.valid_on(new, eve)
    assert rules.valid_on(new, CHANGEOVER)


def test_what_did_not_change_is_one_open_row(rows: list[DivisionRow]) -> None:
    forms = Counter(row.code for row in rows)
    repeated = {code for code, count in forms.items() if count > 1}
    assert all(code.startswith("371471") for code in repeated)
    # The county, its three townships that kept their codes, and the villages of two of these.
    assert Counter(len(code.rstrip("0")) > 9 for code in repeated) == {False: 4, True: 50}
    (unchanged,) = (row for row in rows if row.code == "371402001000")
    assert unchanged.valid_to is None


def test_villages_of_changed_townships_begin_with_the_new_codes(rows: list[DivisionRow]) -> None:
    assert children(rows, "371472100000", DAY_2021) == {}
    assert len(children(rows, "371471100000", DAY_2023)) == 50
    assert children(rows, "371471007000", DAY_2021) == children(rows, "371471007000", DAY_2023)
    assert len(children(rows, "371471007000", DAY_2021)) == 19


def test_successions(rows: list[DivisionRow]) -> None:
    successions = list(rules.read_successions())
    assert {(each.from_code, each.to_code) for each in successions} == {
        ("371472000000", "371471000000"),
        ("371472100000", "371471100000"),
        ("371472101000", "371471101000"),
        ("371472400000", "371471400000"),
    }
    endings = {(row.code, row.valid_to) for row in rows}
    beginnings = {(row.code, row.valid_from) for row in rows}
    for each in successions:
        assert (each.from_code, each.on) in endings
        assert (each.to_code, each.on) in beginnings


def test_every_code_that_ends_has_a_successor(rows: list[DivisionRow]) -> None:
    ended = {row.code for row in rows} - {row.code for row in rules.rows_as_of(rows, DAY_2023)}
    assert ended == {each.from_code for each in rules.read_successions()}


# Codes of centers


@pytest.mark.parametrize(
    ("division", "center", "level"),
    [
        ("371400000000", "371400", Level.CITY),
        ("371402000000", "371402", Level.COUNTY),
        ("371722000000", "371722", Level.COUNTY),
        ("371481000000", "371481", Level.COUNTY),
        ("371722103000", "371722103", Level.TOWNSHIP),
        ("371471400000", "371471400", Level.TOWNSHIP),
        ("441900000000", "441900", Level.CITY),
        ("441900003000", "441900003", Level.TOWNSHIP),
        ("429004000000", "429004", Level.COUNTY),
        ("371410000000", "371410", Level.COUNTY),
        ("371402010000", "371402010", Level.TOWNSHIP),
    ],
)
def test_center_codes(division: str, center: str, level: Level) -> None:
    assert rules.center_code(division) == center
    assert rules.division_code(center) == division
    assert rules.center_level(center) is level


@pytest.mark.parametrize(
    "division",
    [
        "370000000000",
        "371402001001",
        "371402",
        "",
        "371402000001",
        "370002000000",
        "000000000000",
        "3714020000000",
        "371402000000\n",
        "37140200000x",
        "37140000000\N{ARABIC-INDIC DIGIT ZERO}",
    ],
)
def test_divisions_without_a_center(division: str) -> None:
    with pytest.raises(ValueError, match="no center belongs"):
        rules.center_code(division)


@pytest.mark.parametrize(
    "center",
    [
        "370000",
        "371402000",
        "370000000",
        "3714",
        "371400000000",
        "",
        "37140x",
        "000000",
        "371400\n",
    ],
)
def test_bad_center_codes(center: str) -> None:
    with pytest.raises(ValueError, match="is no center code"):
        rules.center_level(center)
    with pytest.raises(ValueError, match="is no center code"):
        rules.division_code(center)


def test_center_codes_go_there_and_back_for_every_division(rows: list[DivisionRow]) -> None:
    for row in rows:
        if row.level in (Level.CITY, Level.COUNTY, Level.TOWNSHIP):
            center = rules.center_code(row.code)
            assert rules.division_code(center) == row.code
            assert rules.center_level(center) is row.level


# Planning


def test_plan_dezhou_with_everything(rows: list[DivisionRow]) -> None:
    centers = plan(rows, "371400", counties=True, townships=True)
    assert Counter(each.level for each in centers) == {"city": 1, "county": 13, "township": 135}
    by_code = {each.code: each for each in centers}
    assert len(by_code) == len(centers)
    city, county, township = by_code["371400"], by_code["371472"], by_code["371402001"]
    assert (city.name, city.parent_code) == ("德州市政务服务中心", None)
    assert (county.name, county.parent_code) == ("德州运河经济开发区政务服务中心", "371400")
    assert (township.name, township.parent_code) == ("新湖街道便民服务中心", "371402")
    assert township.division_code == "371402001000"


def test_plan_puts_parents_first_and_does_not_depend_on_the_order_given(
    rows: list[DivisionRow],
) -> None:
    centers = plan(rows, "371400", counties=True, townships=True)
    seen: set[str | None] = {None}
    for each in centers:
        assert each.parent_code in seen
        seen.add(each.code)
    assert plan(reversed(rows), "371400", counties=True, townships=True) == centers


def test_plan_as_of_2023(rows: list[DivisionRow]) -> None:
    centers = plan(rows, "371400", as_of=DAY_2023, counties=True, townships=True)
    names = {each.code: each.name for each in centers}
    assert len(centers) == 1 + 12 + 135
    assert names["371471"] == "德州天衢新区政务服务中心"
    assert "371472" not in names


def test_plan_a_county_with_its_townships(rows: list[DivisionRow]) -> None:
    centers = plan(rows, "371722", townships=True)
    assert (centers[0].code, centers[0].name) == ("371722", "单县政务服务中心")
    assert centers[0].parent_code is None
    assert len(centers) == 1 + 22
    assert {each.parent_code for each in centers[1:]} == {"371722"}


def test_plan_below_a_center_that_exists(rows: list[DivisionRow]) -> None:
    centers = plan(rows, "371722", townships=True, existing=["371700", "370000"])
    assert centers[0].parent_code == "371700"
    (township,) = plan(rows, "371722103", existing=["371700"])
    assert township.parent_code == "371700"
    assert township.name.endswith("便民服务中心")


def test_plan_roots_alone(rows: list[DivisionRow]) -> None:
    centers = plan(rows, "371722", "371700")
    assert [(each.code, each.parent_code) for each in centers] == [
        ("371700", None),
        ("371722", "371700"),
    ]


def test_plan_skips_a_level_that_gets_no_centers(rows: list[DivisionRow]) -> None:
    centers = plan(rows, "371400", townships=True)
    assert Counter(each.level for each in centers) == {"city": 1, "township": 135}
    assert {each.parent_code for each in centers[1:]} == {"371400"}
    only_counties = plan(rows, "371400", counties=True)
    assert Counter(each.level for each in only_counties) == {"city": 1, "county": 13}


def test_overlapping_roots_make_no_doubles(rows: list[DivisionRow]) -> None:
    everything = plan(rows, "371400", counties=True, townships=True)
    overlap = ("371402001", "371402", "371400", "371400")
    assert plan(rows, *overlap, counties=True, townships=True) == everything


def test_plan_of_nothing_is_empty(rows: list[DivisionRow]) -> None:
    assert plan(rows, counties=True, townships=True) == []


@pytest.mark.parametrize(
    ("root", "day"),
    [
        ("371499", DAY_2021),
        ("371472", DAY_2023),
        ("371471100", DAY_2021),
        ("370000", DAY_2021),
        ("371402001001", DAY_2021),
        ("371400", date(2020, 12, 31)),
        ("德州", DAY_2021),
    ],
)
def test_unknown_root_is_named(rows: list[DivisionRow], root: str, day: date) -> None:
    with pytest.raises(rules.UnknownDivisionError, match=root) as caught:
        plan(rows, "371722" if day.year > 2020 else root, root, as_of=day)
    assert isinstance(caught.value, ValueError)
    assert (caught.value.code, caught.value.as_of) == (root, day)


# Validation

START = date(2021, 1, 1)
PROVINCE = DivisionRow("370000000000", "山东省", Level.PROVINCE, None, START, None)
CITY = DivisionRow("371400000000", "德州市", Level.CITY, "370000000000", START, None)
COUNTY = DivisionRow("371402000000", "德城区", Level.COUNTY, "371400000000", START, CHANGEOVER)
NEXT = replace(COUNTY, name="新城区", valid_from=CHANGEOVER, valid_to=None)
TOWNSHIP = DivisionRow("371402001000", "新湖街道", Level.TOWNSHIP, COUNTY.code, START, CHANGEOVER)


def test_a_sound_tree_passes_in_any_order() -> None:
    assert rules.validate_rows([TOWNSHIP, NEXT, COUNTY, CITY, PROVINCE]) == []


@pytest.mark.parametrize(
    ("wrong", "fault"),
    [
        ([COUNTY], "the key occurs twice"),
        ([replace(NEXT, valid_from=date(2022, 1, 1))], "overlaps the form from 2021-01-01"),
        ([replace(TOWNSHIP, parent_code="371403000000")], "the parent 371403000000 is missing"),
        ([replace(TOWNSHIP, parent_code=None)], "the parent None is missing"),
        ([replace(TOWNSHIP, valid_to=None)], "no form of the parent 371402000000 covers"),
        ([replace(TOWNSHIP, valid_from=date(2020, 1, 1))], "no form of the parent"),
        ([NEXT, replace(TOWNSHIP, valid_to=None)], "no form of the parent"),
        ([replace(TOWNSHIP, parent_code=PROVINCE.code)], "a township below the province"),
        ([replace(CITY, code="371403000000")], "level city, but the code of a county"),
        ([replace(TOWNSHIP, code="37140200100")], "the code has no division's shape"),
        ([replace(TOWNSHIP, name=" 新湖街道")], "the name is empty or padded"),
        ([replace(TOWNSHIP, valid_to=START)], "before it has begun"),
        (
            [replace(PROVINCE, code="360000000000", parent_code=CITY.code)],
            "a province has no parent, not 371400000000",
        ),
    ],
)
def test_each_fault_is_found(wrong: list[DivisionRow], fault: str) -> None:
    (violation,) = rules.validate_rows([PROVINCE, CITY, COUNTY, *wrong])
    assert fault in violation


def test_townships_straight_below_a_city_are_sound() -> None:
    township = replace(TOWNSHIP, code="371400001000", parent_code=CITY.code)
    assert rules.validate_rows([PROVINCE, CITY, township]) == []
