"""Kinds of windows, which matters a window takes in, and how the hall counts time."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final

from tongban.kernel import calendar, clocks
from tongban.kernel.calendar import LimitUnit, OfficeHours, WorkCalendar
from tongban.kernel.clocks import Clock


class WindowKind(StrEnum):
    """What a window is for."""

    DEPARTMENT = "department"
    INTEGRATED = "integrated"


def takes_in(*, kind: WindowKind, matters: Collection[str], own: bool, matter_code: str) -> bool:
    """Tell whether a window takes a matter in.

    ``matters`` are those it names; ``own`` says whether the matter is its department's. One that
    names none takes in all of its department's, an integrated one (综合窗口) whatever comes.
    """
    if matters:
        return matter_code in matters
    return own or kind is WindowKind.INTEGRATED


@dataclass(frozen=True, slots=True)
class WindowScope:
    """What a window is for: by this, work finds it."""

    code: str
    kind: WindowKind
    departments: frozenset[str] = frozenset()
    """Every name and code by which its department goes; none for an integrated window."""
    matters: frozenset[str] = frozenset()

    def takes_in(self, *, matter_code: str, department: str) -> bool:
        """Tell whether the window takes in a matter of a department, by name or code."""
        return takes_in(
            kind=self.kind,
            matters=self.matters,
            own=department in self.departments,
            matter_code=matter_code,
        )


SHORTEST_LEASE: Final = 5
LONGEST_LEASE: Final = 480
"""The fewest and the most minutes for which somebody holds a task without a word."""


LONGEST_REPLY: Final = 30
"""The most working days within which an urging is to be answered."""


LONGEST_DEBT: Final = 60
"""The most working days within which a material that may follow is to come."""


LONGEST_COMMITMENT: Final = 120
"""The most working days within which a commitment is to be verified."""


@dataclass(frozen=True, slots=True)
class OfficeTerms:
    """办公与计时规则: when the hall is open, and what a center settles about its clocks.

    The defaults are practice, not law.
    """

    hours: OfficeHours = field(default_factory=OfficeHours)
    yellow_percent: int = 80
    """From how much of a limit used the lamp is yellow."""
    consultation_pauses: bool = False
    """Whether the clock stands still during a consultation (疑难会商): the law's list lacks it."""
    urging_reply_days: int = 1
    """Within how many working days an urging (督办) is to be answered."""
    debt_days: int = 10
    """Within how many working days a material that may follow (容缺后补) is to come."""
    lease_minutes: int = 30
    """After how many minutes a task that somebody took is free again, unless they go on."""
    commitment_days: int = 40
    """Within how many working days a commitment (告知承诺) is to be verified: about two months."""
    version: int = 0


@dataclass(frozen=True, slots=True)
class Reckoning:
    """How a center counts time: the work calendar of all, and its own terms."""

    calendar: WorkCalendar = field(default_factory=WorkCalendar)
    terms: OfficeTerms = field(default_factory=OfficeTerms)

    def due_at(self, start: datetime, amount: int, unit: LimitUnit) -> datetime:
        """Return the end of a limit that begins at ``start`` and that nothing happens to."""
        return calendar.due_at(self.calendar, self.terms.hours, start, amount, unit)

    def end_of(self, clock: Clock) -> datetime | None:
        """Return when a clock runs out, None while it stands still."""
        return clocks.due_at(self.calendar, self.terms.hours, clock)

    def used(self, clock: Clock, now: datetime) -> int:
        """Return how many units of a clock have begun at ``now``."""
        return clocks.used(self.calendar, self.terms.hours, clock, now)

    def reaches(self, clock: Clock, units: int) -> datetime | None:
        """Return the first instant at which so many units of a clock have begun."""
        return clocks.reaches(self.calendar, self.terms.hours, clock, units)

    def explain(self, clock: Clock) -> tuple[clocks.Move, ...]:
        """Return every move from a clock's start to its end."""
        return clocks.explain(self.calendar, self.terms.hours, clock)
