"""并联审查: each department that takes part reviews for itself, none waits for another."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest

from tenants.cases import errors, models, queries, rules
from tenants.cases.operations import claims, projection
from tenants.cases.states import State, TaskKind
from tenants.handoffs.operations import answer
from tenants.handoffs.states import Direction
from tenants.staff.rules import CenterRole, PostingKind
from tenants.windows.operations import terms
from tests import handing, revising, stationing
from tests.casework import ACCEPTED_AT, Desk
from tests.operations.test_case_rebase import move
from tongban.catalog.rules.content import Limit, Step, StepKind
from tongban.kernel.calendar import LimitUnit
from tongban.kernel.context import center_context

LIABLE, POLICE, FIRE = stationing.CULTURE, "公安局", "消防救援大队"
REVIEW, VERIFICATION = rules.ReviewKind


def joint(**said):
    """Let police and fire brigade take part in the books' licence."""
    return revising.revise(now=ACCEPTED_AT, joint_departments=(POLICE, FIRE), **said)


@pytest.fixture
def desk(db):
    return Desk()


@pytest.fixture
def number(desk):
    joint()
    return desk.in_review()


def tasks(desk, number):
    with center_context(desk.center):
        rows = models.ReviewTask.objects.filter(case__number=number).order_by("id")
        return {(row.department, rules.ReviewKind(row.kind)): row for row in rows}


def recorded(desk, number):
    return [whose for whose, task in tasks(desk, number).items() if task.recorded_at]


def both(desk, number, department, **said):
    desk.review(number, department=department, **said)
    return desk.verify(number, department=department, **said)


def refused(error, call):
    with pytest.raises(error) as raised:
        call()
    return raised.value.params


def test_every_department_starts_at_once_and_none_waits(desk, number):
    opened = tasks(desk, number)
    assert list(opened) == [
        (name, kind) for name in (LIABLE, POLICE, FIRE) for kind in (REVIEW, VERIFICATION)
    ]
    assert {task.opened_at for task in opened.values()} == {desk.now}
    assert {task.due_at for task in opened.values()} == {desk.case(number).promised_due_at}
    both(desk, number, FIRE)
    both(desk, number, LIABLE)
    desk.review(number, department=POLICE)
    lacking = refused(errors.CaseDecideNotAllowedError, lambda: desk.decide(number))
    assert (lacking["reason"], lacking["departments"]) == ("VERIFICATION_MISSING", [POLICE])
    desk.verify(number, department=POLICE)
    assert desk.decide(number).state == State.APPROVED


def test_a_rejection_too_waits_for_all_and_an_approval_for_all_of_them_favourable(desk, number):
    reject = {"decision": rules.Decision.REJECT, "ground_code": "CONDITIONS_NOT_MET"}
    both(desk, number, LIABLE)
    both(desk, number, FIRE, is_favourable=False)
    before = desk.holdings()
    lacking = refused(errors.CaseDecideNotAllowedError, lambda: desk.decide(number, **reject))
    assert (lacking["reason"], lacking["departments"]) == ("REVIEW_MISSING", [POLICE])
    assert desk.holdings() == before
    both(desk, number, POLICE)
    lacking = refused(errors.CaseDecideNotAllowedError, lambda: desk.decide(number))
    assert (lacking["reason"], lacking["departments"]) == ("UNFAVOURABLE", [FIRE])
    assert desk.decide(number, **reject).state == State.REJECTED


def test_whose_review_it_is_must_be_clear(desk, number):
    before = desk.holdings()
    open_now = refused(errors.DepartmentRequiredError, lambda: desk.review(number))
    assert open_now["departments"] == [LIABLE, POLICE, FIRE]
    other = refused(
        errors.DepartmentNotInvolvedError, lambda: desk.review(number, department="税务局")
    )
    assert other["departments"] == [LIABLE, POLICE, FIRE]
    assert desk.holdings() == before
    desk.review(number, department=POLICE)
    desk.verify(number)
    desk.review(number, department=FIRE)
    desk.review(number)
    assert recorded(desk, number) == [
        (LIABLE, REVIEW), (POLICE, REVIEW), (POLICE, VERIFICATION), (FIRE, REVIEW),
    ]  # fmt: skip


def test_a_department_at_work_here_has_its_own_people_review(desk, number):
    station = stationing.open_station(desk, code="GAJ", name=POLICE)
    before = desk.holdings()
    lacking = refused(
        errors.CaseRecordReviewNotAllowedError, lambda: desk.review(number, department=POLICE)
    )
    assert (lacking["reason"], lacking["departments"]) == ("NOT_POSTED", [POLICE])
    assert desk.holdings() == before
    officer, head = (handing.staff(desk.center, CenterRole.REVIEWER).actor for _ in range(2))
    for each in (officer, head):
        station.post(each, code="GAJ")
    desk.review(number, officer)
    desk.verify(number, head, department="GAJ")
    assert recorded(desk, number) == [(POLICE, REVIEW), (POLICE, VERIFICATION)]
    both(desk, number, LIABLE)
    both(desk, number, FIRE)
    assert desk.decide(number).state == State.APPROVED


def test_available_actions_tell_whose_people_one_is_not(desk):
    station = stationing.open_station(desk)
    station.post(desk.chief, PostingKind.CHIEF_REPRESENTATIVE)
    number = desk.in_review()

    def told(actor, action):
        with center_context(desk.center):
            case = queries.access_case(actor=actor, number=number)
            membership = queries.membership_of(actor)
            found = queries.available_actions(actor, membership, case, now=desk.now)
        return next((each.is_available, each.reason) for each in found if each.action == action)

    assert told(desk.reviewer, "record_review") == (False, "NOT_POSTED")
    assert told(desk.chief, "record_review") == (True, "")
    station.grant()
    assert told(desk.chief, "decide_case") == (False, "REVIEW_MISSING")


def test_review_and_verification_of_a_department_are_two_persons(desk, number):
    desk.review(number, department=POLICE)
    before = desk.holdings()
    refused(errors.SamePersonError, lambda: desk.verify(number, desk.reviewer, department=POLICE))
    assert desk.holdings() == before
    desk.review(number, desk.chief, department=FIRE)
    desk.verify(number, desk.reviewer, department=FIRE)


def test_a_new_review_asks_for_a_new_verification_of_its_own_department_alone(desk, number):
    both(desk, number, POLICE)
    both(desk, number, FIRE)
    desk.review(number, department=POLICE)
    assert recorded(desk, number) == [(POLICE, REVIEW), (FIRE, REVIEW), (FIRE, VERIFICATION)]


def test_what_a_sibling_says_moves_no_clock_and_is_no_ground_to_stop_it(desk, number):
    def dates():
        case = desk.case(number)
        return (
            case.state, case.promised_due_at, case.statutory_due_at, case.ledger,
            [(task.due_at, task.due_soon_at) for task in tasks(desk, number).values()],
        )  # fmt: skip

    before = dates()
    both(desk, number, FIRE, is_favourable=False)
    assert dates() == before
    assert not {kind for kind in rules.PauseKind if "DEPARTMENT" in kind.name}
    desk.holdings()
    refused(
        errors.CaseSuspendNotAllowedError,
        lambda: desk.suspend(number, kind=rules.PauseKind.CONSULTATION, reason="等待公安局意见"),
    )
    assert dates() == before


STEPS = (
    Step("审查", StepKind.REVIEW, Limit(1, LimitUnit.WORKING_DAY)),
    Step("审核", StepKind.VERIFICATION, Limit(4, LimitUnit.WORKING_HOUR)),
)


def lamps(desk, number, now):
    return [
        rules.review_lamp(task, now) and rules.review_lamp(task, now).value
        for task in tasks(desk, number).values()
    ]


def test_each_task_has_the_time_of_its_step_and_a_lamp_of_its_own(desk):
    joint(steps=STEPS)
    number = desk.in_review()
    promised = desk.case(number).promised_due_at
    at_first = tasks(desk, number)
    due = at_first[POLICE, REVIEW].due_at
    assert due == datetime(2026, 2, 14, 9, 0, tzinfo=UTC)
    assert at_first[POLICE, VERIFICATION].due_at == promised > due
    assert lamps(desk, number, due) == ["yellow", "green"] * 3
    desk.now = due - timedelta(hours=1)
    desk.review(number, department=POLICE)
    later = tasks(desk, number)
    assert later[POLICE, VERIFICATION].due_at == datetime(2026, 2, 24, 4, 0, tzinfo=UTC) < promised
    assert later[FIRE, VERIFICATION].due_at == promised
    assert lamps(desk, number, due + timedelta(seconds=1)) == [
        "red", "green", None, "green", "red", "green",
    ]  # fmt: skip


def test_how_each_departments_step_is_due_is_explained(desk):
    joint(steps=(*STEPS, Step("决定", StepKind.DECISION, Limit(1, LimitUnit.WORKING_DAY))))
    number = desk.in_review()

    def steps():
        with center_context(desk.center):
            case = models.Case.objects.get(number=number)
            found = [each for each in queries.explain_due(case) if each.clock == "step"]
        return [(each.step, each.department) for each in found], found

    assert steps()[0] == [("审查", LIABLE), ("审查", POLICE), ("审查", FIRE)]
    both(desk, number, LIABLE)
    desk.now += timedelta(hours=1)
    desk.review(number, department=POLICE)
    told, found = steps()
    assert told == [("审核", POLICE), ("审查", FIRE)]
    assert [each.started_at for each in found] == [desk.now, desk.case(number).accepted_at]
    due = tasks(desk, number)
    assert [each.due_at for each in found] == [
        due[POLICE, VERIFICATION].due_at, due[FIRE, REVIEW].due_at,
    ]  # fmt: skip
    desk.verify(number, department=POLICE)
    both(desk, number, FIRE)
    told, (decision,) = steps()
    assert (told, decision.started_at) == ([("决定", "")], desk.now)


def test_deadlines_stand_still_and_go_on_with_the_case(desk):
    joint(steps=STEPS)
    number = desk.in_review()
    desk.review(number, department=FIRE)
    due = {whose: task.due_at for whose, task in tasks(desk, number).items()}
    desk.suspend(number)
    stands = tasks(desk, number)
    assert [whose for whose, task in stands.items() if task.due_at] == [(FIRE, REVIEW)]
    desk.now += timedelta(days=14)
    desk.resume(number)
    after = {whose: task.due_at for whose, task in tasks(desk, number).items()}
    assert after[FIRE, REVIEW] == due[FIRE, REVIEW], "recorded in time stays in time"
    assert all(after[whose] > due[whose] for whose in due if whose != (FIRE, REVIEW))
    assert after[POLICE, VERIFICATION] == desk.case(number).promised_due_at


def test_a_rebase_reviews_with_whom_the_law_names_now(desk, number):
    both(desk, number, POLICE)
    both(desk, number, FIRE)
    later = ACCEPTED_AT + timedelta(hours=1)
    revising.revise(now=later, joint_departments=(POLICE, "卫生健康局"))
    move(desk, number, now=later)
    assert set(tasks(desk, number)) == {
        (name, kind) for name in (LIABLE, POLICE, "卫生健康局") for kind in rules.ReviewKind
    }
    assert recorded(desk, number) == [(POLICE, REVIEW), (POLICE, VERIFICATION)]


def take(desk, actor, number, **said):
    with center_context(desk.center):
        return claims.claim_task(
            actor=actor, number=number, kind=TaskKind.REVIEW, now=desk.now, **said
        )


def theirs(desk, actor):
    with center_context(desk.center):
        found = queries.find_tasks(actor=actor, window=None, is_mine=True, now=desk.now)
        return {task.department for task in found}


def test_what_one_department_holds_keeps_no_other_back(desk, number):
    colleague = handing.staff(desk.center, CenterRole.REVIEWER, name="同事").actor
    refused(errors.DepartmentRequiredError, lambda: take(desk, colleague, number))
    take(desk, colleague, number, department=POLICE)
    before = desk.holdings()
    refused(errors.TaskClaimedError, lambda: desk.review(number, department=POLICE))
    assert desk.holdings() == before
    desk.review(number, department=FIRE)
    desk.review(number, colleague, department=POLICE)
    with center_context(desk.center):
        waits = list(models.Task.objects.order_by("id").values_list("department", "kind"))
    assert waits == [(LIABLE, "review"), (FIRE, "verification"), (POLICE, "verification")]


def test_who_takes_a_departments_review_is_posted_by_it(desk, number):
    station = stationing.open_station(desk, code="GAJ", name=POLICE)
    refusal = refused(
        errors.TaskNotAllowedError, lambda: take(desk, desk.reviewer, number, department="GAJ")
    )
    assert refusal["reason"] == "NOT_POSTED"
    assert theirs(desk, desk.reviewer) == {LIABLE, FIRE}
    station.post(desk.reviewer, code="GAJ")
    assert theirs(desk, desk.reviewer) == {LIABLE, POLICE, FIRE}
    assert take(desk, desk.reviewer, number).department == POLICE


class Chain:
    """A joint case that a station took in and the county took over."""

    def __init__(self):
        joint(steps=STEPS)
        self.station, self.county = Desk(handing.STATION), Desk(handing.COUNTY)
        self.number = self.station.submit(self.station.who(CenterRole.STATION_OPERATOR)).case.number
        handing.relay_all()
        offered = handing.handoff_at(handing.COUNTY, self.number, Direction.INCOMING)
        with center_context(handing.COUNTY):
            answer.accept_handoff(
                actor=self.county.reviewer,
                handoff_id=offered.id,
                idempotency_key=uuid.uuid4(),
                now=self.county.now,
            )
        self.county.accept(self.number)
        self.county.start(self.number)


def copied(center, number):
    with center_context(center):
        rows = models.ReviewTask.objects.filter(case__number=number)
        return sorted(
            rows.values_list(
                "department", "kind", "opened_at", "due_soon_at", "due_at", "recorded_at",
                "is_favourable", "opinion", "reviewer_key",
            ),
            key=lambda row: row[:2],
        )  # fmt: skip


def test_the_home_sees_the_same_tasks(db):
    chain = Chain()
    both(chain.county, chain.number, FIRE)
    chain.county.review(chain.number, department=POLICE)
    chain.county.suspend(chain.number)
    handing.relay_all()
    assert len(copied(handing.STATION, chain.number)) == 6
    assert copied(handing.STATION, chain.number) == copied(handing.COUNTY, chain.number)


def test_events_of_before_are_read_as_the_liable_departments(desk):
    number = desk.submitted()
    desk.accept(number)
    with center_context(desk.center):
        case = models.Case.objects.get(number=number)
        event = models.CaseEvent(case=case, at=desk.now, actor={"name": "甲"}, changes={}, data={})
        review = {"kind": "review", "is_favourable": True, "opinion": "符合", "reviewer_key": "k"}
        for data in ({"tasks": ["review", "verification"]}, {"kind": "review", "review": review}):
            event.data = data
            projection.apply_event(case, event)
    found = tasks(desk, number)
    assert list(found) == [(LIABLE, REVIEW), (LIABLE, VERIFICATION)]
    assert found[LIABLE, REVIEW].opinion == "符合"
    assert found[LIABLE, VERIFICATION].due_at == desk.case(number).promised_due_at


def test_lamps_of_tasks_follow_other_terms_of_the_center(desk):
    joint(steps=(Step("审查", StepKind.REVIEW, Limit(3, LimitUnit.WORKING_DAY)),))
    number = desk.in_review()
    before = tasks(desk, number)[POLICE, REVIEW]
    with center_context(desk.center):
        terms.set_terms(
            actor=desk.who(CenterRole.MANAGER), expected_version=0, yellow_percent=30, now=desk.now
        )
    desk.pass_time(desk.now)
    after = tasks(desk, number)[POLICE, REVIEW]
    assert after.due_at == before.due_at
    assert after.due_soon_at < before.due_soon_at
    event = desk.events(number)[-1]
    assert (event.name, event.changes) == ("case.due_recomputed", {})
