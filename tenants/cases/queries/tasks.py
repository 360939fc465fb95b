"""待办: what waits, who took it, and whose work it is."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from tenants.cases import errors, models, policies, rules
from tenants.cases.queries.access import membership_of
from tenants.cases.queries.reviewing import one_of, only, spoken_for
from tenants.cases.states import TaskKind, tasks_of
from tenants.staff import queries as staff
from tenants.staff.rules import CenterRole, DecidingScope, Membership
from tenants.windows import queries as hall
from tenants.windows.rules import WindowKind, WindowScope
from tongban.kernel import calendar
from tongban.kernel.actors import Actor


def whereabouts(task: models.Task) -> rules.Whereabouts:
    """Return by what a task is found at windows."""
    return rules.Whereabouts(task.kind, task.department, task.matter_code, task.window_code)


def access_task(
    membership: Membership, case: models.Case, kind: TaskKind, department: str = ""
) -> models.Task:
    """Return the work of this kind that waits of a case, with who took it.

    ``department`` names whose it is where it waits of several at once; without, it is that of the
    one that posts the member. Raises: TaskNotFoundError, DepartmentNotInvolvedError,
    DepartmentRequiredError.
    """
    tasks = models.Task.objects.select_related("holder").filter(case=case, kind=kind)
    found = {task.department: task for task in tasks.order_by("id")}
    if not found:
        raise errors.TaskNotFoundError(path=("kind",))
    names = list(found)
    if department:
        names = [one_of(names, department)]
    elif len(names) > 1:
        names = spoken_for(staff.StaffRegister(membership), names) or names
    task = found[only(names)]
    task.case = case
    return task


def claims_of(case: models.Case, now: datetime) -> list[models.Task]:
    """Return the work of a case that somebody holds at ``now``.

    One statement, none where a list has read what waits.
    """
    waiting = case.waiting.all()
    return [task for task in waiting if task.leased_until and task.leased_until > now]


def claimed_by_other(
    claims: Iterable[models.Task],
    membership: Membership | None,
    action: str,
    department: str | None = None,
) -> errors.TaskClaimedError | None:
    """Return the refusal of an action whose work somebody else holds, or None.

    ``department`` tells whose work, where each of several does its own.
    """
    kinds = tasks_of(action)
    refusals = (
        held_by_other(task, membership)
        for task in claims
        if task.kind in kinds and department in {None, task.department}
    )
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
    membership: Membership | None,
    case: models.Case,
    action: str,
    *,
    department: str | None = None,
    now: datetime,
) -> None:
    """Raise where somebody else holds the work that an action does, for the ``department``.

    One statement, none for an action that no task asks for. Raises: TaskClaimedError.
    """
    if tasks_of(action):
        refusal = claimed_by_other(claims_of(case, now), membership, action, department)
        if refusal is not None:
            raise refusal


def has_reviewed(membership: Membership, task: models.Task) -> bool:
    """Tell whether a member made the review that a task is to verify (一审一核; one statement)."""
    return models.Task.objects.filter(_reviewed_by(membership), pk=task.pk).exists()


def _reviewed_by(membership: Membership) -> Exists:
    """Return the condition that a task's department has its review from the member."""
    return Exists(
        models.ReviewTask.objects.filter(
            case=OuterRef("case"),
            department=OuterRef("department"),
            kind=rules.ReviewKind.REVIEW,
            reviewer_key=membership.key,
        )
    )


def is_at_window(membership: Membership, task: models.Task) -> bool:
    """Tell whether a task lies at the window where a member sits; to who sits at none all do.

    A chief representative goes to every window. At most two statements.
    """
    if membership.has(CenterRole.CHIEF_REPRESENTATIVE) or membership.member_id is None:
        return True
    window = hall.window_of(membership.member_id)
    if window is None:
        return True
    where = whereabouts(task)
    if where.window_code not in {"", window.code} and hall.scope_at(where.window_code) is None:
        where = where.at_no_window()
    return rules.lies_at(where, hall.scope_of(window))


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


def find_tasks(
    *, actor: Actor, window: str | None, is_mine: bool, now: datetime
) -> QuerySet[models.Task]:
    """Return the tasks that the actor sees, each with its case and holder, unordered.

    Who works with cases sees all of the center's but those of applications of their own, others
    none. ``window`` narrows to what lies at that window, ``is_mine`` to what the actor holds or
    could take now. At most five statements beside the list.
    """
    membership = membership_of(actor)
    found = _listed(models.Task.objects.all())
    if membership is None or not policies.may_read_cases(membership):
        return found.none()
    if actor.real_name and actor.applicant_hash is not None:
        found = found.exclude(case__applicant_id_hash=actor.applicant_hash)
    if window is not None:
        place = hall.scope_at(window)
        found = found.none() if place is None else found.filter(lying_at(place))
    return found.filter(_for(membership, now)) if is_mine else found


def _listed(tasks: QuerySet[models.Task]) -> QuerySet[models.Task]:
    """Read along what lists show of case and holder, and nothing else of them."""
    return tasks.select_related("case", "holder").only(
        *(field.attname for field in models.Task._meta.concrete_fields),
        *("case__number", "case__matter_name", "case__state"),
        *("holder__display_name", "holder__staff_number"),
    )


def lying_at(scope: WindowScope) -> Q:
    """Return the condition of lying at a window: ``rules.lies_at`` for the database.

    What lay at a window that was closed lies at none (one statement).
    """
    untaken = Q(window_code__in=["", *hall.closed_codes()])
    if scope.matters:
        untaken &= Q(matter_code__in=scope.matters)
    elif scope.kind is WindowKind.DEPARTMENT:
        untaken &= Q(department__in=scope.departments)
    of_department = Q(kind__in=rules.BY_DEPARTMENT, department__in=scope.departments)
    return Q(window_code=scope.code) | of_department | untaken


def _for(membership: Membership, now: datetime) -> Q:
    """Return the condition of being held by the member, or theirs to take: as claiming has it."""
    member_id = membership.member_id
    if member_id is None:
        return Q(pk__in=())
    kinds = policies.task_kinds(membership)
    free = Q(holder=None) | Q(leased_until__lte=now)
    theirs = Q(kind__in=kinds - rules.BY_DEPARTMENT)
    if kinds & rules.BY_DEPARTMENT:
        scope = staff.deciding_scope(member_id=member_id, on=calendar.local_day(now))
        elsewhere = ~Q(department__in=scope.working)
        theirs |= Q(kind__in=kinds & rules.REVIEWED) & (elsewhere | Q(department__in=scope.posted))
        theirs &= ~Q(_reviewed_by(membership), kind=TaskKind.VERIFICATION)
        theirs |= Q(kind__in=kinds & {TaskKind.DECISION}) & (elsewhere | _decidable(scope))
    if not membership.has(CenterRole.CHIEF_REPRESENTATIVE):
        window = hall.window_of(member_id)
        theirs &= Q() if window is None else lying_at(hall.scope_of(window))
    return Q(holder=member_id, leased_until__gt=now) | (free & theirs)


def _decidable(scope: DecidingScope) -> Q:
    """Return the condition of a deed that lets decide: ``queries.authority`` for lists."""
    decidable = Q(pk__in=())
    for names, matters in scope.deeds:
        decidable |= Q(department__in=names) & (Q(matter_code__in=matters) if matters else Q())
    return decidable
