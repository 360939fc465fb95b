"""A department that does not review in time is urged, by its own lamp and once."""

from datetime import timedelta

import pytest

from tenants.cases import models, rules
from tests.casework import Desk
from tests.operations.test_joint_review import (
    FIRE,
    LIABLE,
    POLICE,
    REVIEW,
    STEPS,
    both,
    joint,
    tasks,
)
from tongban.kernel.context import center_context
from tongban.kernel.models import Timer


@pytest.fixture
def desk(db):
    return Desk()


def late(desk, number):
    """Return who is urged for being late, with the text, and for what a finding is whose."""
    with center_context(desk.center):
        case = models.Case.objects.get(number=number)
        urgings = list(case.urgings.order_by("number").values_list("text", "escalated_at"))
        assert case.urgings_open == len(urgings)
        found = case.found.order_by("number").values_list("code", "department_name")
        return [text.split("审查期限")[0] for text, at in urgings if at], list(found)


def test_each_late_department_is_urged_once_and_who_was_in_time_is_not(desk):
    joint(steps=STEPS)
    number = desk.in_review()
    due = tasks(desk, number)[POLICE, REVIEW].due_at
    both(desk, number, POLICE)
    desk.pass_time(due)
    assert late(desk, number) == ([], [])
    over = due + rules.MOMENT
    desk.pass_time(over)
    desk.pass_time(over + timedelta(seconds=1))
    urged, found = late(desk, number)
    assert urged == [LIABLE, FIRE]
    assert found == [("REVIEW_OVERDUE", LIABLE), ("REVIEW_OVERDUE", FIRE)]
    events = [event.name for event in desk.events(number)]
    assert events.count("case.review_overdue") == 2
    # Its verification is late too, and it knows.
    desk.now = over
    desk.review(number, department=FIRE)
    last = max(task.due_at for task in tasks(desk, number).values() if not task.recorded_at)
    desk.pass_time(min(last, desk.case(number).promised_due_at))
    assert late(desk, number)[0] == [LIABLE, FIRE]


def test_where_only_the_promise_sets_the_time_the_case_itself_tells_of_the_liable_one(desk):
    joint()
    number = desk.in_review()
    both(desk, number, FIRE)
    desk.pass_time(desk.case(number).promised_due_at + rules.MOMENT)
    assert sorted(late(desk, number)[1]) == [("OVERDUE", LIABLE), ("REVIEW_OVERDUE", POLICE)]


@pytest.mark.parametrize(
    "leave",
    [
        lambda desk, number: desk.suspend(number),
        lambda desk, number: desk.withdraw(number, reason="不办了"),
        lambda desk, number: [both(desk, number, name) for name in (LIABLE, POLICE, FIRE)],
    ],
)
def test_a_case_that_waits_for_no_review_urges_nobody(desk, leave):
    joint(steps=STEPS)
    number = desk.in_review()
    due = tasks(desk, number)[POLICE, REVIEW].due_at
    leave(desk, number)
    before = desk.holdings()
    desk.pass_time(due + rules.MOMENT)
    assert desk.holdings() == before


def test_a_pause_moves_the_moment(desk):
    joint(steps=STEPS)
    number = desk.in_review()
    desk.suspend(number)
    desk.now += timedelta(days=14)
    desk.resume(number)
    with center_context(desk.center):
        timer = Timer.objects.get(kind="case.review_due", fired_at=None)
    assert timer.fires_at == tasks(desk, number)[POLICE, REVIEW].due_at + rules.MOMENT
