"""What law and time do to commitments: a rebase, silence, and a term that ends."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tenants.cases import errors, rules
from tenants.cases.operations import commitments
from tenants.messages.models import Message
from tenants.messages.rules import MessageKind
from tenants.staff.rules import CenterRole
from tenants.windows.operations import terms
from tests import casework, handing, revising
from tests.casework import COUNTY, Desk
from tests.operations.test_case_debts import MONDAY, at
from tests.operations.test_case_rebase import move
from tongban.catalog.rules import commitments as told
from tongban.catalog.rules.content import Necessity
from tongban.kernel.context import center_context

WHAT = "M02"


def publish(now, *, commitment=True, necessity=Necessity.REQUIRED):
    content = revising.content_of(now=now)
    said = {"commitment": commitment, "acceptance": "场所属实", "necessity": necessity}
    revising.revise(
        now=now,
        materials=tuple(
            replace(item, **said) if item.code == WHAT else item for item in content.materials
        ),
    )


@pytest.fixture
def desk(db):
    desk = Desk(now=at(MONDAY))
    publish(desk.now)
    return desk


def submitted(desk):
    content = revising.content_of(now=desk.now)
    (material,) = (item for item in content.materials if item.code == WHAT)
    files = handing.all_files(COUNTY, casework.BOOKS)
    del files[WHAT]
    notice = told.notice(content, material)
    request = casework.application(commitments={WHAT: notice})
    return desk.submit(request=request, files=files).case.number


def the_commitment(desk, number):
    (found,) = rules.read_commitments(desk.case(number).commitments)
    return found


def verify(desk, number, *, is_kept):
    return desk._case(
        commitments.verify_commitment,
        desk.reviewer,
        number,
        material=WHAT,
        is_kept=is_kept,
        reason="现场核查",
    )


def test_the_center_settles_the_term_and_silence_begins_it(desk):
    with center_context(COUNTY):
        terms.set_terms(
            actor=desk.who(CenterRole.MANAGER), expected_version=0, commitment_days=3, now=desk.now
        )
    number = submitted(desk)
    case = desk.case(number)
    desk.pass_time(case.notice_due_at + rules.MOMENT)
    found = the_commitment(desk, number)
    assert desk.case(number).state == "accepted"
    # Monday a week later, past office hours: three working days more.
    assert found.due_at == at("2026-03-12T17:00+08:00")


@pytest.mark.parametrize("necessity", [Necessity.REQUIRED, Necessity.DEFERRABLE])
def test_where_the_law_lets_no_commitment_stand_any_more_the_proof_is_asked_for(desk, necessity):
    number = submitted(desk)
    desk.accept(number)
    publish(desk.now, commitment=False, necessity=necessity)
    rebased = move(desk, number, now=desk.now)
    assert the_commitment(desk, number).dropped_at == desk.now
    is_required = necessity is Necessity.REQUIRED
    assert rebased.rebase.missing == ((WHAT,) if is_required else ())
    assert desk.case(number).debts_open == (0 if is_required else 1)
    desk.start(number)
    desk.review(number)
    desk.verify(number)
    if is_required:
        with pytest.raises(errors.MaterialMissingError):
            desk.decide(number)
    else:
        assert desk.decide(number).state == "approved"


def test_what_was_found_kept_stands_whatever_is_published_later(desk):
    number = submitted(desk)
    desk.accept(number)
    verify(desk, number, is_kept=True)
    publish(desk.now, commitment=False)
    assert move(desk, number, now=desk.now).rebase.missing == ()
    assert the_commitment(desk, number).stands


def test_what_is_broken_is_told_to_the_applicant_once(desk):
    number = submitted(desk)
    desk.accept(number)
    verify(desk, number, is_kept=False)
    with center_context(COUNTY):
        told_of = Message.objects.filter(case_number=number, kind=MessageKind.COMMITMENT)
        assert sorted(told_of.values_list("channel", flat=True)) == ["in_app", "sms"]
        assert "承诺经核查不属实" in told_of.first().text


def test_a_term_that_a_missed_worker_finds_over_is_red_at_once(desk):
    number = submitted(desk)
    desk.accept(number)
    due_at = the_commitment(desk, number).due_at
    desk.pass_time(due_at + timedelta(days=30))
    assert the_commitment(desk, number).lamp == "red"
    names = [event.name for event in desk.events(number)]
    assert "case.commitment_due_soon" not in names
    assert names.count("case.commitment_overdue") == 1
