"""待办: which work of a case waits, and at which windows it lies."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, Self

from tenants.cases.rules.reviewing import ReviewStanding
from tenants.cases.states import TASKS, State, TaskKind
from tenants.windows.rules import WindowScope

REVIEWED: Final = frozenset({TaskKind.REVIEW, TaskKind.VERIFICATION})
"""Work of each department that reviews."""
BY_DEPARTMENT: Final = REVIEWED | {TaskKind.DECISION}
"""Work of a department, at whichever window the case was taken in."""


def waiting_kinds(
    state: str, liable: str, reviews: Sequence[ReviewStanding], *, is_sealed: bool
) -> dict[tuple[TaskKind, str], ReviewStanding | None]:
    """Return the work that waits of a case in ``state``: its kind and whose it is.

    Each department's verification waits for its own review, the decision of the ``liable`` one for
    all ``reviews``. What is of a review comes with it. A revoked case waits until it ``is_sealed``.
    """
    if state == State.REVOKED and not is_sealed:
        return {(TaskKind.ISSUE, liable): None}
    if state != State.IN_REVIEW:
        return {(kind, liable): None for kind, terms in TASKS.items() if state in terms.states}
    found: dict[tuple[TaskKind, str], ReviewStanding | None] = {}
    for department in dict.fromkeys(review.department for review in reviews):
        opened = [review for review in reviews if review.department == department]
        for kind in (TaskKind.REVIEW, TaskKind.VERIFICATION):
            lacking = [r for r in opened if r.kind == kind and r.recorded_at is None]
            if lacking:
                found[kind, department] = lacking[0]
                break
    return found or {(TaskKind.DECISION, liable): None}


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """By what a task is found at windows."""

    kind: str
    department: str
    matter_code: str
    window_code: str
    """The window that took its case on; empty for none."""

    def at_no_window(self) -> Self:
        """Return where a task is found whose window was closed: as if none had taken it on."""
        return replace(self, window_code="")


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
