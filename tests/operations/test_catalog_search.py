"""Search as people expect it: what is found, in which order, and in spite of which slips."""

import importlib
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.issuing import CONTENT
from tests.searching import DAY, found_matters, found_offerings
from tongban.catalog import models, queries
from tongban.catalog.operations import import_matters, offer
from tongban.catalog.queries import MatterFilter, OfferingFilter
from tongban.catalog.rules.content import MatterLevel, Result, ResultKind
from tongban.catalog.rules.rows import Source, SourceRow
from tongban.kernel import actors
from tongban.kernel.context import SharedRole, shared_context
from tongban.registry import queries as registry

NOW = datetime(2026, 3, 1, 1, 0, tzinfo=UTC)
OPERATOR = actors.operator("test")
COUNTIES = ("371402", "371425", "371722")

APPLY, LOST, PROVE, BROKEN, BORDER = (f"37900000000{n}" for n in range(1, 6))
LIST = {
    APPLY: {"name": "乾坤证申领", "department": "阴阳局", "theme": "玄学办理"},
    LOST: {"name": "居民乾坤证（遗失补领）", "department": "阴阳局", "life_events": ("渡劫",)},
    PROVE: {"name": "乾坤证", "short_name": "八卦证", "department": "卜筮局"},
    BROKEN: {"name": "飞升许可", "result": Result("乾坤证明", ResultKind.CERTIFICATE)},
    BORDER: {"name": "乾坤证变更登记"},
}
MAIN_ITEMS = {BORDER: "五行主项"}


@pytest.fixture
def catalog(db):
    """Five matters of words that no other matter has, offered by three counties."""
    rows = []
    for number, (code, elements) in enumerate(LIST.items(), start=1):
        content = replace(CONTENT, matter_type="90", levels=(MatterLevel.COUNTY,), **elements)
        row = SourceRow(number, content, code=code, main_item=MAIN_ITEMS.get(code, ""))
        rows.append(replace(row, local_code=f"511A01380000{number:02}-371400-{number:03}"))
    with shared_context(SharedRole.CATALOG):
        report = import_matters.import_matters(
            actor=OPERATOR, issuer_code="370000000000", source=Source(rows=rows), publish=True,
            effective_from=date(2026, 1, 1), now=NOW,
        )  # fmt: skip
        assert (report.faults, report.lacking) == ([], [])
        offer.open_default_offerings(
            actor=OPERATOR, center_codes=COUNTIES, effective_from=date(2026, 1, 1), now=NOW
        )
    with shared_context(SharedRole.READER):
        yield


def test_the_best_come_first(catalog):
    # The name itself; names that begin with it, the shorter first; names that have it; the rest.
    assert found_matters("乾坤证") == [PROVE, APPLY, BORDER, LOST, BROKEN]
    assert found_matters("八卦") == [PROVE]


def test_equals_are_ordered_by_code(catalog):
    pairs = found_offerings("乾坤证")
    assert pairs == [
        (code, center) for code in (PROVE, APPLY, BORDER, LOST, BROKEN) for center in COUNTIES
    ]


@pytest.mark.parametrize(
    ("search", "expected"),
    [
        ("乾坤", {APPLY, LOST, PROVE, BROKEN, BORDER}),
        ("飞升", {BROKEN}),
        ("筮", {PROVE}),
        ("qiankunzheng", {APPLY, LOST, PROVE, BROKEN, BORDER}),
        ("feishengxuke", {BROKEN}),
        ("feish", {BROKEN}),
        ("fsxk", {BROKEN}),
        ("jmqkz", {LOST}),
        ("qkzsl", {APPLY}),
        ("阴阳局", {APPLY, LOST}),
        ("yinyangju", {APPLY, LOST}),
        ("yyj 乾坤", {APPLY, LOST}),
        ("玄学", {APPLY}),
        ("xuanxue", {APPLY}),
        ("渡劫", {LOST}),
        ("dujie", {LOST}),
        ("五行主项", {BORDER}),
        (APPLY, {APPLY}),
        (APPLY[:11], {APPLY, LOST, PROVE, BROKEN, BORDER}),
        ("511A0138000002", {LOST}),
        ("511A0138000002-371400-002", {LOST}),
        ("511a01380000", {APPLY, LOST, PROVE, BROKEN, BORDER}),
        ("乾坤证 阴阳局", {APPLY, LOST}),
        ("乾坤 补领", {LOST}),
        ("乾坤bg", {BORDER, PROVE}),
        ("乾坤feisheng", {BROKEN}),
        ("居民乾坤证遗失补领", {LOST}),
        ("居民乾坤证（遗失补领）", {LOST}),
        ("ＱＫＺＳＬ", {APPLY}),
        ("乾坤证 不存在的词语", set()),
    ],
)
def test_matters_are_found_by_every_element(catalog, search, expected):
    found = found_matters(search)
    assert set(found[: len(expected)]) == expected
    assert bool(found) is bool(expected)  # what is nearly so may follow, of long words


@pytest.mark.parametrize(
    ("search", "first"),
    [
        ("飞升许克", BROKEN),  # sounds alike
        ("飞身许可", BROKEN),
        ("乾昆", PROVE),
        ("飞升午可", BROKEN),  # one character wrong
        ("飞许可", BROKEN),  # one missing
        ("飞升的许可", BROKEN),  # one too many
        ("飞升许可审批", BROKEN),  # most of it
        ("feishenxuke", BROKEN),  # one letter missing
        ("feishengxukke", BROKEN),  # one too many
        ("feizhengxuke", BROKEN),
        ("fieshengxuke", BROKEN),  # two have changed places
        ("乾坤证遗失补办", LOST),
        ("yinyanju", APPLY),
    ],
)
def test_slips_of_the_pen_are_forgiven(catalog, search, first):
    assert found_matters(search)[0] == first
    assert found_offerings(search)[0] == (first, "371402")


def test_what_is_nearly_right_comes_behind_what_is_right(catalog):
    assert found_matters("乾坤证变更")[0] == BORDER
    exact = found_matters("玄学办理")
    assert exact[0] == APPLY
    slip = "511A013800000X"
    assert found_matters(slip) == []  # a code is that one or another one
    twin = "379000000006"
    content = replace(CONTENT, name="飞身许可", matter_type="90", levels=(MatterLevel.COUNTY,))
    with shared_context(SharedRole.CATALOG):
        import_matters.import_matters(
            actor=OPERATOR, issuer_code="370000000000", publish=True,
            source=Source(rows=[SourceRow(1, content, code=twin)]), now=NOW,
        )  # fmt: skip
    assert found_matters("飞升许可")[:2] == [BROKEN, twin]
    assert found_matters("飞身许可")[:2] == [twin, BROKEN]


@pytest.mark.parametrize(
    "search",
    [
        "单县 飞升", "飞升 单县", "单县 飞升许可", "shanxian feisheng", "单县 feisheng",
        "371722 飞升", "单县飞升许可", "shanxianfeisheng", "单县政务服务中心 飞升", "善县 飞升",
        "单县 飞升许克",
    ],
)  # fmt: skip
def test_offerings_are_found_by_their_center_too(catalog, search):
    assert found_offerings(search)[0] == (BROKEN, "371722")
    assert {center for _, center in found_offerings(search)} == {"371722"}


def test_a_center_alone_finds_what_it_offers(catalog):
    found = found_offerings("单县", where=OfferingFilter(matter_type="90"))
    assert found == [(code, "371722") for code in LIST]
    assert found_offerings("danxian", where=OfferingFilter(matter_type="90")) == []
    assert found_offerings("乾坤 danxian") == []


def test_an_offering_is_found_by_its_codes(catalog):
    code = models.Offering.objects.get(matter_id=APPLY, center_code="371425").code
    assert found_offerings(code) == [(APPLY, "371425")]
    assert (APPLY, "371425") in found_offerings(code[:-2])
    with shared_context(SharedRole.CATALOG):
        offer.edit_offering(
            actor=OPERATOR, center_code="371425", matter_code=APPLY,
            terms=offer.OfferingTerms(local_code="QH-2026-000017"), now=NOW,
        )  # fmt: skip
    for local in ("QH-2026-000017", "QH-2026-0000"):
        assert found_offerings(local) == [(APPLY, "371425")]


def test_filters_narrow_what_is_found(catalog):
    assert found_matters("乾坤证", where=MatterFilter(department="卜筮局")) == [PROVE]
    assert found_matters("乾坤证", where=MatterFilter(codes=[LOST, APPLY])) == [APPLY, LOST]
    assert found_matters("乾坤证", where=MatterFilter(level="township")) == []
    here = OfferingFilter(center_codes=["371425"])
    assert found_offerings("飞升", where=here) == [(BROKEN, "371425")]
    assert found_offerings("单县 飞升", where=here) == []
    assert found_offerings("飞升", where=OfferingFilter(assisted_intake=True)) == []
    assert len(found_offerings("飞升", where=OfferingFilter(assisted_intake=False))) == 3


def test_only_what_is_in_force_and_in_use_is_found(catalog):
    assert found_matters("飞升", on=date(2025, 12, 31)) == []
    assert found_offerings("飞升", on=date(2025, 12, 31)) == []
    with shared_context(SharedRole.CATALOG):
        models.Offering.objects.filter(matter_id=BROKEN, center_code="371425").update(status="3")
    assert found_offerings("飞升") == [(BROKEN, "371402"), (BROKEN, "371722")]


@pytest.mark.parametrize("search", ["乾坤证", "乾坤证 单县", "单县", "乾坤正", "乾坤"])
@pytest.mark.parametrize("limit", [1, 2, 4])
def test_pages_are_the_list_without_gap_or_repetition(catalog, search, limit):
    where = OfferingFilter(matter_type="90")
    found = queries.search_offerings(on=DAY, search=search, where=where)
    whole = [place for place, _row in found.page(after=None, limit=100)]
    seen, after = [], None
    while page := found.page(after=after, limit=limit):
        seen += [place for place, _row in page]
        after = seen[-1]
    assert seen == whole == sorted(whole)
    assert found.count() == len(whole) > 0


@pytest.mark.parametrize(
    "search",
    ["%", "_", "\0", "。！？", "😀", "'; --", "\\", "\ufffe", "\ud800", "   "],
)
def test_a_search_without_a_known_word_finds_nothing(catalog, search):
    assert found_matters(search) == []
    assert found_offerings(search) == []


@pytest.mark.parametrize(
    "search",
    [
        "乾" * 10_000, "x" * 10_000, "乾坤 " * 5_000, "%" * 10_000, "a1" * 5_000, "乾坤证\0",
        "[乾坤](.*)+$", "乾坤证变更登记" * 3,
        "qiankunzhengbiangengdengjiqiankun",
        " ".join(chr(0x4E00 + n) * 40 for n in range(20)), "1" * 99, "-" * 50, "ü" * 40,
    ],
)  # fmt: skip
def test_hostile_texts_are_answered(catalog, search):
    for found in (
        queries.search_matters(on=DAY, search=search),
        queries.search_offerings(on=DAY, search=search),
    ):
        assert len(found.page(after=None, limit=5)) <= 5
        assert found.count() >= 0


@pytest.mark.parametrize(
    ("search", "two", "twenty"),
    [
        *(("登记", 2, 2), ("许可", 2, 2), ("dengji", 2, 2), ("dj", 2, 2)),
        *(("单县 登记", 2, 2), ("登计", 3, 3)),
    ],
)
def test_a_page_takes_two_queries_and_one_more_for_near_finds(catalog, search, two, twenty):
    def statements(limit: int) -> list[str]:
        with CaptureQueriesContext(connection) as captured:
            rows = queries.search_offerings(on=DAY, search=search).page(after=None, limit=limit)
            assert all(row.matter.name and queries.standard_of(row).content for _place, row in rows)
            assert len(rows) == limit
        return [query["sql"] for query in captured]

    registry.find_center("371400")  # the map is read once a process
    assert (len(statements(2)), len(statements(20))) == (two, twenty)


FOUND_BY = ("code", "search_names", "search_text", "search_terms")


def test_an_upgrade_makes_what_there_was_findable(catalog):
    migration = importlib.import_module("tongban.catalog.migrations.0003_search")
    with shared_context(SharedRole.CATALOG):
        matters = models.StandardMatter.objects.order_by("code")
        before = list(matters.values_list(*FOUND_BY))
        matters.update(search_names="", search_text="", search_terms=[])
        migration.fill(apps, None)
        assert list(matters.values_list(*FOUND_BY)) == before
