"""Clean-up rounds: decided matter by matter, closed as one release, and readable as they were."""

import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import issuing, publishing
from tests.cleaning import BASIS, COUNTY, closed, decided, matter, opened, written
from tests.issuing import CITY, FIRST
from tongban.catalog import errors, models
from tongban.catalog.operations import rounds
from tongban.catalog.queries import rounds as round_queries
from tongban.catalog.states import RoundDecision
from tongban.kernel.actors import ANONYMOUS, PlatformRole
from tongban.kernel.context import SharedRole, center_context, shared_context
from tongban.kernel.errors import IdempotencyKeyReusedError

KEEP, CANCEL, DELEGATE, TAKE_OVER, MERGE = RoundDecision


# --- opening ----------------------------------------------------------------------------------


def test_rounds_of_a_division_are_numbered_and_one_is_open(catalog):
    key = uuid.uuid4()
    assert opened(idempotency_key=key) == opened(idempotency_key=key) == 1
    before = written()
    with pytest.raises(errors.RoundAlreadyOpenError):
        opened()
    with pytest.raises(IdempotencyKeyReusedError):
        opened("另一轮", idempotency_key=key)
    assert written() == before
    other = publishing.OTHER_CITY
    assert opened(issuer_code=other, actor=publishing.editor(other)) == 1


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"title": " "}, errors.RoundTextError),
        ({"title": "轮" * 201}, errors.RoundTextError),
        ({"basis": "\0"}, errors.RoundTextError),
        ({"basis": ""}, errors.RoundTextError),
        ({"issuer_code": "3714"}, errors.IssuerUnknownError),
        ({"actor": publishing.editor(publishing.OTHER_CITY)}, errors.RoundNotAllowedError),
        ({"actor": publishing.publisher(CITY)}, errors.RoundNotAllowedError),
        ({"actor": ANONYMOUS}, errors.RoundNotAllowedError),
    ],
)
def test_what_is_no_round_is_not_opened(catalog, changes, error):
    before = written()
    with pytest.raises(error):
        opened(**changes)
    assert written() == before


# --- deciding ---------------------------------------------------------------------------------


def test_a_decision_is_replaced_and_dropped(catalog):
    code, number = matter(1), opened()
    item = decided(number, code)
    assert (item.decision, item.revision_number, item.basis) == (KEEP, 1, BASIS)
    again = decided(number, code, CANCEL, basis="国发〔2019〕6号")
    assert (again.id, again.decision) == (item.id, CANCEL)
    key = uuid.uuid4()
    for _ in range(2):
        rounds.drop_decision(
            actor=publishing.editor(CITY),
            issuer_code=CITY,
            number=number,
            matter_code=code,
            idempotency_key=key,
            now=issuing.at(FIRST),
        )
    assert not models.CleanupItem.objects.exists()
    with pytest.raises(errors.MatterNotFoundError):
        rounds.drop_decision(
            actor=publishing.editor(CITY),
            issuer_code=CITY,
            number=number,
            matter_code=code,
            idempotency_key=uuid.uuid4(),
            now=issuing.at(FIRST),
        )


def test_a_request_that_comes_again_is_answered_alike(catalog):
    """Also when the round was closed in between: what it decided stands there."""
    code, number, key = matter(1), opened(), uuid.uuid4()
    item = decided(number, code, CANCEL, idempotency_key=key)
    assert decided(number, code, CANCEL, idempotency_key=key) == item
    closed(number)
    before = written()
    assert decided(number, code, CANCEL, idempotency_key=key) == item
    assert written() == before


def test_nothing_is_kept_without_a_provision(catalog):
    """没有明确规定保留的一律取消."""
    code, number = matter(1), opened()
    before = written()
    with pytest.raises(errors.NoLegalBasisError) as caught:
        decided(number, code, basis=" ")
    assert (caught.value.code, caught.value.path) == ("NO_LEGAL_BASIS", ("basis",))
    assert f"事项{code}" in caught.value.message("zh-Hans")
    assert written() == before


def test_a_standard_without_a_legal_basis_is_not_kept(catalog):
    code, number = matter(1), opened()
    revision = models.MatterRevision.objects.get(matter__code=code)
    # Published before the check was there: no operation makes one now.
    models.MatterRevision.objects.filter(id=revision.id).update(
        content=revision.content | {"legal_bases": []}
    )
    with pytest.raises(errors.NoLegalBasisError):
        decided(number, code)
    assert decided(number, code, CANCEL).decision == CANCEL


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"decision": CANCEL, "basis": ""}, errors.RoundTextError),
        ({"basis": "据" * 2001}, errors.RoundTextError),
        ({"matter_code": "379999999999"}, errors.MatterNotFoundError),
        ({"matter_code": publishing.SET_UP}, errors.MatterNotFoundError),  # the province's
        ({"number": 7}, errors.RoundNotFoundError),
        ({"actor": ANONYMOUS}, errors.RoundNotFoundError),
        ({"actor": publishing.editor(publishing.OTHER_CITY)}, errors.RoundNotFoundError),
        ({"actor": publishing.reviewer(CITY)}, errors.RoundNotAllowedError),
    ],
)
def test_what_cannot_be_decided_is_refused(catalog, changes, error):
    code, number = matter(1), opened()
    before = written()
    with pytest.raises(error):
        decided(**{"number": number, "code": code, **changes})
    assert written() == before


@pytest.mark.parametrize(
    ("decision", "target", "reason"),
    [
        (DELEGATE, "", "NO_LEVEL"),
        (DELEGATE, "371402", "NO_LEVEL"),
        (DELEGATE, "city", "NOTHING_MOVES"),
        (TAKE_OVER, "", "NOTHING_MOVES"),  # the city has it already
        (TAKE_OVER, "province", "NO_LEVEL"),
        (MERGE, "", "NOT_IN_FORCE"),
        (MERGE, "370199900001", "ITSELF"),
        (MERGE, "379999999999", "NOT_IN_FORCE"),
        (KEEP, "county", "NO_TARGET"),
        (CANCEL, "370199900001", "NO_TARGET"),
    ],
)
def test_a_decision_leads_to_something_that_is_there(catalog, decision, target, reason):
    code, number = matter(1), opened()
    before = written()
    with pytest.raises(errors.RoundTargetError) as caught:
        decided(number, code, decision, target)
    assert caught.value.params["reason"] == reason
    for language in ("zh-Hans", "en"):
        assert "…" not in caught.value.message(language)
    assert written() == before


def test_mergers_make_no_chain_and_no_cycle(catalog):
    one, two, three = (matter(n) for n in (1, 2, 3))
    number = opened()
    decided(number, one, MERGE, two)
    for code, decision, target, reason in (
        (two, MERGE, one, "TARGET_ENDS"),
        (two, MERGE, three, "TAKES_OTHERS_IN"),
        (two, CANCEL, "", "TAKES_OTHERS_IN"),
        (three, MERGE, one, "TARGET_ENDS"),
    ):
        with pytest.raises(errors.RoundTargetError) as caught:
            decided(number, code, decision, target)
        assert caught.value.params["reason"] == reason
    assert decided(number, three, MERGE, two).target == two
    assert decided(number, two).decision == KEEP


# --- reading ----------------------------------------------------------------------------------


def test_an_open_round_is_seen_by_those_who_work_on_the_catalog(catalog):
    number = opened()

    def seen(actor) -> bool:
        found = round_queries.access_round(actor=actor, issuer_code=CITY, number=number)
        listed = round_queries.list_rounds(actor=actor, issuer_code=CITY)
        assert listed.exists() == (found is not None)
        return found is not None

    for role in (publishing.editor, publishing.reviewer, publishing.publisher):
        assert seen(role(CITY))
        assert seen(role(publishing.PROVINCE))
        assert not seen(role(publishing.OTHER_CITY))
        assert not seen(role("371402000000"))
    assert not seen(ANONYMOUS)
    assert not seen(publishing.person(9, PlatformRole.OFFERING_EDITOR, CITY))


def test_the_database_keeps_closed_rounds_and_hides_open_ones(catalog):
    code, number = matter(1), opened()
    decided(number, code)
    for entered in (center_context("371402"), shared_context(SharedRole.READER)):
        with entered:
            assert not models.CleanupRound.objects.exists()
            assert not models.CleanupItem.objects.exists()
    closed(number)
    with center_context("371402"):
        assert models.CleanupItem.objects.get().basis == BASIS
    assert models.CleanupRound.objects.update(title="x") == 0
    assert models.CleanupItem.objects.update(basis="x") == 0
    assert models.CleanupItem.objects.all().delete() == (0, {})
    assert models.CleanupItem.objects.get().basis == BASIS


def test_any_number_of_decisions_closes_with_the_same_statements(catalog):
    counted = []
    for size, start in ((2, 100), (20, 200)):
        codes = [matter(start + n) for n in range(size)]
        number = opened()
        for n, code in enumerate(codes):
            decided(number, code, *((CANCEL,) if n % 2 else (DELEGATE, COUNTY)))
        with CaptureQueriesContext(connection) as captured:
            closed(number, leave_undecided=True)
        counted.append(len(captured))
        found = round_queries.access_round(issuer_code=CITY, number=number)
        assert found
        with CaptureQueriesContext(connection) as captured:
            assert len(list(round_queries.items_of(found))) == size
        assert len(captured) == 1
    assert counted[0] == counted[1]
