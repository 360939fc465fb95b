"""A revocation that meets a decision: one comes first, and the other knows of it."""

import pytest

from tenants.cases import errors
from tenants.cases.states import State
from tenants.staff import models
from tests.casework import Desk
from tests.concurrency.test_case_races import race
from tests.stationing import settle
from tongban.kernel.context import center_context


@pytest.mark.parametrize("times", range(4))
def test_of_a_revocation_and_a_decision_one_comes_first(committed_db, times):
    desk = Desk()
    desk.holdings()
    station = settle(desk)
    number = desk.verified()
    steps = [lambda: desk.decide(number), station.revoke]
    results = race(steps if times % 2 else steps[::-1], threads=2)
    with center_context(desk.center):
        assert models.AuthorizationDeed.objects.get().revoked_at is not None
    case = desk.case(number)
    refusals = [result for result in results if isinstance(result, Exception)]
    if refusals:
        assert isinstance(refusals[0], errors.NotAuthorizedError)
        assert refusals[0].params["reason"] == "REVOKED"
        assert case.state == State.IN_REVIEW
        assert desk.events(number)[-1].name == "case.review_recorded"
    else:
        assert case.state == State.APPROVED
