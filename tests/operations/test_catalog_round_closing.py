"""Closing a round of clean-up: what is decided on takes effect everywhere, whole or not at all."""

import uuid
from dataclasses import replace
from datetime import date, timedelta

import pytest

from tests import cleaning, issuing, publishing
from tests.cleaning import COUNTY, closed, decided, matter, opened, written
from tests.issuing import CITY, FIRST
from tongban.catalog import errors, models, queries
from tongban.catalog.operations import directories, publish
from tongban.catalog.queries import OfferingFilter
from tongban.catalog.queries import directories as directory_queries
from tongban.catalog.queries import rounds as round_queries
from tongban.catalog.rules.content import MatterLevel
from tongban.catalog.rules.directories import DirectoryKind
from tongban.catalog.states import RoundDecision
from tongban.kernel.actors import ANONYMOUS, PlatformRole
from tongban.kernel.context import center_context

CITY_LEVEL, COUNTY_LEVEL = MatterLevel.CITY, MatterLevel.COUNTY
KEEP, CANCEL, DELEGATE, TAKE_OVER, MERGE = RoundDecision
NEXT = FIRST + timedelta(days=1)


def offering_centers(code: str, on: date) -> set[str]:
    where = OfferingFilter(codes=[code])
    return {row.center_code for row in queries.find_offerings(on=on, where=where)}


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
