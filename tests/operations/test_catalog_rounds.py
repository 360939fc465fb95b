"""Clean-up rounds: decided matter by matter, closed as one release, and readable as they were."""

import uuid
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import cleaning, issuing, publishing
from tests.cleaning import BASIS, COUNTY, closed, decided, matter, opened
from tests.issuing import CITY, FIRST
from tongban.catalog import errors, models, queries
from tongban.catalog.operations import directories, publish, rounds
from tongban.catalog.queries import OfferingFilter
from tongban.catalog.queries import directories as directory_queries
from tongban.catalog.queries import rounds as round_queries
from tongban.catalog.rules.content import MatterLevel
from tongban.catalog.rules.directories import DirectoryKind
from tongban.catalog.states import RoundDecision
from tongban.kernel.actors import ANONYMOUS, PlatformRole
from tongban.kernel.context import SharedRole, center_context, shared_context
from tongban.kernel.errors import IdempotencyKeyReusedError
from tongban.kernel.models import AuditEntry, LogEntry, Timer

CITY_LEVEL, COUNTY_LEVEL = MatterLevel.CITY, MatterLevel.COUNTY
KEEP, CANCEL, DELEGATE, TAKE_OVER, MERGE = RoundDecision
NEXT = FIRST + timedelta(days=1)


@pytest.fixture
def catalog(db):
    with shared_context(SharedRole.CATALOG):
        yield


def written() -> tuple[Any, ...]:
    """Return what must stay the same where something is refused."""
    return (
        AuditEntry.objects.count(),
        LogEntry.objects.count(),
        Timer.objects.count(),
        list(models.CleanupRound.objects.order_by("id").values()),
        list(models.CleanupItem.objects.order_by("id").values()),
        list(models.MatterRevision.objects.order_by("id").values()),
        list(models.Release.objects.order_by("id").values()),
        list(models.Directory.objects.order_by("id").values()),
        list(models.StandardMatter.objects.order_by("id").values()),
    )


def offering_centers(code: str, on: date) -> set[str]:
    where = OfferingFilter(codes=[code])
    return {row.center_code for row in queries.find_offerings(on=on, where=where)}


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


# --- closing ----------------------------------------------------------------------------------


def test_after_delegation_the_county_handles_and_the_city_takes_in_no_more(catalog):
    code = matter(1)
    cleaning.reach()
    assert offering_centers(code, FIRST) == {"371400"}
    pinned = queries.pinned_offering(center_code="371400", matter_code=code, on=FIRST)
    number = opened()
    decided(number, code, DELEGATE, COUNTY)
    closing = closed(number, on=NEXT)
    cleaning.reach(on=NEXT)
    assert offering_centers(code, NEXT) == {"371402", "371425"}
    assert offering_centers(code, FIRST) == {"371400"}
    with center_context("371400"), pytest.raises(errors.NotOnListError):
        queries.pinned_offering(center_code="371400", matter_code=code, on=NEXT)
    revision = queries.published_revision(code=code, on=NEXT)
    assert revision
    assert (revision.number, revision.content["levels"]) == (2, ["county"])
    assert pinned.revision_number == 1  # a case taken in before keeps what it pinned
    (consequence,) = closing.consequences
    assert (consequence.levels_before, consequence.levels_after) == (
        (CITY_LEVEL,),
        (COUNTY_LEVEL,),
    )
    assert (consequence.offerings_closed, consequence.offerings_opened) == (1, 2)
    release = models.Release.objects.get(round__number=number, issuer_code=CITY)
    assert (release.kind, release.number, release.closed, release.opened) == (
        "round",
        closing.release_number,
        1,
        2,
    )
    assert [(i.change, i.former_number, i.number) for i in release.items.all()] == [
        ("delegated", 1, 2)
    ]


def test_cancelled_and_merged_matters_end_for_every_center(catalog):
    one, two, three = (matter(n, levels=(CITY_LEVEL, COUNTY_LEVEL)) for n in (1, 2, 3))
    cleaning.reach()
    number = opened()
    decided(number, one, CANCEL)
    decided(number, two, MERGE, three)
    decided(number, three)
    closed(number, on=NEXT)
    cleaning.reach(on=NEXT)
    assert offering_centers(one, FIRST) == {"371400", "371402", "371425"}
    assert offering_centers(one, NEXT) == offering_centers(two, NEXT) == set()
    assert offering_centers(three, NEXT) == {"371400", "371402", "371425"}
    assert queries.published_revision(code=one, on=NEXT) is None
    assert models.StandardMatter.objects.get(code=two).merged_into == three
    assert models.StandardMatter.objects.get(code=one).merged_into == ""


def test_what_is_taken_over_is_handled_by_the_city_as_well(catalog):
    code = matter(1, levels=(COUNTY_LEVEL,))
    cleaning.reach()
    number = opened()
    assert decided(number, code, TAKE_OVER).target == "city"
    closed(number)
    cleaning.reach()
    assert offering_centers(code, FIRST) == {"371400", "371402", "371425"}


def test_every_matter_is_decided_on_or_left_expressly(catalog):
    codes = [matter(n) for n in range(1, 13)]
    number = opened()
    decided(number, codes[0])
    before = written()
    with pytest.raises(errors.RoundUndecidedError) as caught:
        closed(number)
    assert caught.value.params["count"] == 11
    assert "没有明确规定保留的一律取消" in caught.value.message("zh-Hans")
    assert f"事项{codes[1]}" in caught.value.params["first"]
    assert f"事项{codes[11]}" not in caught.value.params["first"]
    assert written() == before
    closing = closed(number, leave_undecided=True)
    assert (closing.undecided, closing.counts, closing.release_number) == (11, {KEEP: 1}, None)
    assert all(queries.published_revision(code=code, on=FIRST) for code in codes)


def test_who_decided_does_not_close(catalog):
    """Deciding and closing take two people (两人以上办理)."""
    code, number = matter(1), opened()
    both = publishing.person(103, PlatformRole.CATALOG_EDITOR, CITY)
    decided(number, code, CANCEL, actor=both)
    before = written()
    with pytest.raises(errors.SamePersonError):
        closed(number)
    for actor, error in (
        (publishing.editor(CITY), errors.RoundNotAllowedError),
        (publishing.publisher(publishing.OTHER_CITY), errors.RoundNotFoundError),
        (ANONYMOUS, errors.RoundNotFoundError),
    ):
        with pytest.raises(error):
            closed(number, actor=actor)
    assert written() == before


def test_an_empty_round_is_not_closed(catalog):
    number = opened()
    with pytest.raises(errors.RoundEmptyError):
        closed(number, leave_undecided=True)


def test_what_changed_since_it_was_decided_is_decided_again(catalog):
    code, number = matter(1), opened()
    decided(number, code, CANCEL)
    matter(1, on=NEXT, materials=issuing.materials(1))
    before = written()
    with pytest.raises(errors.RoundMattersChangedError) as caught:
        closed(number, on=NEXT)
    assert caught.value.params["count"] == 1
    assert written() == before
    decided(number, code, CANCEL, on=NEXT)
    closed(number, on=NEXT)


def test_a_draft_in_work_would_undo_the_decision(catalog):
    one, two = matter(1), matter(2)
    for code in (one, two):
        publishing.drafted(publishing.standard(code), issuer=CITY, code=code)
    number = opened()
    decided(number, one, CANCEL)
    decided(number, two)
    with pytest.raises(errors.RoundMattersInWorkError) as caught:
        closed(number)
    assert caught.value.params["first"] == f"事项{one}"  # what is kept may be worked on
    decided(number, one)
    closed(number)


def test_what_others_wait_for_does_not_end(catalog):
    one = matter(1)
    two = matter(2, preconditions=(one,))
    number = opened()
    decided(number, one, CANCEL)
    decided(number, two)
    before = written()
    with pytest.raises(errors.RoundMattersNeededError) as caught:
        closed(number)
    assert caught.value.params == {"count": 1, "first": f"事项{two}"}
    assert written() == before
    decided(number, two, CANCEL)
    closed(number)


def test_what_others_are_to_wait_for_does_not_end(catalog):
    one, two = matter(1), matter(2)
    later = FIRST + timedelta(days=30)
    issuing.issue(two, preconditions=(one,), since=later)
    number = opened()
    decided(number, one, CANCEL)
    before = written()
    with pytest.raises(errors.RoundMattersNeededError):
        closed(number, leave_undecided=True)
    assert written() == before


def test_nothing_waits_for_or_is_merged_into_what_is_to_end(catalog):
    one, two, three = matter(1), matter(2), matter(3)
    later = FIRST + timedelta(days=30)
    number = opened()
    decided(number, one, CANCEL)
    closed(number, leave_undecided=True, effective_from=later)
    number = opened()
    with pytest.raises(errors.RoundTargetError):
        decided(number, three, RoundDecision.MERGE, one)
    content = replace(publishing.standard(two), preconditions=(one,))
    with pytest.raises(errors.PreconditionUnknownError):
        publishing.published(
            publishing.reviewed(content, issuer=CITY, code=two, now=issuing.at(FIRST)),
            issuer=CITY,
            now=issuing.at(FIRST),
        )


def test_a_day_gone_by_is_refused_and_one_to_come_waits(catalog):
    code, number = matter(1), opened()
    decided(number, code, CANCEL)
    with pytest.raises(errors.EffectiveDayError):
        closed(number, effective_from=FIRST - timedelta(days=1))
    later = FIRST + timedelta(days=30)
    closed(number, effective_from=later)
    assert queries.published_revision(code=code, on=later - timedelta(days=1))
    assert queries.published_revision(code=code, on=later) is None
    release = models.Release.objects.get(round__number=number, issuer_code=CITY)
    before = written()
    with pytest.raises(errors.ReleaseWithdrawError) as caught:
        publish.withdraw_release(
            actor=publishing.publisher(CITY),
            issuer_code=CITY,
            number=release.number,
            idempotency_key=uuid.uuid4(),
            now=issuing.at(FIRST),
        )
    assert caught.value.params["reason"] == "ROUND"
    assert written() == before


def test_a_dry_run_tells_the_same_and_leaves_nothing(catalog):
    one, two, three = (matter(n) for n in (1, 2, 3))
    cleaning.reach()
    number = opened()
    decided(number, one, CANCEL)
    decided(number, two, DELEGATE, COUNTY)
    decided(number, three)
    before = written()
    tried = closed(number, dry_run=True)
    assert written() == before
    assert models.CleanupRound.objects.get(number=number).status == "open"
    key = uuid.uuid4()
    done = closed(number, idempotency_key=key)
    for name in ("effective_from", "counts", "undecided", "consequences", "release_number"):
        assert getattr(tried, name) == getattr(done, name)
    assert (tried.approvals_before, tried.approvals_after) == (
        done.approvals_before,
        done.approvals_after,
    )
    assert done.approvals_after == done.approvals_before - 2
    after = written()
    assert closed(number, idempotency_key=key) == done
    with pytest.raises(errors.RoundClosedError):
        closed(number)
    with pytest.raises(errors.RoundClosedError):
        decided(number, three, CANCEL)
    assert written() == after


def test_what_a_center_ends_later_counts_as_offered(catalog):
    code = matter(1)
    cleaning.reach()
    models.Offering.objects.filter(matter__code=code).update(
        effective_to=FIRST + timedelta(days=30)
    )
    number = opened()
    decided(number, code, CANCEL)
    [one] = closed(number, leave_undecided=True, dry_run=True).consequences
    assert (one.offerings_closed, one.offerings_opened) == (1, 0)
    closed(number, leave_undecided=True)
    cleaning.reach()
    release = models.Release.objects.get(round__number=number, issuer_code=CITY)
    assert release.closed == 1


def test_the_published_list_of_approvals_follows(catalog):
    """仅保留行政审批事项: as many in force as on the list, before and after."""
    one, two = matter(1), matter(2)
    directories.publish_approvals(
        actor=publishing.publisher(CITY),
        issuer_code=CITY,
        effective_from=FIRST,
        now=issuing.at(FIRST),
    )
    listed = directory_queries.directory_on(
        issuer_code=CITY, kind=DirectoryKind.APPROVALS, on=FIRST
    )
    assert listed
    approvals = directory_queries.approvals_in_force(issuer_code=CITY, on=FIRST).count()
    assert listed.entry_count == approvals
    number = opened()
    decided(number, one, CANCEL)
    decided(number, two)
    closing = closed(number, on=NEXT)
    assert (closing.approvals_before, closing.approvals_after) == (approvals, approvals - 1)
    assert closing.directory_version == listed.version + 1
    following = directory_queries.directory_on(
        issuer_code=CITY, kind=DirectoryKind.APPROVALS, on=NEXT
    )
    assert following
    assert following.entry_count == approvals - 1
    balance = directory_queries.balance_approvals(issuer_code=CITY, on=NEXT)
    assert (balance.not_listed, balance.not_in_force) == ([], [])


def test_without_a_published_list_none_is_made(catalog):
    code, number = matter(1), opened()
    decided(number, code, CANCEL)
    assert closed(number).directory_version is None
    assert not models.Directory.objects.exists()


# --- reading ----------------------------------------------------------------------------------


def test_after_six_rounds_the_first_reads_as_it_was(catalog):
    codes = [matter(n) for n in range(1, 7)]
    left = list(codes)
    for n in range(6):
        day = FIRST + timedelta(days=10 * n)
        number = opened(f"第{n + 1}轮", on=day)
        assert number == n + 1
        for code in left:
            decided(number, code, CANCEL if code == codes[n] else KEEP, on=day)
        closed(number, on=day)
        left.remove(codes[n])
        for code in left:
            issuing.issue(code, on=day + timedelta(days=5), name=f"第{n + 2}版{code}")
    listed = round_queries.list_rounds(issuer_code=CITY).order_by("number")
    assert [(r.number, r.status) for r in listed] == [(n, "closed") for n in range(1, 7)]
    first = round_queries.access_round(issuer_code=CITY, number=1)
    assert first
    items = round_queries.items_of(first).order_by("matter_id")
    judged = [
        (item.matter_id, item.decision, round_queries.judged_revision(item).content["name"])
        for item in items
    ]
    assert judged == [(code, CANCEL if code == codes[0] else KEEP, f"事项{code}") for code in codes]
    assert (first.count_keep, first.count_cancel, first.count_merge) == (5, 1, 0)
    last = round_queries.access_round(issuer_code=CITY, number=6)
    assert last
    (item,) = round_queries.items_of(last)
    assert round_queries.judged_revision(item).content["name"] == f"第6版{codes[5]}"
    assert (
        not queries.in_force(FIRST + timedelta(days=100)).filter(matter__issuer_code=CITY).exists()
    )


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
