"""Publishing by people: reviewed revisions of one issuer go out together, or are called back."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Case, F, Q, QuerySet, Value, When

from tongban.catalog import errors, models, policies
from tongban.catalog.operations import changing, judging, opening, reach, release
from tongban.catalog.operations.release import Publication
from tongban.catalog.rules.releases import closed_for
from tongban.catalog.states import (
    IN_FORCE_ONCE,
    IN_WORK,
    TRANSITIONS,
    ProposalStatus,
    ReleaseKind,
    ReleaseStatus,
    RevisionAction,
    RevisionStatus,
)
from tongban.kernel import calendar
from tongban.kernel.actors import Actor
from tongban.kernel.transactions import claim_key, unit_of_work
from tongban.registry import queries as registry
from tongban.registry import rules as registry_rules

MOST_REVISIONS = 500
LONGEST_TITLE = 200


@dataclass(frozen=True, slots=True)
class RevisionRef:
    """A revision as people name it."""

    matter_code: str
    number: int


@dataclass(frozen=True, slots=True)
class ReleaseRequest:
    """What a publisher puts together; ``effective_from`` None is today."""

    issuer_code: str
    title: str
    revisions: Sequence[RevisionRef]
    effective_from: date | None = None


@dataclass(frozen=True, slots=True)
class Ready:
    """What a request would put out, found right: all checks passed."""

    publications: Sequence[Publication]
    effective_from: date
    has_power_list: bool


def publish_release(
    *, actor: Actor, request: ReleaseRequest, idempotency_key: uuid.UUID, now: datetime
) -> models.Release:
    """Put reviewed revisions in force together, from today or a day to come.

    All or nothing; two publishers stand one behind the other. Runs in the catalog context. An
    attempt to publish what is on no list leaves a line in the audit log. Raises:
    PublishNotAllowedError, ReleaseInvalidError, RevisionNotFoundError, SamePersonError for who
    wrote or reviewed one, RevisionNotPublishableError, EffectiveDayError, and for what fails the
    checks UnpublishableError or NotOnListError about the first of all faults.
    """
    told = judging.attempts_told(actor=actor, issuer_code=request.issuer_code, now=now)
    with told, unit_of_work() as work:
        claim = claim_key(
            actor=actor,
            operation="publish_release",
            key=idempotency_key,
            request={
                "issuer": request.issuer_code,
                "title": request.title,
                "revisions": [[r.matter_code, r.number] for r in request.revisions],
                "effective_from": request.effective_from,
            },
        )
        if claim.repeated and claim.outcome:
            return models.Release.objects.get(**claim.outcome)
        changing.one_at_a_time()
        ready = make_ready(actor=actor, request=request, now=now)
        put_out = release.put_out(
            work,
            actor=actor,
            issuer_code=request.issuer_code,
            kind=ReleaseKind.REVISIONS,
            title=request.title.strip(),
            publications=ready.publications,
            effective_from=ready.effective_from,
            now=now,
        )
        claim.settle({"id": put_out.id})
    return put_out


def make_ready(*, actor: Actor, request: ReleaseRequest, now: datetime) -> Ready:
    """Return what a request would put out, with all that publishing needs found right.

    The same few statements for any number of revisions. Raises: as ``publish_release``.
    """
    if not policies.may_publish(actor, request.issuer_code):
        raise errors.PublishNotAllowedError
    _refuse_malformed(request)
    publications = [
        _publication(actor, request, place, revision)
        for place, revision in enumerate(_revisions(actor, request))
    ]
    effective_from = judging.effective_day(
        request.effective_from, earliest=_earliest(publications, now), now=now
    )
    verdict = judging.judge(
        publications, issuer_code=request.issuer_code, effective_from=effective_from
    )
    judging.refuse(verdict.findings, within="revisions")
    return Ready(publications, effective_from, verdict.has_power_list)


def _refuse_malformed(request: ReleaseRequest) -> None:
    title = request.title.strip()
    if not title or len(title) > LONGEST_TITLE or "\0" in title:
        raise errors.ReleaseInvalidError(path=("title",), reason="TITLE")
    if not request.revisions:
        raise errors.ReleaseInvalidError(path=("revisions",), reason="EMPTY")
    if len(request.revisions) > MOST_REVISIONS:
        raise errors.ReleaseInvalidError(
            path=("revisions",), reason="TOO_MANY", longest=MOST_REVISIONS
        )
    seen: set[str] = set()
    for place, named in enumerate(request.revisions):
        if named.matter_code in seen:
            raise errors.ReleaseInvalidError(
                path=("revisions", place), reason="REPEATED", found=named.matter_code
            )
        seen.add(named.matter_code)


def _revisions(actor: Actor, request: ReleaseRequest) -> list[models.MatterRevision]:
    """Return the named revisions with their matters, locked, in the order of the request.

    Raises: RevisionNotFoundError for the first that is not there, or not shown to the actor.
    """
    numbers = {named.matter_code: named.number for named in request.revisions}
    found = (
        models.MatterRevision.objects.select_related("matter")
        .select_for_update()
        .filter(matter__code__in=numbers, number__in=set(numbers.values()))
        .order_by("matter", "number")
    )
    by_code = {
        r.matter_id: r
        for r in found
        if r.number == numbers[r.matter_id] and policies.may_see_drafts(actor, r.matter.issuer_code)
    }
    for place, code in enumerate(numbers):
        if code not in by_code:
            raise errors.RevisionNotFoundError(path=("revisions", place), matter=code)
    return [by_code[code] for code in numbers]


def _publication(
    actor: Actor, request: ReleaseRequest, place: int, revision: models.MatterRevision
) -> Publication:
    path, matter = ("revisions", place), revision.matter
    if matter.issuer_code != request.issuer_code:
        raise errors.ReleaseInvalidError(path=path, reason="ISSUED_ELSEWHERE", found=matter.code)
    allowed, _leads_to = TRANSITIONS[RevisionAction.PUBLISH]
    if revision.status not in allowed:
        raise errors.RevisionNotPublishableError(
            path=path, reason=revision.status, status=revision.status
        )
    if actor.key in {*revision.editors, revision.reviewed_by}:
        raise errors.SamePersonError(path=path)
    return Publication(matter, revision, revision.read())


def _earliest(publications: Sequence[Publication], now: datetime) -> date:
    """Return the first day on which people may let these be in force: nothing is backdated."""
    standing = models.MatterRevision.objects.filter(
        matter__code__in=[p.matter.code for p in publications], status__in=IN_FORCE_ONCE
    ).defer("content")
    days = [judging.last_day(revision) for revision in standing]
    return max([calendar.local_day(now), *(day for day in days if day)])


# --- calling back ---------------------------------------------------------------------------


def withdraw_release(
    *, actor: Actor, issuer_code: str, number: int, idempotency_key: uuid.UUID, now: datetime
) -> models.Release:
    """Call a release back before its day: the former revisions stand again.

    Its revisions are reviewed ones again (drafts, where nobody reviewed them), and what it opened
    and closed at centers is as it was. Runs in the catalog context. The same few statements for
    any number of items and centers. Raises: ReleaseNotFoundError, PublishNotAllowedError,
    ReleaseWithdrawError.
    """
    with unit_of_work() as work:
        claim = claim_key(
            actor=actor,
            operation="withdraw_release",
            key=idempotency_key,
            request={"issuer": issuer_code, "number": number},
        )
        if claim.repeated and claim.outcome:
            return models.Release.objects.get(**claim.outcome)
        changing.one_at_a_time()
        found = (
            models.Release.objects.select_for_update()
            .filter(issuer_code=issuer_code, number=number)
            .first()
        )
        if found is None:
            raise errors.ReleaseNotFoundError(path=("number",))
        if not policies.may_publish(actor, issuer_code):
            raise errors.PublishNotAllowedError
        if found.status == ReleaseStatus.WITHDRAWN:
            raise errors.ReleaseWithdrawError(reason="WITHDRAWN")
        if found.kind == ReleaseKind.ROUND:
            raise errors.ReleaseWithdrawError(reason="ROUND")
        if found.effective_from <= calendar.local_day(now):
            raise errors.ReleaseWithdrawError(reason="IN_FORCE")
        _take_back(found)
        _restore_offerings(found)
        found.status = ReleaseStatus.WITHDRAWN
        found.save(update_fields=["status"])
        for kind in (release.REACH_TIMER, release.DAY_TIMER):
            work.cancel_timer(kind=kind, key=release.timer_key(found))
        data = {"items": found.items.count(), "effectiveFrom": found.effective_from}
        subject = release.timer_key(found)
        work.record(topic="catalog", subject=subject, name="release.withdrawn", at=now, data=data)
        work.audit_action(
            actor=actor,
            action="release.withdraw",
            object_type="release",
            object_key=subject,
            at=now,
            data=data,
        )
        claim.settle({"id": found.id})
    return found


def _take_back(found: models.Release) -> None:
    items = list(found.items.all())
    put_out = _revisions_of(items, "number")
    formers = _revisions_of(items, "former_number")
    if later := _built_on(items, put_out):
        raise errors.ReleaseWithdrawError(reason="BUILT_ON", found=later)
    put_out.update(
        status=Case(
            When(reviewed_at__isnull=True, then=Value(RevisionStatus.DRAFT.value)),
            default=Value(RevisionStatus.REVIEWED.value),
        ),
        effective_from=None,
        effective_to=None,
        published_at=None,
        published_by="",
    )
    formers.update(status=RevisionStatus.PUBLISHED, effective_to=None)
    release.mark_proposals(
        list(put_out.values_list("id", flat=True)),
        before=ProposalStatus.PUBLISHED,
        after=ProposalStatus.ACCEPTED,
    )


def _built_on(
    items: Sequence[models.ReleaseItem], put_out: QuerySet[models.MatterRevision]
) -> str | None:
    """Return a matter that has a later draft or publication than the release's."""
    ended = put_out.exclude(status=RevisionStatus.PUBLISHED)
    later = models.MatterRevision.objects.filter(
        matter__code__in=[item.matter_id for item in items],
        status__in=(*IN_WORK, RevisionStatus.PUBLISHED),
    ).exclude(pk__in=put_out.values("pk"))
    return (ended | later).values_list("matter__code", flat=True).first()


def _revisions_of(
    items: Sequence[models.ReleaseItem], column: str
) -> QuerySet[models.MatterRevision]:
    wanted = Q(pk__in=())
    for item in items:
        if getattr(item, column) is not None:
            wanted |= Q(matter__code=item.matter_id, number=getattr(item, column))
    return models.MatterRevision.objects.filter(wanted)


def _restore_offerings(found: models.Release) -> None:
    """Take back what the release opened and closed at centers, as far as it has come."""
    centers = registry.centers_within(found.issuer_code)
    gained, _kept = reach.moves_of(found)
    opening.undo_opening(
        list(centers.values_list("code", "level", "division_code")),
        since=found.effective_from,
        gained=gained,
    )
    models.Offering.objects.filter(
        matter__in=found.items.values("matter"),
        center_code__startswith=registry_rules.significant_digits(found.issuer_code),
        closed_for=closed_for(found.title, found.number),
    ).update(effective_to=F("planned_to"), planned_to=None, closed_for="")
