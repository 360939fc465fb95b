"""A running case moves to the present offering: checked, on a named article, and never silently."""

import uuid
from dataclasses import replace
from datetime import timedelta

import pytest

from tenants.cases import errors, models, queries, rules
from tenants.cases.operations import rebase
from tenants.cases.states import State
from tenants.staff.rules import CenterRole
from tenants.windows.rules import Reckoning
from tests import casework, handing, people, revising
from tests.casework import ACCEPTED_AT, Desk
from tongban.catalog import errors as catalog_errors
from tongban.catalog.rules.content import Fee, FeeItem, Limit, Necessity
from tongban.catalog.rules.repinning import Change
from tongban.catalog.rules.snapshot import read_snapshot
from tongban.kernel import calendar
from tongban.kernel.calendar import LimitUnit
from tongban.kernel.context import center_context
from tongban.kernel.errors import IdempotencyKeyReusedError, StaleVersionError
from tongban.kernel.models import AuditEntry

DAYS = LimitUnit.WORKING_DAY
LATER = ACCEPTED_AT + timedelta(hours=2)
BASIS = rules.LegalBasis("出版管理条例（2026年修订）", "第三十五条")
LEASE = revising.material("M04", "经营场所租赁合同")
RULE = revising.condition("经营场所面积不少于二十平方米")


@pytest.fixture
def desk(db):
    return Desk(now=ACCEPTED_AT)


def stricter(**said):
    """Publish what the amended law asks: M02 no more, a lease and a new condition besides."""
    former = revising.content_of(now=LATER)
    return revising.revise(
        now=LATER,
        **{
            "materials": (former.materials[0], *former.materials[2:], LEASE),
            "conditions": (*former.conditions, RULE),
            **said,
        },
    )


def move(desk, number, actor=None, **said):
    said = {"legal_basis": BASIS, "reason": "修订后的条例自公布之日起施行", **said}
    said.setdefault("idempotency_key", uuid.uuid4())
    said.setdefault("now", LATER)
    with center_context(desk.center):
        return rebase.rebase_case(actor=actor or desk.chief, number=number, **said)


def materials(desk, number):
    with center_context(desk.center):
        rows = models.Material.objects.filter(case__number=number).order_by("position")
        return {row.code: (row.necessity, row.dropped_at, row.files.count()) for row in rows}


def test_a_case_is_pinned_until_it_is_moved(desk):
    number = desk.submitted()
    desk.accept(number)
    before = desk.case(number)
    stricter()
    assert desk.case(number).offering == before.offering
    rebased = move(desk, number)
    after = desk.case(number)
    assert rebased.case.version == after.version == before.version + 1
    assert after.state == State.ACCEPTED
    assert read_snapshot(after.offering).revision_number == 2
    assert materials(desk, number) == {
        "M01": ("1", None, 1),
        "M03": ("2", None, 0),
        "M04": ("1", None, 0),
        "M02": ("1", LATER, 1),
    }, "what was handed in stays"


def test_the_former_offering_stays_readable_in_the_event(desk):
    number = desk.submitted()
    former = desk.case(number).offering
    stricter()
    move(desk, number)
    event = desk.events(number)[-1]
    assert event.name == "case.rebased"
    kept = event.data["rebase"]
    assert kept["former"] == former
    assert (kept["statute"], kept["article"]) == (BASIS.statute, BASIS.article)
    assert kept["reason"] == "修订后的条例自公布之日起施行"
    assert read_snapshot(event.changes["offering"]).materials[-1] == LEASE
    handing.log_of(desk.center, number)
    shown = rules.shown_data(event.data, to_staff=False)
    assert shown["rebase"] == kept, "the applicant reads why"


def test_the_audit_says_on_which_article(desk):
    number = desk.submitted()
    stricter()
    move(desk, number, reason="赵测试的申请")
    with center_context(desk.center):
        entry = AuditEntry.objects.latest("sequence")
    assert entry.action == "case.rebase"
    assert entry.object_key == number
    assert entry.data["article"] == BASIS.article
    assert (entry.data["from_revision"], entry.data["to_revision"]) == (1, 2)
    assert "赵测试" not in str(entry.data)


def test_a_dry_run_tells_the_same_and_changes_nothing(desk):
    number = desk.in_review()
    desk.review(number)
    fee = Fee(charged=True, items=(FeeItem("工本费", "每证", basis=0),))
    stricter(promised_limit=Limit(2, DAYS), statutory_limit=Limit(15, DAYS), fee=fee)
    before = desk.holdings()
    told = move(desk, number, dry_run=True)
    assert desk.holdings() == before
    assert told.case.version == desk.case(number).version
    done = move(desk, number)
    assert done.rebase == told.rebase
    found = told.rebase.differences
    assert [(change.code, change.change) for change in found.materials] == [
        ("M04", Change.ADDED),
        ("M02", Change.DROPPED),
    ]
    assert found.conditions_added == (RULE.text,)
    assert found.conditions_dropped == ()
    assert (found.former_fee.charged, found.fee) == (False, fee)
    assert (found.former_statutory, found.statutory) == (Limit(20, DAYS), Limit(15, DAYS))
    assert set(found.elements) == {
        *("materials", "conditions", "promised_limit", "statutory_limit", "fee"),
    }
    assert told.rebase.missing == ("M04",)
    assert told.rebase.reopens_review
    accepted = desk.case(number).accepted_at
    assert told.rebase.promised.former == Reckoning().due_at(accepted, 3, DAYS)
    assert told.rebase.promised.due_at == Reckoning().due_at(accepted, 2, DAYS)


def test_due_dates_run_from_the_original_start(desk):
    number = desk.submitted()
    desk.accept(number)
    stricter(promised_limit=Limit(2, DAYS), statutory_limit=Limit(30, DAYS))
    move(desk, number, now=LATER + timedelta(days=1))
    case = desk.case(number)
    assert case.promised_due_at == Reckoning().due_at(ACCEPTED_AT, 2, DAYS)
    assert case.statutory_due_at == Reckoning().due_at(ACCEPTED_AT, 30, DAYS)
    with center_context(desk.center):
        explained = {reason.clock: reason for reason in queries.explain_due(case)}
    assert explained["promised"].limit == Limit(2, DAYS)
    assert explained["promised"].due_at == case.promised_due_at


def test_a_promise_is_kept_unless_the_basis_extends_it(desk):
    numbers = [desk.submitted(), desk.submitted()]
    for number in numbers:
        desk.accept(number)
    stricter(promised_limit=Limit(10, DAYS))
    kept, extended = move(desk, numbers[0]), move(desk, numbers[1], extends_promise=True)
    assert kept.rebase.keeps_promise
    assert kept.case.promised_due_at == Reckoning().due_at(ACCEPTED_AT, 3, DAYS)
    assert not extended.rebase.keeps_promise
    assert extended.case.promised_due_at == Reckoning().due_at(ACCEPTED_AT, 10, DAYS)
    with center_context(desk.center):
        (reason,) = (r for r in queries.explain_due(kept.case) if r.clock == "promised")
    assert (reason.limit, reason.due_at) == (Limit(3, DAYS), kept.case.promised_due_at)


def test_a_promise_that_is_kept_binds_at_acceptance_too(desk):
    number = desk.submitted()
    stricter(promised_limit=Limit(10, DAYS))
    assert move(desk, number).case.promised_due_at is None
    desk.add(number, material_code="M04")
    assert desk.accept(number, now=LATER).promised_due_at == Reckoning().due_at(LATER, 3, DAYS)


def test_what_is_newly_required_must_be_there_before_an_approval(desk):
    number = desk.verified()
    stricter()
    move(desk, number)
    with center_context(desk.center):
        assert not models.ReviewTask.objects.exclude(recorded_at=None).exists()
    with pytest.raises(errors.CaseDecideNotAllowedError) as undone:
        desk.decide(number)
    assert undone.value.params["reason"] == "REVIEW_MISSING"
    desk.review(number)
    desk.verify(number)
    before = desk.holdings()
    with pytest.raises(errors.MaterialMissingError) as raised:
        desk.decide(number)
    assert raised.value.params["materials"] == ["M04"]
    assert LEASE.name in raised.value.message("zh-Hans")
    assert desk.holdings() == before
    desk.add(number, material_code="M04")
    assert desk.decide(number).state == State.APPROVED


def test_what_is_missing_keeps_nobody_from_rejecting(desk):
    number = desk.in_review()
    stricter()
    move(desk, number)
    desk.review(number, is_favourable=False)
    desk.verify(number, is_favourable=False)
    rejected = desk.decide(
        number, decision=rules.Decision.REJECT, ground_code="CONDITIONS_NOT_MET", text="未补交"
    )
    assert rejected.state == State.REJECTED


def test_reviews_stand_where_nothing_they_measured_by_changed(desk):
    number = desk.verified()
    revising.revise(now=LATER, promised_limit=Limit(2, DAYS))
    assert not move(desk, number).rebase.reopens_review
    assert desk.decide(number).state == State.APPROVED


def test_nobody_makes_good_what_was_dropped(desk):
    number = desk.submitted()
    desk.notify(number, defects=[rules.Defect("M02", "缺少平面图"), rules.Defect("M01", "未签字")])
    stricter()
    move(desk, number)
    with pytest.raises(errors.AnswerIncompleteError) as raised:
        desk.answer(number, files={})
    assert raised.value.params["materials"] == ["M01"]
    assert desk.answer(number).state == State.SUBMITTED
    with pytest.raises(errors.MaterialUnknownError):
        desk.notify(number, defects=[rules.Defect("M02", "仍缺")])
    desk.notify(number, defects=[rules.Defect("M04", "请补交")])


def test_nothing_is_collected_that_is_asked_for_no_more(desk):
    number = desk.submitted()
    stricter()
    move(desk, number)
    before = desk.holdings()
    with pytest.raises(errors.MaterialUnknownError):
        desk.add(number, material_code="M02")
    assert desk.holdings() == before


def test_further_materials_stay_and_a_dropped_one_comes_back(desk):
    number = desk.submitted()
    desk.add(number, material_name="照片")
    content = revising.content_of(now=LATER)
    stricter()
    move(desk, number)
    assert list(materials(desk, number)) == ["M01", "M03", "M04", "+4", "M02"]
    revising.revise(now=LATER + timedelta(days=1), materials=content.materials)
    move(desk, number, now=LATER + timedelta(days=1))
    found = materials(desk, number)
    assert list(found) == ["M01", "M02", "M03", "+4", "M04"]
    assert found["M02"] == ("1", None, 1)
    assert found["+4"] == ("2", None, 1)
    assert found["M04"][1] == LATER + timedelta(days=1)
    desk.add(number, material_name="说明", files=[casework.pdf("s.pdf", b"s")])
    assert list(materials(desk, number))[-1] == "+6"


def test_a_material_that_is_asked_for_otherwise_is_named(desk):
    number = desk.submitted()
    first, *others = revising.content_of(now=LATER).materials
    eased = replace(others[0], necessity=Necessity.OPTIONAL, name="经营场所说明")
    revising.revise(now=LATER, materials=(first, eased, *others[1:]))
    (change,) = move(desk, number).rebase.differences.materials
    assert change.change is Change.CHANGED
    assert (change.former, change.material) == (others[0], eased)
    assert materials(desk, number)["M02"] == ("2", None, 1)


def test_the_name_of_the_matter_follows(desk):
    number = desk.submitted()
    revising.revise(now=LATER, name="出版物经营许可（零售）")
    assert move(desk, number).case.matter_name == "出版物经营许可（零售）"


def test_a_repeat_tells_what_was_changed(desk):
    number, key = desk.submitted(), uuid.uuid4()
    stricter()
    first = move(desk, number, idempotency_key=key)
    before = desk.holdings()
    again = move(desk, number, idempotency_key=key)
    assert desk.holdings() == before
    assert again.rebase == first.rebase
    with pytest.raises(IdempotencyKeyReusedError):
        move(desk, number, idempotency_key=key, extends_promise=True)


def test_a_dry_run_does_not_use_its_key_up(desk):
    number, key = desk.submitted(), uuid.uuid4()
    stricter()
    move(desk, number, idempotency_key=key, dry_run=True)
    assert move(desk, number, idempotency_key=key).case.version == 2


@pytest.mark.parametrize("dry_run", [False, True])
def test_what_is_refused_changes_nothing(desk, dry_run):
    number = desk.submitted()

    def refused(error, **said):
        before, row = desk.holdings(), desk.case(number)
        with pytest.raises(error) as raised:
            move(desk, number, dry_run=dry_run, **said)
        assert desk.holdings() == before
        assert desk.case(number).offering == row.offering
        assert "{" not in raised.value.message("zh-Hans") + raised.value.message("en")
        return raised.value

    refused(errors.CaseRebaseUnchangedError)
    stricter()
    error = refused(errors.LegalBasisRequiredError, legal_basis=rules.LegalBasis(" ", "第一条"))
    assert error.path == ("legalBasis", "statute")
    refused(errors.LegalBasisRequiredError, legal_basis=rules.LegalBasis("出版管理条例", ""))
    refused(errors.TextInvalidError, legal_basis=rules.LegalBasis("x" * 2001, "第一条"))
    refused(errors.TextInvalidError, reason=" ")
    refused(StaleVersionError, expected_version=7)
    revising.take_off_the_list(desk.center, now=LATER)
    assert refused(catalog_errors.NotOnListError).path == ("number",)


def test_the_same_offering_under_a_kept_promise_is_no_change(desk):
    number = desk.submitted()
    stricter(promised_limit=Limit(10, DAYS))
    move(desk, number)
    with pytest.raises(errors.CaseRebaseUnchangedError):
        move(desk, number)
    assert not move(desk, number, extends_promise=True).rebase.keeps_promise


def test_a_case_is_moved_to_what_is_published_ahead_from_its_day_only(desk):
    number = desk.submitted()
    midnight = LATER.replace(hour=16, minute=0, second=0, microsecond=0) + timedelta(days=2)
    stricter(since=calendar.local_day(midnight))
    with pytest.raises(errors.CaseRebaseUnchangedError):
        move(desk, number, now=midnight - timedelta(seconds=1))
    assert read_snapshot(desk.case(number).offering).revision_number == 1
    move(desk, number, now=midnight)
    assert read_snapshot(desk.case(number).offering).revision_number == 2


@pytest.mark.parametrize(
    "role",
    [r for r in tuple(CenterRole)[:9] if r is not CenterRole.CHIEF_REPRESENTATIVE],
)
def test_only_a_chief_representative_moves_a_case(desk, role):
    number = desk.submitted()
    actor = desk.who(role)
    stricter()
    before = desk.holdings()
    # Party affairs see no case at all.
    with pytest.raises((errors.CaseRebaseNotAllowedError, errors.CaseNotFoundError)) as raised:
        move(desk, number, actor)
    assert raised.value.params.get("reason") == "ROLE" or role is CenterRole.PARTY_SECRETARY
    assert desk.holdings() == before


def test_neither_the_applicant_nor_a_neighbour_moves_a_case(desk):
    number = desk.submitted()
    request = casework.application(applicant=casework.applicant(501))
    own = desk.submit(request=request).case.number
    account = people.account("own-chief", name="赵测试", id_number=people.id_number(501))
    people.member(desk.center, account, CenterRole.CHIEF_REPRESENTATIVE)
    neighbour = handing.staff(handing.DISTRICT, CenterRole.CHIEF_REPRESENTATIVE).actor
    applicants = [(own, people.actor(account)), (number, casework.citizen())]
    stricter()
    before = desk.holdings()
    for applied, actor in applicants:
        with pytest.raises(errors.CaseRebaseNotAllowedError) as raised:
            move(desk, applied, actor)
        assert raised.value.params["reason"] == "OWN_CASE"
    for dry_run in (False, True):
        with pytest.raises(errors.CaseNotFoundError):
            move(desk, number, neighbour, dry_run=dry_run)
    assert desk.holdings() == before


def test_a_case_that_is_decided_or_ended_is_not_moved(desk):
    decided, withdrawn = desk.verified(), desk.submitted()
    desk.decide(decided)
    desk.withdraw(withdrawn)
    stricter()
    before = desk.holdings()
    for number, state in ((decided, "approved"), (withdrawn, "withdrawn")):
        with pytest.raises(errors.CaseRebaseNotAllowedError) as raised:
            move(desk, number)
        assert (raised.value.params["reason"], raised.value.params["state"]) == ("STATE", state)
    assert desk.holdings() == before


def test_a_draft_pins_what_is_offered_when_it_is_handed_in(desk):
    draft = desk.submit(request=casework.application(as_draft=True), files={}).case
    stricter()
    with pytest.raises(errors.CaseRebaseNotAllowedError):
        move(desk, draft.number)
    files = {code: [casework.pdf(code, code.encode())] for code in ("M01", "M04")}
    request = casework.application(draft_number=draft.number)
    submitted = desk.submit(request=request, files=files, now=LATER).case
    assert read_snapshot(submitted.offering).revision_number == 2
    assert list(materials(desk, draft.number)) == ["M01", "M03", "M04"]


def test_available_actions_tell_who_can(desk):
    number = desk.submitted()
    with center_context(desk.center):
        for actor, expected in ((desk.chief, True), (desk.clerk, False)):
            membership = queries.membership_of(actor)
            found = queries.available_actions(actor, membership, desk.case(number), now=desk.now)
            (one,) = (item for item in found if item.action == "rebase_case")
            assert one.is_available is expected
