"""Applying for one variant with answers, through the documents that ship to clients."""

import pytest

from tests import revising
from tests.graphql.office import NOW, Office, applicant, codes
from tongban.catalog.rules.content import Answered, Option, Question, Variant

OWNED = Question("Q1", "经营场所是自有的吗？", (Option("own", "自有"), Option("rent", "租赁")))
RENT = [{"question": "Q1", "option": "rent"}]


@pytest.fixture
def office(db):
    content = revising.content_of(now=NOW)
    lease = revising.material("M04", "租赁合同", when=(Answered("Q1", ("rent",)),))
    licence = revising.material("M05", "原许可证", variants=("02",))
    revising.revise(
        now=NOW,
        variants=(Variant("01", "新设"), Variant("02", "变更地址")),
        questions=(OWNED,),
        materials=(*content.materials, lease, licence),
    )
    return Office()


def test_a_case_shows_its_variant_its_answers_and_just_its_materials(office):
    payload = office.submit(variant="01", answers=RENT, codes=["M01", "M02", "M04"])
    assert payload["errors"] == []
    case = payload["case"]
    assert [material["code"] for material in case["materials"]] == ["M01", "M02", "M03", "M04"]
    for offering in (
        case["offering"],
        office.case("applicant", case["number"])["offering"],
        office.case("reviewer", case["number"])["offering"],
    ):
        assert offering["variant"] == {"serial": "01", "name": "新设"}
        assert offering["answers"] == [
            {
                "question": "Q1",
                "questionText": "经营场所是自有的吗？",
                "option": "rent",
                "optionText": "租赁",
            }
        ]
    assert office.case("neighbour", case["number"]) is None


@pytest.mark.parametrize(
    ("said", "code", "path"),
    [
        ({}, "VARIANT_REQUIRED", ["variant"]),
        ({"variant": "09"}, "CHOICE_INVALID", ["variant"]),
        ({"variant": "01"}, "QUESTION_OPEN", ["answers"]),
        (
            {"variant": "01", "answers": [{"question": "Q7", "option": "own"}]},
            "CHOICE_INVALID",
            ["answers", "0", "question"],
        ),
        (
            {"variant": "01", "answers": [{"question": "Q1", "option": "none"}]},
            "CHOICE_INVALID",
            ["answers", "0", "option"],
        ),
        ({"variant": "01", "answers": RENT * 2}, "CHOICE_INVALID", ["answers", "1", "question"]),
        ({"variant": "01", "answers": RENT}, "MATERIAL_MISSING", ["materials"]),
    ],
)
def test_a_choice_that_does_not_do_is_named(office, said, code, path):
    payload = office.submit(codes=["M01", "M02"], **said)
    assert codes(payload) == [code]
    (error,) = payload["errors"]
    assert error["path"] == path
    assert payload["case"] is None
    answer = office.ask("clerk", "Cases")
    assert answer["data"]["cases"]["edges"] == []


def test_an_open_question_comes_with_what_can_be_answered(office):
    payload = office.submit(variant="02", codes=["M01", "M02", "M05"])
    (question,) = payload["errors"][0]["params"]["questions"]
    assert question == {
        "code": "Q1",
        "text": "经营场所是自有的吗？",
        "options": [{"code": "own", "text": "自有"}, {"code": "rent", "text": "租赁"}],
    }
    assert "经营场所是自有的吗？" in payload["errors"][0]["message"]


def test_a_draft_is_completed_step_by_step(office):
    draft = office.submit("applicant", asDraft=True, codes=["M01", "M02"])
    assert draft["errors"] == []
    assert draft["case"]["offering"]["variant"] is None
    number = draft["case"]["number"]
    done = office.submit(
        "applicant",
        draftNumber=number,
        variant="02",
        answers=[{"question": "Q1", "option": "own"}],
        codes=["M05"],
    )
    assert done["errors"] == []
    materials = {m["code"]: len(m["files"]) for m in done["case"]["materials"]}
    assert materials == {"M01": 1, "M02": 1, "M03": 0, "M05": 1}


def test_a_rebase_may_choose_anew(office):
    number = office.submitted(variant="01", answers=RENT, codes=["M01", "M02", "M04"])
    content = revising.content_of(now=NOW)
    revising.revise(now=NOW, variants=(Variant("03", "新设（告知承诺）"), content.variants[1]))
    said = {
        "legalBasis": {"statute": "出版管理条例", "article": "第三十五条"},
        "reason": "条例修订",
        "number": number,
    }
    assert codes(office.do("chief", "RebaseCase", **said)) == ["CHOICE_INVALID"]
    moved = office.do("chief", "RebaseCase", **said, variant="03", answers=RENT)
    assert moved["errors"] == []
    assert office.case("clerk", number)["offering"]["variant"]["serial"] == "03"
    assert set(moved["rebase"]["changedElements"]) == {"variants", "variant"}


def test_an_unlisted_matter_is_refused_by_its_name(office):
    payload = office.do("clerk", "SubmitCase", matter="370199999999", applicant=applicant())
    assert codes(payload) == ["NOT_ON_LIST"]
    assert payload["errors"][0]["path"] == ["matter"]
