"""The review tasks of a case after an event: whose they are, and until when.

Each event under which they open, or their deadlines move, passes through here, whoever wrote it,
and lists them all: so every mirror has the same.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from tenants.cases import models, rules
from tenants.cases.states import State
from tenants.windows import queries as hall
from tongban.catalog.rules.snapshot import read_snapshot

_FIELDS: Final = ("state", "accepted_at", "ledger", "offering")
_CONCERNS: Final = frozenset({*_FIELDS, "promised_due_at"})
_UNDER_REVIEW: Final = frozenset({State.IN_REVIEW, State.SUSPENDED})


def after(
    case: models.Case, changes: Mapping[str, Any], data: Mapping[str, Any], now: datetime
) -> list[dict[str, Any]] | None:
    """Return the tasks of the locked ``case`` as an event lists them, None where it moves none.

    Two statements, none for an event that is no concern of theirs.
    """
    if changes.get("state", case.state) not in _UNDER_REVIEW:
        return None
    review = data.get("review", {})
    is_reviewed = review.get("kind") == rules.ReviewKind.REVIEW
    if not is_reviewed and _CONCERNS.isdisjoint(changes):
        return None
    reopens = data.get("rebase", {}).get("reopens_review", False)
    recorded = [] if reopens else list(case.tasks.filter(recorded_at__isnull=False))
    anew = {review["department"]: now} if is_reviewed else {}
    return _listed(case, changes, recorded, anew)


def moved(case: models.Case) -> list[dict[str, Any]] | None:
    """Return the tasks of the locked ``case`` as an event lists them, None where none moved.

    For what no event tells: another calendar, other terms of the center. Two statements.
    """
    if case.state != State.IN_REVIEW:
        return None
    tasks = list(case.tasks.all())
    listed = _listed(case, {}, [task for task in tasks if task.recorded_at is not None], {})
    stand = {(task.department, task.kind, task.due_soon_at, task.due_at) for task in tasks}
    return None if {tuple(task.values()) for task in listed} == stand else listed


def _listed(
    case: models.Case,
    changes: Mapping[str, Any],
    recorded: Iterable[models.ReviewTask],
    anew: Mapping[str, datetime],
) -> list[dict[str, Any]]:
    """Return all tasks: what is recorded keeps its deadline, unless its review is made ``anew``."""
    fields = {name: changes.get(name, getattr(case, name)) for name in _FIELDS}
    reviewed = {
        task.department: task.recorded_at
        for task in recorded
        if task.kind == rules.ReviewKind.REVIEW and task.recorded_at is not None
    }
    kept = {
        (task.department, task.kind): task
        for task in recorded
        if task.kind == rules.ReviewKind.REVIEW or task.department not in anew
    }
    return [
        replace(terms, due_soon_at=task.due_soon_at, due_at=task.due_at).as_json()
        if (task := kept.get((terms.department, terms.kind)))
        else terms.as_json()
        for terms in rules.review_terms(
            hall.reckoning(),
            read_snapshot(fields["offering"]),
            accepted_at=fields["accepted_at"],
            ledger=rules.read_ledger(fields["ledger"]),
            reviewed={**reviewed, **anew},
        )
    ]
