"""Ratings that meet: one a matter online, one a case at the counter, whoever comes first."""

import uuid
from functools import partial

import pytest

from tenants.cases import errors, models
from tenants.cases.operations import rating
from tenants.cases.rules import RatingChannel, RatingLevel
from tests import casework
from tests.casework import Desk
from tests.concurrency.test_case_races import race
from tongban.kernel.context import center_context
from tongban.kernel.errors import DomainError
from tongban.kernel.models import Timer


@pytest.fixture
def desk(committed_db):
    desk = Desk()
    desk.holdings()  # its people exist before the race
    return desk


def rate(desk, actor, number, channel):
    with center_context(desk.center):
        return rating.rate_case(
            actor=actor,
            number=number,
            said=rating.Said(RatingLevel.DISSATISFIED, channel),
            idempotency_key=uuid.uuid4(),
            now=desk.now,
        ).case.number


def test_one_rating_of_each_kind_stands(desk):
    numbers = [desk.completed(), desk.completed()]
    applicant = casework.citizen()
    online = [partial(rate, desk, applicant, n, RatingChannel.MOBILE) for n in numbers * 2]
    results = race(online, threads=4)
    refusals = [result for result in results if isinstance(result, DomainError)]
    assert len(refusals) == 3
    assert {type(refusal) for refusal in refusals} <= {
        errors.RatingExistsError,
        errors.CaseRateNotAllowedError,
    }
    counter = [partial(rate, desk, desk.clerk, numbers[0], RatingChannel.TABLET) for _ in range(4)]
    results = race(counter, threads=4)
    assert len([result for result in results if isinstance(result, str)]) == 1
    with center_context(desk.center):
        assert models.Rating.objects.count() == 2
        assert Timer.objects.filter(kind="case.rectification_due", fired_at=None).count() == 2
        for number in numbers:
            case = models.Case.objects.get(number=number)
            assert len(case.ratings) == case.rated.count()
            assert case.events.filter(name="case.rated").count() == case.rated.count()
