"""How due dates follow from limits, pauses and the work calendar."""

from datetime import timedelta

from tenants.cases import models, rules
from tenants.windows import queries as hall
from tenants.windows.rules import Reckoning
from tongban.catalog.rules.snapshot import read_snapshot
from tongban.kernel import calendar


def explain_due(case: models.Case) -> list[rules.DueReason]:
    """Return how each due date of a case follows from its limit, its ledger and the calendar.

    At most three statements.
    """
    reckoning, ledger = hall.reckoning(), rules.read_ledger(case.ledger)
    tasks = sorted(case.tasks.all(), key=lambda task: task.pk)
    stages = rules.stages(tasks, accepted_at=case.accepted_at) if case.accepted_at else []
    return [
        _reason(reckoning, ledger, running)
        for running in rules.running_clocks(case, read_snapshot(case.offering), stages)
    ]


def _reason(
    reckoning: Reckoning, ledger: rules.Ledger, running: rules.RunningClock
) -> rules.DueReason:
    clock = ledger.clock(running.started_at, running.limit, is_extended=running.is_extended)
    due = reckoning.end_of(clock)
    first, last = calendar.local_day(running.started_at), calendar.local_day(due or clock.latest)
    days = [first + timedelta(days=n) for n in range(1, (last - first).days + 1)]
    work = reckoning.calendar
    return rules.DueReason(
        clock=running.name,
        step=running.step,
        department=running.department,
        started_at=running.started_at,
        limit=running.limit,
        due_at=due,
        moves=reckoning.explain(clock),
        days_off=tuple(day for day in days if not work.is_working_day(day)),
        provisional_years=tuple(
            year for year in sorted({day.year for day in days}) if work.is_provisional(year)
        ),
    )
