"""The starter catalog is complete, well formed and rests on law, matter by matter."""

import json
import re
from decimal import Decimal
from pathlib import Path

import pytest

from tongban.catalog.rules import checks, guide
from tongban.catalog.rules.reading import read_content

CATALOG = Path(__file__).resolve().parents[2] / "platform/tongban/catalog/data/starter_matters.json"
DOCUMENT = json.loads(CATALOG.read_text(encoding="utf-8"))
MATTERS = DOCUMENT["matters"]

# STANDARDS.md: GB/T 39046-2020 A.1 and the enumerations of an offering.
MATTER_TYPES = {"01", "02", "03", "04", "05", "06", "07", "08", "09", "10", "20"}
SERVICE_OBJECTS = {"1", "2", "3", "4", "5", "9"}
LEVELS = ["city", "county", "township"]
FORBIDDEN = ("验资", "税务登记证", "组织机构代码证")
MATTER_KEYS = {
    "code", "name", "short_name", "matter_type", "service_line", "department", "theme",
    "service_objects", "levels", "assisted_intake", "jurisdiction_note", "handling_type",
    "legal_bases", "conditions", "materials", "statutory_limit", "statutory_limit_note",
    "promised_limit", "fee", "result", "online_depth", "visits", "x_package",
}  # fmt: skip
LATER_KEYS = {"variants", "questions", "steps", "life_events", "joint_departments"}
"""Elements that only some matters have: where the law itself tells the cases apart."""
CHOICES = {"variants", "when"}
ARTICLE = re.compile(r"第[一二三四五六七八九十百千零]+条(之[一二三四五])?")
HEADING = re.compile(r"[一二三四五六七八九十]+、")
# A promise in working days never outlasts a limit in calendar days: five of seven are worked.
CALENDAR_DAYS_PER_WORKING_DAY = Decimal(7) / Decimal(5)

each_matter = pytest.mark.parametrize("matter", MATTERS, ids=[m["code"] for m in MATTERS])


def named(fragment):
    return [m for m in MATTERS if fragment in m["name"]]


def test_document_has_a_version_and_says_that_it_is_no_official_directory():
    assert set(DOCUMENT) == {"version", "issuer_note", "matters"}
    assert DOCUMENT["version"] == "2026.1"
    assert "自编" in DOCUMENT["issuer_note"]


def test_there_are_at_least_sixty_matters():
    assert len(MATTERS) >= 60


@pytest.mark.parametrize("key", ["code", "name", "short_name"])
def test_codes_and_names_are_unique(key):
    values = [m[key] for m in MATTERS if m[key]]
    assert len(values) == len(set(values))


def test_a_department_has_one_group_of_codes():
    groups = {(m["code"][4:7], m["department"]) for m in MATTERS}
    assert len(groups) == len({group for group, _ in groups})
    assert len(groups) == len({department for _, department in groups})


def test_types_lines_and_levels_are_mixed():
    assert {"01", "05", "07", "10", "20"} <= {m["matter_type"] for m in MATTERS}
    assert {m["service_line"] for m in MATTERS} == {"approval", "trading", "convenience"}
    assert {level for m in MATTERS for level in m["levels"]} == set(LEVELS)
    assert any(m["assisted_intake"] for m in MATTERS)


@each_matter
def test_every_key_is_there_with_its_type(matter):
    assert set(matter) - LATER_KEYS == MATTER_KEYS
    for key in ("name", "department", "theme", "statutory_limit_note"):
        assert matter[key].strip(), key
    for key in ("short_name", "jurisdiction_note"):
        assert isinstance(matter[key], str)
    assert isinstance(matter["assisted_intake"], bool)
    assert isinstance(matter["x_package"], bool)
    assert matter["service_line"] in {"approval", "trading", "convenience"}
    assert matter["handling_type"] in {"1", "2"}
    assert matter["online_depth"] in {1, 2, 3, 4}
    assert matter["visits"] in {0, 1}
    assert matter["result"]["name"]
    assert matter["result"]["kind"] in {"certificate", "approval", "record", "payment", "none"}


@each_matter
def test_code_has_the_national_shape_and_repeats_the_type(matter):
    assert re.fullmatch(r"37\d{10}", matter["code"])
    assert matter["matter_type"] in MATTER_TYPES
    assert matter["code"][2:4] == matter["matter_type"]


@each_matter
def test_service_objects_are_standard(matter):
    objects = matter["service_objects"]
    assert objects
    assert set(objects) <= SERVICE_OBJECTS
    assert objects == sorted(set(objects))


@each_matter
def test_levels_are_sane(matter):
    levels = matter["levels"]
    assert levels
    assert levels == [level for level in LEVELS if level in levels]
    if matter["assisted_intake"]:
        assert "county" in levels, "a station forwards to the county"
    if levels == ["township"]:
        assert not matter["assisted_intake"], "what a township decides it does not forward"


@each_matter
def test_every_legal_basis_names_statute_article_issuer_and_level(matter):
    bases = matter["legal_bases"]
    assert bases
    for basis in bases:
        assert set(basis) == {"statute", "article", "issuer", "level", "confidence"}
        assert basis["statute"].strip()
        assert not set(basis["statute"]) & set("《》")
        assert basis["issuer"].strip()
        assert basis["confidence"] == "high"
        assert basis["level"] in {
            "law", "administrative_regulation", "department_rule", "local_regulation",
        }  # fmt: skip
        shape = HEADING if basis["article"].endswith("、") else ARTICLE
        assert shape.fullmatch(basis["article"]), basis
        if shape is HEADING:
            assert basis["level"] == "department_rule", "a statute has articles"
        if basis["level"] == "law":
            assert basis["issuer"].startswith("全国人民代表大会")
    cited = [(basis["statute"], basis["article"]) for basis in bases]
    assert len(cited) == len(set(cited))


@each_matter
def test_every_condition_rests_on_a_basis(matter):
    assert matter["conditions"]
    for condition in matter["conditions"]:
        assert set(condition) - CHOICES == {"text", "basis"}
        assert condition["text"].strip()
        assert condition["basis"] in range(len(matter["legal_bases"]))


@each_matter
def test_every_material_rests_on_a_basis(matter):
    materials = matter["materials"]
    assert materials
    assert [m["code"] for m in materials] == [f"M{n:02d}" for n in range(1, len(materials) + 1)]
    assert len({m["name"] for m in materials}) == len(materials)
    for material in materials:
        assert set(material) - CHOICES - {"commitment", "acceptance"} == {
            "code", "name", "kind", "necessity", "source", "copies", "basis", "note",
        }  # fmt: skip
        assert material["name"].strip()
        assert material["kind"] in {"original", "copy", "form", "electronic"}
        assert material["necessity"] in {"1", "2", "3"}
        assert material["source"] in {"10", "20", "99"}
        assert material["copies"] >= 1
        assert material["basis"] in range(len(matter["legal_bases"]))
        assert isinstance(material["note"], str)


@each_matter
def test_nothing_forbidden_is_demanded(matter):
    texts = [m["name"] + m["note"] for m in matter["materials"]]
    texts += [c["text"] for c in matter["conditions"]]
    assert not [text for text in texts for element in FORBIDDEN if element in text]


@each_matter
def test_promise_is_within_the_statutory_limit(matter):
    promised, statutory = matter["promised_limit"], matter["statutory_limit"]
    assert set(promised) == {"amount", "unit"}
    assert promised["unit"] == "WORKING_DAY"
    assert promised["amount"] >= 1
    if matter["handling_type"] == "1":
        assert promised["amount"] == 1, "handled on the same working day"
    if statutory is None:
        assert matter["matter_type"] != "01", "行政许可法 sets a limit for every permit"
        return
    assert set(statutory) == {"amount", "unit"}
    assert statutory["unit"] in {"WORKING_DAY", "CALENDAR_DAY"}
    if statutory["unit"] == "WORKING_DAY":
        assert promised["amount"] <= statutory["amount"]
    else:
        assert promised["amount"] * CALENDAR_DAYS_PER_WORKING_DAY <= statutory["amount"]


@each_matter
def test_a_fee_has_items_with_a_basis_and_free_has_none(matter):
    fee = matter["fee"]
    if not fee["charged"]:
        assert fee == {"charged": False}
        return
    assert set(fee) == {"charged", "items"}
    assert fee["items"]
    for item in fee["items"]:
        assert set(item) == {"name", "standard", "amount", "basis"}
        assert item["name"].strip()
        assert item["standard"].strip()
        assert item["basis"] in range(len(matter["legal_bases"]))
        assert item["amount"] is None or re.fullmatch(r"\d+\.\d{2}", item["amount"])


# The matters that the other tests and the demonstration work with.
@pytest.mark.parametrize(
    "fragment",
    [
        "企业设立登记", "企业变更登记", "企业注销登记", "个体工商户", "农民专业合作社",
        "食品经营许可", "食品生产许可", "药品经营许可", "旅馆业", "公章刻制业",
        "结婚登记", "离婚登记", "社会保险登记", "社会保险参保", "失业保险金", "工伤认定",
        "住房公积金缴存", "住房公积金提取",
        "建设用地规划许可", "建设工程规划许可", "施工许可", "环境影响报告表", "环境影响报告书",
        "竣工验收备案", "消防验收", "商品房预售", "项目核准", "项目备案",
        "不动产首次登记", "不动产转移登记", "不动产抵押权登记",
        "取水许可", "道路货物运输", "公共场所卫生许可", "医疗机构执业登记", "放射诊疗",
        "民办学校", "劳务派遣", "人力资源服务", "社会团体",
        "最低生活保障", "特困人员", "临时救助", "高龄津贴",
        "自行招标", "政府采购", "国有建设用地使用权公开出让", "企业国有资产转让",
    ],
)  # fmt: skip
def test_matters_of_the_seed_are_there(fragment):
    assert named(fragment)


def test_the_x_of_one_plus_one_plus_x():
    marked = {m["name"] for m in MATTERS if m["x_package"]}
    expected = ("食品经营许可", "食品生产许可", "药品经营许可", "旅馆业", "公章刻制业")
    assert marked == {m["name"] for fragment in expected for m in named(fragment)}
    assert len(marked) == len(expected)


@pytest.mark.parametrize("name", ["结婚登记", "离婚登记"])
def test_marriage_stays_with_the_county_and_needs_the_persons(name):
    (matter,) = named(name)
    assert matter["levels"] == ["county"]
    assert not matter["assisted_intake"]
    assert matter["visits"] == 1
    assert matter["jurisdiction_note"]
    assert matter["statutory_limit"] is None
    assert matter["fee"] == {"charged": False}


def test_enterprise_set_up_can_be_handled_by_city_and_county():
    (matter,) = named("企业设立登记")
    assert matter["levels"] == ["city", "county"]


def test_every_line_of_public_trading_has_a_matter():
    trading = [m["name"] for m in MATTERS if m["service_line"] == "trading"]
    for kind in ("政府采购", "招标", "建设用地使用权", "国有资产转让"):
        assert any(kind in name for name in trading), kind


def test_one_matter_allows_a_commitment_and_one_is_reviewed_jointly():
    committed = {
        (matter["name"], material["name"])
        for matter in MATTERS
        for material in matter["materials"]
        if material.get("commitment")
    }
    assert committed == {("公共场所卫生许可", "卫生检测或者评价报告")}
    joint = {m["short_name"]: m["joint_departments"] for m in MATTERS if "joint_departments" in m}
    assert joint == {"网吧设立": ["公安局", "消防救援大队"]}


def test_some_materials_may_follow_after_acceptance():
    assert any(
        material["necessity"] == "3" for matter in MATTERS for material in matter["materials"]
    )


@each_matter
def test_every_matter_could_be_published(matter):
    assert checks.faults(read_content(matter)) == []


@each_matter
def test_every_choice_leads_to_an_answer_and_every_material_is_reached(matter):
    content = read_content(matter)
    reached = set()
    for variant in [variant.serial for variant in content.variants] or [""]:
        ways = [{}]
        while ways:
            answers = ways.pop()
            told = guide.choose(content, variant=variant, answers=answers)
            if told.open_questions:
                question = told.open_questions[0]
                ways += [{**answers, question.code: o.code} for o in question.options]
                continue
            assert told.is_complete
            assert told.conditions, "something must be so, whatever is applied for"
            reached |= {material.code for material in told.materials}
    assert reached == {material.code for material in content.materials}


@pytest.mark.parametrize(
    ("name", "variant", "answers", "asked"),
    [
        ("居民身份证首次申领", "", {"age": "adult"}, ["M01", "M02"]),
        ("居民身份证首次申领", "", {"age": "minor"}, ["M01", "M02", "M03"]),
        ("居住证首次申领", "", {"ground": "work", "agent": "self"}, ["M01", "M02", "M03"]),
        ("居住证首次申领", "", {"ground": "study", "agent": "kin"}, ["M01", "M02", "M05", "M06"]),
        ("住房公积金提取", "01", {}, ["M01", "M02", "M03", "M09"]),
        ("住房公积金提取", "05", {}, ["M01", "M02", "M07", "M09"]),
    ],
)
def test_who_comes_brings_exactly_what_the_law_asks_of_that_case(name, variant, answers, asked):
    (matter,) = named(name)
    told = guide.choose(read_content(matter), variant=variant, answers=answers)
    assert told.is_complete
    assert [material.code for material in told.materials] == asked
