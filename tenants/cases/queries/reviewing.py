"""For which of the departments that review a case somebody may record it, and what still lacks."""

from collections.abc import Collection, Sequence
from typing import Any

from tenants.cases import errors, models, policies, rules
from tenants.cases.queries.refusing import not_allowed
from tenants.staff import queries as staff
from tenants.staff.rules import Membership
from tongban.catalog.rules.snapshot import read_snapshot
from tongban.kernel.errors import DomainError


def require_department(
    membership: Membership | None, case: models.Case, kind: rules.ReviewKind, wanted: str
) -> str:
    """Return the department for which a member records a review of the locked ``case``.

    ``wanted`` names it, by name or by code in the center's register; where it is empty, it is the
    one that posts them, or the only one with such a task open. Four statements. Raises:
    DepartmentNotInvolvedError, DepartmentRequiredError, CaseRecordReviewNotAllowedError.
    """
    tasks = list(case.tasks.order_by("id"))
    taking_part = list(dict.fromkeys(task.department for task in tasks))
    if wanted:
        taking_part = [one_of(taking_part, wanted)]
    possible = reviewed_for(staff.StaffRegister(membership), case, taking_part)
    if len(possible) > 1:
        open_now = _workable(tasks, kind)
        possible = [department for department in possible if department in open_now] or possible
    return only(possible)


def only(departments: Sequence[str]) -> str:
    """Return the only one of the ``departments``. Raises: DepartmentRequiredError."""
    if len(departments) > 1:
        raise errors.DepartmentRequiredError(path=("department",), **_named(departments))
    return departments[0]


def one_of(departments: Sequence[str], wanted: str) -> str:
    """Return the one of the ``departments`` that goes by this name or code (one statement).

    Raises: DepartmentNotInvolvedError.
    """
    known = {wanted, *staff.labels_of(wanted)}
    found = next((department for department in departments if department in known), None)
    if found is None:
        raise errors.DepartmentNotInvolvedError(
            path=("department",), department=wanted, **_named(departments)
        )
    return found


def reviewing_departments(case: models.Case) -> list[str]:
    """Return the departments that review a case, the liable one first.

    One statement, none where a list has read the tasks.
    """
    return list(dict.fromkeys(task.department for task in _tasks(case)))


def _tasks(case: models.Case) -> list[models.ReviewTask]:
    return sorted(case.tasks.all(), key=lambda task: task.pk)


def reviewed_for(
    register: staff.StaffRegister, case: models.Case, departments: Sequence[str]
) -> list[str]:
    """Return those of the ``departments`` for which a member may review the case.

    For a department that works in the center those do whom it posts there, for any other roles are
    enough. Whoever one of them posts speaks for that one. Two statements. Raises:
    CaseRecordReviewNotAllowedError where there is none.
    """
    found = spoken_for(register, departments)
    if not found:
        raise not_allowed("record_review", case, "NOT_POSTED", **_named(departments))
    return found


def spoken_for(register: staff.StaffRegister, departments: Sequence[str]) -> list[str]:
    """Return those of the ``departments`` for which the register's member speaks here.

    The one that posts them, else each that does not work in the center. At most two statements.
    """
    working = register.working
    own = [n for n in departments if n in working and working[n].code == register.posted]
    return own or [name for name in departments if name not in working]


def voiceless(action: str, case: models.Case, register: staff.StaffRegister) -> DomainError | None:
    """Return the refusal of an action that is another department's than the member's, or None.

    For a department that works in the center those do it whom it posts there, for any other roles
    are enough. At most two statements, none for most actions.
    """
    if action not in policies.BY_REVIEWING:
        return None
    departments = rules.departments_of(read_snapshot(case.offering))
    wanted = departments[:1] if action in policies.BY_LIABLE else departments
    if spoken_for(register, wanted):
        return None
    return not_allowed(action, case, "NOT_POSTED", **_named(wanted))


def require_reviews(case: models.Case, decision: rules.Decision | None = None) -> None:
    """Raise unless each department's review of a case and its verification are recorded.

    For an approval favourable ones. One statement, none where a list has read the tasks. Raises:
    CaseDecideNotAllowedError.
    """
    tasks = _tasks(case)
    lacking = {reason: rules.unrecorded(tasks, kind) for kind, reason in _LACKING.items()}
    if decision is rules.Decision.APPROVE:
        lacking["UNFAVOURABLE"] = [task.department for task in tasks if not task.is_favourable]
    for reason, departments in lacking.items():
        if departments:
            names = list(dict.fromkeys(departments))
            raise not_allowed("decide_case", case, reason, **_named(names))


_LACKING = {
    rules.ReviewKind.REVIEW: "REVIEW_MISSING",
    rules.ReviewKind.VERIFICATION: "VERIFICATION_MISSING",
}


def _named(departments: Sequence[str]) -> dict[str, Any]:
    return {"departments": list(departments), "names": "、".join(departments)}


def _workable(tasks: Collection[models.ReviewTask], kind: rules.ReviewKind) -> set[str]:
    """Return the departments whose task of this kind is to be recorded now."""
    lacking = set(rules.unrecorded(tasks, kind))
    if kind is rules.ReviewKind.VERIFICATION:
        lacking -= set(rules.unrecorded(tasks, rules.ReviewKind.REVIEW))
    return lacking
