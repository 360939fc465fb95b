"""一次告知: what applies for a variant and answers, whatever the questions depend on."""

import itertools
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tongban.catalog.rules import checks
from tongban.catalog.rules.content import (
    Answered,
    Condition,
    Limit,
    Material,
    MaterialKind,
    MaterialSource,
    MatterContent,
    Necessity,
    Option,
    Question,
    Variant,
)
from tongban.catalog.rules.guide import ChoiceError, answers_of, choose
from tongban.kernel.calendar import LimitUnit


def material(code, *, variants=(), when=()):
    return Material(
        code=code,
        name=f"材料{code}",
        kind=MaterialKind.COPY,
        necessity=Necessity.REQUIRED,
        source=MaterialSource.APPLICANT,
        basis=0,
        variants=variants,
        when=when,
    )


def question(code, *options, variants=(), when=()):
    choices = tuple(Option(option, f"选项{option}") for option in options)
    return Question(code, f"问题{code}？", choices, variants=variants, when=when)


SHOP = MatterContent(
    name="开店",
    matter_type="01",
    promised_limit=Limit(5, LimitUnit.WORKING_DAY),
    variants=(
        Variant("01", "公司"),
        Variant("02", "个体工商户", promised_limit=Limit(1, LimitUnit.WORKING_DAY)),
    ),
    questions=(
        question("home", "own", "rented"),
        question("deed", "yes", "no", when=(Answered("home", ("own",)),)),
        question("capital", "cash", "kind", variants=("01",)),
    ),
    conditions=(
        Condition("名称符合规定", 0),
        Condition("非货币出资可以评估", 0, ("01",), (Answered("capital", ("kind",)),)),
    ),
    materials=(
        material("M01"),
        material("M02", variants=("01",)),
        material("M03", when=(Answered("home", ("rented",)),)),
        material("M04", when=(Answered("deed", ("no",)),)),
        material("M05", when=(Answered("capital", ("kind",)),)),
    ),
)


CAPITAL = (Answered("capital", ("kind",)),)
DEED = Answered("deed", ("no",))


def codes(materials):
    return [each.code for each in materials]


def test_nothing_chosen_tells_what_is_certain_and_asks_for_the_rest():
    guide = choose(SHOP)
    assert guide.needs_variant
    assert not guide.is_complete
    assert codes(guide.materials) == ["M01"]
    assert codes(guide.undecided_materials) == ["M02", "M03", "M04", "M05"]
    assert codes(guide.open_questions) == ["home"]
    assert [c.text for c in guide.conditions] == ["名称符合规定"]
    assert [c.text for c in guide.undecided_conditions] == ["非货币出资可以评估"]
    assert guide.promised_limit == Limit(5, LimitUnit.WORKING_DAY)


def test_a_variant_drops_what_is_the_others_and_has_its_own_promise():
    guide = choose(SHOP, variant="02", answers={"home": "rented"})
    assert guide.is_complete
    assert codes(guide.materials) == ["M01", "M03"]
    assert guide.promised_limit == Limit(1, LimitUnit.WORKING_DAY)
    assert guide.undecided_conditions == guide.open_questions == ()


def test_an_answer_raises_the_questions_that_hang_on_it():
    guide = choose(SHOP, variant="01", answers={"home": "own", "capital": "kind"})
    assert codes(guide.open_questions) == ["deed"]
    assert codes(guide.materials) == ["M01", "M02", "M05"]
    assert codes(guide.undecided_materials) == ["M04"]
    whole = choose(SHOP, variant="01", answers={"home": "own", "capital": "kind", "deed": "no"})
    assert whole.is_complete
    assert codes(whole.materials) == ["M01", "M02", "M04", "M05"]
    assert "非货币出资可以评估" in [c.text for c in whole.conditions]


@pytest.mark.parametrize(
    ("variant", "answers", "field", "reason", "found"),
    [
        ("03", {}, "variant", "UNKNOWN_VARIANT", "03"),
        ("1", {}, "variant", "UNKNOWN_VARIANT", "1"),
        ("01", {"colour": "red"}, "answers", "UNKNOWN_QUESTION", "colour"),
        ("01", {"home": "castle"}, "answers", "UNKNOWN_OPTION", "castle"),
        ("01", {"home": ""}, "answers", "UNKNOWN_OPTION", ""),
        ("02", {"capital": "kind"}, "answers", "NOT_ASKED", "capital"),
        ("", {"capital": "kind"}, "answers", "NOT_ASKED", "capital"),
        ("01", {"home": "rented", "deed": "no"}, "answers", "NOT_ASKED", "deed"),
        ("01", {"deed": "no"}, "answers", "NOT_ASKED", "deed"),
    ],
)
def test_a_choice_that_is_not_offered_is_refused(variant, answers, field, reason, found):
    with pytest.raises(ChoiceError) as refused:
        choose(SHOP, variant=variant, answers=answers)
    error = refused.value
    assert (error.field, error.reason, error.found) == (field, reason, found)


def test_what_is_repeated_of_a_wrong_choice_is_short():
    with pytest.raises(ChoiceError) as refused:
        choose(SHOP, variant="x" * 10_000)
    assert len(refused.value.found) == 40


def test_a_question_is_answered_once():
    assert answers_of([("home", "own"), ("deed", "no")]) == {"home": "own", "deed": "no"}
    for second in ("own", "rented"):
        with pytest.raises(ChoiceError) as refused:
            answers_of([("home", "own"), ("home", second)])
        assert refused.value.reason == "ANSWERED_TWICE"


def test_a_matter_without_choices_is_complete_at_once():
    plain = replace(SHOP, variants=(), questions=(), conditions=(), materials=(material("M01"),))
    guide = choose(plain)
    assert guide.is_complete
    assert codes(guide.materials) == ["M01"]


# --- any content that may be published -------------------------------------------------------


@st.composite
def contents(draw):
    """Contents as publishing lets them through: questions hang on earlier ones alone."""
    serials = [f"{n:02}" for n in range(1, draw(st.integers(0, 3)) + 1)]
    questions: list[Question] = []

    def dependence():
        chosen = draw(st.lists(st.sampled_from(serials), unique=True)) if serials else []
        when = []
        if questions:
            for earlier in draw(st.lists(st.sampled_from(questions), max_size=2, unique=True)):
                options = [option.code for option in earlier.options]
                when.append(
                    Answered(
                        earlier.code,
                        tuple(draw(st.lists(st.sampled_from(options), min_size=1, unique=True))),
                    )
                )
        return {"variants": tuple(chosen), "when": tuple(when)}

    for n in range(draw(st.integers(0, 4))):
        options = [f"o{k}" for k in range(draw(st.integers(2, 3)))]
        questions.append(question(f"q{n}", *options, **dependence()))
    return MatterContent(
        name="某事项",
        matter_type="01",
        variants=tuple(Variant(serial, serial) for serial in serials),
        questions=tuple(questions),
        materials=tuple(material(f"M{n}", **dependence()) for n in range(draw(st.integers(1, 5)))),
        conditions=tuple(
            Condition(f"条件{n}", 0, **dependence()) for n in range(draw(st.integers(0, 2)))
        ),
    )


def walks(content, variant, answers):
    """Yield the finished guides to which answering in every way leads, with the answers."""
    guide = choose(content, variant=variant, answers=answers)
    if not guide.open_questions:
        yield answers, guide
        return
    asked = guide.open_questions[0]
    for option in asked.options:
        yield from walks(content, variant, {**answers, asked.code: option.code})


def starts(content):
    return [variant.serial for variant in content.variants] or [""]


@given(contents())
@settings(max_examples=150, deadline=None)
def test_answering_whatever_is_asked_always_completes(content):
    for variant in starts(content):
        for _answers, guide in walks(content, variant, {}):
            assert guide.is_complete
            assert guide.undecided_materials == guide.undecided_conditions == ()


@given(contents())
@settings(max_examples=150, deadline=None)
def test_what_may_apply_and_what_does_are_never_less_than_what_comes_to_apply(content):
    """Nothing that comes to apply was hidden before, and nothing that applied goes away."""
    for variant in starts(content):
        for answers, last in walks(content, variant, {}):
            for number in range(len(answers) + 1):
                early = choose(
                    content,
                    variant=variant,
                    answers=dict(itertools.islice(answers.items(), number)),
                )
                certain = set(codes(early.materials))
                assert certain <= set(codes(last.materials))
                assert set(codes(last.materials)) <= certain | set(codes(early.undecided_materials))


@given(contents())
@settings(max_examples=150, deadline=None)
def test_no_material_is_lost(content):
    """Over all choices each one is asked for, or the content can't be published."""
    reached = {
        code
        for variant in starts(content)
        for _answers, guide in walks(content, variant, {})
        for code in codes(guide.materials)
    }
    lost = {fault.path[1] for fault in checks.faults(content) if fault.path[0] == "materials"}
    assert reached == {
        each.code for place, each in enumerate(content.materials) if place not in lost
    }


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"materials": (material("M01", variants=("02",), when=CAPITAL),)}, ("materials", 0)),
        (
            {"materials": (material("M01", when=(Answered("home", ("rented",)), DEED)),)},
            ("materials", 0),
        ),
        ({"conditions": (Condition("x", 0, ("02",), CAPITAL),)}, ("conditions", 0)),
        (
            {
                "questions": (
                    *SHOP.questions,
                    question("q", "a", "b", variants=("02",), when=CAPITAL),
                )
            },
            ("questions", 3),
        ),
    ],
)
def test_what_no_choice_leads_to_is_a_fault(changes, place):
    assert not inconsistent(SHOP)
    assert inconsistent(replace(SHOP, **changes)) == [(*place, "when")]


def inconsistent(content):
    return [f.path for f in checks.faults(content) if f.code == checks.CHOICES_INCONSISTENT]


@given(contents(), st.randoms(use_true_random=False))
@settings(max_examples=150, deadline=None)
def test_the_order_of_answers_does_not_matter(content, random):
    for variant in starts(content):
        for answers, guide in itertools.islice(walks(content, variant, {}), 20):
            shuffled = list(answers.items())
            random.shuffle(shuffled)
            assert choose(content, variant=variant, answers=answers_of(shuffled)) == guide
