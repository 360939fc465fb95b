"""待办: the work that waits of a case, kept in step with it.

Every event passes through here, whoever wrote it: so no operation can leave a task behind, and one
that is done ends its claim by itself.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from tenants.cases import models, policies, queries, rules
from tenants.cases.states import Custody, State, TaskKind
from tenants.windows import queries as hall
from tongban.catalog.rules.snapshot import read_snapshot
from tongban.kernel import context
from tongban.kernel.transactions import Work

TASK_TOPIC: Final = "task"
LEASE_TIMER: Final = "case.task_lease"
REVIEW_TIMER: Final = "case.review_due"
REVIEW_FINDING: Final = "REVIEW_OVERDUE"

_FIELDS: Final = frozenset(
    {
        *("state", "custodian_code", "offering", "decision"),
        *("notice_due_at", "promised_due_at", "decided_at"),
    }
)
_DATA: Final = frozenset({"tasks", "review", "rebase"})


def concerns(changes: Mapping[str, Any], data: Mapping[str, Any]) -> bool:
    """Tell whether after such an event other work may wait, or be due at another time."""
    return not _FIELDS.isdisjoint(changes) or not _DATA.isdisjoint(data)


def is_here(case: models.Case) -> bool:
    """Tell whether the work of a case is this center's now."""
    return case.custody == Custody.HELD and case.custodian_code == context.current_center()


def follow(work: Work, case: models.Case, now: datetime) -> None:
    """Let exactly that work wait which the locked ``case`` asks for; what is done ends its claim.

    Two statements at most where nothing changes.
    """
    is_reviewed = case.state == State.IN_REVIEW and is_here(case)
    reviews = list(case.tasks.order_by("id")) if is_reviewed else []
    watch_reviews(work, case, reviews)
    wanted = _due_by_kind(case, reviews) if is_here(case) else {}
    # What its first event brings waits for the first time.
    kept = (
        models.Task.objects.select_related("holder").filter(case=case) if case.sequence > 1 else ()
    )
    standing = {(TaskKind(task.kind), task.department): task for task in kept}
    for key, task in standing.items():
        if key not in wanted:
            _close(work, case, task, now)
    for (kind, department), due_at in wanted.items():
        found = standing.get((kind, department))
        if found is None:
            opened = models.Task.objects.create(
                case=case,
                kind=kind,
                department=department,
                matter_code=case.matter_code,
                window_code=case.window_code,
                since=now,
                due_at=due_at,
            )
            tell(work, case, opened, name="task.opened", now=now)
        elif found.due_at != due_at:
            found.due_at = due_at
            found.save(update_fields=["due_at"])
            tell(work, case, found, name="task.due_moved", now=now)


def watch_reviews(work: Work, case: models.Case, tasks: Iterable[models.ReviewTask]) -> None:
    """Set the timer for the next of the ``tasks`` of a locked case that turns red.

    One that is left behind finds nothing to do. No statement where none can turn red.
    """
    if due := red_from(case, tasks).values():
        work.schedule(kind=REVIEW_TIMER, key=case.number, fires_at=min(due))


def red_from(case: models.Case, tasks: Iterable[models.ReviewTask]) -> dict[str, datetime]:
    """Return from when on each department's open task is red that was not urged for one yet."""
    urged = {each["department"] for each in case.findings if each["code"] == REVIEW_FINDING}
    due: dict[str, datetime] = {}
    for task in tasks:
        at = rules.late_from(task, liable=case.department, promised_due_at=case.promised_due_at)
        if at is not None and task.department not in urged:
            due[task.department] = min(at, due.get(task.department, at))
    return due


def _due_by_kind(
    case: models.Case, reviews: Sequence[models.ReviewTask]
) -> dict[tuple[TaskKind, str], datetime | None]:
    """Return the work that waits of a case, with the end of the limit that it is under."""
    waiting = rules.waiting_kinds(
        case.state,
        case.offering["department"],
        reviews,
        is_sealed=case.state != State.REVOKED or not queries.awaits_seal(case),
    )
    return {
        (kind, department): review.due_at if review else _due_at(case, kind)
        for (kind, department), review in waiting.items()
        if policies.may_wait(kind, is_owner=case.owner_code == context.current_center())
    }


def _due_at(case: models.Case, kind: TaskKind) -> datetime | None:
    if kind is TaskKind.INTAKE:
        return case.notice_due_at
    if kind not in {TaskKind.ISSUE, TaskKind.DELIVERY}:
        return case.promised_due_at
    clock = rules.delivery_clock(case, read_snapshot(case.offering))
    if clock is None:
        return None
    return hall.reckoning().due_at(clock.started_at, clock.limit.amount, clock.limit.unit)


def _close(work: Work, case: models.Case, task: models.Task, now: datetime) -> None:
    if task.holder_id is not None:
        work.cancel_timer(kind=LEASE_TIMER, key=str(task.pk))
    tell(work, case, task, name="task.closed", now=now)
    task.delete()


def tell(work: Work, case: models.Case, task: models.Task, *, name: str, now: datetime) -> None:
    """Tell in the center's log what became of a task, for those who follow a window's queue."""
    where = queries.whereabouts(task)
    work.record(
        topic=TASK_TOPIC,
        subject=case.number,
        name=name,
        at=now,
        data={
            "task": task.pk,
            "kind": where.kind,
            "department": where.department,
            "matter": where.matter_code,
            "window": where.window_code,
            "due_at": task.due_at,
            "since": task.since,
            "holder": {
                "name": task.holder.display_name,
                "staff_number": task.holder.staff_number,
                "claimed_at": task.claimed_at,
                "leased_until": task.leased_until,
            }
            if task.holder
            else None,
        },
    )
