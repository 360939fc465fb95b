"""An application for one variant, with answers: exactly the materials that apply are asked for."""

import uuid
from dataclasses import replace
from datetime import timedelta

import pytest

from tenants.cases import errors, models, rules
from tenants.cases.operations import rebase
from tenants.cases.rules import GuideAnswer
from tenants.windows.rules import Reckoning
from tests import casework, handing, revising
from tests.casework import ACCEPTED_AT, Desk
from tongban.catalog import errors as catalog_errors
from tongban.catalog.rules.content import Answered, Condition, Limit, Option, Question, Variant
from tongban.catalog.rules.snapshot import read_snapshot
from tongban.kernel.calendar import LimitUnit
from tongban.kernel.context import center_context
from tongban.kernel.errors import IdempotencyKeyReusedError

DAYS = LimitUnit.WORKING_DAY
NEW, MOVED = Variant("01", "新设"), Variant("02", "变更地址", promised_limit=Limit(2, DAYS))
OWNED = Question(
    "Q1", "经营场所是自有的吗？", (Option("own", "自有"), Option("rent", "租赁")), variants=("01",)
)
SUBLET = Question(
    "Q2",
    "是转租吗？",
    (Option("yes", "是"), Option("no", "否")),
    when=(Answered("Q1", ("rent",)),),
)
LEASE = revising.material("M04", "租赁合同", when=(Answered("Q1", ("rent",)),))
CONSENT = revising.material("M05", "原出租人同意转租的证明", when=(Answered("Q2", ("yes",)),))
LICENCE = revising.material("M06", "原许可证", variants=("02",))
RULE = Condition("转租须经原出租人同意", 0, when=(Answered("Q2", ("yes",)),))
OWN = [GuideAnswer("Q1", "own")]
RENTED = [GuideAnswer("Q1", "rent"), GuideAnswer("Q2", "no")]
SUBLETTED = [GuideAnswer("Q1", "rent"), GuideAnswer("Q2", "yes")]


@pytest.fixture
def desk(db):
    desk = Desk(now=ACCEPTED_AT)
    desk.holdings()
    return desk


@pytest.fixture(autouse=True)
def choices(desk):
    """The standard asks: two variants, a question of the first, and one that follows from it."""
    content = revising.content_of(now=desk.now)
    revising.revise(
        now=desk.now,
        variants=(NEW, MOVED),
        questions=(OWNED, SUBLET),
        materials=(*content.materials, LEASE, CONSENT, LICENCE),
        conditions=(*content.conditions, RULE),
    )


def apply(desk, variant="01", answers=(), *, codes=(), key=None, actor=None, **said):
    request = casework.application(variant=variant, answers=tuple(answers), **said)
    files = {code: [casework.pdf(code, code.encode())] for code in ("M01", "M02", *codes)}
    said = {"idempotency_key": key} if key else {}
    return desk.submit(actor, request=request, files=files, **said).case


def listed(desk, number):
    with center_context(desk.center):
        rows = models.Material.objects.filter(case__number=number).order_by("position")
        return {row.code: row.dropped_at for row in rows}


@pytest.mark.parametrize(
    ("variant", "answers", "codes", "conditions"),
    [
        ("01", OWN, [], 1),
        ("01", RENTED, ["M04"], 1),
        ("01", SUBLETTED, ["M04", "M05"], 2),
        ("02", [], ["M06"], 1),
    ],
)
def test_exactly_what_applies_is_asked_for(desk, variant, answers, codes, conditions):
    before = desk.holdings()
    for missing in codes:
        with pytest.raises(errors.MaterialMissingError) as raised:
            apply(desk, variant, answers, codes=[code for code in codes if code != missing])
        assert raised.value.params["materials"] == [missing]
    assert desk.holdings() == before
    case = apply(desk, variant, answers, codes=codes)
    assert list(listed(desk, case.number)) == ["M01", "M02", "M03", *codes]
    pinned = read_snapshot(case.offering)
    assert (pinned.variant, dict(pinned.answers)) == (
        variant,
        {answer.question: answer.option for answer in answers},
    )
    assert len(pinned.conditions) == conditions


def test_files_of_another_choice_are_refused(desk):
    before = desk.holdings()
    with pytest.raises(errors.MaterialUnknownError) as raised:
        apply(desk, "01", OWN, codes=["M04"])
    assert raised.value.params["material"] == "M04"
    assert desk.holdings() == before


UNKNOWN = [
    ("07", [], "UNKNOWN_VARIANT", ("variant",), "07"),
    ("01", [GuideAnswer("Q9", "own")], "UNKNOWN_QUESTION", ("answers", 0, "question"), "Q9"),
    (
        "01",
        [GuideAnswer("Q1", "rent"), GuideAnswer("Q2", "maybe")],
        "UNKNOWN_OPTION",
        ("answers", 1, "option"),
        "maybe",
    ),
    ("01", [*OWN, GuideAnswer("Q2", "no")], "NOT_ASKED", ("answers", 1, "question"), "Q2"),
    ("02", OWN, "NOT_ASKED", ("answers", 0, "question"), "Q1"),
    ("01", [*OWN, GuideAnswer("Q1", "rent")], "ANSWERED_TWICE", ("answers", 1, "question"), "Q1"),
    (
        "01",
        [GuideAnswer("x" * 90, "own")],
        "UNKNOWN_QUESTION",
        ("answers", 0, "question"),
        "x" * 40,
    ),
]


@pytest.mark.parametrize("is_draft", [False, True])
@pytest.mark.parametrize("refused", UNKNOWN)
def test_a_choice_that_is_not_there_is_named(desk, is_draft, refused):
    variant, answers, reason, path, found = refused
    before = desk.holdings()
    with pytest.raises(catalog_errors.ChoiceInvalidError) as raised:
        apply(desk, variant, answers, as_draft=is_draft)
    assert raised.value.path == path
    assert (raised.value.params["reason"], raised.value.params["found"]) == (reason, found)
    assert found in raised.value.message("zh-Hans")
    assert "{" not in raised.value.message("zh-Hans") + raised.value.message("en")
    assert desk.holdings() == before


def test_what_is_still_open_is_named(desk):
    before = desk.holdings()
    with pytest.raises(errors.VariantRequiredError) as unchosen:
        apply(desk, "")
    assert unchosen.value.params["variants"] == ["01", "02"]
    assert "变更地址" in unchosen.value.message("zh-Hans")
    with pytest.raises(errors.QuestionOpenError) as first:
        apply(desk, "01")
    (asked,) = first.value.params["questions"]
    assert asked["code"] == "Q1"
    assert [option["code"] for option in asked["options"]] == ["own", "rent"]
    assert OWNED.text in first.value.message("zh-Hans")
    with pytest.raises(errors.QuestionOpenError) as second:
        apply(desk, "01", RENTED[:1], codes=["M04"])
    assert [asked["code"] for asked in second.value.params["questions"]] == ["Q2"]
    with pytest.raises(errors.QuestionOpenError):
        apply(desk, "01", hold_for_review=True)
    assert desk.holdings() == before


def test_a_matter_without_choices_takes_none(desk):
    content = revising.content_of(now=desk.now)
    plain = content.materials[:3]
    later = desk.now + timedelta(days=1)
    revising.revise(
        now=later, variants=(), questions=(), materials=plain, conditions=content.conditions[:1]
    )
    desk.now = later
    for variant, answers in (("01", []), ("", OWN)):
        with pytest.raises(catalog_errors.ChoiceInvalidError):
            apply(desk, variant, answers)
    case = apply(desk, "")
    assert list(listed(desk, case.number)) == ["M01", "M02", "M03"]


def test_a_snapshot_from_before_there_were_choices_is_read(desk):
    case = apply(desk, "01", OWN)
    later = {"variant", "answers", "variants", "questions"}
    old = {name: value for name, value in case.offering.items() if name not in later}
    old["content"] = {name: value for name, value in old["content"].items() if name not in later}
    read = read_snapshot(old)
    assert (read.variant, read.answers) == ("", ())
    assert [material.code for material in read.materials][:3] == ["M01", "M02", "M03"]


def test_a_draft_may_leave_open_what_its_applicant_does_not_know_yet(desk):
    draft = apply(desk, "", as_draft=True)
    assert list(listed(desk, draft.number)) == ["M01", "M02", "M03"]
    apply(desk, "01", RENTED[:1], codes=["M04"], as_draft=True, draft_number=draft.number)
    assert list(listed(desk, draft.number)) == ["M01", "M02", "M03", "M04"]
    with pytest.raises(errors.QuestionOpenError):
        apply(desk, "01", RENTED[:1], codes=["M04"], draft_number=draft.number)
    # Another variant: what was handed in for the former stays, and is asked for no more.
    case = apply(desk, "02", codes=["M06"], draft_number=draft.number)
    found = listed(desk, case.number)
    assert list(found) == ["M01", "M02", "M03", "M06", "M04"]
    assert found["M04"] == desk.now
    assert read_snapshot(case.offering).variant == "02"


def test_a_draft_keeps_no_empty_material_of_a_choice_that_was_changed(desk):
    draft = apply(desk, "01", RENTED, as_draft=True)
    desk.add(draft.number, material_name="照片")
    assert list(listed(desk, draft.number)) == ["M01", "M02", "M03", "M04", "+5"]
    case = apply(desk, "01", OWN, draft_number=draft.number)
    assert list(listed(desk, case.number)) == ["M01", "M02", "M03", "+5"]
    desk.add(case.number, material_name="说明", files=[casework.pdf("s.pdf", b"s")])
    assert list(listed(desk, case.number)) == ["M01", "M02", "M03", "+5", "+6"]


def test_a_variant_has_its_own_promise(desk):
    slow, fast = apply(desk, "01", OWN), apply(desk, "02", codes=["M06"])
    assert desk.accept(slow.number).promised_due_at == Reckoning().due_at(desk.now, 3, DAYS)
    assert desk.accept(fast.number).promised_due_at == Reckoning().due_at(desk.now, 2, DAYS)


def test_a_center_that_promises_less_than_the_variant_keeps_its_word(desk):
    revising.set_terms(desk.center, now=desk.now, promised_limit=Limit(1, DAYS))
    case = apply(desk, "02", codes=["M06"])
    assert read_snapshot(case.offering).promised_limit == Limit(1, DAYS)


def test_a_key_stands_for_one_choice(desk):
    key = uuid.uuid4()
    first = apply(desk, "01", OWN, key=key)
    assert apply(desk, "01", OWN, key=key).number == first.number
    for variant, answers in (("02", []), ("01", RENTED)):
        with pytest.raises(IdempotencyKeyReusedError):
            apply(desk, variant, answers, key=key)


def test_a_choice_travels_with_the_case(desk):
    station = Desk(handing.STATION, now=desk.now)
    operator = handing.staff(handing.STATION).actor
    number = apply(station, "01", RENTED, codes=["M04"], actor=operator).number
    handing.relay_all()
    from tenants.handoffs.operations import answer
    from tenants.handoffs.states import Direction

    offered = handing.handoff_at(handing.COUNTY, number, Direction.INCOMING)
    with center_context(handing.COUNTY):
        answer.accept_handoff(
            actor=desk.clerk, handoff_id=offered.id, idempotency_key=uuid.uuid4(), now=desk.now
        )
    handing.relay_all()
    assert desk.case(number).offering == station.case(number).offering
    assert read_snapshot(desk.case(number).offering).answers == (("Q1", "rent"), ("Q2", "no"))
    assert listed(desk, number) == listed(station, number)


# --- a rebase under a choice --------------------------------------------------------------------


def move(desk, number, **said):
    with center_context(desk.center):
        return rebase.rebase_case(
            actor=desk.chief,
            number=number,
            legal_basis=rules.LegalBasis("出版管理条例", "第三十五条"),
            reason="条例修订",
            idempotency_key=uuid.uuid4(),
            now=desk.now + timedelta(hours=1),
            **said,
        )


def test_a_rebase_keeps_what_was_chosen(desk):
    number = apply(desk, "01", SUBLETTED, codes=["M04", "M05"]).number
    content = revising.content_of(now=desk.now)
    plan = revising.material("M07", "平面图", variants=("01",))
    other = revising.material("M08", "迁址说明", variants=("02",))
    revising.revise(now=desk.now, materials=(*content.materials, plan, other))
    rebased = move(desk, number)
    assert [change.code for change in rebased.rebase.differences.materials] == ["M07"]
    assert rebased.rebase.missing == ("M07",)
    offering = read_snapshot(desk.case(number).offering)
    assert (offering.variant, dict(offering.answers)) == ("01", {"Q1": "rent", "Q2": "yes"})


def test_an_answer_that_nobody_asks_for_any_more_falls_away(desk):
    number = apply(desk, "01", SUBLETTED, codes=["M04", "M05"]).number
    content = revising.content_of(now=desk.now)
    kept = tuple(m for m in content.materials if m.code not in {"M04", "M05"})
    revising.revise(now=desk.now, questions=(), materials=kept, conditions=content.conditions[:1])
    rebased = move(desk, number)
    assert read_snapshot(rebased.case.offering).answers == ()
    assert "answers" in rebased.rebase.differences.elements
    assert [n for n, dropped in listed(desk, number).items() if dropped] == ["M04", "M05"]


def test_a_question_that_is_new_has_to_be_answered(desk):
    number = apply(desk, "02", codes=["M06"]).number
    content = revising.content_of(now=desk.now)
    asked = replace(SUBLET, code="Q3", text="是否跨县？", variants=("02",), when=())
    revising.revise(now=desk.now, questions=(*content.questions, asked))
    before = desk.holdings()
    for dry_run in (True, False):
        with pytest.raises(errors.QuestionOpenError) as raised:
            move(desk, number, dry_run=dry_run)
        assert [one["code"] for one in raised.value.params["questions"]] == ["Q3"]
    assert desk.holdings() == before
    moved = move(desk, number, answers=[GuideAnswer("Q3", "no")])
    assert read_snapshot(moved.case.offering).answers == (("Q3", "no"),)


def test_a_variant_that_is_gone_has_to_be_chosen_anew(desk):
    number = apply(desk, "02", codes=["M06"]).number
    content = revising.content_of(now=desk.now)
    revising.revise(
        now=desk.now,
        variants=(NEW, Variant("03", "迁址")),
        materials=tuple(m for m in content.materials if m.code != "M06"),
    )
    with pytest.raises(catalog_errors.ChoiceInvalidError) as raised:
        move(desk, number)
    assert (raised.value.path, raised.value.params["found"]) == (("variant",), "02")
    moved = move(desk, number, variant="03")
    assert read_snapshot(moved.case.offering).variant == "03"
    assert "variant" in moved.rebase.differences.elements
