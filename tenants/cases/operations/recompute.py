"""Due dates of open cases, anew: the official calendar came, or the center's own terms changed.

A batch a firing, so that a kill costs one batch at most; each is the timer that goes on behind the
last case of the one before.
"""

from datetime import datetime, timedelta
from typing import Any, Final

from tenants.cases import models, rules
from tenants.cases.operations import log, parties, review_tasks, timing
from tenants.cases.states import Custody, State
from tenants.windows import queries as hall
from tenants.windows.operations.terms import CHANGED_TIMER
from tenants.windows.rules import Reckoning
from tongban.catalog.rules.snapshot import read_snapshot
from tongban.kernel import context
from tongban.kernel.calendar import LimitUnit
from tongban.kernel.ports import DueTimer, Message
from tongban.kernel.transactions import Work, unit_of_work

BATCH: Final = 200
SETTLING: Final = timedelta(seconds=5)
"""How long to wait until every process has read a new calendar: each looks once a second."""

_OPEN: Final = (State.SUBMITTED, State.ACCEPTED, State.IN_REVIEW)
"""States in which something is due; what stands still has no due date."""


def hear_of_calendar(message: Message, now: datetime) -> None:
    """Let the due dates of this center's open cases be reckoned anew, by the new calendar."""
    del message
    with unit_of_work() as work:
        work.schedule(kind=CHANGED_TIMER, key="", fires_at=now + SETTLING)


def recompute_due_dates(timer: DueTimer, now: datetime) -> None:
    """Reckon the due dates of one batch of open cases anew, and go on with the next.

    A date that moved is an event, ``case.due_recomputed``; lamps follow in any case.
    """
    with unit_of_work() as work:
        reckoning = hall.latest_reckoning()
        cases = models.Case.objects.filter(
            state__in=_OPEN, custody=Custody.HELD, custodian_code=context.current_center()
        ).select_for_update()
        if after := timer.payload.get("after"):
            cases = cases.filter(id__gt=after)
        batch = list(cases.order_by("id")[:BATCH])
        for case in batch:
            _recompute(work, case, reckoning, now)
        if len(batch) == BATCH:
            work.schedule(
                kind=CHANGED_TIMER, key="", fires_at=now, payload={"after": str(batch[-1].id)}
            )


def _recompute(work: Work, case: models.Case, reckoning: Reckoning, now: datetime) -> None:
    moved = {
        name: due for name, due in _dates(case, reckoning).items() if due != getattr(case, name)
    }
    tasks = review_tasks.moved(case)
    if moved or tasks:
        log.append_event(
            work,
            case,
            name="case.due_recomputed",
            by=parties.system("期限重算"),
            now=now,
            changes=moved,
            data={
                "former": {name: getattr(case, name) for name in moved},
                **({"tasks": tasks} if tasks else {}),
            },
        )
    if not moved:
        log.follow_clocks(work, case, former=timing.present(case), now=now)


def _dates(case: models.Case, reckoning: Reckoning) -> dict[str, Any]:
    if case.accepted_at is not None:
        dates = rules.due_dates(
            reckoning,
            case.accepted_at,
            read_snapshot(case.offering),
            rules.read_ledger(case.ledger),
        )
        return dates.as_changes()
    if case.received_at is None or case.notice_due_at is None:
        return {}
    told = reckoning.due_at(case.received_at, rules.NOTICE_WORKING_DAYS, LimitUnit.WORKING_DAY)
    return {"notice_due_at": told}
