"""What a matter must say before it is published, how its codes are made and its text is found."""

import dataclasses
import json
from dataclasses import replace
from decimal import Decimal

import pytest

from tongban.catalog.rules import checks, codes, content, reading
from tongban.catalog.rules.content import Condition, Fee, FeeItem, LegalBasis, Limit, Material
from tongban.catalog.rules.shapes import ShapeError
from tongban.catalog.states import TRANSITIONS, RevisionAction, RevisionStatus
from tongban.kernel.calendar import LimitUnit

DAYS, CALENDAR, HOURS = LimitUnit.WORKING_DAY, LimitUnit.CALENDAR_DAY, LimitUnit.WORKING_HOUR

FORM = Material(
    "M01", "申请表", content.MaterialKind.FORM, content.Necessity.REQUIRED,
    content.MaterialSource.APPLICANT, basis=0,
)  # fmt: skip
GOOD = content.MatterContent(
    name="林木采伐许可",
    matter_type="01",
    service_line=content.ServiceLine.APPROVAL,
    department="自然资源和规划局",
    service_objects=("1", "2"),
    levels=(content.MatterLevel.COUNTY,),
    handling_type=content.HandlingType.PROMISED,
    legal_bases=(LegalBasis("中华人民共和国森林法", "第五十六条"),),
    conditions=(Condition("采伐林地上的林木", 0),),
    materials=(FORM,),
    statutory_limit=Limit(20, DAYS),
    promised_limit=Limit(5, DAYS),
    fee=Fee(charged=True, items=(FeeItem("工本费", "每证", Decimal("10.00"), 0),)),
    result=content.Result("林木采伐许可证", content.ResultKind.CERTIFICATE),
)


def found(matter: content.MatterContent) -> list[tuple[str, str]]:
    return [(fault.code, fault.field) for fault in checks.faults(matter)]


def test_a_whole_matter_has_no_faults():
    assert found(GOOD) == []


def test_a_matter_without_service_line_is_refused():
    assert found(replace(GOOD, service_line=None)) == [("NO_SERVICE_LINE", "service_line")]


def test_each_condition_material_and_fee_needs_a_basis():
    matter = replace(
        GOOD,
        conditions=(Condition("任意条件"),),
        materials=(FORM, replace(FORM, code="M02", name="无据材料", basis=None)),
        fee=Fee(charged=True, items=(FeeItem("无据收费", basis=7),)),
    )
    assert found(matter) == [
        ("NO_LEGAL_BASIS", "conditions[0].basis"),
        ("NO_LEGAL_BASIS", "materials[1].basis"),
        ("NO_LEGAL_BASIS", "fee.items[0].basis"),
    ]
    assert checks.faults(matter)[1].subject == "无据材料"


@pytest.mark.parametrize(("allowed", "basis"), [(True, None), (True, 9), (False, 9)])
def test_tacit_approval_stands_on_an_article(allowed, basis):
    told = replace(GOOD, tacit_approval=allowed, tacit_approval_basis=basis)
    assert found(told) == [("NO_LEGAL_BASIS", "tacit_approval_basis")]
    assert found(replace(GOOD, tacit_approval=True, tacit_approval_basis=0)) == []


def test_what_may_be_committed_to_says_what_is_to_be_proven():
    committed = replace(FORM, commitment=True)
    told = [("MATTER_INCOMPLETE", "materials[0].acceptance")]
    assert found(replace(GOOD, materials=(replace(committed, acceptance=""),))) == told
    assert found(replace(GOOD, materials=(replace(committed, acceptance="场地自有"),))) == []


def test_a_matter_without_any_basis_is_refused_once():
    assert found(replace(GOOD, legal_bases=())) == [("NO_LEGAL_BASIS", "legal_bases")]


@pytest.mark.parametrize(
    "asked", ["验资报告", "会计师事务所出具的验资证明", "税务登记证（副本）", "组织机构代码证"]
)
def test_cancelled_elements_are_forbidden(asked):
    material = replace(GOOD, materials=(replace(FORM, name=asked),))
    assert found(material) == [("FORBIDDEN_ELEMENT", "materials[0].name")]
    condition = replace(GOOD, conditions=(Condition(f"已取得{asked}", 0),))
    assert found(condition) == [("FORBIDDEN_ELEMENT", "conditions[0].text")]


@pytest.mark.parametrize(
    ("promised", "statutory", "is_over"),
    [
        (Limit(20, DAYS), Limit(20, DAYS), False),
        (Limit(21, DAYS), Limit(20, DAYS), True),
        (Limit(20, DAYS), Limit(30, CALENDAR), False),
        (Limit(22, DAYS), Limit(30, CALENDAR), True),
        (Limit(7, HOURS), Limit(1, DAYS), True),
        (Limit(6, HOURS), Limit(1, DAYS), False),
        (Limit(20, DAYS), None, False),
        (Limit(21, DAYS), None, True),
    ],
)
def test_the_promise_stays_within_the_statutory_limit(promised, statutory, is_over):
    """Without a limit of its own a license has the 20 working days of 行政许可法 42."""
    matter = replace(GOOD, promised_limit=promised, statutory_limit=statutory)
    expected = [("PROMISE_OVER_STATUTORY", "promised_limit")] if is_over else []
    assert found(matter) == expected


def test_other_types_without_a_statutory_limit_are_bound_by_none():
    assert not found(
        replace(GOOD, matter_type="20", statutory_limit=None, promised_limit=Limit(90, DAYS))
    )


def test_what_is_missing_is_named():
    draft = content.MatterContent(name="学生资助政策咨询", matter_type="20")
    assert found(draft) == [
        ("NO_SERVICE_LINE", "service_line"),
        *(
            ("MATTER_INCOMPLETE", name)
            for name in (
                "department", "levels", "service_objects", "handling_type", "promised_limit",
                "result",
            )
        ),
        ("NO_LEGAL_BASIS", "legal_bases"),
    ]  # fmt: skip


def test_content_survives_its_json_form():
    data = json.loads(json.dumps(GOOD.to_json()))
    assert reading.read_content(data) == GOOD
    assert reading.read_content({**data, "later": 1}).digest == GOOD.digest
    assert replace(GOOD, visits=2).digest != GOOD.digest
    said = {f.name for f in dataclasses.fields(GOOD) if not f.metadata or getattr(GOOD, f.name)}
    assert said == set(data)


def charging(amount: str) -> dict[str, object]:
    return {"fee": {"items": [{"name": "费", "amount": amount}]}}


@pytest.mark.parametrize(
    ("element", "field", "reason"),
    [
        ({"name": ""}, "name", "MISSING"),
        ({"name": 7}, "name", "NOT_TEXT"),
        ({"name": "a\0b"}, "name", "NOT_TEXT"),
        ({"name": "长" * 201}, "name", "TOO_LONG"),
        ({"matter_type": "1"}, "matter_type", "NOT_A_CODE"),
        ({"matter_type": "１１"}, "matter_type", "NOT_A_CODE"),
        ({"levels": "city"}, "levels", "NOT_A_LIST"),
        ({"levels": ["village"]}, "levels", "NOT_A_CODE"),
        ({"levels": [["city"]]}, "levels", "NOT_A_CODE"),
        ({"service_objects": [["1"]]}, "service_objects", "NOT_A_CODE"),
        ({"visits": True}, "visits", "NOT_A_NUMBER"),
        ({"online_depth": 5}, "online_depth", "OUT_OF_RANGE"),
        ({"promised_limit": {"amount": 3}}, "promised_limit.unit", "MISSING"),
        ({"promised_limit": {"unit": "WORKING_DAY"}}, "promised_limit.amount", "MISSING"),
        (charging("x"), "fee.items[0].amount", "NOT_MONEY"),
        (charging("0.001"), "fee.items[0].amount", "NOT_MONEY"),
        (charging("NaN"), "fee.items[0].amount", "OUT_OF_RANGE"),
        (charging("1e99"), "fee.items[0].amount", "OUT_OF_RANGE"),
        ({"materials": [{"code": "M1"}]}, "materials[0].name", "MISSING"),
        ({"materials": ["身份证"]}, "materials[0]", "NOT_AN_OBJECT"),
    ],
)  # fmt: skip
def test_a_wrong_element_is_named(element, field, reason):
    with pytest.raises(ShapeError) as caught:
        reading.read_content({"name": "事项", "matter_type": "01", **element})
    assert (caught.value.field, caught.value.reason) == (field, reason)


def test_codes():
    assert codes.padded_type("5") == "05"
    assert codes.padded_type(" 20 ") == "20"
    assert [codes.padded_type(text) for text in ("", "0", "123", "许可", "²")] == [None] * 5
    assert codes.fits("370110100101", issuer_code="371400000000", matter_type="01")
    assert codes.fits("000110100101", issuer_code="371400000000", matter_type="01")
    assert not codes.fits("510110100101", issuer_code="371400000000", matter_type="01")
    assert not codes.fits("370710100101", issuer_code="371400000000", matter_type="01")


def test_offering_codes():
    national = codes.offering_code(
        center_code="371400", level="city", matter_code="370110100101",
        credit_code="11440100007482575H",
    )  # fmt: skip
    assert (national, len(national)) == ("11440100007482575H3370110100101", 31)
    local = codes.offering_code(
        center_code="371402", level="county", matter_code="370110100101", credit_code=""
    )
    assert (local, len(local)) == ("3714020004370110100101", 22)


def test_credit_codes_are_checked():
    assert codes.is_credit_code("11440100007482575H")
    for wrong in ("11440100007482575h", "11440100007482575X", " 1440100007482575H", "1", "统" * 18):
        assert not codes.is_credit_code(wrong)


def test_generated_codes_are_stable_and_never_collide():
    def generate(taken: set[str]) -> str:
        return codes.generate_matter_code(
            issuer_code="511602000000", matter_type="05", local_code="511A-1", taken=taken
        )

    first = generate(set())
    assert codes.is_matter_code(first)
    assert first.startswith("5105")
    assert generate(set()) == first
    second = generate({first})
    assert second != first
    assert second.startswith("5105")


def test_the_states_lead_to_publication():
    reached: set[RevisionStatus | None] = {RevisionStatus.DRAFT}
    for action in RevisionAction:
        allowed, target = TRANSITIONS[action]
        assert allowed <= reached
        reached.add(target)
    assert reached == {*RevisionStatus, None}
