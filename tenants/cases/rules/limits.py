"""What has a term of the center's own and a lamp of its own: what is owed, what is to be verified.

Each is one entry of a typed JSON list of the case, which travels by events.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from tenants.cases.rules.lamps import MOMENT
from tenants.cases.states import Lamp
from tenants.windows.rules import Reckoning
from tongban.kernel.calendar import LimitUnit
from tongban.kernel.clocks import Clock


def term(
    reckoning: Reckoning, days: int, now: datetime, *, at_latest: Clock | None = None
) -> tuple[datetime, datetime]:
    """Return from when on a term of so many working days is yellow, and its end.

    It never ends after the clock ``at_latest``, where that has not run out.
    """
    clock = Clock(now, days, LimitUnit.WORKING_DAY)
    due_at = reckoning.due_at(now, days, LimitUnit.WORKING_DAY)
    end = reckoning.end_of(at_latest) if at_latest is not None else None
    if at_latest is not None and end is not None and now < end < due_at:
        due_at, clock = end, at_latest
    units = -(-clock.total * reckoning.terms.yellow_percent // 100)
    yellow_at = reckoning.reaches(clock, units) if units else None
    return max(min(yellow_at or due_at, due_at), now), due_at


def lamp_at(now: datetime, *, yellow_at: datetime, due_at: datetime) -> Lamp:
    """Return the lamp that shows how much of a term is used."""
    if now > due_at:
        return Lamp.RED
    return Lamp.YELLOW if now >= yellow_at else Lamp.GREEN


def next_lamp_at(lamp: Lamp, *, yellow_at: datetime, due_at: datetime) -> datetime | None:
    """Return when the lamp of a term changes next; red is the last."""
    if lamp is Lamp.RED:
        return None
    red_at = due_at + MOMENT
    return min(yellow_at, red_at) if lamp is Lamp.GREEN else red_at


def as_json(entry: Any) -> dict[str, Any]:
    """Return an entry, a dataclass, as the case and its events keep it."""
    return {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in asdict(entry).items()
    }


def fields_of(entry: Mapping[str, Any], instants: Iterable[str]) -> dict[str, Any]:
    """Return the fields of a kept entry: ``instants`` are its times, and each has a lamp."""
    times = {
        name: datetime.fromisoformat(entry[name]) for name in instants if entry[name] is not None
    }
    return {**entry, **times, "lamp": Lamp(entry["lamp"])}
