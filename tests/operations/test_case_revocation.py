"""Who revokes for a department that works in the center holds its deed, as who decides."""

import pytest

from tenants.cases import errors, models
from tenants.cases.operations import revoke
from tenants.staff.rules import PostingKind
from tests import stationing
from tests.casework import Desk
from tests.operations.test_case_debts import MONDAY, at
from tests.operations.test_commitment_terms import publish, submitted, verify
from tests.stationing import open_station, settle
from tongban.kernel.context import center_context


@pytest.fixture
def desk(db):
    desk = Desk(now=at(MONDAY))
    publish(desk.now)
    return desk


def broken(desk):
    """Return the number of an approved case whose commitment was found not kept."""
    number = submitted(desk)
    desk.accept(number)
    desk.start(number)
    desk.review(number)
    desk.verify(number)
    desk.decide(number)
    verify(desk, number, is_kept=False)
    return number


def revoked(desk, number, actor=None):
    return desk._case(revoke.revoke_decision, actor or desk.chief, number, reason="骗取许可")


def test_nobody_revokes_without_a_deed_and_the_attempt_is_a_finding(desk):
    number = broken(desk)
    station = open_station(desk)
    before = desk.case(number).head_hash, len(desk.events(number))
    with pytest.raises(errors.DecisionOutsideCenterError):
        revoked(desk, number)
    station.post(desk.chief, PostingKind.CHIEF_REPRESENTATIVE)
    with pytest.raises(errors.NotAuthorizedError):
        revoked(desk, number)
    assert desk.case(number).state == "approved"
    with center_context(desk.center):
        found = models.Finding.objects.filter(case__number=number, place=None)
        codes = sorted(found.values_list("code", flat=True))
    assert codes == ["DECISION_OUTSIDE_CENTER", "DECISION_UNAUTHORIZED"]
    assert (desk.case(number).head_hash, len(desk.events(number))) == before


def test_the_revocation_keeps_the_deed(desk):
    settle(desk)
    number = broken(desk)
    said = revoked(desk, number).decision["revocation"]
    assert said["authority"]["deed"] == stationing.DEED
