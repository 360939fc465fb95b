"""一次告知 and the elements of the standard, by the shipped documents."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import casework, people, revising
from tests.graphql.client import codes, execute, operation
from tongban.catalog import models
from tongban.catalog.rules.content import (
    Answered,
    Condition,
    HandlingForm,
    IntermediaryService,
    Limit,
    MaterialSource,
    Option,
    PowerSource,
    ProcedureKind,
    Question,
    SpecialProcedure,
    Step,
    StepKind,
    Variant,
    Waiver,
)
from tongban.kernel.actors import PlatformRole
from tongban.kernel.calendar import LimitUnit
from tongban.kernel.context import SharedRole, shared_context

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
BOOKS, SET_UP, MARRIAGE = casework.BOOKS, "370110100101", "370710300101"
CODE = f"3714250004{BOOKS}"
DAYS = LimitUnit.WORKING_DAY


@pytest.fixture
def rich(db):
    """出版物零售 with everything that a standard can say."""
    was = revising.content_of(now=NOW)
    revising.revise(
        now=NOW,
        life_events=("开店",),
        power_source=PowerSource.DELEGATED_DOWN,
        power_item="3700-X-001",
        entrusted_department="市新闻出版局",
        joint_departments=("公安局", "消防救援大队"),
        preconditions=(SET_UP, MARRIAGE),
        steps=(
            Step("受理", StepKind.ACCEPTANCE, Limit(1, DAYS)),
            Step("审查", StepKind.REVIEW, standard="材料是否齐全", outcome="审查意见"),
        ),
        handling_forms=(HandlingForm.WINDOW, HandlingForm.MOBILE),
        promised_limit=Limit(5, DAYS),
        promised_limit_note="不含特别程序",
        special_procedures=(SpecialProcedure(ProcedureKind.OTHER, "现场核查", Limit(3, DAYS), 0),),
        intermediary_services=(IntermediaryService("消防检测", 0),),
        quantity_limit="全县 20 家",
        tacit_approval=True,
        tacit_approval_basis=0,
        by_appointment=True,
        courier=True,
        variants=(
            Variant("01", "实体书店"),
            Variant("02", "网上书店", "只在网上销售", Limit(2, DAYS)),
        ),
        questions=(
            Question(
                "place",
                "经营场所怎样取得？",
                (Option("own", "自有"), Option("rent", "租赁")),
                variants=("01",),
            ),
        ),
        conditions=(
            Condition("有名称和章程", 0),
            Condition("有固定的经营场所", 0, ("01",)),
        ),
        materials=(
            revising.material("M01", "申请书", acceptance="盖章", size="A4", note="一式一份"),
            revising.material(
                "M02",
                "租赁合同",
                variants=("01",),
                when=(Answered("place", ("rent",)),),
                acceptance="租赁期限不少于一年",
                commitment=True,
            ),
            revising.material(
                "M03",
                "网站备案信息",
                variants=("02",),
                source=MaterialSource.GOVERNMENT,
                issued_by="通信管理局",
            ),
        ),
        fee=replace(was.fee, waivers=(Waiver("残疾人免收", 0),)),
    )


def guide(**choice):
    answer = execute(operation("Guide"), {"code": CODE, **choice})
    assert "errors" not in answer, answer
    return answer["data"]["offering"]["guide"]


def named(elements):
    return [element.get("code") or element["text"] for element in elements]


def test_an_applicant_is_led_to_exactly_what_applies(rich):
    first = guide()
    assert (first["isComplete"], first["needsVariant"]) == (False, True)
    assert [(v["serial"], v["name"]) for v in first["variants"]] == [
        ("01", "实体书店"),
        ("02", "网上书店"),
    ]
    assert named(first["materials"]) == ["M01"]
    assert named(first["undecidedMaterials"]) == ["M02", "M03"]
    assert named(first["undecidedConditions"]) == ["有固定的经营场所"]
    second = guide(variant="01")
    assert not second["needsVariant"]
    assert second["variant"] == {"serial": "01", "name": "实体书店"}
    assert [o["code"] for q in second["openQuestions"] for o in q["options"]] == ["own", "rent"]
    assert named(second["conditions"]) == ["有名称和章程", "有固定的经营场所"]
    last = guide(variant="01", answers=[{"question": "place", "option": "rent"}])
    assert last["isComplete"]
    assert last["openQuestions"] == last["undecidedMaterials"] == []
    assert named(last["materials"]) == ["M01", "M02"]
    assert last["materials"][1]["commitment"]
    own = guide(variant="01", answers=[{"question": "place", "option": "own"}])
    assert named(own["materials"]) == ["M01"]


def test_everything_stands_in_one_answer(rich):
    revising.set_terms(
        "371425",
        now=NOW,
        place="二楼文化旅游窗口",
        hours="周一至周五 9:00–17:00",
        contact="0534-5336789",
        complaints="0534-12345",
        windows=("B03", "B04"),
        department="行政审批服务局",
    )
    told = guide(variant="02")
    assert told["isComplete"]
    assert named(told["materials"]) == ["M01", "M03"]
    assert told["materials"][0] | {"legalBasis": None} == {
        "code": "M01",
        "name": "申请书",
        "kind": "COPY",
        "necessity": "REQUIRED",
        "source": "APPLICANT",
        "issuedBy": "",
        "copies": 1,
        "size": "A4",
        "note": "一式一份",
        "acceptance": "盖章",
        "commitment": False,
        "commitmentNotice": None,
        "blankForm": None,
        "sample": None,
        "legalBasis": None,
    }
    assert told["materials"][1]["issuedBy"] == "通信管理局"
    assert [step["kind"] for step in told["steps"]] == ["ACCEPTANCE", "REVIEW"]
    assert told["steps"][0]["limit"] == {"amount": 1, "unit": "WORKING_DAY"}
    assert told["promisedLimit"] == {"amount": 2, "unit": "WORKING_DAY"}
    assert told["promisedLimitNote"] == "不含特别程序"
    assert told["statutoryLimit"]["amount"] >= 5
    assert told["handlingForms"] == ["WINDOW", "MOBILE"]
    assert told["specialProcedures"][0]["name"] == "现场核查"
    assert told["intermediaryServices"] == [{"name": "消防检测"}]
    assert told["preconditions"] == [
        {"code": SET_UP, "name": "企业设立登记"},
        {"code": MARRIAGE, "name": "结婚登记"},
    ]
    assert told["quantityLimit"] == "全县 20 家"
    assert told["tacitApproval"]
    assert told["tacitApprovalBasis"]["statute"]
    assert (told["byAppointment"], told["onlinePayment"], told["courier"]) == (True, False, True)
    assert told["feeWaivers"][0]["text"] == "残疾人免收"
    assert told["feeWaivers"][0]["legalBasis"]["statute"]
    assert told["result"]["name"]
    assert told["onlineDepth"] >= 1
    assert told["where"] == {
        "centerCode": "371425",
        "centerName": "齐河县政务服务中心",
        "department": "行政审批服务局",
        "place": "二楼文化旅游窗口",
        "hours": "周一至周五 9:00–17:00",
        "contact": "0534-5336789",
        "complaints": "0534-12345",
        "windows": ["B03", "B04"],
    }


def test_the_promise_is_the_shorter_of_the_variants_and_the_centers(rich):
    assert guide(variant="01")["promisedLimit"] == {"amount": 5, "unit": "WORKING_DAY"}
    revising.set_terms("371425", now=NOW, promised_limit=Limit(3, DAYS))
    assert guide(variant="01")["promisedLimit"] == {"amount": 3, "unit": "WORKING_DAY"}
    assert guide(variant="02")["promisedLimit"] == {"amount": 2, "unit": "WORKING_DAY"}
    revising.set_terms("371425", now=NOW, promised_limit=Limit(1, DAYS))
    assert guide(variant="02")["promisedLimit"] == {"amount": 1, "unit": "WORKING_DAY"}


def test_variants_of_an_offering_have_codes_of_their_own(rich):
    credit = "11371425004567890X"
    with shared_context(SharedRole.CATALOG):
        models.Offering.objects.filter(code=CODE).update(code=f"{credit}4{BOOKS}")
    read = execute(operation("Offering"), {"code": f"{credit}4{BOOKS}"})["data"]["offering"]
    assert [variant["code"] for variant in read["variants"]] == [
        f"{credit}4{BOOKS}01",
        f"{credit}4{BOOKS}02",
    ]
    assert {len(variant["code"]) for variant in read["variants"]} == {33}


def test_the_guide_of_the_standard_names_no_center(rich):
    answer = execute(operation("MatterGuide"), {"code": BOOKS, "variant": "02"})
    matter = answer["data"]["matter"]
    assert matter["lifeEvents"] == ["开店"]
    assert matter["powerSource"] == "DELEGATED_DOWN"
    assert matter["jointDepartments"] == ["公安局", "消防救援大队"]
    assert matter["guide"]["isComplete"]
    assert matter["guide"]["promisedLimit"] == {"amount": 2, "unit": "WORKING_DAY"}
    where = f'{{ matter(code: "{BOOKS}") {{ guide {{ where {{ centerCode }} }} }} }}'
    assert execute(where)["data"]["matter"]["guide"] == {"where": None}


@pytest.mark.parametrize(
    ("choice", "params"),
    [
        ({"variant": "09"}, {"field": "variant", "reason": "UNKNOWN_VARIANT", "found": "09"}),
        ({"variant": "\0"}, {"field": "variant", "reason": "UNKNOWN_VARIANT", "found": "\0"}),
        (
            {"variant": "02", "answers": [{"question": "place", "option": "own"}]},
            {"field": "answers", "reason": "NOT_ASKED", "found": "place"},
        ),
        (
            {"variant": "01", "answers": [{"question": "place", "option": "castle"}]},
            {"field": "answers", "reason": "UNKNOWN_OPTION", "found": "castle"},
        ),
        (
            {"variant": "01", "answers": [{"question": "place", "option": "own"}] * 2},
            {"field": "answers", "reason": "ANSWERED_TWICE", "found": "place"},
        ),
    ],
)
def test_a_choice_that_is_not_offered_is_told_and_leaves_the_rest(rich, choice, params):
    answer = execute(operation("Guide"), {"code": CODE, **choice})
    assert codes(answer) == ["CHOICE_INVALID"]
    assert answer["errors"][0]["path"] == ["offering", "guide"]
    assert answer["errors"][0]["extensions"]["params"] == params
    assert answer["data"]["offering"]["guide"] is None
    assert answer["data"]["offering"]["code"] == CODE
    assert "UNKNOWN" not in answer["errors"][0]["message"]


def test_a_matter_without_choices_is_told_at_once(db):
    told = execute(operation("Guide"), {"code": f"3714020004{SET_UP}"})["data"]["offering"]["guide"]
    assert told["isComplete"]
    assert named(told["materials"]) == ["M01", "M02", "M03", "M04", "M05"]
    assert told["where"]["place"] == ""


def test_matters_are_found_by_the_events_of_life(rich):
    document = """query($event: String) {
        matters(filter: {lifeEvent: $event}) { edges { node { code } } }
        offerings(filter: {lifeEvent: $event, centers: ["371425"]}) { edges { node { code } } } }"""
    found = execute(document, {"event": "开店"})["data"]
    assert [edge["node"]["code"] for edge in found["matters"]["edges"]] == [BOOKS]
    assert [edge["node"]["code"] for edge in found["offerings"]["edges"]] == [CODE]
    assert execute(document, {"event": "开"})["data"]["matters"]["edges"] == []


EVERYTHING = """preconditions { code name } steps { name } lifeEvents variants { serial }
    materials { code blankForm { link } when { question options } } questions { code }
    guide { isComplete materials { code } preconditions { name } }"""


@pytest.mark.parametrize("search", ["", "登记"])
def test_names_of_preconditions_take_no_further_queries(rich, search):
    with shared_context(SharedRole.CATALOG):
        for revision in models.MatterRevision.objects.exclude(matter=BOOKS):
            revision.content["preconditions"] = [BOOKS]
            revision.save(update_fields=["content"])
    matters, offerings = (
        f"""query($first: Int!) {{ {field}(first: $first, search: "{search}") {{
            edges {{ node {{ {selected} }} }} }} }}"""
        for field, selected in (
            ("matters", EVERYTHING),
            ("offerings", f"guide {{ where {{ centerName }} }} matter {{ {EVERYTHING} }}"),
        )
    )
    for document, field in ((matters, "matters"), (offerings, "offerings")):
        counted = []
        for size in (2, 2, 20):
            with CaptureQueriesContext(connection) as captured:
                answer = execute(document, {"first": size})
            edges = answer["data"][field]["edges"]
            assert len(edges) > min(size, 10) - 1
            counted.append(len(captured))
        assert counted[1] == counted[2]
    node = edges[0]["node"]["matter"]
    assert [named["name"] for named in node["preconditions"]] == ["出版物零售经营许可"]


def test_the_same_matter_has_the_same_flow_fee_and_days_in_every_district(rich):
    """一套标准、一表收费、一样效率: what a district sets of its own is place and people."""
    revising.set_terms("371402", now=NOW, place="一楼", contact="1")
    revising.set_terms("371425", now=NOW, place="二楼", department="行政审批服务局")
    told = {}
    for center in ("371402", "371425", "371722"):
        answer = execute(operation("Guide"), {"code": f"{center}0004{BOOKS}", "variant": "02"})
        told[center] = answer["data"]["offering"]["guide"]
    places = [guide.pop("where") for guide in told.values()]
    assert len({str(guide) for guide in told.values()}) == 1
    assert [place["place"] for place in places] == ["一楼", "二楼", ""]


def test_everybody_reads_the_guide_alike(rich):
    everybody = {
        "nobody": None,
        "an applicant": people.token(people.account("guided", id_number=people.id_number(7))),
    }
    neighbour = people.account("neighbours-editor")
    people.grant(neighbour, PlatformRole.OFFERING_EDITOR, "371700000000")
    everybody["the neighbour's editor"] = people.token(neighbour)
    answers = [
        execute(operation("Guide"), {"code": CODE, "variant": "02"}, token=token, center=center)
        for token in everybody.values()
        for center in (None, "371425", "371722")
    ]
    assert all(answer == answers[0] for answer in answers)
