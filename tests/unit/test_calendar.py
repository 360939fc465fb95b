"""The working-day calendar and the clocks, against fixed examples and a brute-force day counter."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta

import chinese_calendar
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tongban.kernel import calendar
from tongban.kernel.calendar import LimitUnit, OfficeHours, WorkCalendar

PLAIN = WorkCalendar()
HOURS = OfficeHours()
FIRST, LAST = date(2004, 1, 1), date(2027, 12, 31)
ALL_DAYS = [FIRST + timedelta(days=step) for step in range((LAST - FIRST).days + 1)]
# 元旦, 除夕 to 初三, 清明, 劳动节, 端午, 中秋, 国庆节 of 2027, written out by hand.
HOLIDAYS_2027 = {
    date(2027, month, number)
    for month, number in [
        (1, 1), (2, 5), (2, 6), (2, 7), (2, 8), (4, 5), (5, 1), (5, 2),
        (6, 9), (9, 15), (10, 1), (10, 2), (10, 3),
    ]
}  # fmt: skip


def examples(count: int) -> settings:
    """A busy machine is no reason to fail."""
    quiet = [HealthCheck.too_slow]
    return settings(max_examples=count, deadline=None, suppress_health_check=quiet)


def reference_is_working(day: date) -> bool:
    if day.year <= 2026:
        return bool(chinese_calendar.is_workday(day))
    return day.weekday() < 5 and day not in HOLIDAYS_2027


REFERENCE = {day: reference_is_working(day) for day in ALL_DAYS}

days = st.dates(FIRST, date(2026, 6, 30))
amounts = st.integers(0, 250)
instants = st.datetimes(
    datetime(2004, 1, 1),  # noqa: DTZ001 - hypothesis wants naive bounds
    datetime(2026, 6, 30),  # noqa: DTZ001
    timezones=st.sampled_from([UTC, calendar.ZONE]),
)
overrides = st.dictionaries(days, st.booleans(), max_size=40)


def at(year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=calendar.ZONE)


def brute_working_days(working: Callable[[date], bool], day: date, amount: int) -> date:
    """Number the days one after the other until the amount is reached."""
    counted = [later for later in ALL_DAYS if later > day and working(later)]
    return counted[amount - 1] if amount else day


def brute_working_hours(start: datetime, amount: int) -> datetime:
    """Walk minute by minute through office hours (whole minutes only)."""
    moment, left = start, amount * 60
    while left:
        clock = moment.time()
        is_open = time(9) <= clock < time(12) or time(13, 30) <= clock < time(17)
        left -= is_open and REFERENCE[moment.date()]
        moment += timedelta(minutes=1)
    return moment


# --- working days ------------------------------------------------------------------------------


def test_every_day_from_2004_to_2027_is_classified_as_the_reference_does() -> None:
    wrong = [day for day in ALL_DAYS if PLAIN.is_working_day(day) != REFERENCE[day]]
    assert wrong == []


def test_the_known_years_are_those_of_the_package() -> None:
    assert min(calendar.KNOWN_YEARS) == 2004
    assert max(calendar.KNOWN_YEARS) == 2026
    assert len(calendar.KNOWN_YEARS) == 23
    with pytest.raises(NotImplementedError):
        chinese_calendar.is_workday(date(2027, 1, 1))


def test_new_year_2027_is_a_holiday_although_provisional() -> None:
    assert not PLAIN.is_working_day(date(2027, 1, 1))
    assert PLAIN.is_provisional(2027)
    assert not PLAIN.is_provisional(2026)
    assert PLAIN.is_provisional(2003)


def test_far_years_lack_only_the_lunar_holidays() -> None:
    assert not PLAIN.is_working_day(date(2060, 10, 1))  # a Friday
    assert not PLAIN.is_working_day(date(2060, 9, 4))  # a Saturday
    assert PLAIN.is_working_day(date(2060, 2, 2))  # 春节, not known so far ahead


def test_the_lunar_holidays_of_a_provisional_year_are_off() -> None:
    # 除夕 2030 is Saturday 2 February; 初二 Monday, 初三 Tuesday; 中秋 a Thursday.
    assert not PLAIN.is_working_day(date(2030, 2, 4))
    assert not PLAIN.is_working_day(date(2030, 2, 5))
    assert PLAIN.is_working_day(date(2030, 2, 6))
    assert not PLAIN.is_working_day(date(2030, 9, 12))


def test_overrides_win_over_package_and_rule() -> None:
    changed = WorkCalendar(
        {
            date(2026, 3, 2): False,  # a working Monday
            date(2026, 10, 1): True,  # National Day
            date(2027, 1, 1): True,
            date(2027, 1, 4): False,
        }
    )
    assert [changed.is_working_day(day) for day in changed.overrides] == list(
        changed.overrides.values()
    )
    assert changed.is_working_day(date(2026, 3, 3))


def test_a_settled_year_is_no_longer_provisional() -> None:
    settled = WorkCalendar({date(2027, 2, 9): False}, frozenset({2027}))
    assert not settled.is_provisional(2027)
    assert settled.is_provisional(2028)


def test_a_datetime_is_no_day() -> None:
    # Its holidays would be missed silently: a datetime never equals a date.
    with pytest.raises(calendar.CalendarError):
        PLAIN.is_working_day(at(2026, 10, 1, 9))


# --- limits in days ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "amount", "expected"),
    [
        (date(2026, 2, 13), 3, date(2026, 2, 25)),  # over 春节; the 14th is a make-up day
        (date(2026, 9, 30), 3, date(2026, 10, 10)),  # over 国庆节 to a make-up Saturday
        (date(2026, 4, 30), 3, date(2026, 5, 8)),  # over 劳动节
        (date(2026, 3, 2), 25, date(2026, 4, 7)),  # over 清明
        (date(2026, 3, 2), 0, date(2026, 3, 2)),
        (date(2026, 10, 1), 0, date(2026, 10, 1)),
        (date(2026, 12, 31), 1, date(2027, 1, 4)),  # the last known day into a provisional year
    ],
)
def test_add_working_days(start: date, amount: int, expected: date) -> None:
    assert calendar.add_working_days(PLAIN, start, amount) == expected


@pytest.mark.parametrize(
    ("start", "amount", "expected"),
    [
        (date(2026, 3, 2), 25, date(2026, 3, 27)),
        (date(2026, 9, 24), 7, date(2026, 10, 8)),  # ends on National Day: moves on (民法典 203)
        (date(2026, 2, 7), 7, date(2026, 2, 14)),  # ends on a make-up Saturday: stays
        (date(2026, 3, 7), 0, date(2026, 3, 9)),
    ],
)
def test_add_calendar_days(start: date, amount: int, expected: date) -> None:
    assert calendar.add_calendar_days(PLAIN, start, amount) == expected


@examples(150)
@given(days, amounts)
def test_add_working_days_agrees_with_brute_force(day: date, amount: int) -> None:
    expected = brute_working_days(REFERENCE.__getitem__, day, amount)
    assert calendar.add_working_days(PLAIN, day, amount) == expected


@examples(60)
@given(days, amounts, overrides)
def test_overridden_calendars_agree_with_brute_force(
    day: date, amount: int, rows: dict[date, bool]
) -> None:
    changed = WorkCalendar(rows)
    expected = brute_working_days({**REFERENCE, **rows}.__getitem__, day, amount)
    assert calendar.add_working_days(changed, day, amount) == expected


@examples(150)
@given(days, amounts, overrides)
def test_counting_back_gives_the_amount(day: date, amount: int, rows: dict[date, bool]) -> None:
    changed = WorkCalendar(rows)
    end = calendar.add_working_days(changed, day, amount)
    assert calendar.working_days_between(changed, day, end) == amount
    assert calendar.working_days_between(changed, end, day) == -amount
    if amount:
        assert changed.is_working_day(end)


@examples(150)
@given(days, days)
def test_working_days_between_agrees_with_brute_force(first: date, last: date) -> None:
    expected = sum(working for day, working in REFERENCE.items() if first < day <= last)
    counted = calendar.working_days_between(PLAIN, first, last)
    assert counted == expected if first <= last else counted <= 0


@examples(150)
@given(days, amounts)
def test_calendar_days_end_on_the_first_working_day(day: date, amount: int) -> None:
    nominal = day + timedelta(days=amount)
    end = calendar.add_calendar_days(PLAIN, day, amount)
    assert end == next(later for later in ALL_DAYS if later >= nominal and REFERENCE[later])


@pytest.mark.parametrize("amount", [-1, calendar.MAX_AMOUNT + 1])
@pytest.mark.parametrize("unit", list(LimitUnit))
def test_amounts_out_of_range_are_refused(amount: int, unit: LimitUnit) -> None:
    with pytest.raises(calendar.CalendarError):
        calendar.add_working_days(PLAIN, date(2026, 3, 2), amount)
    with pytest.raises(calendar.CalendarError):
        calendar.add_calendar_days(PLAIN, date(2026, 3, 2), amount)
    with pytest.raises(calendar.CalendarError):
        calendar.due_at(PLAIN, HOURS, at(2026, 3, 2, 9), amount, unit)


# --- instants ----------------------------------------------------------------------------------


def test_local_day_is_the_day_in_shanghai() -> None:
    assert calendar.local_day(datetime(2026, 11, 24, 15, 59, tzinfo=UTC)) == date(2026, 11, 24)
    assert calendar.local_day(datetime(2026, 11, 24, 16, 0, tzinfo=UTC)) == date(2026, 11, 25)
    with pytest.raises(calendar.CalendarError):
        calendar.local_day(datetime(2026, 11, 24, 16, 0))  # noqa: DTZ001 - the naive one is the case


def test_elapsed_working_days_of_a_five_day_limit() -> None:
    start = at(2026, 3, 2, 16)
    assert calendar.elapsed_working_days(PLAIN, start, start) == 0
    assert calendar.elapsed_working_days(PLAIN, start, at(2026, 3, 2, 23, 59)) == 0
    assert calendar.elapsed_working_days(PLAIN, start, at(2026, 3, 5)) == 3
    assert calendar.elapsed_working_days(PLAIN, start, at(2026, 3, 6, 8)) == 4
    assert calendar.elapsed_working_days(PLAIN, start, at(2026, 3, 8, 8)) == 4  # the week-end
    assert calendar.elapsed_working_days(PLAIN, start, at(2026, 2, 27)) == 0


def test_office_hours_are_checked() -> None:
    with pytest.raises(calendar.CalendarError):
        OfficeHours(afternoon_start=time(11))
    with pytest.raises(calendar.CalendarError):
        OfficeHours(morning_start=time(12))
    with pytest.raises(calendar.CalendarError):
        OfficeHours(morning_start=time(9, tzinfo=UTC))
    no_break = OfficeHours(morning_end=time(12), afternoon_start=time(12))
    due = calendar.due_at(PLAIN, no_break, at(2026, 3, 2, 11), 2, LimitUnit.WORKING_HOUR)
    assert due == at(2026, 3, 2, 13)


@pytest.mark.parametrize(
    ("start", "amount", "unit", "expected"),
    [
        (at(2026, 2, 13, 10), 3, LimitUnit.WORKING_DAY, at(2026, 2, 25, 17)),
        (at(2026, 3, 2, 18), 25, LimitUnit.WORKING_DAY, at(2026, 4, 7, 17)),
        (at(2026, 3, 2, 9), 25, LimitUnit.CALENDAR_DAY, at(2026, 3, 27, 17)),
        (at(2026, 10, 1, 10), 0, LimitUnit.WORKING_DAY, at(2026, 10, 8, 17)),
        (at(2026, 3, 2, 10), 0, LimitUnit.WORKING_DAY, at(2026, 3, 2, 17)),
        (at(2026, 3, 2, 18), 0, LimitUnit.WORKING_DAY, at(2026, 3, 3, 17)),
        (at(2026, 3, 6, 18), 0, LimitUnit.CALENDAR_DAY, at(2026, 3, 9, 17)),
        (at(2026, 3, 2, 9), 3, LimitUnit.WORKING_HOUR, at(2026, 3, 2, 12)),
        (at(2026, 3, 2, 12), 1, LimitUnit.WORKING_HOUR, at(2026, 3, 2, 14, 30)),
        (at(2026, 3, 2, 12), 0, LimitUnit.WORKING_HOUR, at(2026, 3, 2, 12)),
        (at(2026, 3, 2, 12, 30), 0, LimitUnit.WORKING_HOUR, at(2026, 3, 2, 13, 30)),
        (at(2026, 3, 2, 16, 30), 1, LimitUnit.WORKING_HOUR, at(2026, 3, 3, 9, 30)),
        (at(2026, 9, 30, 16), 2, LimitUnit.WORKING_HOUR, at(2026, 10, 8, 10)),
        (at(2026, 3, 2, 6), 13, LimitUnit.WORKING_HOUR, at(2026, 3, 3, 17)),
    ],
)
def test_due_at(start: datetime, amount: int, unit: LimitUnit, expected: datetime) -> None:
    for instant in (start, start.astimezone(UTC)):
        due = calendar.due_at(PLAIN, HOURS, instant, amount, unit)
        assert due == expected
        assert due.tzinfo is calendar.ZONE


def test_due_at_uses_the_hours_of_the_center() -> None:
    early = OfficeHours(afternoon_end=time(16, 30))
    due = calendar.due_at(PLAIN, early, at(2026, 3, 2, 9), 1, LimitUnit.WORKING_DAY)
    assert due == early.closes_at(date(2026, 3, 3)) == at(2026, 3, 3, 16, 30)


def test_a_naive_start_is_refused() -> None:
    naive = datetime(2026, 3, 2, 9)  # noqa: DTZ001 - the naive one is the case
    with pytest.raises(calendar.CalendarError):
        calendar.due_at(PLAIN, HOURS, naive, 1, LimitUnit.WORKING_DAY)


@examples(40)
@given(days, st.integers(0, 24 * 60 - 1), st.integers(1, 40))
def test_working_hours_agree_with_brute_force(day: date, minute: int, amount: int) -> None:
    start = datetime.combine(day, time(), calendar.ZONE) + timedelta(minutes=minute)
    due = calendar.due_at(PLAIN, HOURS, start, amount, LimitUnit.WORKING_HOUR)
    assert due == brute_working_hours(start, amount)


@examples(200)
@given(instants, amounts, st.sampled_from(list(LimitUnit)))
def test_a_limit_ends_in_office_hours_and_never_before_it_begins(
    start: datetime, amount: int, unit: LimitUnit
) -> None:
    due = calendar.due_at(PLAIN, HOURS, start, amount, unit)
    longer = calendar.due_at(PLAIN, HOURS, start, amount + 1, unit)
    assert start <= due <= longer
    assert PLAIN.is_working_day(due.date())
    assert any(opens <= due <= closes for opens, closes in HOURS.intervals(due.date()))
    assert due.utcoffset() == timedelta(hours=8)


def test_hundreds_of_days_take_no_time() -> None:
    # By calls, not by a clock: the machine that runs this may be busy.
    calls = 0

    class Counting(WorkCalendar):
        def is_working_day(self, day: date) -> bool:
            nonlocal calls
            calls += 1
            return super().is_working_day(day)

    end = calendar.add_working_days(Counting(), date(2026, 1, 1), 500)
    assert calls == (end - date(2026, 1, 1)).days
