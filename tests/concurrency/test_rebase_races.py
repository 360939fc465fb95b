"""A rebase that meets another step on the same case: one order, one outcome, a whole log."""

import uuid
from datetime import timedelta

import pytest

from tenants.cases import errors, models, rules
from tenants.cases.operations import rebase
from tests import handing, revising
from tests.casework import Desk
from tests.concurrency.test_case_races import race
from tongban.catalog import errors as catalog_errors
from tongban.catalog.rules.snapshot import read_snapshot
from tongban.kernel.context import center_context
from tongban.kernel.errors import StaleVersionError
from tongban.kernel.models import AuditEntry

THREADS = 8


@pytest.fixture
def desk(committed_db):
    desk = Desk()
    desk.holdings()  # its people exist before the race
    return desk


def amend(desk):
    content = revising.content_of(now=desk.now)
    lease = revising.material("M04", "租赁合同")
    revising.revise(now=desk.now, materials=(*content.materials, lease))


def move(desk, number, **said):
    said.setdefault("idempotency_key", uuid.uuid4())
    with center_context(desk.center):
        return rebase.rebase_case(
            actor=desk.chief,
            number=number,
            legal_basis=rules.LegalBasis("出版管理条例", "第三十五条"),
            reason="条例修订",
            now=desk.now + timedelta(hours=1),
            **said,
        )


def names(desk, number):
    return [name for _epoch, _sequence, name, _hash in handing.log_of(desk.center, number)]


@pytest.mark.parametrize("times", range(3))
def test_of_a_rebase_and_a_decision_one_comes_first(desk, times):
    number = desk.verified()
    amend(desk)
    moved, decided = race([lambda: move(desk, number), lambda: desk.decide(number)], threads=2)
    case, log = desk.case(number), names(desk, number)
    if isinstance(moved, errors.CaseRebaseNotAllowedError):
        assert moved.params["state"] == "approved"
        assert log[-1] == "case.approved"
        assert read_snapshot(case.offering).revision_number == 1
        assert case.state == "approved"
    else:
        # The reviews were of the former offering: nobody is decided on by what no longer holds.
        assert isinstance(decided, errors.CaseDecideNotAllowedError)
        assert decided.params["reason"] == "REVIEW_MISSING"
        assert log[-1] == "case.rebased"
        assert read_snapshot(case.offering).revision_number == 2
        assert case.state == "in_review"


@pytest.mark.parametrize("times", range(3))
def test_of_a_rebase_and_a_withdrawal_one_comes_first(desk, times):
    case = desk.submit().case
    amend(desk)
    moved, withdrawn = race(
        [
            lambda: move(desk, case.number, expected_version=case.version),
            lambda: desk.withdraw(case.number, expected_version=case.version),
        ],
        threads=2,
    )
    log = names(desk, case.number)
    assert sum(isinstance(result, StaleVersionError) for result in (moved, withdrawn)) == 1
    assert log in (["case.submitted", "case.rebased"], ["case.submitted", "case.withdrawn"])


def test_one_of_many_moves_it_and_the_others_find_nothing_to_move(desk):
    number = desk.submitted()
    amend(desk)
    results = race([lambda: move(desk, number)] * THREADS, threads=THREADS)
    lost = [result for result in results if isinstance(result, errors.CaseRebaseUnchangedError)]
    assert len(lost) == THREADS - 1
    assert names(desk, number) == ["case.submitted", "case.rebased"]


def test_one_key_moves_once_and_tells_all_the_same(desk):
    number, key = desk.submitted(), uuid.uuid4()
    amend(desk)
    results = race([lambda: move(desk, number, idempotency_key=key)] * THREADS, threads=THREADS)
    assert all(result.rebase == results[0].rebase for result in results)
    assert names(desk, number) == ["case.submitted", "case.rebased"]
    with center_context(desk.center):
        assert AuditEntry.objects.filter(action="case.rebase").count() == 1


def test_a_rebase_that_meets_a_new_material_loses_no_file(desk):
    number = desk.submitted()
    amend(desk)
    race([lambda: move(desk, number), lambda: desk.add(number)], threads=2)
    assert sorted(names(desk, number)[1:]) == ["case.material_added", "case.rebased"]
    with center_context(desk.center):
        material = models.Material.objects.get(case__number=number, code="M01")
        assert material.files.count() == 2


def test_a_rebase_that_meets_the_cancelling_of_the_offering(desk):
    number = desk.submitted()
    amend(desk)
    moved, _ = race(
        [
            lambda: move(desk, number),
            lambda: revising.take_off_the_list(desk.center, now=desk.now),
        ],
        threads=2,
    )
    was_too_late = isinstance(moved, catalog_errors.NotOnListError)
    assert read_snapshot(desk.case(number).offering).revision_number == (1 if was_too_late else 2)
    assert len(names(desk, number)) == (1 if was_too_late else 2)
