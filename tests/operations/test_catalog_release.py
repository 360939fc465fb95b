"""A release reaches the centers of its tree and no other; a rehearsal tells what it would do."""

import uuid
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import publishing
from tests.publishing import (
    CITY,
    DAY,
    LEVELS,
    NOW,
    OTHER_CITY,
    SET_UP,
    a_matter,
    drafted,
    published,
    publisher,
    reach_all,
    reviewed,
)
from tongban.catalog import errors, models, queries
from tongban.catalog.operations import changing, offer, preview, publish, reach, release
from tongban.catalog.operations.preview import ReleaseWarning
from tongban.catalog.rules.content import Limit, MatterLevel
from tongban.catalog.rules.differences import differences
from tongban.catalog.rules.locking import ClearableTerm
from tongban.catalog.states import MatterChange, OfferingStatus, ReleaseKind
from tongban.exchange.operations import timers
from tongban.kernel import actors
from tongban.kernel.calendar import LimitUnit
from tongban.kernel.context import SharedRole, shared_context
from tongban.kernel.models import AuditEntry, LogEntry, Timer
from tongban.kernel.transactions import PLATFORM, unit_of_work

LATER = DAY + timedelta(days=30)
DEZHOU = ["371400", "371402", "371402001", "371425", "371425001"]
COUNTIES = ["371402", "371425"]
DAYS = LimitUnit.WORKING_DAY


def centers_of(code: str, on=DAY) -> list[str]:
    found = queries.find_offerings(on=on, where=queries.OfferingFilter(codes=[code]))
    return sorted(found.values_list("center_code", flat=True))


def new(name: str = "德州事项", **changes):
    said = {"levels": LEVELS, **changes}
    return reviewed(a_matter(name, **said), issuer=CITY, local_code=name)


def close(code: str, change: MatterChange = MatterChange.CANCELLED, *, since=DAY, target=""):
    """End a matter, as a clean-up round does."""
    with unit_of_work() as work:
        changing.one_at_a_time()
        return release.put_out(
            work,
            actor=publisher(CITY),
            issuer_code=CITY,
            kind=ReleaseKind.REVISIONS,
            title="取消",
            publications=[],
            closings=[
                release.Closing(models.StandardMatter.objects.get(code=code), change, target)
            ],
            effective_from=since,
            now=NOW,
        )


def test_an_added_matter_is_offered_at_its_levels_in_the_whole_tree(db):
    with shared_context(SharedRole.CATALOG):
        revision = new()
        out = published(revision, issuer=CITY)
        assert (out.centers, out.status) == (5, "reaching")
    assert reach_all(out) == 1
    with shared_context(SharedRole.CATALOG):
        out.refresh_from_db()
        assert (out.status, out.reached, out.opened, out.closed) == ("reached", 5, 3, 0)
        assert centers_of(revision.matter_id) == ["371400", *COUNTIES]
        assert LogEntry.objects.filter(name="release.reached").exists()
        assert AuditEntry.objects.filter(action="release.reach").count() == 1
    assert reach_all(out) == 0


def test_the_worker_lets_a_release_reach_its_tree(db, monkeypatch):
    monkeypatch.setattr(reach, "MOST_CENTERS", 2)
    with shared_context(SharedRole.CATALOG):
        revision = new()
        out = published(revision, issuer=CITY)
    fired = 0
    while count := timers.fire_timers(PLATFORM, clock=lambda: NOW):
        fired += count
    assert fired == 3
    with shared_context(SharedRole.CATALOG):
        assert models.Release.objects.get(pk=out.pk).status == "reached"
        assert centers_of(revision.matter_id) == ["371400", *COUNTIES]
        mine = Timer.objects.filter(key=release.timer_key(out))
        assert not mine.filter(fired_at=None).exists()


def test_a_release_that_stops_between_two_batches_goes_on_where_it_stood(db, monkeypatch):
    monkeypatch.setattr(reach, "MOST_CENTERS", 2)
    with shared_context(SharedRole.CATALOG):
        revision = new()
        out = published(revision, issuer=CITY)
    assert timers.fire_timers(PLATFORM, clock=lambda: NOW) == 1

    def dies(*_args, **_options):
        raise RuntimeError("killed")

    with monkeypatch.context() as broken:
        broken.setattr(reach.opening, "open_offerings", dies)
        assert timers.fire_timers(PLATFORM, clock=lambda: NOW) == 0
    with shared_context(SharedRole.CATALOG):
        out.refresh_from_db()
        assert (out.reached, out.last_center, out.status) == (2, "371402", "reaching")
        assert centers_of(revision.matter_id) == ["371400", "371402"]
    while timers.fire_timers(PLATFORM, clock=lambda: NOW):
        pass
    with shared_context(SharedRole.CATALOG):
        out.refresh_from_db()
        assert (out.reached, out.opened, out.status) == (5, 3, "reached")
        assert centers_of(revision.matter_id) == ["371400", *COUNTIES]


def test_a_cancelled_matter_is_offered_nowhere_from_its_day(db):
    with shared_context(SharedRole.CATALOG):
        revision = new()
        out = published(revision, issuer=CITY)
    reach_all(out)
    with shared_context(SharedRole.CATALOG):
        code = revision.matter_id
        ended = close(code, since=LATER)
        # By date it holds before any job has run.
        assert centers_of(code, on=LATER) == []
        assert centers_of(code, on=LATER - timedelta(days=1)) == ["371400", *COUNTIES]
        assert queries.published_revision(code=code, on=LATER) is None
    reach_all(ended)
    with shared_context(SharedRole.CATALOG):
        ended.refresh_from_db()
        assert (ended.opened, ended.closed) == (0, 3)
        offering = models.Offering.objects.get(matter__code=code, center_code="371400")
        assert offering.effective_to == LATER
        assert offering.closed_for == f"取消（第{ended.number}号发布）"
        assert centers_of(code) == ["371400", *COUNTIES]


def test_a_matter_that_goes_down_is_closed_above_and_opened_below(db):
    with shared_context(SharedRole.CATALOG):
        revision = new("下放事项", levels=(MatterLevel.CITY,))
        first = published(revision, issuer=CITY)
    reach_all(first)
    with shared_context(SharedRole.CATALOG):
        code = revision.matter_id
        assert centers_of(code) == ["371400"]
        second = published(
            reviewed(
                replace(publishing.standard(code), levels=(MatterLevel.COUNTY,)),
                issuer=CITY,
                code=code,
            ),
            issuer=CITY,
            since=LATER,
        )
    reach_all(second)
    with shared_context(SharedRole.CATALOG):
        assert (centers_of(code), centers_of(code, on=LATER)) == (["371400"], COUNTIES)
        third = published(
            reviewed(replace(publishing.standard(code), levels=LEVELS), issuer=CITY, code=code),
            issuer=CITY,
            since=LATER + timedelta(days=1),
        )
    reach_all(third)
    with shared_context(SharedRole.CATALOG):
        assert centers_of(code, on=LATER - timedelta(days=1)) == ["371400"]
    midnight = NOW.replace(hour=16) + timedelta(days=30)
    while timers.fire_timers(PLATFORM, clock=lambda: midnight):
        pass
    with shared_context(SharedRole.CATALOG):
        assert centers_of(code, on=LATER + timedelta(days=1)) == ["371400", *COUNTIES]


def test_what_a_center_cancelled_itself_is_not_opened_again(db):
    with shared_context(SharedRole.CATALOG):
        revision = new()
        code = revision.matter_id
        first = published(revision, issuer=CITY)
    reach_all(first)
    with shared_context(SharedRole.CATALOG):
        offer.edit_offering(
            actor=actors.operator("test"),
            center_code="371402",
            matter_code=code,
            terms=offer.OfferingTerms(status=OfferingStatus.CANCELLED),
            now=NOW,
        )
        again = published(
            reviewed(replace(publishing.standard(code), visits=1), issuer=CITY, code=code),
            issuer=CITY,
        )
    reach_all(again)
    with shared_context(SharedRole.CATALOG):
        assert centers_of(code) == ["371400", "371425"]
        again.refresh_from_db()
        assert (again.opened, again.closed) == (0, 0)


def test_a_city_never_touches_another_citys_centers(db):
    with shared_context(SharedRole.CATALOG):
        others = list(
            models.Offering.objects.filter(center_code__startswith="3717").order_by("id").values()
        )
        revision = new()
        outs = [published(revision, issuer=CITY)]
        outs.append(close(revision.matter_id))
    for out in outs:
        reach_all(out)
    with shared_context(SharedRole.CATALOG):
        assert others == list(
            models.Offering.objects.filter(center_code__startswith="3717").order_by("id").values()
        )


def test_calling_back_restores_what_was_opened_and_closed(db):
    with shared_context(SharedRole.CATALOG):
        standing = new("原有事项")
        first = published(standing, issuer=CITY)
    reach_all(first)
    with shared_context(SharedRole.CATALOG):
        before = list(models.Offering.objects.order_by("id").values())
        added = new("新增事项")
        moved = reviewed(
            replace(publishing.standard(standing.matter_id), levels=(MatterLevel.COUNTY,)),
            issuer=CITY,
            code=standing.matter_id,
        )
        out = published(added, moved, issuer=CITY, since=LATER)
    reach_all(out)
    with shared_context(SharedRole.CATALOG):
        out.refresh_from_db()
        assert (out.opened, out.closed) == (3, 1)
        publish.withdraw_release(
            actor=publisher(CITY),
            issuer_code=CITY,
            number=out.number,
            idempotency_key=uuid.uuid4(),
            now=NOW,
        )
        assert list(models.Offering.objects.order_by("id").values()) == before
    assert reach_all(out) == 0


def test_what_a_later_release_ends_is_not_called_back(catalog):
    revision = new()
    out = published(revision, issuer=CITY, since=LATER)
    close(revision.matter_id, since=LATER + timedelta(days=1))
    with pytest.raises(errors.ReleaseWithdrawError) as caught:
        publish.withdraw_release(
            actor=publisher(CITY),
            issuer_code=CITY,
            number=out.number,
            idempotency_key=uuid.uuid4(),
            now=NOW,
        )
    assert caught.value.params == {"reason": "BUILT_ON", "found": revision.matter_id}


def test_a_center_does_not_open_again_what_a_release_ended(db):
    with shared_context(SharedRole.CATALOG):
        revision = new()
        first = published(revision, issuer=CITY)
    reach_all(first)
    with shared_context(SharedRole.CATALOG):
        ended = close(revision.matter_id, since=LATER)
    reach_all(ended)
    terms = ({"cleared": [ClearableTerm.EFFECTIVE_TO]}, {"effective_to": LATER + timedelta(days=1)})
    for changed in terms:
        with (
            shared_context(SharedRole.CATALOG),
            pytest.raises(errors.LockedByCityError) as caught,
        ):
            offer.edit_offering(
                actor=actors.operator("test"),
                center_code="371400",
                matter_code=revision.matter_id,
                terms=offer.OfferingTerms(**changed),
                now=NOW,
            )
        assert caught.value.message("zh-Hans").startswith("“计划取消日期”由德州市统一制定")


def test_lists_follow_when_the_day_has_come(db):
    with shared_context(SharedRole.CATALOG):
        code = new().matter_id
        revision = models.MatterRevision.objects.get(matter__code=code)
        published(revision, issuer=CITY)
        published(
            reviewed(replace(publishing.standard(code), name="改名事项"), issuer=CITY, code=code),
            issuer=CITY,
            since=LATER,
        )
    for days, name in ((29, "德州事项"), (30, "改名事项")):
        midnight = NOW.replace(hour=16) + timedelta(days=days - 1)
        while timers.fire_timers(PLATFORM, clock=lambda now=midnight: now):
            pass
        with shared_context(SharedRole.CATALOG):
            assert models.StandardMatter.objects.get(code=code).name == name


def test_a_merged_matter_names_what_took_its_place(catalog):
    revision, other = new("甲"), new("乙")
    published(revision, other, issuer=CITY)
    out = close(revision.matter_id, MatterChange.MERGED, target=other.matter_id)
    matter = models.StandardMatter.objects.get(code=revision.matter_id)
    assert matter.merged_into == other.matter_id
    assert out.items.get().change == "merged"
    assert LogEntry.objects.filter(name="matter.closed", subject=matter.code).exists()


def test_a_release_takes_as_many_statements_for_many_as_for_few(db):
    taken = []
    for number in (2, 20):
        with shared_context(SharedRole.CATALOG):
            revisions = [new(f"事项{number}-{n}") for n in range(number)]
            with CaptureQueriesContext(connection) as captured:
                out = published(*revisions, issuer=CITY)
        with CaptureQueriesContext(connection) as reaching:
            reach_all(out)
        taken.append((len(captured), len(reaching)))
    assert taken[0] == taken[1]


# --- the rehearsal ----------------------------------------------------------------------------


def rehearse(*revisions, issuer=CITY, since=None, by=None):
    return preview.preview_release(
        actor=by or publisher(issuer),
        request=publish.ReleaseRequest(issuer, "预览", publishing.refs(revisions), since),
        now=NOW,
    )


def test_a_rehearsal_tells_who_gains_and_loses_and_writes_nothing(db):
    with shared_context(SharedRole.CATALOG):
        standing = new("原有事项", promised_limit=Limit(3, DAYS))
        first = published(standing, issuer=CITY)
    reach_all(first)
    with shared_context(SharedRole.CATALOG):
        code = standing.matter_id
        offer.edit_offering(
            actor=actors.operator("test"),
            center_code="371425",
            matter_code=code,
            terms=offer.OfferingTerms(promised_limit=Limit(3, DAYS), windows=("A1",)),
            now=NOW,
        )
        changed = replace(
            publishing.standard(code), levels=(MatterLevel.COUNTY,), promised_limit=Limit(2, DAYS)
        )
        revisions = [reviewed(changed, issuer=CITY, code=code), new("新增事项")]
        before = (AuditEntry.objects.count(), models.Release.objects.count())
        found = rehearse(*revisions, since=LATER)
        revised, added = found.items
        assert (found.effective_from, found.centers) == (LATER, 5)
        assert (revised.change, added.change) == ("revised", "added")
        assert (revised.gaining, revised.losing, revised.undercut) == ([], ["371400"], ["371425"])
        assert {d.field for d in revised.differences} == {"levels", "promised_limit"}
        assert (added.gaining, added.losing) == (["371400", *COUNTIES], [])
        assert found.warnings == {
            ReleaseWarning.NO_WINDOW: 3,
            ReleaseWarning.NO_POWER_LIST: 2,
            ReleaseWarning.PROMISE_UNDERCUT: 1,
        }
        assert (AuditEntry.objects.count(), models.Release.objects.count()) == before
        assert revisions[0].status == "reviewed"


def test_a_rehearsal_refuses_what_publishing_would(catalog):
    waiting = drafted(a_matter("草稿"), issuer=CITY, local_code="W")
    with pytest.raises(errors.RevisionNotPublishableError):
        rehearse(waiting)
    ready = new()
    with pytest.raises(errors.PublishNotAllowedError):
        rehearse(ready, by=publisher(OTHER_CITY))


def test_a_rehearsal_takes_as_many_statements_for_many_as_for_few(catalog):
    taken = []
    for number in (2, 20):
        revisions = [new(f"事项{number}-{n}") for n in range(number)]
        with CaptureQueriesContext(connection) as captured:
            rehearse(*revisions)
        taken.append(len(captured))
    assert taken[0] == taken[1]


# --- differences ------------------------------------------------------------------------------


def test_differences_name_the_element_that_differs(catalog):
    before = publishing.standard(SET_UP)
    first, *rest = before.materials
    after = replace(
        before,
        materials=(replace(first, copies=9), *rest[:-1]),
    )
    found = {d.field: (d.before, d.after) for d in differences(before, after)}
    assert len(found) == 2
    moved = replace(before, materials=tuple(reversed(before.materials)))
    assert differences(before, moved) == differences(before, before) == ()
    assert found[f"materials[{first.code}].copies"] == (first.copies, 9)
    gone = found[f"materials[{rest[-1].code}]"]
    assert (gone[0]["name"], gone[1]) == (rest[-1].name, None)
