"""Putting changes of a catalog out: all in force together from one day, in one release."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from django.db.models import Exists, Max, OuterRef

from tongban.catalog import models
from tongban.catalog.operations import describing
from tongban.catalog.rules.content import MatterContent
from tongban.catalog.rules.differences import differences
from tongban.catalog.states import MatterChange, ProposalStatus, ReleaseKind, RevisionStatus
from tongban.kernel import calendar
from tongban.kernel.actors import Actor
from tongban.kernel.transactions import Work
from tongban.registry import queries as registry

REACH_TIMER, DAY_TIMER = "catalog.release.reach", "catalog.release.day"
BATCH = 500


@dataclass(frozen=True, slots=True)
class Publication:
    """A revision that passed all checks, with its matter and its content read.

    ``change`` says what brought it about where it is more than a matter added or revised.
    """

    matter: models.StandardMatter
    revision: models.MatterRevision
    content: MatterContent
    change: MatterChange | None = None


@dataclass(frozen=True, slots=True)
class Closing:
    """A matter that ends: cancelled, or merged into the matter with the code ``target``."""

    matter: models.StandardMatter
    change: MatterChange
    target: str = ""


def put_out(
    work: Work,
    *,
    actor: Actor,
    issuer_code: str,
    kind: ReleaseKind,
    title: str,
    publications: Sequence[Publication],
    closings: Sequence[Closing] = (),
    effective_from: date,
    cleanup_round: models.CleanupRound | None = None,
    now: datetime,
) -> models.Release:
    """Put checked changes of one issuer in force from a day on, today or ahead, as one release.

    Former revisions end where the new ones begin; each item says what differs. Columns that
    describe matters follow at once, or by a timer when the day has come; a job reaches the centers
    of the issuer's tree. Offerings follow by themselves: what holds is what is in force on the day.

    The caller has advanced the catalog's version (so nobody else changes it), and has decided on
    authority, state, day and checks; each matter stands once. The same few statements for any
    number of items. Runs in the catalog context.
    """
    release = models.Release.objects.create(
        issuer_code=issuer_code,
        number=_last_number(issuer_code) + 1,
        kind=kind,
        title=title,
        round=cleanup_round,
        effective_from=effective_from,
        published_at=now,
        published_by=actor.key,
        centers=registry.centers_within(issuer_code).count(),
    )
    formers = _formers([*(p.matter.code for p in publications), *(c.matter.code for c in closings)])
    items = [_added(release, p, formers.get(p.matter.code)) for p in publications]
    items += [_closed(release, closing, formers.get(closing.matter.code)) for closing in closings]
    models.ReleaseItem.objects.bulk_create(items, batch_size=BATCH)
    _let_stand(list(formers.values()), publications, effective_from, actor, now)
    _mark_merged(closings)
    mark_proposals(
        [p.revision.id for p in publications],
        before=ProposalStatus.ACCEPTED,
        after=ProposalStatus.PUBLISHED,
    )
    if effective_from <= calendar.local_day(now):
        describing.describe_all([(p.matter, p.content) for p in publications])
    else:
        # Until then readers by date see the former ones; lists go by what is in force last.
        fires_at = datetime.combine(effective_from, time.min, tzinfo=calendar.ZONE)
        work.schedule(kind=DAY_TIMER, key=timer_key(release), fires_at=fires_at)
    work.schedule(kind=REACH_TIMER, key=timer_key(release), fires_at=now)
    _tell(work, release, items, actor=actor, publications=publications, now=now)
    return release


def timer_key(release: models.Release) -> str:
    """Return the key of a release's timers, by which their handlers find it."""
    return f"{release.issuer_code}/{release.number}"


def _last_number(issuer_code: str) -> int:
    numbers = models.Release.objects.filter(issuer_code=issuer_code)
    return numbers.aggregate(last=Max("number"))["last"] or 0


def _formers(codes: Sequence[str]) -> dict[str, models.MatterRevision]:
    published = models.MatterRevision.objects.filter(
        matter__code__in=codes, status=RevisionStatus.PUBLISHED
    )
    return {revision.matter_id: revision for revision in published}


def _added(
    release: models.Release, publication: Publication, former: models.MatterRevision | None
) -> models.ReleaseItem:
    change = publication.change or (MatterChange.REVISED if former else MatterChange.ADDED)
    found = differences(former.read(), publication.content) if former else ()
    return models.ReleaseItem(
        release=release,
        matter=publication.matter,
        change=change,
        former_number=former.number if former else None,
        number=publication.revision.number,
        differences=[difference.to_json() for difference in found],
    )


def _closed(
    release: models.Release, closing: Closing, former: models.MatterRevision | None
) -> models.ReleaseItem:
    return models.ReleaseItem(
        release=release,
        matter=closing.matter,
        change=closing.change,
        former_number=former.number if former else None,
    )


def _let_stand(
    formers: Sequence[models.MatterRevision],
    publications: Sequence[Publication],
    since: date,
    actor: Actor,
    now: datetime,
) -> None:
    revisions = models.MatterRevision.objects
    revisions.filter(id__in=[former.id for former in formers]).update(
        status=RevisionStatus.SUPERSEDED, effective_to=since
    )
    revisions.filter(id__in=[p.revision.id for p in publications]).update(
        status=RevisionStatus.PUBLISHED,
        effective_from=since,
        effective_to=None,
        published_at=now,
        published_by=actor.key,
    )


def _mark_merged(closings: Sequence[Closing]) -> None:
    merged = [closing for closing in closings if closing.change == MatterChange.MERGED]
    for closing in merged:
        closing.matter.merged_into = closing.target
    models.StandardMatter.objects.bulk_update(
        [closing.matter for closing in merged], ["merged_into"], batch_size=BATCH
    )


def mark_proposals(
    revision_ids: Sequence[int], *, before: ProposalStatus, after: ProposalStatus
) -> None:
    """Let what centers proposed share the fate of the revisions that take it up (one statement)."""
    taking_up = models.MatterRevision.objects.filter(
        id__in=revision_ids, matter=OuterRef("matter"), number=OuterRef("revision_number")
    )
    models.ChangeProposal.objects.filter(Exists(taking_up), status=before).update(status=after)


def _tell(
    work: Work,
    release: models.Release,
    items: Sequence[models.ReleaseItem],
    *,
    actor: Actor,
    publications: Sequence[Publication],
    now: datetime,
) -> None:
    hashes = {p.matter.code: p.revision.content_hash for p in publications}
    for item in items:
        data = {
            "release": release.number,
            "change": item.change,
            "number": item.number,
            "contentHash": hashes.get(item.matter_id, ""),
            "effectiveFrom": release.effective_from,
        }
        is_out = item.number is not None
        work.record(
            topic="catalog",
            subject=item.matter_id,
            name="matter.published" if is_out else "matter.closed",
            at=now,
            data=data,
        )
        work.audit_action(
            actor=actor,
            action="matter.publish" if is_out else "matter.close",
            object_type="matter",
            object_key=item.matter_id,
            at=now,
            data=data,
        )
    data = {"kind": release.kind, "items": len(items), "effectiveFrom": release.effective_from}
    work.record(
        topic="catalog", subject=timer_key(release), name="release.published", at=now, data=data
    )
    work.audit_action(
        actor=actor,
        action="release.publish",
        object_type="release",
        object_key=timer_key(release),
        at=now,
        data=data,
    )
