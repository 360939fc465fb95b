"""Real races: each thread has a connection of its own, and everything commits."""

import threading
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import pytest
from django.db import connections

from tenants.cases import errors, models
from tenants.cases.operations import provisional
from tenants.staff.rules import CenterRole
from tests import casework, handing
from tests.casework import Desk
from tongban.kernel import numbers
from tongban.kernel.context import center_context
from tongban.kernel.errors import DomainError, IdempotencyKeyReusedError, StaleVersionError
from tongban.kernel.models import AuditEntry, IdempotencyRecord, LogEntry

THREADS = 20


@pytest.fixture
def desk(committed_db):
    desk = Desk()
    desk.holdings()  # its people exist before the race
    return desk


def race(calls: list[Callable[[], Any]], *, threads: int = THREADS) -> list[Any]:
    """Run the calls at the same time; what one raises of the domain is its result."""
    barrier = threading.Barrier(threads)

    def run(call: Callable[[], Any]) -> Any:
        barrier.wait(timeout=30)
        try:
            return call()
        except DomainError as error:
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(run, calls, timeout=120))


def test_one_key_makes_one_case(desk):
    key = uuid.uuid4()
    results = race([lambda: desk.submit(idempotency_key=key)] * THREADS)
    assert {result.case.number for result in results} == {results[0].case.number}
    assert {result.query_code for result in results} == {results[0].query_code}
    with center_context(desk.center):
        assert models.Case.objects.count() == 1
        assert models.CaseEvent.objects.count() == 1
        assert models.Paper.objects.count() == 1
        assert models.CaseCounter.objects.get().serial == 1
        assert IdempotencyRecord.objects.filter(operation="submit_case").count() == 1


def test_one_key_with_other_inputs_has_one_winner(desk):
    key = uuid.uuid4()
    results = race(
        [
            partial(
                desk.submit,
                request=casework.application(form={"shop": str(n)}),
                idempotency_key=key,
            )
            for n in range(THREADS)
        ]
    )
    lost = [result for result in results if isinstance(result, IdempotencyKeyReusedError)]
    assert len(lost) == THREADS - 1
    with center_context(desk.center):
        assert models.Case.objects.count() == 1


def test_one_provisional_number_makes_one_case(desk):
    """Twenty ways, each with a key of its own, while others reserve blocks."""

    def reserve() -> tuple[str, ...]:
        with center_context(desk.center):
            return provisional.reserve_numbers(
                actor=desk.clerk, count=5, idempotency_key=uuid.uuid4(), now=desk.now
            ).numbers

    number = reserve()[0]
    request = casework.application(provisional_number=number)
    results = race([partial(desk.submit, request=request)] * THREADS)
    assert len({(result.case.number, result.query_code) for result in results}) == 1
    with center_context(desk.center):
        assert models.Case.objects.count() == models.CaseEvent.objects.count() == 1
        assert models.CaseCounter.objects.get().serial == 1
    blocks = race([reserve] * THREADS)
    assert len({each for block in blocks for each in block}) == 5 * THREADS


def test_numbers_are_distinct_and_without_a_gap(desk):
    rounds = 50
    results = [
        result
        for _ in range(2)
        for result in race([desk.submit] * (rounds // 2), threads=rounds // 2)
    ]
    found = sorted(result.case.number for result in results)
    assert sorted(numbers.parse(number).serial for number in found) == list(range(1, rounds + 1))
    for number in found:
        handing.log_of(desk.center, number)
    with center_context(desk.center):
        positions = list(LogEntry.objects.order_by("position").values_list("position", flat=True))
        sequences = list(AuditEntry.objects.order_by("sequence").values_list("sequence", flat=True))
    assert positions == list(range(1, len(positions) + 1))
    assert sequences == list(range(1, len(sequences) + 1))


def test_a_refused_submission_leaves_no_gap(desk):
    def refused() -> object:
        return desk.submit(files={})

    results = race([desk.submit, refused] * (THREADS // 2))
    missing = [result for result in results if isinstance(result, errors.MaterialMissingError)]
    assert len(missing) == THREADS // 2
    with center_context(desk.center):
        found = models.Case.objects.values_list("number", flat=True)
        serials = sorted(numbers.parse(number).serial for number in found)
    assert serials == list(range(1, THREADS // 2 + 1))


def test_the_log_has_no_gap_under_concurrent_writers(desk):
    number = desk.submitted()
    results = race(
        [
            partial(desk.add, number, files=[casework.pdf(f"{n}.pdf", f"f{n}".encode())])
            for n in range(THREADS - 1)
        ]
        + [lambda: desk.notify(number)]
    )
    assert not [result for result in results if isinstance(result, DomainError)]
    log = handing.log_of(desk.center, number)
    assert [sequence for _epoch, sequence, _name, _hash in log] == list(range(1, THREADS + 2))
    with center_context(desk.center):
        assert models.MaterialFile.objects.filter(material__code="M01").count() == THREADS


def test_fifty_writers_of_every_kind_leave_a_log_that_the_case_adds_up_to(desk):
    number = desk.in_review()
    desk.who(CenterRole.MANAGER)
    each = 10
    results = race(
        [
            write
            for n in range(each)
            for write in (
                partial(desk.add, number, files=[casework.pdf(f"{n}.pdf", f"m{n}".encode())]),
                partial(desk.urge, number, text=f"请尽快办理{n}"),
                partial(desk.suspend, number),
                partial(desk.resume, number),
                partial(desk.extend, number),
            )
        ],
        threads=5 * each,
    )
    refused = [result for result in results if isinstance(result, DomainError)]
    log = handing.log_of(desk.center, number)  # which verifies the chain
    events, case = desk.events(number), desk.case(number)
    names = [event.name for event in events]
    replayed = {name: value for event in events for name, value in event.changes.items()}
    assert len(log) == case.sequence == 3 + len(results) - len(refused)
    assert names.count("case.material_added") == names.count("case.urged") == each
    assert names.count("case.extended") <= 1
    turns = [name for name in names if name in {"case.suspended", "case.resumed"}]
    assert turns == ["case.suspended", "case.resumed"] * (len(turns) // 2) + ["case.suspended"] * (
        len(turns) % 2
    )
    kept = {
        name: bytes(value) if isinstance(value, memoryview) else value
        for name, value in ((name, getattr(case, name)) for name in replayed)
    }
    assert kept == {name: models.read_column(name, value) for name, value in replayed.items()}


def test_one_of_many_accepts(desk):
    case = desk.submit().case
    results = race([lambda: desk.accept(case.number)] * THREADS)
    lost = [result for result in results if isinstance(result, errors.CaseAcceptNotAllowedError)]
    assert len(lost) == THREADS - 1
    assert [e.name for e in desk.events(case.number)] == ["case.submitted", "case.accepted"]


def test_of_two_who_saw_the_same_version_one_is_told(desk):
    case = desk.submit().case
    results = race(
        [
            lambda: desk.accept(case.number, expected_version=case.version),
            lambda: desk.withdraw(case.number, expected_version=case.version),
        ],
        threads=2,
    )
    assert sum(isinstance(result, StaleVersionError) for result in results) == 1
    assert desk.case(case.number).version == case.version + 1


def test_one_key_decides_once(desk):
    number, key = desk.verified(), uuid.uuid4()
    results = race([lambda: desk.decide(number, idempotency_key=key)] * THREADS)
    assert {result.version for result in results} == {results[0].version}
    assert [e.name for e in desk.events(number)].count("case.approved") == 1
