"""Working days, office hours and the arithmetic of legal limits, all in Asia/Shanghai.

The day of the event is never counted and the last day ends at the end of office hours
(行政许可法 82, 民法典 201 and 203). Nothing here reads a clock or a database: the caller passes
the instant, and the table rows that override the published calendar.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from functools import cache
from zoneinfo import ZoneInfo

from chinese_calendar import constants as published

ZONE = ZoneInfo("Asia/Shanghai")
"""The one time zone of every center."""

MAX_AMOUNT = 10_000
"""The longest limit that is reckoned with, in any unit: a longer one is a typing error."""

_DAY = timedelta(days=1)
_FRIDAY = 4

# Make-up days win over holidays, as in the package itself.
_PUBLISHED: dict[date, bool] = {
    **dict.fromkeys(published.holidays, False),
    **dict.fromkeys(published.workdays, True),
}

# A year counts as known by its National Day: the notice of one year may already name the first
# of January of the next, which tells nothing about that next year.
KNOWN_YEARS: frozenset[int] = frozenset(
    day.year for day in published.holidays if (day.month, day.day) == (10, 1)
)
"""The years whose official holiday notice is in the package chinesecalendar."""

# 正月初一, 清明, 端午, 中秋 by GB/T 33661-2017, for the years that have no notice yet. Two
# independent lunar calendars agree on every row, and on the notices of 2008-2026.
_LUNAR: dict[int, tuple[str, str, str, str]] = {
    2027: ("02-06", "04-05", "06-09", "09-15"),
    2028: ("01-26", "04-04", "05-28", "10-03"),
    2029: ("02-13", "04-04", "06-16", "09-22"),
    2030: ("02-03", "04-05", "06-05", "09-12"),
    2031: ("01-23", "04-05", "06-24", "10-01"),
    2032: ("02-11", "04-04", "06-12", "09-19"),
    2033: ("01-31", "04-04", "06-01", "09-08"),
    2034: ("02-19", "04-05", "06-20", "09-27"),
    2035: ("02-08", "04-05", "06-10", "09-16"),
    2036: ("01-28", "04-04", "05-30", "10-04"),
    2037: ("02-15", "04-04", "06-18", "09-24"),
    2038: ("02-04", "04-05", "06-07", "09-13"),
    2039: ("01-24", "04-05", "05-27", "10-02"),
    2040: ("02-12", "04-04", "06-14", "09-20"),
    2041: ("02-01", "04-04", "06-03", "09-10"),
    2042: ("01-22", "04-04", "06-22", "09-28"),
    2043: ("02-10", "04-05", "06-11", "09-17"),
    2044: ("01-30", "04-04", "05-31", "10-05"),
    2045: ("02-17", "04-04", "06-19", "09-25"),
    2046: ("02-06", "04-04", "06-08", "09-15"),
    2047: ("01-26", "04-05", "05-29", "10-04"),
    2048: ("02-14", "04-04", "06-15", "09-22"),
    2049: ("02-02", "04-04", "06-04", "09-11"),
    2050: ("01-23", "04-04", "06-23", "09-30"),
}


class CalendarError(ValueError):
    """A moment, an amount or office hours that no limit can be reckoned with."""


class LimitUnit(StrEnum):
    """The units in which a statutory or promised limit is expressed."""

    WORKING_DAY = "WORKING_DAY"
    CALENDAR_DAY = "CALENDAR_DAY"
    WORKING_HOUR = "WORKING_HOUR"


@cache
def _statutory_holidays(year: int) -> frozenset[date]:
    """Name the holidays of a year by 全国年节及纪念日放假办法 (2024 revision)."""
    days = {date(year, 1, 1), date(year, 5, 1), date(year, 5, 2)}
    days.update(date(year, 10, number) for number in (1, 2, 3))
    if year in _LUNAR:
        spring, *others = (date.fromisoformat(f"{year}-{text}") for text in _LUNAR[year])
        # 春节 is four days: 除夕 and 正月初一 to 初三.
        days.update(spring + _DAY * offset for offset in (-1, 0, 1, 2))
        days.update(others)
    return frozenset(days)


def _is_working_by_default(day: date) -> bool:
    known = _PUBLISHED.get(day)
    if known is not None:
        return known
    if day.weekday() > _FRIDAY:
        return False
    return day.year in KNOWN_YEARS or day not in _statutory_holidays(day.year)


@dataclass(frozen=True)
class WorkCalendar:
    """The working days of one center.

    `overrides` are the rows of the calendar table (date → working?) and win over everything.
    `settled_years` are years whose official notice has been entered completely as such rows,
    although the package chinesecalendar does not have it yet.
    """

    overrides: Mapping[date, bool] = field(default_factory=dict)
    settled_years: frozenset[int] = frozenset()

    def is_working_day(self, day: date) -> bool:
        """Tell whether offices are open on the day.

        An override decides first, then the State Council's notice (国务院办公厅节假日安排) for the
        years in `KNOWN_YEARS`, make-up days included. Every other year is provisional: Monday to
        Friday without the statutory holidays of 全国年节及纪念日放假办法 (2024 revision). Their
        lunar ones (春节, 清明, 端午, 中秋) are known to 2050 only; holidays that fall on a weekend
        and their make-up days are missing until the notice arrives as overrides.

        Raises: CalendarError for a datetime, whose day depends on the time zone (see `local_day`).
        """
        if isinstance(day, datetime):
            raise CalendarError("a datetime is no day: use local_day")
        override = self.overrides.get(day)
        return _is_working_by_default(day) if override is None else override

    def is_provisional(self, year: int) -> bool:
        """Tell whether the year's working days may still move when its official notice comes."""
        return year not in KNOWN_YEARS and year not in self.settled_years


@dataclass(frozen=True)
class OfficeHours:
    """The hours of a working day in which a center is open, local times without a zone.

    The defaults are practice, not law; a center sets its own. Raises: CalendarError unless
    morning_start < morning_end ≤ afternoon_start < afternoon_end.
    """

    morning_start: time = time(9)
    morning_end: time = time(12)
    afternoon_start: time = time(13, 30)
    afternoon_end: time = time(17)

    def __post_init__(self) -> None:
        moments = (self.morning_start, self.morning_end, self.afternoon_start, self.afternoon_end)
        if any(moment.tzinfo is not None for moment in moments):
            raise CalendarError("office hours are local times without a zone")
        first, second, third, fourth = moments
        if not first < second <= third < fourth:
            raise CalendarError("office hours must follow each other")

    def intervals(self, day: date) -> tuple[tuple[datetime, datetime], tuple[datetime, datetime]]:
        """Return the morning and the afternoon of the day as pairs of aware instants."""
        return (
            (_at(day, self.morning_start), _at(day, self.morning_end)),
            (_at(day, self.afternoon_start), _at(day, self.afternoon_end)),
        )

    def closes_at(self, day: date) -> datetime:
        """Return the aware instant at which office hours end on the day."""
        return _at(day, self.afternoon_end)


def _at(day: date, moment: time) -> datetime:
    return datetime.combine(day, moment, tzinfo=ZONE)


def _local(instant: datetime) -> datetime:
    if instant.utcoffset() is None:
        raise CalendarError("an instant needs a time zone")
    return instant.astimezone(ZONE)


def _check_amount(amount: int) -> None:
    if not 0 <= amount <= MAX_AMOUNT:
        raise CalendarError(f"a limit is 0 to {MAX_AMOUNT} units, not {amount}")


def local_day(instant: datetime) -> date:
    """Return the calendar day in Asia/Shanghai on which an aware instant falls.

    Raises: CalendarError for a naive datetime.
    """
    return _local(instant).date()


def next_working_day(calendar: WorkCalendar, day: date) -> date:
    """Return the day itself when offices are open, else the first later day on which they are."""
    while not calendar.is_working_day(day):
        day += _DAY
    return day


def add_working_days(calendar: WorkCalendar, day: date, amount: int) -> date:
    """Return the last day of a limit of so many working days that begins with an event on `day`.

    The day of the event is not counted (民法典 201); make-up days count, holidays do not
    (行政许可法 82). `amount` is 0 to `MAX_AMOUNT`; 0 returns the day itself, working or not.

    Raises: CalendarError for an amount out of range.
    """
    _check_amount(amount)
    while amount:
        day += _DAY
        if calendar.is_working_day(day):
            amount -= 1
    return day


def add_calendar_days(calendar: WorkCalendar, day: date, amount: int) -> date:
    """Return the last day of a limit of so many calendar days that begins with an event on `day`.

    The day of the event is not counted; a limit that would end on a day off ends on the next
    working day (民法典 203). `amount` is 0 to `MAX_AMOUNT`.

    Raises: CalendarError for an amount out of range.
    """
    _check_amount(amount)
    return next_working_day(calendar, day + _DAY * amount)


def working_days_between(calendar: WorkCalendar, first: date, last: date) -> int:
    """Count the working days after `first` up to and including `last`.

    The count is negative when `last` is earlier: minus the working days after `last` up to and
    including `first`.
    """
    if last < first:
        return -working_days_between(calendar, last, first)
    span = (last - first).days
    return sum(calendar.is_working_day(first + _DAY * step) for step in range(1, span + 1))


def elapsed_working_days(calendar: WorkCalendar, start: datetime, now: datetime) -> int:
    """Count the working days that have begun since the day of `start`, today included.

    So the day of acceptance is day 0 and the first working day after it is day 1 from its
    midnight on (of 5 days the fourth is at 80 %). It is 0 while `now` is before `start`.

    Raises: CalendarError for a naive datetime.
    """
    return max(0, working_days_between(calendar, local_day(start), local_day(now)))


def due_at(
    calendar: WorkCalendar, hours: OfficeHours, start: datetime, amount: int, unit: LimitUnit
) -> datetime:
    """Return the aware instant in Asia/Shanghai at which a limit that begins at `start` ends.

    Limits in days do not count the day of `start` and end at the end of office hours of their
    last day, which is always a working day (民法典 203). Limits in working hours count office
    hours of working days only, from `start` or the next office moment after it on. A limit never
    ends before it begins: one of 0 days that begins after closing time ends on the next working
    day. `amount` is 0 to `MAX_AMOUNT`.

    Raises: CalendarError for a naive datetime or an amount out of range.
    """
    _check_amount(amount)
    begin = _local(start)
    if unit is LimitUnit.WORKING_HOUR:
        return _after_working_hours(calendar, hours, begin, timedelta(hours=amount))
    reckon = add_working_days if unit is LimitUnit.WORKING_DAY else add_calendar_days
    last = next_working_day(calendar, reckon(calendar, begin.date(), amount))
    due = hours.closes_at(last)
    return due if due >= begin else hours.closes_at(next_working_day(calendar, last + _DAY))


def _after_working_hours(
    calendar: WorkCalendar, hours: OfficeHours, begin: datetime, remaining: timedelta
) -> datetime:
    day = begin.date()
    while True:
        day = next_working_day(calendar, day)
        for opens, closes in hours.intervals(day):
            moment = max(opens, begin)
            # A limit that is used up exactly at closing time ends there, not at the next opening.
            if moment + remaining <= closes:
                return moment + remaining
            remaining -= max(closes - moment, timedelta(0))
        day += _DAY
