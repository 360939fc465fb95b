"""A release reaches the centers of its issuer's tree: offerings open and close, batch by batch.

Each batch is a transaction of its own that keeps how far it came, so a kill between two costs
nothing; what readers see by date doesn't wait for it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from tongban.catalog import models, queries
from tongban.catalog.operations import changing, describing, opening, release
from tongban.catalog.rules.releases import closed_for
from tongban.catalog.states import ReleaseStatus
from tongban.kernel import actors, calendar
from tongban.kernel.transactions import Work, unit_of_work
from tongban.registry import queries as registry

MOST_CENTERS = 50
MOST_PAIRS = 20_000
"""Of matters and centers in one batch: a second or two of writing."""


@dataclass(frozen=True, slots=True)
class Levels:
    """For which levels a matter was and is."""

    before: frozenset[str]
    after: frozenset[str]


def reach_centers(*, issuer_code: str, number: int, now: datetime) -> models.Release | None:
    """Let the next centers of a release's tree offer what it brings and end what it takes.

    Schedules itself again until all are reached; a release that was withdrawn, or has reached all,
    is left alone (None). None overtakes an earlier one of its issuer, since what a center offers
    follows from their order: the batch is then the earlier one's. Runs in the platform's context.
    A few statements a batch.
    """
    with unit_of_work() as work:
        changing.one_at_a_time()
        reaching = list(
            models.Release.objects.select_for_update()
            .filter(issuer_code=issuer_code, number__lte=number, status=ReleaseStatus.REACHING)
            .order_by("number")
        )
        if not reaching or reaching[-1].number != number:
            return None
        found = reaching[0]
        levels = levels_of(found)
        size = max(1, min(MOST_CENTERS, MOST_PAIRS // max(1, len(levels))))
        following = registry.centers_within(issuer_code).filter(code__gt=found.last_center)
        centers = list(following.values_list("code", "level", "division_code")[:size])
        if centers:
            _reach(work, found, centers, levels, now)
        if len(centers) < size:
            _finish(work, found, now)
        if len(centers) == size or len(reaching) > 1:
            key = release.timer_key(reaching[-1])
            work.schedule(kind=release.REACH_TIMER, key=key, fires_at=now)
    return found


def _reach(
    work: Work,
    found: models.Release,
    centers: Sequence[opening.Center],
    levels: Mapping[str, Levels],
    now: datetime,
) -> None:
    since = found.effective_from
    gained, kept = moves_of(found, levels)
    opened = closed = 0
    if kept:
        closed = opening.close_offerings(
            centers, since=since, kept=kept, reason=closed_for(found.title, found.number)
        )
    if gained:
        if since <= calendar.local_day(now):  # else on its day: ``follow_day``
            opened = opening.reopen_offerings(centers, since=since, gained=gained)
        codes = sorted({code for code, _level in gained})
        by_center = opening.open_offerings(centers, since=since, matter_codes=codes)
        opened += sum(by_center.values())
    found.reached += len(centers)
    found.last_center = centers[-1][0]
    found.opened += opened
    found.closed += closed
    found.save(update_fields=["reached", "last_center", "opened", "closed"])
    work.audit_action(
        actor=actors.system("release"),
        action="release.reach",
        object_type="release",
        object_key=release.timer_key(found),
        at=now,
        data={
            "from": centers[0][0],
            "to": centers[-1][0],
            "centers": len(centers),
            "opened": opened,
            "closed": closed,
        },
    )


def _finish(work: Work, found: models.Release, now: datetime) -> None:
    found.status = ReleaseStatus.REACHED
    found.centers = found.reached  # those onboarded meanwhile too
    found.save(update_fields=["status", "centers"])
    work.record(
        topic="catalog",
        subject=release.timer_key(found),
        name="release.reached",
        at=now,
        data={"centers": found.centers, "opened": found.opened, "closed": found.closed},
    )


def moves_of(
    found: models.Release, levels: Mapping[str, Levels] | None = None
) -> tuple[list[tuple[str, str]], list[tuple[str, list[str]]]]:
    """Return for which levels a release brings matters, and what stays of those it takes away.

    Pairs of matter and level, and of matter and all levels that it remains for.
    """
    levels = levels_of(found) if levels is None else levels
    gained = [(code, level) for code, of in levels.items() for level in of.after - of.before]
    kept = [(code, sorted(of.after)) for code, of in levels.items() if of.before - of.after]
    return gained, kept


def levels_of(found: models.Release) -> dict[str, Levels]:
    """Return for which levels each matter of a release was and is (two queries)."""
    items = list(found.items.all())
    said = dict(_said(items))
    return {
        item.matter_id: Levels(
            before=said.get((item.matter_id, item.former_number), frozenset()),
            after=said.get((item.matter_id, item.number), frozenset()),
        )
        for item in items
    }


def _said(
    items: Sequence[models.ReleaseItem],
) -> Iterator[tuple[tuple[str, int | None], frozenset[str]]]:
    numbers = {number for item in items for number in (item.number, item.former_number) if number}
    revisions = models.MatterRevision.objects.filter(
        matter__code__in=[item.matter_id for item in items], number__in=numbers
    )
    for code, number, levels in revisions.values_list("matter__code", "number", "content__levels"):
        yield (code, number), frozenset(levels)


def follow_day(*, issuer_code: str, number: int, now: datetime) -> None:
    """Let lists, searches and centers follow a release whose day has come.

    Columns say what holds now, and what an earlier release closed is open again where this one
    brings it back. Runs in the platform's context; a few statements for any number of matters.
    """
    with unit_of_work() as work:
        changing.one_at_a_time()
        found = (
            models.Release.objects.select_for_update()
            .filter(issuer_code=issuer_code, number=number)
            .exclude(status=ReleaseStatus.WITHDRAWN)
            .first()
        )
        if found is None:
            return
        standing = queries.in_force(calendar.local_day(now)).filter(
            matter__code__in=found.items.values("matter")
        )
        describing.describe_all([(each.matter, each.read()) for each in standing])
        _open_again(work, found, now)


def _open_again(work: Work, found: models.Release, now: datetime) -> None:
    gained, _kept = moves_of(found)
    closed = models.Offering.objects.filter(
        matter__code__in={code for code, _level in gained},
        effective_to__lte=found.effective_from,
        closed_for__gt="",
    )
    of_closed = set(closed.values_list("matter__code", flat=True).distinct())
    gained = [(code, level) for code, level in gained if code in of_closed]
    if not gained:
        return
    centers = registry.centers_within(found.issuer_code)
    opened = opening.reopen_offerings(
        list(centers.values_list("code", "level", "division_code")),
        since=found.effective_from,
        gained=gained,
    )
    found.opened += opened
    found.save(update_fields=["opened"])
    work.audit_action(
        actor=actors.system("release"),
        action="release.reopen",
        object_type="release",
        object_key=release.timer_key(found),
        at=now,
        data={"opened": opened},
    )
