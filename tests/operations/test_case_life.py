"""A case from intake to delivery at the center that decides it, and the ways it can end early."""

from datetime import UTC, datetime

import pytest

from tenants.cases import errors, rules
from tenants.cases.states import State
from tests import casework, handing
from tests.casework import Desk
from tongban.kernel.context import center_context


@pytest.fixture
def desk(db):
    return Desk()


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def test_a_case_lives_from_intake_to_delivery(desk):
    submitted = desk.submit()
    number = submitted.case.number
    assert (submitted.case.state, submitted.case.home_code) == (State.SUBMITTED, casework.COUNTY)
    assert len(submitted.query_code) == 6

    case = desk.accept(number)
    assert case.state == State.ACCEPTED
    assert case.promised_due_at == at("2026-02-25T17:00+08:00")
    # 20 working days: the festival of nine days is skipped, the make-up Saturdays count.
    assert case.statutory_due_at == at("2026-03-19T17:00+08:00")
    assert case.notice_due_at is None

    desk.start(number)
    desk.review(number)
    desk.verify(number)
    case = desk.decide(number)
    assert (case.state, case.decision["decision"]) == (State.APPROVED, "approve")
    case = desk.issue(number, result_number="鲁齐新出零字001号")
    assert case.result["name"] == "出版物经营许可证"
    case = desk.complete(number)
    assert case.state == State.COMPLETED
    assert case.delivery["receiver_name_masked"] == "赵*试"

    assert [event.name for event in desk.events(number)] == [
        "case.submitted",
        "case.accepted",
        "case.review_started",
        "case.review_recorded",
        "case.review_recorded",
        "case.approved",
        "case.issued",
        "case.completed",
    ]
    assert set(rules.EVENTS) >= {event.name for event in desk.events(number)}
    handing.log_of(desk.center, number)
    stored = desk.case(number)
    assert stored.version == stored.sequence == 8


def test_the_promise_counts_make_up_days(desk):
    for accepted, due in (
        ("2026-09-30T10:00+08:00", "2026-10-10T17:00+08:00"),
        ("2026-04-30T10:00+08:00", "2026-05-08T17:00+08:00"),
    ):
        number = desk.submitted()
        assert desk.accept(number, now=at(accepted)).promised_due_at == at(due)


def test_receipt_sets_the_clock_for_the_notice(desk):
    case = desk.submit().case
    assert case.received_at == desk.now
    assert case.notice_due_at == at("2026-02-27T17:00+08:00")


def test_a_rejection_is_issued_and_delivered_too(desk):
    number = desk.verified(favourable=False)
    case = desk.decide(
        number, decision=rules.Decision.REJECT, ground_code="CONDITIONS_NOT_MET", text="面积不足"
    )
    assert case.state == State.REJECTED
    assert case.decision["ground"] == "CONDITIONS_NOT_MET"
    assert desk.issue(number).result["name"] == "不予行政许可决定书"
    assert desk.complete(number).state == State.COMPLETED


def test_rejection_and_refusal_need_a_coded_ground(desk):
    number = desk.verified()
    waiting = desk.submitted()
    before = desk.holdings()
    for ground, error in (
        ("", errors.GroundRequiredError),
        ("我不喜欢", errors.GroundUnknownError),
    ):
        with pytest.raises(error):
            desk.decide(number, decision=rules.Decision.REJECT, ground_code=ground)
        with pytest.raises(error):
            desk.refuse(waiting, ground_code=ground)
    assert desk.holdings() == before


def test_refusal_ends_the_case(desk):
    case = desk.refuse(desk.submitted(), ground_code="NO_PERMIT_NEEDED", text="无需许可")
    assert (case.state, case.decision["ground"]) == (State.REFUSED, "NO_PERMIT_NEEDED")
    with pytest.raises(errors.CaseAcceptNotAllowedError):
        desk.accept(case.number)


def test_a_notice_tells_all_defects_and_is_answered(desk):
    number = desk.submitted()
    case = desk.notify(
        number, defects=[rules.Defect("M01", "缺少签字"), rules.Defect("", "地址不完整")]
    )
    assert (case.state, case.notices_issued) == (State.SUPPLEMENT_REQUESTED, 1)
    assert case.notice_due_at is None
    with pytest.raises(errors.AnswerIncompleteError) as raised:
        desk.answer(number)
    assert raised.value.params["materials"] == [""]
    later = at("2026-03-02T10:00+08:00")
    case = desk.answer(number, answers=[rules.Answer("", "齐河县晏城街道1号")], now=later)
    assert case.state == State.SUBMITTED
    assert case.received_at == later
    assert case.notice_due_at == at("2026-03-09T17:00+08:00")
    with center_context(desk.center):
        notice = case.notices.get()
        assert notice.answered_at == later
        assert notice.answers == [{"material": "", "text": "齐河县晏城街道1号"}]
        assert case.materials.get(code="M01").files.count() == 2
    case = desk.notify(number, now=at("2026-03-10T10:00+08:00"))
    assert case.notices_issued == 2
    assert desk.events(number)[-1].data["is_late"] is True


def test_a_notice_names_defects_of_this_case(desk):
    number = desk.submitted()
    before = desk.holdings()
    with pytest.raises(errors.DefectRequiredError):
        desk.notify(number, defects=[])
    with pytest.raises(errors.MaterialUnknownError):
        desk.notify(number, defects=[rules.Defect("M99", "缺")])
    with pytest.raises(errors.TextInvalidError):
        desk.notify(number, defects=[rules.Defect("M01", "  ")])
    assert desk.holdings() == before


@pytest.mark.parametrize("state", ["submitted", "notified", "accepted", "in_review"])
def test_an_application_is_withdrawn_before_the_decision(desk, state):
    number = desk.submitted()
    if state == "notified":
        desk.notify(number)
    if state in {"accepted", "in_review"}:
        desk.accept(number)
    if state == "in_review":
        desk.start(number)
    case = desk.withdraw(number, casework.citizen(), reason="不办了")
    assert case.state == State.WITHDRAWN
    event = desk.events(number)[-1]
    assert event.actor["role"] == "applicant"
    assert event.actor["name"] == "赵*试"


def test_nothing_is_withdrawn_after_the_decision(desk):
    number = desk.verified()
    desk.decide(number)
    before = desk.holdings()
    with pytest.raises(errors.CaseWithdrawNotAllowedError) as raised:
        desk.withdraw(number, casework.citizen())
    assert raised.value.params["reason"] == "STATE"
    assert "准予" in raised.value.message("zh-Hans")
    assert desk.holdings() == before


def test_a_window_acts_on_the_applicants_behalf(desk):
    number = desk.submitted()
    first = desk.events(number)[0]
    assert (first.actor["role"], first.actor["name"]) == ("staff", "岗位clerk")
    assert first.actor["center_code"] == desk.center
    assert first.on_behalf_of["role"] == "applicant"
    desk.withdraw(number)
    assert desk.events(number)[-1].on_behalf_of["name"] == "赵*试"


def test_the_reviewer_does_not_verify(desk):
    number = desk.in_review()
    before = desk.holdings()
    with pytest.raises(errors.CaseRecordReviewNotAllowedError) as raised:
        desk.verify(number)
    assert raised.value.params["reason"] == "REVIEW_MISSING"
    assert desk.holdings() == before
    desk.review(number)
    before = desk.holdings()
    with pytest.raises(errors.SamePersonError):
        desk.verify(number, desk.reviewer)
    assert desk.holdings() == before


def test_a_decision_wants_review_and_verification(desk):
    number = desk.in_review()
    for step, reason in (
        (None, "REVIEW_MISSING"),
        (desk.review, "VERIFICATION_MISSING"),
        (lambda n: desk.verify(n, is_favourable=False), "UNFAVOURABLE"),
    ):
        if step:
            step(number)
        before = desk.holdings()
        with pytest.raises(errors.CaseDecideNotAllowedError) as raised:
            desk.decide(number)
        assert raised.value.params["reason"] == reason
        assert desk.holdings() == before


def test_a_new_review_asks_for_a_new_verification(desk):
    number = desk.verified(favourable=False)
    desk.review(number, is_favourable=True, opinion="重新审查，符合")
    with pytest.raises(errors.CaseDecideNotAllowedError) as raised:
        desk.decide(number)
    assert raised.value.params["reason"] == "VERIFICATION_MISSING"
    desk.verify(number)
    assert desk.decide(number).state == State.APPROVED


def test_material_is_added_once(desk):
    number = desk.submitted()
    desk.add(number)
    before = desk.case(number).sequence
    desk.add(number, casework.citizen())
    assert desk.case(number).sequence == before, "the same bytes again are nothing new"
    desk.add(number, files=[casework.upload("照片.JPG", casework.JPEG)], material_name="门店照片")
    with center_context(desk.center):
        further = desk.case(number).materials.get(name="门店照片")
        assert further.code == "+4"
        assert further.files.get().media_type == "image/jpeg"
    desk.add(number, files=[casework.pdf("b.pdf", b"b")], material_name="门店照片")
    with center_context(desk.center):
        assert further.files.count() == 2
