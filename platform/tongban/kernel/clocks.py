"""The clock of a limit: from when it runs, when it stands still, and which move led to its end.

A clock in days does not count the day on which it starts or goes on again (民法典 201): of a pause
from one day to another, the days after the first up to and including the last are not counted.
A clock in working hours does not count the office hours between the two instants. A clock that
stands still has no end until it goes on.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from itertools import islice

from tongban.kernel.calendar import (
    MAX_AMOUNT,
    ZONE,
    CalendarError,
    LimitUnit,
    OfficeHours,
    WorkCalendar,
    local_day,
    next_working_day,
)

_DAY = timedelta(days=1)
_NOTHING = timedelta(0)


@dataclass(frozen=True, slots=True)
class Pause:
    """A stretch of time that is not counted; ``until`` is None while it lasts."""

    since: datetime
    until: datetime | None
    ground: str = ""
    """What it is for, by the code of whoever keeps the clock."""


@dataclass(frozen=True, slots=True)
class Clock:
    """One limit that runs: ``amount`` units from ``started_at``, and what happened to it."""

    started_at: datetime
    amount: int
    unit: LimitUnit
    pauses: tuple[Pause, ...] = ()
    extended_by: int = 0
    """How many units more it got."""
    extension_unit: LimitUnit | None = None
    """In which unit, None for the limit's own; only days follow upon another unit."""

    def __post_init__(self) -> None:
        if not 0 <= self.amount + self.extended_by <= MAX_AMOUNT or self.extended_by < 0:
            raise CalendarError(f"a limit is 0 to {MAX_AMOUNT} units")
        if self.changes_unit and self.extension_unit is LimitUnit.WORKING_HOUR:
            raise CalendarError("a limit in days is not extended by hours")
        ends: list[datetime | None] = [self.started_at]
        for pause in self.pauses:
            if ends[-1] is None or pause.since < ends[-1]:
                raise CalendarError("pauses follow each other, and begin after the clock")
            if pause.until is not None and pause.until < pause.since:
                raise CalendarError("a pause ends after it begins")
            ends.append(pause.until)

    @property
    def stands_still(self) -> bool:
        """Whether a pause lasts."""
        return bool(self.pauses) and self.pauses[-1].until is None

    @property
    def latest(self) -> datetime:
        """The latest instant at which something happened to it: its start, or a pause."""
        if not self.pauses:
            return self.started_at
        return self.pauses[-1].until or self.pauses[-1].since

    @property
    def total(self) -> int:
        """The units in all, extension included, whatever unit each is of."""
        return self.amount + self.extended_by

    @property
    def changes_unit(self) -> bool:
        """Whether the extension is counted in another unit than the limit."""
        return bool(self.extended_by) and self.extension_unit not in {None, self.unit}

    @property
    def bare(self) -> "Clock":
        """The same clock without its extension."""
        return Clock(self.started_at, self.amount, self.unit, self.pauses)


class MoveKind(StrEnum):
    """What moved the end of a limit."""

    LIMIT = "limit"
    DAYS_OFF = "days_off"
    END_ON_DAY_OFF = "end_on_day_off"
    AFTER_HOURS = "after_hours"
    PAUSE = "pause"
    EXTENSION = "extension"


@dataclass(frozen=True, slots=True)
class Move:
    """One step from the start of a clock to its end: what it was, and how far it led."""

    kind: MoveKind
    due_before: datetime
    due_after: datetime | None
    """None while the clock stands still."""
    days: tuple[date, ...] = ()
    """The days that it is about."""
    ground: str = ""


def due_at(calendar: WorkCalendar, hours: OfficeHours, clock: Clock) -> datetime | None:
    """Return the aware instant in Asia/Shanghai at which the clock runs out, None while it stands.

    In days it is the end of office hours of a working day (民法典 203), never before the clock
    starts or goes on again. A pause that begins when it is over changes nothing any more. Raises:
    CalendarError for a naive datetime.
    """
    return _end(calendar, hours, _in_time(calendar, hours, clock))


def _in_time(calendar: WorkCalendar, hours: OfficeHours, clock: Clock) -> Clock:
    """Return the clock with those of its pauses only that began before its end."""
    kept = replace(clock, pauses=())
    for number, pause in enumerate(clock.pauses, start=1):
        end = _end(calendar, hours, kept)
        if end is None or pause.since > end:
            break
        kept = replace(clock, pauses=clock.pauses[:number])
    return kept


def _end(calendar: WorkCalendar, hours: OfficeHours, clock: Clock) -> datetime | None:
    if clock.stands_still:
        return None
    if clock.unit is LimitUnit.WORKING_HOUR and not clock.changes_unit:
        return _hours_end(calendar, hours, clock, clock.total)
    last = next_working_day(calendar, _last_day(calendar, hours, clock))
    due = hours.closes_at(last)
    begins = clock.pauses[-1].until if clock.pauses else clock.started_at
    assert begins is not None  # it does not stand still
    return due if due >= begins else hours.closes_at(next_working_day(calendar, last + _DAY))


def remaining(calendar: WorkCalendar, hours: OfficeHours, clock: Clock, now: datetime) -> int:
    """Return how many whole units are left at ``now``, below 0 once overdue.

    Days that have begun are used up, as by ``used``.
    """
    return clock.total - used(calendar, hours, clock, now)


def used(calendar: WorkCalendar, hours: OfficeHours, clock: Clock, now: datetime) -> int:
    """Return how many units have begun at ``now``: of 5 days the fourth from its midnight on.

    Hours are counted when they are over. It is 0 before the clock starts.
    """
    clock = _in_time(calendar, hours, clock)
    if now <= clock.started_at:
        return 0
    if clock.unit is LimitUnit.WORKING_HOUR and not clock.changes_unit:
        return _hours_used(calendar, hours, clock, now)
    begun = 0
    if clock.unit is LimitUnit.WORKING_HOUR:
        begun = min(clock.amount, _hours_used(calendar, hours, clock.bare, now))
        if begun < clock.amount:
            return begun
    return begun + sum(1 for _day in _counted_days(calendar, hours, clock, until=local_day(now)))


def _hours_used(calendar: WorkCalendar, hours: OfficeHours, clock: Clock, now: datetime) -> int:
    counted = sum(
        (closes - opens for opens, closes in _open_hours(calendar, hours, clock, until=now)),
        _NOTHING,
    )
    return int(counted // timedelta(hours=1))


def reaches(
    calendar: WorkCalendar, hours: OfficeHours, clock: Clock, units: int
) -> datetime | None:
    """Return the first instant at which ``used`` is ``units``, None while the clock stands still.

    It is the midnight of a day, or the moment when an hour is over. ``units`` is at least 1.
    """
    clock = _in_time(calendar, hours, clock)
    if clock.stands_still:
        return None
    in_hours = clock.unit is LimitUnit.WORKING_HOUR
    if in_hours and (units <= clock.amount or not clock.changes_unit):
        return _hours_end(calendar, hours, clock.bare, units)
    further = units - clock.amount if in_hours else units
    day = next(islice(_counted_days(calendar, hours, clock), further - 1, None))
    return datetime.combine(day, time.min, tzinfo=ZONE)


def explain(calendar: WorkCalendar, hours: OfficeHours, clock: Clock) -> tuple[Move, ...]:
    """Return every move from the start of the clock to where it ends now, in order.

    The first is the bare limit; then what days off make of it, and the move from a day off to the
    next working day; then each pause, and the extension. Each begins where the one before ended;
    the last ends at ``due_at``, which is open while a pause lasts.
    """
    return tuple(_moves(calendar, hours, clock))


def _moves(calendar: WorkCalendar, hours: OfficeHours, clock: Clock) -> Iterator[Move]:
    bare = Clock(clock.started_at, clock.amount, clock.unit)
    at = clock.started_at
    if clock.unit is not LimitUnit.WORKING_HOUR:
        naive = hours.closes_at(local_day(clock.started_at) + _DAY * clock.amount)
        yield Move(MoveKind.LIMIT, at, naive)
        at = naive
        for move in _calendar_moves(calendar, hours, bare, at):
            yield move
            at = move.due_after or at
    else:
        end = due_at(calendar, hours, bare)
        assert end is not None  # no pause
        yield Move(MoveKind.LIMIT, at, end)
        at = end
    for number, pause in enumerate(clock.pauses, start=1):
        so_far = Clock(clock.started_at, clock.amount, clock.unit, clock.pauses[:number])
        end = due_at(calendar, hours, so_far)
        yield Move(MoveKind.PAUSE, at, end, _paused_days(pause), pause.ground)
        at = end or at
    if clock.extended_by:
        yield Move(MoveKind.EXTENSION, at, due_at(calendar, hours, clock))


def _calendar_moves(
    calendar: WorkCalendar, hours: OfficeHours, bare: Clock, naive: datetime
) -> Iterator[Move]:
    first = local_day(bare.started_at)
    last = _last_day(calendar, hours, bare)
    at = naive
    if bare.unit is LimitUnit.WORKING_DAY and last != local_day(naive):
        days = [first + _DAY * n for n in range(1, (last - first).days + 1)]
        off = tuple(day for day in days if not calendar.is_working_day(day))
        yield Move(MoveKind.DAYS_OFF, at, hours.closes_at(last), off)
        at = hours.closes_at(last)
    working = next_working_day(calendar, last)
    if working != last:
        days_off = tuple(last + _DAY * n for n in range((working - last).days))
        yield Move(MoveKind.END_ON_DAY_OFF, at, hours.closes_at(working), days_off)
        at = hours.closes_at(working)
    end = due_at(calendar, hours, bare)
    if end is not None and end != at:
        yield Move(MoveKind.AFTER_HOURS, at, end)


def _last_day(calendar: WorkCalendar, hours: OfficeHours, clock: Clock) -> date:
    """Return the day on which so many units have been counted, a day off perhaps."""
    in_days = clock.extended_by if clock.unit is LimitUnit.WORKING_HOUR else clock.total
    day = local_day(clock.started_at)
    if in_days:
        day = next(islice(_counted_days(calendar, hours, clock), in_days - 1, None))
    resumed = [local_day(pause.until) for pause in clock.pauses if pause.until is not None]
    # Nothing ends before the clock goes on again.
    return max([day, *resumed[-1:]])


def _counted_days(
    calendar: WorkCalendar, hours: OfficeHours, clock: Clock, *, until: date = date.max
) -> Iterator[date]:
    """Yield the days that a clock counts, those of an extension too; of hours only those."""
    further = clock.extension_unit or clock.unit
    if clock.unit is LimitUnit.WORKING_HOUR:
        day, left = local_day(_hours_end(calendar, hours, clock.bare, clock.amount)), 0
    else:
        day, left = local_day(clock.started_at), clock.amount
    while day < until:
        day += _DAY
        if _counts(calendar, clock.pauses, clock.unit if left else further, day):
            left = max(0, left - 1)
            yield day


def _counts(calendar: WorkCalendar, pauses: Sequence[Pause], unit: LimitUnit, day: date) -> bool:
    if unit is LimitUnit.WORKING_DAY and not calendar.is_working_day(day):
        return False
    return not any(_covers(pause, day) for pause in pauses)


def _covers(pause: Pause, day: date) -> bool:
    since = local_day(pause.since)
    return since < day and (pause.until is None or day <= local_day(pause.until))


def _paused_days(pause: Pause) -> tuple[date, ...]:
    if pause.until is None:
        return ()
    since, until = local_day(pause.since), local_day(pause.until)
    return tuple(since + _DAY * n for n in range(1, (until - since).days + 1))


def _hours_end(calendar: WorkCalendar, hours: OfficeHours, clock: Clock, amount: int) -> datetime:
    left = timedelta(hours=amount)
    latest = clock.started_at
    for opens, closes in _open_hours(calendar, hours, clock):
        # A limit that is used up exactly at closing time ends there, not at the next opening.
        if opens + left <= closes:
            return opens + left
        left -= closes - opens
        latest = closes
    raise CalendarError(f"no office hours after {latest}")  # pragma: no cover # never ends


def _open_hours(
    calendar: WorkCalendar, hours: OfficeHours, clock: Clock, *, until: datetime | None = None
) -> Iterator[tuple[datetime, datetime]]:
    """Yield the stretches of office hours that are counted, from the start of the clock on."""
    day = local_day(clock.started_at)
    while until is None or day <= local_day(until):
        if calendar.is_working_day(day):
            for opens, closes in hours.intervals(day):
                last = closes if until is None else min(closes, until)
                yield from _without(max(opens, clock.started_at), last, clock.pauses)
        day += _DAY


def _without(
    opens: datetime, closes: datetime, pauses: Sequence[Pause]
) -> Iterator[tuple[datetime, datetime]]:
    for pause in pauses:
        if pause.since < closes and (pause.until is None or pause.until > opens):
            if opens < pause.since:
                yield opens, pause.since
            if pause.until is None:
                return
            opens = max(opens, pause.until)
    if opens < closes:
        yield opens, closes
