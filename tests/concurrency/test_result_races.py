"""Seals, payments and receipts that meet: each use is a link, each cent is taken once."""

import uuid
from decimal import Decimal

import pytest

from tenants.cases import errors, models, rules
from tenants.staff import models as staff_models
from tenants.staff import queries as staff
from tenants.staff.rules import CenterRole
from tests import revising
from tests.casework import Desk
from tests.concurrency.test_case_races import race
from tests.stationing import SEAL, settle
from tongban.catalog.rules.content import Fee, FeeItem
from tongban.kernel.context import center_context

THREADS = 6


@pytest.fixture
def desk(committed_db):
    desk = Desk()
    desk.holdings()
    desk.who(CenterRole.CASHIER)
    return desk


def decided(desk: Desk) -> str:
    number = desk.verified()
    desk.decide(number)
    return number


def test_uses_of_one_seal_at_the_same_time_are_one_chain(desk):
    settle(desk)
    numbers = [decided(desk) for _ in range(THREADS)]
    cases = race(
        [lambda number=number: desk.seal(number, seal_code=SEAL) for number in numbers],
        threads=THREADS,
    )
    assert sorted(case.result["seal"]["use"] for case in cases) == list(range(1, THREADS + 1))
    with center_context(desk.center):
        assert staff.broken_link(staff_models.Seal.objects.get(code=SEAL)) is None


@pytest.fixture
def charged(desk):
    fee = Fee(charged=True, items=(FeeItem("工本费", "每本", Decimal("10.00"), 0),))
    revising.revise(now=desk.now, fee=fee)

    def one() -> str:
        number = decided(desk)
        desk.charge(number, charges=[rules.Charge("工本费")])
        return number

    return one


def test_no_cent_is_taken_twice(desk, charged):
    number = charged()
    results = race(
        [
            lambda receipt=receipt: desk.pay(number, "4.00", receipt=str(receipt))
            for receipt in range(THREADS)
        ],
        threads=THREADS,
    )
    assert sum(isinstance(result, errors.FeeExceedsDueError) for result in results) == THREADS - 2
    sheet = rules.read_fees(desk.case(number).fees)
    assert (sheet.paid, sheet.due) == (800, 200)
    with center_context(desk.center):
        assert models.FeeReceipt.objects.count() == 2


def test_one_key_pays_once(desk, charged):
    number, key = charged(), uuid.uuid4()
    race(
        [lambda: desk.pay(number, "4.00", receipt="1", idempotency_key=key)] * THREADS,
        threads=THREADS,
    )
    assert rules.read_fees(desk.case(number).fees).paid == 400


def test_a_receipt_is_of_one_case(desk, charged):
    numbers = [charged(), charged()]
    results = race(
        [lambda number=number: desk.pay(number, "4.00", receipt="1") for number in numbers],
        threads=2,
    )
    assert sum(isinstance(result, errors.ReceiptUsedError) for result in results) == 1
    assert sum(rules.read_fees(desk.case(number).fees).paid for number in numbers) == 400
