"""一次告知: what a further notice costs, who supplies what, and answers that come one by one."""

import uuid
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tenants.cases import errors, queries, rules
from tenants.cases.operations import rebase
from tenants.cases.states import State
from tenants.staff.rules import CenterRole
from tenants.windows.operations import areas, windows
from tenants.windows.rules import WindowKind
from tests import casework, revising
from tests.casework import Desk
from tongban.catalog.rules.content import MaterialSource
from tongban.kernel.context import center_context

LATER = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)


@pytest.fixture
def desk(db):
    return Desk()


def move(desk, number):
    with center_context(desk.center):
        rebase.rebase_case(
            actor=desk.chief, number=number, legal_basis=rules.LegalBasis("某条例", "第五条"),
            reason="自公布之日起施行", idempotency_key=uuid.uuid4(), now=LATER,
        )  # fmt: skip


def seat(desk):
    """Let the clerk sit at a window of the hall."""
    by = {"actor": desk.who(CenterRole.MANAGER), "now": desk.now}
    clerk = queries.membership_of(desk.clerk).staff_number
    areas.open_area(**by, code="A1", name="一楼", floor="", idempotency_key=uuid.uuid4())
    terms = windows.WindowTerms("综合", WindowKind.INTEGRATED, "A1", None, [])
    windows.open_window(**by, code="W1", terms=terms, idempotency_key=uuid.uuid4())
    windows.seat_member(**by, code="W1", staff_number=clerk)


def found(desk, number):
    return [f for f in desk.case(number).findings if f["code"] == "SECOND_NOTICE"]


def told(desk, number):
    """Return the defects of the latest notice by their subject."""
    with center_context(desk.center):
        notice = desk.case(number).notices.latest("number")
    return {rules.subject_of(defect): defect for defect in notice.defects}


def test_a_second_notice_is_held_against_its_center_once(desk):
    number = desk.submitted()
    desk.notify(number)
    assert found(desk, number) == []
    desk.answer(number)
    desk.notify(number, defects=[rules.Defect("M02", "缺页"), rules.Defect("M01", "仍未签字")])
    (finding,) = found(desk, number)
    assert finding["center_code"] == desk.center
    assert finding["subjects"] == ["M02"], "the first notice could have told it"
    assert told(desk, number)["M02", ""]["was_knowable"]
    assert "was_knowable" not in told(desk, number)["M01", ""], "it was told before"


def test_a_second_notice_is_one_row_of_the_supervisors_list_with_its_window(desk):
    number = desk.submitted()
    with center_context(desk.center):
        seat(desk)
    desk.notify(number)
    desk.answer(number)
    desk.notify(number)
    supervisor = desk.who(CenterRole.SUPERVISOR)
    with center_context(desk.center):
        where = rules.FindingFilter(codes=("SECOND_NOTICE",))
        (row,) = queries.find_findings(actor=supervisor, where=where)
    assert (row.case.number, row.window_code, row.replied_at) == (number, "W1", None)


def test_what_changed_since_the_first_notice_could_not_have_been_told(desk):
    number = desk.submitted()
    desk.notify(number)
    later = desk.now + timedelta(hours=1)
    desk.add(number, material_code="M02", now=later)
    desk.answer(number, now=later)
    desk.notify(number, defects=[rules.Defect("M02", "新页不清楚")], now=later)
    assert found(desk, number)[0].get("subjects", []) == []


def test_what_a_law_brought_since_could_not_have_been_told(desk):
    number = desk.submitted()
    desk.notify(number)
    materials = revising.content_of(now=LATER).materials
    added = revising.material("M77", "新材料")
    revising.revise(now=LATER, materials=(*materials, added))
    move(desk, number)
    desk.answer(number)
    desk.notify(number, defects=[rules.Defect("M77", "请补交"), rules.Defect("", "地址不全")])
    assert found(desk, number)[0]["subjects"] == ["FORM"]


def test_a_defect_may_be_of_a_condition(desk):
    number = desk.submitted()
    before = desk.holdings()
    with pytest.raises(errors.ConditionUnknownError):
        desk.notify(number, defects=[rules.Defect("", "缺", "C99")])
    with pytest.raises(errors.ConditionUnknownError):
        desk.notify(number, defects=[rules.Defect("M01", "缺", "C01")])
    assert desk.holdings() == before
    desk.notify(number, defects=[rules.Defect("", "场所用途不符", "C01")])
    assert told(desk, number)["", "C01"]["condition_text"]
    with pytest.raises(errors.AnswerIncompleteError) as raised:
        desk.answer(number)
    assert raised.value.params["materials"] == ["C01"]
    case = desk.answer(number, files={}, answers=[rules.Answer("", "已变更用途", "C01")])
    assert case.state == State.SUBMITTED


def test_answers_come_one_by_one_and_the_rest_stays_open(desk):
    number = desk.submitted()
    desk.notify(number, defects=[rules.Defect("M01", "未签字"), rules.Defect("", "地址不全")])
    case = desk.answer(number, is_partial=True, now=LATER)
    assert (case.state, case.notice_due_at) == (State.SUPPLEMENT_REQUESTED, None)
    assert told(desk, number)["M01", ""]["answered_at"]
    assert "answered_at" not in told(desk, number)["", ""]
    before = desk.holdings()
    with pytest.raises(errors.AnswerRequiredError):
        desk.answer(number, files={}, is_partial=True)
    with pytest.raises(errors.AnswerIncompleteError) as raised:
        desk.answer(number, files={})
    assert raised.value.params["materials"] == [""]
    assert desk.holdings() == before
    said = [rules.Answer("", "晏城街道1号")]
    case = desk.answer(number, files={}, answers=said, is_partial=True, now=LATER)
    assert (case.state, case.received_at) == (State.SUBMITTED, LATER)
    with center_context(desk.center):
        assert case.notices.get().answered_at == LATER


def of_government(issued_by):
    first, *others = revising.content_of(now=LATER).materials
    revising.revise(
        now=LATER,
        materials=(replace(first, source=MaterialSource.GOVERNMENT, issued_by=issued_by), *others),
    )


@pytest.mark.parametrize("is_own", [True, False])
def test_what_government_issues_is_not_asked_of_the_applicant(desk, is_own):
    number = desk.submitted()
    department = desk.case(number).offering["department"] if is_own else "另一部门"
    of_government(department)
    move(desk, number)
    before = desk.holdings()
    with pytest.raises(errors.ApplicantNotAskedError):
        desk.notify(number)
    assert desk.holdings() == before
    desk.notify(number, defects=[rules.Defect("M01", "调取"), rules.Defect("M02", "缺页")])
    supplier = rules.SuppliedBy.WINDOW if is_own else rules.SuppliedBy.CENTER
    assert told(desk, number)["M01", ""]["supplied_by"] == supplier
    case = desk.answer(number, files={"M02": [casework.pdf("b.pdf", b"b")]})
    assert case.state == State.SUBMITTED
    assert "answered_at" not in told(desk, number)["M01", ""]
    desk.add(number)
    assert told(desk, number)["M01", ""]["answered_at"]


def test_what_was_never_told_is_no_ground_to_refuse(desk):
    number = desk.submitted()
    before = desk.holdings()
    with pytest.raises(errors.NoticeRequiredError):
        desk.refuse(number, ground_code="NOT_SUPPLEMENTED")
    assert desk.holdings() == before
    desk.notify(number)
    assert desk.refuse(number, ground_code="NOT_SUPPLEMENTED").state == State.REFUSED
