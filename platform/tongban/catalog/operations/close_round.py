"""Closing a clean-up round: what it decided becomes one release, and it is never changed again."""

import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime
from typing import Any

from tongban.catalog import errors, models
from tongban.catalog.operations import (
    changing,
    directories,
    judging,
    plan_round,
    release,
    rounds,
)
from tongban.catalog.operations.plan_round import Consequence, RoundPlan
from tongban.catalog.queries import directories as directory_queries
from tongban.catalog.queries import rounds as queries
from tongban.catalog.rules.content import MatterLevel
from tongban.catalog.rules.directories import DirectoryKind
from tongban.catalog.rules.rounds import Decided
from tongban.catalog.states import DirectoryStatus, ReleaseKind, RoundDecision, RoundStatus
from tongban.kernel import calendar
from tongban.kernel.actors import Actor
from tongban.kernel.transactions import Work, claim_key, unit_of_work


@dataclass(frozen=True, slots=True)
class RoundClosing:
    """What closing a round brought about, or in a dry run would."""

    round: models.CleanupRound
    effective_from: date
    counts: Mapping[RoundDecision, int]
    undecided: int
    """Matters that stay as they are without a decision."""
    consequences: Sequence[Consequence]
    approvals_before: int
    approvals_after: int
    """行政审批事项 that the division handles before, and from the day on."""
    directory_version: int | None
    """The version of the division's 《审批项目目录》 that follows, None where none does."""
    release_number: int | None
    """None where every matter is kept: then nothing is released."""


@dataclass(frozen=True, slots=True)
class _Order:
    """One closing that was asked for."""

    work: Work
    actor: Actor
    round: models.CleanupRound
    effective_from: date
    leave_undecided: bool
    now: datetime


class _RehearsedError(Exception):
    """Ends a dry run's transaction, so that nothing of it stays."""

    def __init__(self, outcome: RoundClosing) -> None:
        super().__init__()
        self.outcome = outcome


def close_round(
    *,
    actor: Actor,
    issuer_code: str,
    number: int,
    effective_from: date | None = None,
    leave_undecided: bool = False,
    dry_run: bool = False,
    idempotency_key: uuid.UUID,
    now: datetime,
) -> RoundClosing:
    """Put what a round decided in force from a day on, today or ahead, as one release.

    Delegated matters are handled from the target's level downwards, taken over ones by the target
    as well; cancelled and merged ones end. Cases taken in before keep what they pinned. Where the
    division has published its 《审批项目目录》, the next version follows from the catalog. Whoever
    decided on a matter doesn't close the round. Every matter in force needs a decision, unless
    ``leave_undecided`` lets the others stay as they are: none is cancelled by itself. A dry run
    does all of it and takes it back, so it refuses what closing would. Runs in the catalog context.
    Raises: RoundNotFoundError, RoundNotAllowedError, RoundClosedError, SamePersonError,
    RoundEmptyError, RoundUndecidedError, RoundMattersChangedError, RoundMattersInWorkError,
    RoundMattersNeededError, RoundTargetError, EffectiveDayError, DirectoryDayError,
    IdempotencyKeyReusedError, and what keeps a changed matter from being published.
    """
    request = {
        "issuer": issuer_code,
        "number": number,
        "effective": effective_from,
        "leave": leave_undecided,
        "dry": dry_run,
    }
    told = judging.attempts_told(actor=actor, issuer_code=issuer_code, now=now)
    try:
        with told, unit_of_work() as work:
            claim = claim_key(
                actor=actor, operation="close_round", key=idempotency_key, request=request
            )
            changing.one_at_a_time()
            if claim.repeated and claim.outcome:
                return _closed_before(issuer_code, number, claim.outcome)
            found = rounds.open_round_of(actor, issuer_code, number, closes=True)
            today = calendar.local_day(now)
            day = judging.effective_day(effective_from, earliest=today, now=now)
            closing = _close(_Order(work, actor, found, day, leave_undecided, now))
            _end_rehearsal(closing, dry_run=dry_run)
            claim.settle(_outcome(closing))
    except _RehearsedError as rehearsed:
        rehearsed.outcome.round.refresh_from_db()
        return rehearsed.outcome
    return closing


def _end_rehearsal(closing: RoundClosing, *, dry_run: bool) -> None:
    if dry_run:
        raise _RehearsedError(closing)


def _close(order: _Order) -> RoundClosing:
    found, day = order.round, order.effective_from
    items = list(found.items.select_related("matter").order_by("matter_id"))
    if not items:
        raise errors.RoundEmptyError(path=("round",))
    if any(item.decided_by == order.actor.key for item in items):
        raise errors.SamePersonError
    undecided = plan_round.refuse_undecided(
        found, on=calendar.local_day(order.now), leave=order.leave_undecided
    )
    plan = plan_round.plan_round(found, items, since=day, now=order.now)
    verdict = judging.judge(
        plan.publications,
        issuer_code=found.issuer_code,
        closings=plan.closings,
        effective_from=day,
    )
    judging.refuse(verdict.findings, within="matters")
    approvals = _count_approvals(found, day)
    consequences = plan_round.consequences(found, plan, since=day)
    release_number = _release(order, plan)
    found.status, found.closed_at = RoundStatus.CLOSED, order.now
    found.closed_by = order.actor.key
    found.save(update_fields=["status", "closed_at", "closed_by"])
    closing = RoundClosing(
        round=found,
        effective_from=day,
        counts=Counter(RoundDecision(item.decision) for item in items),
        undecided=undecided,
        consequences=consequences,
        approvals_before=approvals,
        approvals_after=_count_approvals(found, day),
        directory_version=_list_approvals(order),
        release_number=release_number,
    )
    _tell(order, closing)
    return closing


def _count_approvals(found: models.CleanupRound, day: date) -> int:
    approvals = directory_queries.approvals_in_force(issuer_code=found.issuer_code, on=day)
    return approvals.count()


def _release(order: _Order, plan: RoundPlan) -> int | None:
    if not plan.changed:
        return None
    models.MatterRevision.objects.bulk_create(
        [publication.revision for publication in plan.publications], batch_size=release.BATCH
    )
    released = release.put_out(
        order.work,
        actor=order.actor,
        issuer_code=order.round.issuer_code,
        kind=ReleaseKind.ROUND,
        title=order.round.title,
        publications=plan.publications,
        closings=plan.closings,
        effective_from=order.effective_from,
        cleanup_round=order.round,
        now=order.now,
    )
    return released.number


def _list_approvals(order: _Order) -> int | None:
    """Let the published list of approvals follow the catalog, where the division has one."""
    found = order.round
    published = models.Directory.objects.filter(
        issuer_code=found.issuer_code,
        kind=DirectoryKind.APPROVALS,
        status=DirectoryStatus.PUBLISHED,
    )
    if not published.exists():
        return None
    followed = directories.publish_approvals(
        actor=order.actor,
        issuer_code=found.issuer_code,
        effective_from=order.effective_from,
        note=f"第 {found.number} 轮清理：{found.title}",
        now=order.now,
    )
    return followed.version if followed else None


def _tell(order: _Order, closing: RoundClosing) -> None:
    key = f"{order.round.issuer_code}/{order.round.number}"
    data = {
        "effectiveFrom": closing.effective_from,
        "decisions": dict(closing.counts),
        "undecided": closing.undecided,
        "release": closing.release_number,
    }
    order.work.record(topic="catalog", subject=key, name="round.closed", at=order.now, data=data)
    order.work.audit_action(
        actor=order.actor,
        action="round.close",
        object_type="round",
        object_key=key,
        at=order.now,
        data=data,
    )


def _outcome(closing: RoundClosing) -> dict[str, Any]:
    said = {each.name: getattr(closing, each.name) for each in fields(closing)}
    del said["round"]
    return said | {"consequences": [asdict(one) for one in closing.consequences]}


def _closed_before(issuer_code: str, number: int, outcome: Mapping[str, Any]) -> RoundClosing:
    found = queries.access_round(issuer_code=issuer_code, number=number)
    assert found is not None  # closed, it is shown to everybody
    said = {
        **outcome,
        "effective_from": date.fromisoformat(outcome["effective_from"]),
        "counts": {RoundDecision(one): count for one, count in outcome["counts"].items()},
        "consequences": [_consequence(one) for one in outcome["consequences"]],
    }
    return RoundClosing(round=found, **said)


def _consequence(said: Mapping[str, Any]) -> Consequence:
    decided = said["decided"]
    return Consequence(
        **{
            **said,
            "decided": Decided(RoundDecision(decided["decision"]), decided["target"]),
            "levels_before": tuple(map(MatterLevel, said["levels_before"])),
            "levels_after": tuple(map(MatterLevel, said["levels_after"])),
        }
    )
