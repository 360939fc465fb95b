"""What silence does where an applicant broke a commitment: it approves, and nothing leaves."""

from dataclasses import replace

import pytest

from tenants.cases import errors, queries, rules
from tenants.cases.operations import revoke
from tests import casework, handing, revising
from tests.casework import COUNTY, Desk
from tests.operations.test_case_debts import MONDAY, at
from tests.operations.test_commitment_terms import WHAT, publish, the_commitment, verify
from tongban.catalog.rules import commitments as told
from tongban.kernel.context import center_context


@pytest.fixture
def desk(db):
    desk = Desk(now=at(MONDAY))
    publish(desk.now)
    revising.revise(now=desk.now, tacit_approval=True, tacit_approval_basis=0)
    return desk


def committed_twice(desk):
    """Return two cases of one applicant, who committed in each before anything was verified."""
    (material,) = (
        item for item in revising.content_of(now=desk.now).materials if item.code == WHAT
    )
    notice = told.notice(revising.content_of(now=desk.now), material)
    request = casework.application(commitments={WHAT: notice})
    numbers = []
    for _again in range(2):
        files = handing.all_files(COUNTY, casework.BOOKS)
        del files[WHAT]
        numbers.append(desk.submit(request=replace(request), files=files).case.number)
    return numbers


def available(desk, number, action):
    with center_context(desk.center):
        case = queries.access_case(actor=desk.chief, number=number)
        membership = queries.membership_of(desk.chief)
        found = queries.available_actions(desk.chief, membership, case, now=desk.now)
    return next((each.is_available, each.reason) for each in found if each.action == action)


def test_silence_accepts_but_a_barred_applicants_commitment_stands_for_nothing(desk):
    first, second = committed_twice(desk)
    desk.accept(first)
    verify(desk, first, is_kept=False)
    desk.pass_time(desk.case(second).notice_due_at + rules.MOMENT)
    # Accepted as of its receipt, and so over its promise at once.
    case = desk.case(second)
    assert [event.name for event in desk.events(second)][-2:] == ["case.accepted", "case.approved"]
    assert the_commitment(desk, second).dropped_at is not None
    assert [(debt["code"], debt["dropped_at"]) for debt in case.debts] == [(WHAT, None)]
    with pytest.raises(errors.DebtOpenError):
        desk.issue(second)


def test_what_silence_approved_on_a_broken_commitment_is_revoked_as_it_is_told(desk):
    number, _other = committed_twice(desk)
    desk.accept(number)
    desk.start(number)
    desk.pass_time(desk.case(number).promised_due_at + rules.MOMENT)
    assert desk.case(number).state == "approved"
    verify(desk, number, is_kept=False)
    with pytest.raises(errors.DebtOpenError):
        desk.issue(number)
    assert available(desk, number, "revoke_decision") == (True, "")
    revoked = desk._case(revoke.revoke_decision, desk.chief, number, reason="骗取许可")
    assert revoked.state == "revoked"
