"""Releases ahead of each other: what a center offers follows all of them, in their order."""

import uuid
from dataclasses import replace
from datetime import timedelta
from typing import Any

from tests import publishing
from tests.operations.test_catalog_release import COUNTIES, LATER, centers_of, close, new
from tests.publishing import CITY, DAY, LEVELS, NOW, published, publisher, reach_all, reviewed
from tongban.catalog import models
from tongban.catalog.operations import draft, offer, publish, reach, review
from tongban.catalog.rules.content import MatterLevel
from tongban.catalog.states import MatterChange
from tongban.exchange.operations import timers
from tongban.kernel import actors
from tongban.kernel.context import SharedRole, shared_context
from tongban.kernel.transactions import PLATFORM

LATEST = LATER + timedelta(days=10)


def in_catalog(call, *arguments, **options):
    with shared_context(SharedRole.CATALOG):
        return call(*arguments, **options)


def revised(code: str, *, since=None, **changes):
    with shared_context(SharedRole.CATALOG):
        content = replace(publishing.standard(code), **changes)
        return published(reviewed(content, issuer=CITY, code=code), issuer=CITY, since=since)


def stood(name: str = "原有事项", **changes) -> str:
    """Publish a matter that is offered at its centers from today, and return its code."""
    with shared_context(SharedRole.CATALOG):
        revision = new(name, **changes)
        out = published(revision, issuer=CITY)
    reach_all(out)
    code: str = revision.matter_id
    return code


def withdraw(out: models.Release) -> None:
    with shared_context(SharedRole.CATALOG):
        publish.withdraw_release(
            actor=publisher(CITY),
            issuer_code=CITY,
            number=out.number,
            idempotency_key=uuid.uuid4(),
            now=NOW,
        )


def work_until(day) -> None:
    now = NOW.replace(hour=16) + (day - DAY - timedelta(days=1))
    while timers.fire_timers(PLATFORM, clock=lambda: now):
        pass


def offered_on(code, *days):
    return [in_catalog(centers_of, code, on=day) for day in days]


def rows() -> Any:
    with shared_context(SharedRole.CATALOG):
        return list(models.Offering.objects.order_by("id").values())


BEFORE_LATER, BEFORE_LATEST = LATER - timedelta(days=1), LATEST - timedelta(days=1)


def test_a_level_that_leaves_and_comes_back_later_is_offered_until_it_leaves(db):
    code = stood()
    reach_all(revised(code, since=LATER, levels=(MatterLevel.COUNTY,)))
    reach_all(revised(code, since=LATEST, levels=LEVELS))
    city = ["371400", *COUNTIES]
    assert offered_on(code, DAY, BEFORE_LATER, LATER, BEFORE_LATEST) == [
        city,
        city,
        COUNTIES,
        COUNTIES,
    ]
    work_until(LATEST)
    assert offered_on(code, BEFORE_LATER, LATEST)[1] == city


def test_calling_back_what_would_have_opened_again_loses_nothing_of_the_center(db):
    code = stood()
    in_catalog(
        offer.edit_offering,
        actor=actors.operator("test"),
        center_code="371400",
        matter_code=code,
        terms=offer.OfferingTerms(place="三楼 5 号窗口"),
        now=NOW,
    )
    reach_all(revised(code, levels=(MatterLevel.COUNTY,)))
    before = rows()
    out = revised(code, since=LATER, levels=LEVELS)
    reach_all(out)
    withdraw(out)
    assert rows() == before


def test_calling_back_a_revision_of_the_same_day_leaves_what_the_first_opened(db):
    with shared_context(SharedRole.CATALOG):
        revision = new("当日事项")
        first = published(revision, issuer=CITY, since=LATER)
    reach_all(first)
    before = rows()
    second = revised(revision.matter_id, since=LATER, visits=1)
    reach_all(second)
    withdraw(second)
    assert rows() == before


def test_what_a_center_planned_itself_stands_again_after_a_calling_back(db):
    code = stood()
    in_catalog(
        offer.edit_offering,
        actor=actors.operator("test"),
        center_code="371402",
        matter_code=code,
        terms=offer.OfferingTerms(effective_to=LATEST),
        now=NOW,
    )
    before = rows()
    out = revised(code, since=LATER, levels=(MatterLevel.CITY,))
    reach_all(out)
    assert offered_on(code, LATER) == [["371400"]]
    withdraw(out)
    assert rows() == before


def test_a_center_that_comes_before_a_closing_day_has_what_the_others_have(db):
    code = stood()
    gone = models.Offering.objects.filter(matter__code=code, center_code="371425")
    ended = revised(code, since=LATER, levels=(MatterLevel.CITY,))
    reach_all(ended)
    with shared_context(SharedRole.CATALOG):
        [present] = gone.values("effective_to", "closed_for")
        gone.delete()  # as if the center had been onboarded just now
        offer.open_default_offerings(
            actor=actors.operator("onboarding"), center_codes=["371425"], now=NOW
        )
        assert gone.values("effective_to", "closed_for").get() == present
    withdraw(ended)
    with shared_context(SharedRole.CATALOG):
        assert gone.values_list("effective_to", "closed_for").get() == (None, "")


def test_a_center_that_comes_before_a_closing_day_opens_again_with_the_others(db):
    code = stood()
    reach_all(revised(code, since=LATER, levels=(MatterLevel.CITY,)))
    with shared_context(SharedRole.CATALOG):
        models.Offering.objects.filter(matter__code=code, center_code="371425").delete()
        offer.open_default_offerings(
            actor=actors.operator("onboarding"), center_codes=["371425"], now=NOW
        )
    reach_all(revised(code, since=LATEST, levels=LEVELS))
    work_until(LATEST)
    assert offered_on(code, BEFORE_LATEST, LATEST) == [["371400"], ["371400", *COUNTIES]]


def test_a_release_does_not_overtake_an_earlier_one(db, monkeypatch):
    monkeypatch.setattr(reach, "MOST_CENTERS", 2)
    code = stood()
    with shared_context(SharedRole.CATALOG):
        added = new("另一事项", levels=(MatterLevel.TOWNSHIP,))
        away = published(
            reviewed(
                replace(publishing.standard(code), levels=(MatterLevel.CITY,)),
                issuer=CITY,
                code=code,
            ),
            added,
            issuer=CITY,
        )
    back = revised(code, levels=LEVELS)
    reach_all(back)
    reach_all(away)
    assert offered_on(code, DAY) == [["371400", *COUNTIES]]
    with shared_context(SharedRole.CATALOG):
        own = models.Release.objects.filter(issuer_code=CITY)
        assert set(own.values_list("status", flat=True)) == {"reached"}


def test_a_matter_taken_up_again_is_merged_into_nothing(db):
    code, other = stood("甲"), stood("乙")
    in_catalog(close, code, MatterChange.MERGED, target=other)
    with shared_context(SharedRole.CATALOG):
        content = models.MatterRevision.objects.get(matter__code=code, number=1).read()
        published(reviewed(content, issuer=CITY, code=code), issuer=CITY)
        assert models.StandardMatter.objects.get(code=code).merged_into == ""


def test_what_was_called_back_can_be_thrown_away(db):
    with shared_context(SharedRole.CATALOG):
        revision = new("撤回事项")
        out = published(revision, issuer=CITY, since=LATER)
    reach_all(out)
    withdraw(out)
    with shared_context(SharedRole.CATALOG):
        for call, options in (
            (review.return_revision, {"actor": publishing.reviewer(CITY), "reason": "不再需要"}),
            (
                draft.discard_draft,
                {"actor": publishing.editor(CITY), "expected_digest": revision.content_hash},
            ),
        ):
            call(
                matter_code=revision.matter_id,
                number=revision.number,
                idempotency_key=uuid.uuid4(),
                now=NOW,
                **options,
            )
        assert not models.MatterRevision.objects.filter(matter=revision.matter_id).exists()
        assert out.items.get().matter_id == revision.matter_id  # what the release was to do
        again = publishing.drafted(
            publishing.a_matter("撤回事项"), issuer=CITY, local_code="撤回事项"
        )
        assert again.matter_id == revision.matter_id
