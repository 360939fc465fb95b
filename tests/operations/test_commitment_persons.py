"""Who verifies a commitment: another person than entered it, of the body that decides."""

import pytest

from tenants.cases import errors, models, queries, rules
from tenants.staff.rules import CenterRole
from tests import handing, stationing
from tests.casework import Desk
from tests.operations.test_case_debts import MONDAY, at
from tests.operations.test_commitment_terms import WHAT, publish, submitted, the_commitment, verify
from tongban.kernel.context import center_context
from tongban.kernel.errors import DomainError


@pytest.fixture
def desk(db):
    desk = Desk(now=at(MONDAY))
    publish(desk.now)
    return desk


def accepted(desk):
    number = submitted(desk)
    desk.accept(number)
    return number


def available(desk, actor, number):
    with center_context(desk.center):
        case = queries.access_case(actor=actor, number=number)
        membership = queries.membership_of(actor)
        found = queries.available_actions(actor, membership, case, now=desk.now)
    (told,) = (each for each in found if each.action == "verify_commitment")
    return told.is_available, told.reason


def test_who_entered_a_commitment_does_not_verify_it(desk):
    both = handing.staff(desk.center, CenterRole.CLERK, CenterRole.REVIEWER).actor
    desk.staff[CenterRole.CLERK] = desk.staff[CenterRole.REVIEWER] = both
    number = accepted(desk)
    before = desk.holdings()
    with pytest.raises(errors.CommitmentSamePersonError):
        verify(desk, number, is_kept=True)
    assert the_commitment(desk, number).is_pending
    assert desk.holdings() == before
    with center_context(desk.center):
        found = models.Finding.objects.filter(case__number=number)
        assert list(found.values_list("code", flat=True)) == ["SAME_PERSON"]
    desk.staff[CenterRole.REVIEWER] = handing.staff(desk.center, CenterRole.REVIEWER).actor
    verify(desk, number, is_kept=True)
    assert the_commitment(desk, number).state is rules.CommitmentState.KEPT


def test_the_people_of_the_deciding_department_verify_where_it_works_here(desk):
    number = accepted(desk)
    station = stationing.open_station(desk)
    before = desk.holdings()
    with pytest.raises(errors.CaseVerifyCommitmentNotAllowedError) as refused:
        verify(desk, number, is_kept=True)
    assert refused.value.params["reason"] == "NOT_POSTED"
    assert available(desk, desk.reviewer, number) == (False, "NOT_POSTED")
    assert desk.holdings() == before
    station.post(desk.reviewer)
    assert available(desk, desk.reviewer, number) == (True, "")
    verify(desk, number, is_kept=True)
    assert not the_commitment(desk, number).is_pending
    assert the_commitment(desk, number).code == WHAT


@pytest.mark.parametrize(
    ("step", "who"),
    [
        (lambda desk, number: desk.terminate(number), "reviewer"),
        (lambda desk, number: desk.suspend(number), "reviewer"),
        (lambda desk, number: desk.extend(number, reason="案情复杂"), "chief"),
    ],
)
def test_another_departments_people_neither_end_nor_stop_nor_prolong_a_case(desk, step, who):
    number = desk.in_review()
    stationing.open_station(desk)
    other = stationing.open_station(desk, code="SWJ", name="税务局")
    other.post(getattr(desk, who), code="SWJ")
    before = desk.holdings()
    with pytest.raises(DomainError) as refused:
        step(desk, number)
    assert refused.value.params["reason"] == "NOT_POSTED"
    assert desk.holdings() == before
