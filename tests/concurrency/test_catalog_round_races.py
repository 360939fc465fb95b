"""Races at clean-up rounds and proposals: one outcome each, nothing half done."""

import uuid

import pytest

from tests import issuing, publishing
from tests.cleaning import closed, decided, matter, opened
from tests.concurrency.test_case_races import race
from tests.issuing import CITY, FIRST
from tongban.catalog import errors, models
from tongban.catalog.operations import proposals
from tongban.catalog.rules.content import MatterLevel
from tongban.catalog.states import RoundDecision
from tongban.kernel.actors import PlatformRole
from tongban.kernel.context import SharedRole, shared_context
from tongban.kernel.errors import DomainError

THREADS = 8


def in_catalog(call):
    """Return the call as a thread makes it, in a context of its own."""

    def run():
        with shared_context(SharedRole.CATALOG):
            return call()

    return run


@pytest.fixture
def catalog(committed_db):
    with shared_context(SharedRole.CATALOG):
        yield


def test_two_closers_at_once_close_once(catalog):
    code, number = matter(1), opened()
    decided(number, code, RoundDecision.CANCEL)
    results = race([in_catalog(lambda: closed(number))] * THREADS, threads=THREADS)
    lost = [one for one in results if isinstance(one, DomainError)]
    assert [type(one) for one in lost] == [errors.RoundClosedError] * (THREADS - 1)
    assert models.Release.objects.filter(round__number=number, issuer_code=CITY).count() == 1
    assert models.MatterRevision.objects.filter(matter__code=code).count() == 1


def test_one_key_closes_once_and_answers_alike(catalog):
    code, number = matter(1), opened()
    decided(number, code, RoundDecision.CANCEL)
    key = uuid.uuid4()
    results = race(
        [in_catalog(lambda: closed(number, idempotency_key=key))] * THREADS, threads=THREADS
    )
    assert {one.release_number for one in results} == {results[0].release_number}
    assert all(one.consequences == results[0].consequences for one in results)


def test_rounds_opened_at_once_are_one(catalog):
    results = race([in_catalog(opened)] * THREADS, threads=THREADS)
    lost = [one for one in results if isinstance(one, errors.RoundAlreadyOpenError)]
    assert len(lost) == THREADS - 1
    assert models.CleanupRound.objects.filter(issuer_code=CITY).count() == 1


def test_a_decision_is_in_the_closing_or_refused(catalog):
    """Deciding and closing stand one behind the other: no decision falls between them."""
    one, two = matter(1), matter(2)
    number = opened()
    decided(number, one, RoundDecision.CANCEL)
    calls = [
        in_catalog(lambda: closed(number, leave_undecided=True)),
        in_catalog(lambda: decided(number, two, RoundDecision.CANCEL)),
    ]
    _closing, decision = race(calls, threads=2)
    release = models.Release.objects.get(round__number=number, issuer_code=CITY)
    is_in = release.items.filter(matter__code=two).exists()
    assert is_in != isinstance(decision, errors.RoundClosedError)
    assert models.CleanupItem.objects.filter(matter__code=two).exists() == is_in


def test_a_proposal_is_answered_once(catalog):
    code = issuing.issue("370199900077", levels=(MatterLevel.CITY, MatterLevel.COUNTY))
    proposal = proposals.propose_change(
        actor=publishing.person(201, PlatformRole.OFFERING_EDITOR, "371402000000"),
        center_code="371402",
        matter_code=code,
        elements={"visits": 0},
        reason="最多跑一次",
        idempotency_key=uuid.uuid4(),
        now=issuing.at(FIRST),
    )

    def answer(accept: bool):
        return proposals.answer_proposal(
            actor=publishing.editor(CITY),
            proposal_id=proposal.id,
            accept=accept,
            answer="x",
            idempotency_key=uuid.uuid4(),
            now=issuing.at(FIRST),
        )

    calls = [in_catalog(lambda accept=bool(n % 2): answer(accept)) for n in range(THREADS)]
    results = race(calls, threads=THREADS)
    won = [one for one in results if not isinstance(one, DomainError)]
    assert len(won) == 1
    drafts = models.MatterRevision.objects.filter(matter__code=code, status="draft").count()
    assert drafts == (won[0].status == "accepted")
