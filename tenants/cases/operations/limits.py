"""What time does to entries of a case that have a term and a lamp of their own."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from tenants.cases.operations import custody, findings, log, parties, timing, urging
from tenants.cases.states import Lamp
from tongban.kernel.ports import DueTimer
from tongban.kernel.transactions import unit_of_work


@dataclass(frozen=True, slots=True)
class Watched:
    """One list of such entries, and what follows when their term is over."""

    field: str
    """The case's field that keeps them."""
    read: Callable[[Sequence[Any]], list[Any]]
    changes: Callable[[Sequence[Any]], dict[str, Any]]
    due_soon: str
    """The event of a lamp that turns yellow."""
    overdue: str
    finding: str
    urging: str
    """What the supervisor reads."""
    by: str
    """As what the system acts."""


def change_lamps(watched: Watched, timer: DueTimer, now: datetime) -> None:
    """Let the lamps change of entries of a case whose moment has come.

    Red leaves a finding, and an urging at the supervisor, once a case. What was done or dropped
    meanwhile is left alone.
    """
    with unit_of_work() as work:
        case = custody.held_case(timer.key)
        if case is None:
            return
        former = watched.read(getattr(case, watched.field))
        entries = [
            replace(entry, lamp=entry.lamp_at(now))
            if entry.next_at is not None and entry.next_at <= now
            else entry
            for entry in former
        ]
        if entries == former:
            log.follow_clocks(work, case, former=timing.present(case), now=now)
            return
        is_overdue = any(
            entry.lamp is Lamp.RED and entry != before
            for entry, before in zip(entries, former, strict=True)
        )
        changes, data = watched.changes(entries), {}
        if is_overdue and all(finding["code"] != watched.finding for finding in case.findings):
            changes["findings"] = findings.with_finding(case, watched.finding, now)
            changes["urgings_open"] = case.urgings_open + 1
            data = urging.escalation(case, now, text=watched.urging)
        log.append_event(
            work,
            case,
            name=watched.overdue if is_overdue else watched.due_soon,
            by=parties.system(watched.by),
            now=now,
            changes=changes,
            data=data,
        )
