"""待办: which work of a case waits, and at which windows it lies."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from tenants.cases.rules.deciding import ReviewKind
from tenants.cases.states import TASKS, State, TaskKind
from tenants.windows.rules import WindowScope

BY_DEPARTMENT: Final = frozenset({TaskKind.REVIEW, TaskKind.VERIFICATION, TaskKind.DECISION})
"""Work of the liable department, at whichever window the case was taken in."""


def waiting_kinds(state: str, recorded: Mapping[str, datetime | None]) -> tuple[TaskKind, ...]:
    """Return the kinds of work that wait of a case in ``state``.

    ``recorded`` tells of each review that was opened when it was recorded: verification waits for
    the review, and the decision for both.
    """
    kinds = tuple(kind for kind, terms in TASKS.items() if state in terms.states)
    if state != State.IN_REVIEW:
        return kinds
    if recorded.get(ReviewKind.REVIEW) is None:
        return (TaskKind.REVIEW,)
    if recorded.get(ReviewKind.VERIFICATION) is None:
        return (TaskKind.VERIFICATION,)
    return (TaskKind.DECISION,)


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """By what a task is found at windows."""

    kind: str
    department: str
    matter_code: str
    window_code: str
    """The window that took its case on; empty for none."""


def lies_at(where: Whereabouts, scope: WindowScope) -> bool:
    """Tell whether a task lies at a window.

    It does at the one that took its case on; review, verification and decision at those of the
    department too; and what no window took on, at each that takes its matter in.
    """
    if where.window_code == scope.code:
        return True
    if where.kind in BY_DEPARTMENT and where.department in scope.departments:
        return True
    return not where.window_code and scope.takes_in(
        matter_code=where.matter_code, department=where.department
    )
