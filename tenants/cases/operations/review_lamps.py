"""红灯督办: what follows from a department's review task that nobody recorded in time."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from tenants.cases import models
from tenants.cases.operations import custody, findings, log, parties, urging, waiting
from tenants.cases.states import State
from tongban.kernel.ports import DueTimer
from tongban.kernel.transactions import unit_of_work

WATCH: Final = "并联审查监控"
"""As what the system acts."""


def urge(timer: DueTimer, now: datetime) -> None:
    """Urge each department whose task is red, at the supervisor, and leave a finding with it.

    Once a case and department. What was recorded, suspended, decided or handed on meanwhile is
    left alone; while the case is in transit nobody acts, and what is late then is urged after.
    """
    with unit_of_work() as work:
        case = custody.held_case(timer.key)
        if case is None or case.state != State.IN_REVIEW:
            return
        tasks = list(case.tasks.order_by("id"))
        for department in _late(case, tasks, now):
            log.append_event(
                work,
                case,
                name="case.review_overdue",
                by=parties.system(WATCH),
                now=now,
                changes={
                    "findings": findings.with_finding(
                        case, waiting.REVIEW_FINDING, now, department=department
                    ),
                    "urgings_open": case.urgings_open + 1,
                },
                data=urging.escalation(case, now, text=f"{department}审查期限已过，系统自动督办。"),
            )
        waiting.watch_reviews(work, case, tasks)


def _late(case: models.Case, tasks: Iterable[models.ReviewTask], now: datetime) -> list[str]:
    due = waiting.red_from(case, tasks)
    return [department for department, at in due.items() if at <= now]
