"""红黄灯: how much of its limit a case has used, and when that shows."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from tenants.cases.rules.clocks import Ledger
from tenants.cases.states import Lamp, State
from tenants.windows.rules import Reckoning
from tongban.catalog.rules.content import Limit
from tongban.kernel.clocks import Clock

LIT: Final = frozenset({State.ACCEPTED, State.IN_REVIEW})
"""States in which a case has a lamp: somebody has to decide it, and its clock runs."""

MOMENT: Final = timedelta(microseconds=1)
"""A limit is over just after its end."""


@dataclass(frozen=True, slots=True)
class Showing:
    """A lamp, and when the next one follows it; None where nothing does."""

    lamp: Lamp | None
    next_at: datetime | None


DARK: Final = Showing(None, None)


def lamp_clock(accepted_at: datetime, promised: Limit, ledger: Ledger) -> Clock:
    """Return the clock that a lamp shows: the promise, with all that happened to it."""
    return ledger.clock(accepted_at, promised)


def showing(reckoning: Reckoning, clock: Clock, now: datetime) -> Showing:
    """Return the lamp of a clock at ``now``: yellow once so many percent are used, red past due.

    Of 5 days day 3 is green and day 4 yellow. A clock that stands still shows none.
    """
    due = reckoning.end_of(clock)
    if due is None:
        return DARK
    if now > due:
        return Showing(Lamp.RED, None)
    red_at = due + MOMENT
    yellow_at = yellow_from(reckoning, clock)
    if yellow_at is None or yellow_at >= red_at:
        return Showing(Lamp.GREEN, red_at)
    if now >= yellow_at:
        return Showing(Lamp.YELLOW, red_at)
    return Showing(Lamp.GREEN, yellow_at)


def yellow_from(reckoning: Reckoning, clock: Clock) -> datetime | None:
    """Return from when on a clock's lamp is yellow, None where it never is before it is red."""
    units = -(-clock.total * reckoning.terms.yellow_percent // 100)
    return reckoning.reaches(clock, units) if units else None


def is_lit(fields: Mapping[str, Any]) -> bool:
    """Tell whether a case with these fields has a lamp."""
    return fields["state"] in LIT and fields["accepted_at"] is not None
