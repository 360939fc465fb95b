"""待办认领: taking a task, giving it back, passing it on; a lease frees what somebody left."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from tenants.cases import errors, models, policies, queries, rules
from tenants.cases.operations import custody, log, opening, waiting
from tenants.cases.states import TaskKind
from tenants.staff import queries as staff
from tenants.staff.rules import Membership
from tenants.windows import queries as hall
from tenants.windows.operations import windows
from tongban.kernel.actors import Actor
from tongban.kernel.ports import DueTimer
from tongban.kernel.transactions import Work, unit_of_work

_BATCH: Final = 100


@dataclass(frozen=True, slots=True)
class _Opened:
    """A task of a locked case, for whoever reads the case as staff."""

    work: Work
    case: models.Case
    task: models.Task
    membership: Membership


def claim_task(
    *, actor: Actor, number: str, kind: TaskKind, department: str = "", now: datetime
) -> models.Task:
    """Take the work of this kind that waits of a case, so that no colleague does it too.

    ``department`` as for ``queries.access_task``.
    It is the actor's for as long as the center's terms lease it; taken again, from now on anew.
    Raises: CaseNotFoundError, NotCustodianError, CustodyInTransitError, TaskNotFoundError,
    DepartmentNotInvolvedError, DepartmentRequiredError, TaskNotAllowedError, TaskClaimedError;
    DecisionOutsideCenterError and NotAuthorizedError where
    the work is to decide.
    """
    with unit_of_work() as work:
        opened = _open(work, actor, number, kind, department)
        task, membership = opened.task, opened.membership
        member = _doer(opened, membership.staff_number, now, reason="ROLE")
        if not queries.is_at_window(membership, task):
            raise errors.TaskNotAllowedError(reason="WINDOW")
        claimed = _held_by_other(task, member, now)
        if claimed is not None:
            raise claimed
        is_renewed = task.holder_id == member.member_id
        _lease(opened, member, now, name="task.claimed")
        if not is_renewed:
            _audit(opened, actor, "claim_task", now)
    return task


def release_task(
    *, actor: Actor, number: str, kind: TaskKind, department: str = "", now: datetime
) -> models.Task:
    """Give a task back that the actor holds, or, by who may pass it on, take it from its holder.

    Raises: as ``claim_task``, and TaskNotHeldError.
    """
    with unit_of_work() as work:
        opened = _open(work, actor, number, kind, department)
        task, membership = opened.task, opened.membership
        if task.holder is None:
            raise errors.TaskNotHeldError(path=("kind",))
        claimed = _held_by_other(task, membership, now)
        if claimed is not None and not queries.may_reassign(membership, task):
            raise claimed
        _free(opened, now, name="task.released")
        _audit(opened, actor, "release_task", now)
    return task


def reassign_task(
    *,
    actor: Actor,
    number: str,
    kind: TaskKind,
    department: str = "",
    staff_number: str,
    now: datetime,
) -> models.Task:
    """Pass a task on to a member whose work it is, whoever holds it.

    Raises: as ``claim_task``.
    """
    with unit_of_work() as work:
        opened = _open(work, actor, number, kind, department)
        if not queries.may_reassign(opened.membership, opened.task):
            raise errors.TaskNotAllowedError(reason="REASSIGN")
        member = _doer(opened, staff_number, now, reason="PERSON")
        former = opened.task.holder.staff_number if opened.task.holder else ""
        _lease(opened, member, now, name="task.reassigned")
        _audit(opened, actor, "reassign_task", now, former=former, holder=member.staff_number)
    return opened.task


def end_lease(timer: DueTimer, now: datetime) -> None:
    """Free a task that its holder left; whoever takes it anew meanwhile moves the timer."""
    with unit_of_work() as work:
        case = custody.held_case(timer.payload["number"])
        held = models.Task.objects.select_related("holder").filter(holder__isnull=False)
        task = held.filter(pk=timer.payload["task"]).first()
        if case is not None and task is not None:
            _set_free(work, case, task, now, name="task.lapsed")


def free_member(timer: DueTimer, now: datetime) -> None:
    """Free every task of a member who may do less here than before; what still fits is retaken."""
    with unit_of_work() as work:
        held = models.Task.objects.filter(holder=int(timer.key)).order_by("case_id", "id")
        for number, task_id in list(held.values_list("case__number", "id")):
            case = custody.lock_case(number)
            # What was done or passed on before its case was locked is theirs no more.
            task = held.select_related("holder").filter(pk=task_id).first()
            if task is not None:
                work.cancel_timer(kind=waiting.LEASE_TIMER, key=str(task.pk))
                _set_free(work, case, task, now, name="task.released")


def leave_window(timer: DueTimer, now: datetime) -> None:
    """Tell where what lay at a window lies once it was closed; who sat there holds it no more.

    A batch of cases a firing, and the next goes on behind it.
    """
    with unit_of_work() as work:
        lying = models.Task.objects.select_related("holder").filter(window_code=timer.key)
        left = lying.filter(case_id__gt=after) if (after := timer.payload.get("after")) else lying
        batch = left.order_by("case_id").values_list("case_id", "case__number").distinct()[:_BATCH]
        cases = list(batch)
        for _case_id, number in cases:
            case = custody.lock_case(number)
            for task in lying.filter(case=case).order_by("id"):
                if task.holder_id in timer.payload["vacated"]:
                    work.cancel_timer(kind=waiting.LEASE_TIMER, key=str(task.pk))
                    _set_free(work, case, task, now, name="task.moved")
                else:
                    waiting.tell(work, case, task, name="task.moved", now=now)
        if len(cases) == _BATCH:
            payload = {**timer.payload, "after": str(cases[-1][0])}
            work.schedule(kind=windows.CLOSED_TIMER, key=timer.key, fires_at=now, payload=payload)


def _open(work: Work, actor: Actor, number: str, kind: TaskKind, department: str) -> _Opened:
    membership = queries.membership_of(actor)
    case = queries.access_as(actor, membership, number, lock=True)
    if membership is None or membership.member_id is None:
        raise errors.TaskNotAllowedError(reason="ROLE")
    if queries.is_applicant(actor, case):
        raise errors.TaskNotAllowedError(reason="OWN_CASE")
    log.require_custody(case)
    task = queries.access_task(membership, case, kind, department)
    return _Opened(work, case, task, membership)


def _doer(opened: _Opened, staff_number: str, now: datetime, *, reason: str) -> Membership:
    """Return the member whose work a task is, locked: whose membership ends waits for this.

    Raises: TaskNotAllowedError, DecisionOutsideCenterError, NotAuthorizedError.
    """
    kind = TaskKind(opened.task.kind)
    member = staff.lock_membership(staff_number)
    if member is None or kind not in policies.task_kinds(member):
        path = ("staffNumber",) if reason == "PERSON" else ()
        raise errors.TaskNotAllowedError(path=path, reason=reason)
    if kind in rules.REVIEWED:
        register = staff.StaffRegister(member)
        if not queries.spoken_for(register, [opened.task.department]):
            raise errors.TaskNotAllowedError(reason="NOT_POSTED")
    if kind is TaskKind.VERIFICATION and queries.has_reviewed(member, opened.task):
        raise errors.TaskNotAllowedError(reason="SAME_PERSON")
    if kind is TaskKind.DECISION:
        queries.authority(member, opened.case, now=now)
    return member


def _held_by_other(
    task: models.Task, membership: Membership, now: datetime
) -> errors.TaskClaimedError | None:
    if task.leased_until is None or task.leased_until <= now:
        return None
    return queries.held_by_other(task, membership)


def _lease(opened: _Opened, member: Membership, now: datetime, *, name: str) -> None:
    task = opened.task
    if task.holder_id != member.member_id:
        task.claimed_at = now
    task.holder_id = member.member_id
    task.leased_until = now + timedelta(minutes=hall.office_terms().lease_minutes)
    task.save(update_fields=["holder", "claimed_at", "leased_until"])
    _schedule(opened.work, opened.case, task)
    waiting.tell(opened.work, opened.case, task, name=name, now=now)


def _schedule(work: Work, case: models.Case, task: models.Task) -> None:
    assert task.leased_until is not None  # of every task that somebody holds
    work.schedule(
        kind=waiting.LEASE_TIMER,
        key=str(task.pk),
        fires_at=task.leased_until,
        payload={"number": case.number, "task": task.pk},
    )


def _free(opened: _Opened, now: datetime, *, name: str) -> None:
    opened.work.cancel_timer(kind=waiting.LEASE_TIMER, key=str(opened.task.pk))
    _set_free(opened.work, opened.case, opened.task, now, name=name)


def _set_free(
    work: Work, case: models.Case, task: models.Task, now: datetime, *, name: str
) -> None:
    task.holder, task.claimed_at, task.leased_until = None, None, None
    task.save(update_fields=["holder", "claimed_at", "leased_until"])
    waiting.tell(work, case, task, name=name, now=now)


def _audit(opened: _Opened, actor: Actor, action: str, now: datetime, **said: object) -> None:
    opening.audit(
        opened.work, actor, action, opened.case, now=now,
        data={"kind": opened.task.kind, "department": opened.task.department, **said},
    )  # fmt: skip
