"""What closing a clean-up round would put out, found right: or why it can't be closed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from django.db.models import Max, Q

from tongban.catalog import errors, models
from tongban.catalog.operations import describing
from tongban.catalog.operations.release import Closing, Publication
from tongban.catalog.queries import relations
from tongban.catalog.queries import rounds as round_queries
from tongban.catalog.rules import rounds as rules
from tongban.catalog.rules.content import MatterContent, MatterLevel
from tongban.catalog.rules.rounds import Decided
from tongban.catalog.states import IN_WORK, OfferingStatus, RevisionStatus, RoundDecision
from tongban.registry import queries as registry
from tongban.registry import rules as registry_rules

_NAMED = 10
"""How many matters a refusal names."""


@dataclass(frozen=True, slots=True)
class Changed:
    """A decision that changes its matter: what the matter said, and who handles it afterwards."""

    item: models.CleanupItem
    content: MatterContent
    levels: tuple[MatterLevel, ...]
    """Empty where the matter ends."""


@dataclass(slots=True)
class RoundPlan:
    """What a round's decisions come to."""

    publications: list[Publication] = field(default_factory=list)
    """Their revisions are not saved yet."""
    closings: list[Closing] = field(default_factory=list)
    changed: list[Changed] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Consequence:
    """What closing does to one matter, and to what centers offer of it."""

    matter_code: str
    name: str
    decided: Decided
    levels_before: tuple[MatterLevel, ...]
    levels_after: tuple[MatterLevel, ...]
    """Empty where the matter ends."""
    offerings_closed: int
    offerings_opened: int


def plan_round(
    found: models.CleanupRound,
    items: Sequence[models.CleanupItem],
    *,
    since: date,
    now: datetime,
) -> RoundPlan:
    """Return what a round's decisions come to from a day on; a few statements for any number.

    Raises: RoundMattersChangedError, RoundMattersInWorkError, RoundTargetError,
    RoundMattersNeededError.
    """
    revisions = _judged(items)
    moved = [item for item in items if item.decision != RoundDecision.KEEP]
    numbers = _last_numbers(moved)
    _refuse_targets(found, items, since)
    plan = RoundPlan()
    for item in moved:
        content = revisions[item.matter_id].read()
        decided = _decided(item)
        levels = rules.levels_after(decided, content.levels)
        change = rules.CHANGES[decided.decision]
        assert levels is not None  # of this very content it was decided
        assert change is not None  # it isn't kept
        plan.changed.append(Changed(item, content, levels))
        if decided.decision in rules.ENDING:
            plan.closings.append(Closing(item.matter, change, item.target))
        else:
            moved_to = replace(content, levels=levels)
            revision = _revision(item, numbers[item.matter_id] + 1, moved_to, now)
            plan.publications.append(Publication(item.matter, revision, moved_to, change))
    _refuse_needed(found, plan, since)
    return plan


def _decided(item: models.CleanupItem) -> Decided:
    return Decided(RoundDecision(item.decision), item.target)


def _judged(items: Sequence[models.CleanupItem]) -> dict[str, models.MatterRevision]:
    """Return the revision that each decision is about, if it is still the last put out."""
    revisions = {
        revision.matter_id: revision
        for revision in models.MatterRevision.objects.filter(
            matter__code__in=[item.matter_id for item in items], status=RevisionStatus.PUBLISHED
        )
    }
    numbers = {code: revision.number for code, revision in revisions.items()}
    _refuse_some(
        errors.RoundMattersChangedError,
        [item for item in items if numbers.get(item.matter_id) != item.revision_number],
    )
    return revisions


def _last_numbers(moved: Sequence[models.CleanupItem]) -> dict[str, int]:
    """Return the last number of each matter's revisions.

    A draft in work would undo the decision when it is published. Raises: RoundMattersInWorkError.
    """
    revisions = models.MatterRevision.objects.filter(
        matter__code__in=[item.matter_id for item in moved]
    )
    in_work = set(revisions.filter(status__in=IN_WORK).values_list("matter__code", flat=True))
    _refuse_some(
        errors.RoundMattersInWorkError, [item for item in moved if item.matter_id in in_work]
    )
    return dict(revisions.values_list("matter__code").annotate(last=Max("number")).order_by())


def _refuse_targets(
    found: models.CleanupRound, items: Sequence[models.CleanupItem], since: date
) -> None:
    """Raise RoundTargetError for the first merging whose target is no longer what it was."""
    decisions = {item.matter_id: _decided(item) for item in items}
    targets = {d.target for d in decisions.values() if d.decision == RoundDecision.MERGE}
    possible = round_queries.merge_targets(found, on=since)
    standing = set(possible.filter(matter__code__in=targets).values_list("matter__code", flat=True))
    for item in items:
        if item.decision == RoundDecision.MERGE:
            reason = rules.merge_fault(
                item.matter_id, item.target, decisions, is_standing=item.target in standing
            )
            if reason:
                raise errors.RoundTargetError(
                    path=("round",), reason=reason, matter=item.matter.name, target=item.target
                )


def _refuse_needed(found: models.CleanupRound, plan: RoundPlan, since: date) -> None:
    """Raise RoundMattersNeededError where what stays waits for the result of what ends.

    Among the issuer's own, what is put out for a day to come too: what others build on it, they
    revise themselves.
    """
    ending = [closing.matter.code for closing in plan.closings]
    names = list(relations.waiting_for(ending, issuer_code=found.issuer_code, since=since))
    if names:
        raise errors.RoundMattersNeededError(
            path=("round",), count=len(names), first=_listing(names[:_NAMED], len(names))
        )


def refuse_undecided(found: models.CleanupRound, *, on: date, leave: bool) -> int:
    """Return how many matters in force wait for a decision.

    Raises: RoundUndecidedError where they may not be left as they are.
    """
    waiting = round_queries.undecided(found, on=on)
    count = waiting.count()
    if count and not leave:
        names = waiting.order_by("matter_id").values_list("matter__name", flat=True)[:_NAMED]
        raise errors.RoundUndecidedError(
            path=("leaveUndecided",), count=count, first=_listing(names, count)
        )
    return count


def _refuse_some(
    error: type[errors.RoundMattersError], items: Sequence[models.CleanupItem]
) -> None:
    if items:
        names = [item.matter.name for item in items[:_NAMED]]
        raise error(path=("round",), count=len(items), first=_listing(names, len(items)))


def _listing(names: Iterable[str], count: int) -> str:
    return "、".join(names) + ("……" if count > _NAMED else "")


def _revision(
    item: models.CleanupItem, number: int, content: MatterContent, now: datetime
) -> models.MatterRevision:
    """Return the revision by which others handle the matter; who decided it is its writer."""
    revision = models.MatterRevision(
        matter=item.matter,
        number=number,
        created_at=now,
        created_by=item.decided_by,
        editors=[item.decided_by],
    )
    describing.write_content(revision, content)
    return revision


def consequences(found: models.CleanupRound, plan: RoundPlan, *, since: date) -> list[Consequence]:
    """Return what becomes of each matter that changes, and of what centers offer (two queries).

    What a center itself ends later counts as offered on the day.
    """
    offered: dict[str, set[str]] = {}
    in_use = models.Offering.objects.filter(
        Q(effective_to__isnull=True) | Q(effective_to__gt=since),
        matter__code__in=[changed.item.matter_id for changed in plan.changed],
        status=OfferingStatus.IN_USE,
    )
    for matter, center in in_use.values_list("matter__code", "center_code"):
        offered.setdefault(matter, set()).add(center)
    centers: dict[str, set[str]] = {}
    for code, level in registry.centers_within(found.issuer_code).values_list("code", "level"):
        centers.setdefault(level, set()).add(code)
    return [
        _consequence(changed, offered.get(changed.item.matter_id, set()), centers)
        for changed in plan.changed
    ]


def _consequence(changed: Changed, offering: set[str], centers: dict[str, set[str]]) -> Consequence:
    added = set(changed.levels) - set(changed.content.levels)
    opened = {code for level in added for code in centers.get(level.value, ())} - offering
    removed = set(changed.content.levels) - set(changed.levels)
    closed = [code for code in offering if registry_rules.center_level(code).value in removed]
    return Consequence(
        matter_code=changed.item.matter_id,
        name=changed.content.name,
        decided=_decided(changed.item),
        levels_before=changed.content.levels,
        levels_after=changed.levels,
        offerings_closed=len(closed),
        offerings_opened=len(opened),
    )
