"""待办: what waits, who took it, and whose work it is."""

from collections.abc import Iterable
from datetime import datetime

from tenants.cases import errors, models, policies, rules
from tenants.cases.states import TASKS, TaskKind, tasks_of
from tenants.staff import queries as staff
from tenants.staff.rules import CenterRole, Membership
from tenants.windows import queries as hall
from tongban.kernel import context


def whereabouts(task: models.Task) -> rules.Whereabouts:
    """Return by what a task is found at windows."""
    return rules.Whereabouts(task.kind, task.department, task.matter_code, task.window_code)


def access_task(case: models.Case, kind: TaskKind) -> models.Task:
    """Return the work of this kind that waits of a case, with who took it.

    Raises: TaskNotFoundError.
    """
    found = models.Task.objects.select_related("holder").filter(case=case, kind=kind).first()
    if found is None:
        raise errors.TaskNotFoundError(path=("kind",))
    found.case = case
    return found


def claims_of(case: models.Case, now: datetime) -> list[models.Task]:
    """Return the work of a case that somebody holds at ``now`` (one statement)."""
    held = models.Task.objects.filter(case=case, leased_until__gt=now)
    return list(held.select_related("holder"))


def claimed_by_other(
    claims: Iterable[models.Task], membership: Membership | None, action: str
) -> errors.TaskClaimedError | None:
    """Return the refusal of an action whose work somebody else holds, or None."""
    kinds = tasks_of(action)
    refusals = (held_by_other(task, membership) for task in claims if task.kind in kinds)
    return next((refusal for refusal in refusals if refusal is not None), None)


def held_by_other(
    task: models.Task, membership: Membership | None
) -> errors.TaskClaimedError | None:
    """Return the refusal of work on a task that somebody else holds, or None."""
    own = membership.member_id if membership else None
    if task.holder is None or task.holder_id == own:
        return None
    return errors.TaskClaimedError(
        holder=task.holder.display_name,
        staff_number=task.holder.staff_number,
        until=task.leased_until,
    )


def require_unclaimed(
    membership: Membership | None, case: models.Case, action: str, *, now: datetime
) -> None:
    """Raise where somebody else holds the work that an action does.

    One statement, none for an action that no task asks for. Raises: TaskClaimedError.
    """
    if tasks_of(action):
        refusal = claimed_by_other(claims_of(case, now), membership, action)
        if refusal is not None:
            raise refusal


def may_do(membership: Membership, case: models.Case, kind: TaskKind) -> bool:
    """Tell whether work of this kind on the case is the work of a member's roles."""
    is_owner = case.owner_code == context.current_center()
    return any(
        membership.has(*policies.ROLES[action]) and (is_owner or action not in policies.BY_OWNER)
        for action in TASKS[kind].actions
    )


def is_at_window(membership: Membership, task: models.Task) -> bool:
    """Tell whether a task lies at the window where a member sits; to who sits at none all do.

    A chief representative goes to every window. At most one statement.
    """
    if membership.has(CenterRole.CHIEF_REPRESENTATIVE) or membership.member_id is None:
        return True
    window = hall.window_of(membership.member_id)
    return window is None or rules.lies_at(whereabouts(task), hall.scope_of(window))


def may_reassign(membership: Membership | None, task: models.Task) -> bool:
    """Tell whether a member passes a task on to somebody else, or takes it from its holder.

    The management office does, and for a department that works in the center the chief
    representative whom it posted there; for any other every chief representative.
    """
    if membership is None or not membership.has(*policies.REASSIGNERS):
        return False
    if membership.has(CenterRole.MANAGER):
        return True
    department = staff.working_department(task.department)
    posted = staff.posted_department(membership.member_id)
    return department is None or department.code == posted
