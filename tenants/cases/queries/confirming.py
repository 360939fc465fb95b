"""初审确认: which conditions and materials of a case were found good, and bind those who follow."""

from collections.abc import Collection, Mapping
from datetime import datetime

from django.db.models import Max

from tenants.cases import models, rules
from tongban.catalog.rules.snapshot import read_snapshot


def confirmed_points(case: models.Case, department: str | None = None) -> set[rules.Subject]:
    """Return what of the case was confirmed and not judged against since.

    By a favourable review that another person verified: the conditions, and the materials as they
    were handed in then; by whoever accepted a material that was owed, or found a commitment kept:
    that material. With ``department`` what binds that department's reviewers, else what binds the
    decision. Two statements.
    """
    tasks = [task for task in case.tasks.all() if department in {None, task.department}]
    files = case.materials.filter(dropped_at__isnull=True, files__isnull=False)
    handed_in = dict(files.annotate(latest=Max("files__added_at")).values_list("code", "latest"))
    conditions = {("", code) for code in rules.conditions_of(read_snapshot(case.offering))}
    points = _settled(case, handed_in)
    for task in tasks:
        if task.confirmed_at is not None:
            points |= conditions | _unchanged(handed_in, task.confirmed_at)
    return points - _judged_against(tasks)


def _settled(case: models.Case, handed_in: Mapping[str, datetime]) -> set[rules.Subject]:
    accepted = {
        debt.code: debt.settled_at for debt in rules.read_debts(case.debts) if debt.settled_at
    }
    kept = {
        each.code
        for each in rules.read_commitments(case.commitments)
        if each.state is rules.CommitmentState.KEPT and each.dropped_at is None
    }
    return {
        (code, "") for code, at in accepted.items() if code in handed_in and handed_in[code] <= at
    } | {(code, "") for code in kept - set(handed_in)}


def _unchanged(handed_in: Mapping[str, datetime], since: datetime) -> set[rules.Subject]:
    return {(code, "") for code, latest in handed_in.items() if latest <= since}


def _judged_against(tasks: Collection[models.ReviewTask]) -> set[rules.Subject]:
    return {rules.subject_of(ground) for task in tasks for ground in task.grounds}
