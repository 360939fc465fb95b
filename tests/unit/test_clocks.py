"""The clock of a limit, beside a counter that goes day by day and minute by minute."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tongban.kernel import clocks
from tongban.kernel.calendar import (
    ZONE,
    CalendarError,
    LimitUnit,
    OfficeHours,
    WorkCalendar,
    due_at,
    local_day,
)
from tongban.kernel.clocks import Clock, MoveKind, Pause

CALENDAR, HOURS = WorkCalendar(), OfficeHours()
WORKING, CALENDAR_DAYS, IN_HOURS = (
    LimitUnit.WORKING_DAY,
    LimitUnit.CALENDAR_DAY,
    LimitUnit.WORKING_HOUR,
)
DAY = timedelta(days=1)


def at(text: str) -> datetime:
    """Return an instant in Shanghai (``2026-02-13 10:00``)."""
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


def end(clock: Clock) -> datetime | None:
    return clocks.due_at(CALENDAR, HOURS, clock)


instants = st.datetimes(
    min_value=datetime(2004, 1, 2),  # noqa: DTZ001  # hypothesis wants them without a zone
    max_value=datetime(2027, 6, 30),  # noqa: DTZ001
).map(lambda moment: moment.replace(tzinfo=ZONE, second=0, microsecond=0))
lengths = st.integers(0, 40 * 24 * 60).map(lambda minutes: timedelta(minutes=minutes))
days_units = st.sampled_from([WORKING, CALENDAR_DAYS])
LONGEST_HOURS = 20


@st.composite
def running(draw, units=days_units, most=60) -> Clock:
    """A clock with up to three pauses that are over, and perhaps an extension."""
    start = draw(instants)
    pauses, moment = [], start
    for _ in range(draw(st.integers(0, 3))):
        since = moment + draw(lengths)
        moment = since + draw(lengths)
        pauses.append(Pause(since, moment))
    return Clock(
        start,
        draw(st.integers(0, most)),
        draw(units),
        tuple(pauses),
        draw(st.integers(0, 15)),
        draw(st.sampled_from([None, WORKING, CALENDAR_DAYS])) if most > LONGEST_HOURS else None,
    )


def over(pause: Pause) -> datetime:
    """Return when a pause ended; here all of them are over."""
    assert pause.until is not None
    return pause.until


def by_counting_days(clock: Clock) -> date:
    """Cross the days off a list, one after the other, as a clerk with a wall calendar would."""
    pauses: list[Pause] = []
    for pause in clock.pauses:
        if pause.since > HOURS.closes_at(crossed_off_days(clock, pauses)):
            break
        pauses.append(pause)
    return crossed_off_days(clock, pauses)


def crossed_off_days(clock: Clock, pauses: list[Pause]) -> date:
    day, crossed_off = local_day(clock.started_at), 0
    while crossed_off < clock.total:
        day = day + DAY
        unit = clock.unit if crossed_off < clock.amount else clock.extension_unit or clock.unit
        if unit is WORKING and not CALENDAR.is_working_day(day):
            continue
        if any(local_day(p.since) < day <= local_day(over(p)) for p in pauses):
            continue
        crossed_off += 1
    if pauses:
        day = max(day, local_day(over(pauses[-1])))
    while not CALENDAR.is_working_day(day):
        day = day + DAY
    begins = over(pauses[-1]) if pauses else clock.started_at
    if HOURS.closes_at(day) < begins:
        day = day + DAY
        while not CALENDAR.is_working_day(day):
            day = day + DAY
    return day


@settings(max_examples=400)
@given(running())
def test_days_are_what_a_wall_calendar_says(clock):
    due = end(clock)
    assert due == HOURS.closes_at(by_counting_days(clock))
    assert CALENDAR.is_working_day(local_day(due))
    assert due >= clock.started_at


@settings(max_examples=300)
@given(instants, st.integers(0, 60), st.sampled_from(list(LimitUnit)))
def test_a_clock_that_nothing_happens_to_is_the_calendar_s_limit(start, amount, unit):
    assert end(Clock(start, amount, unit)) == due_at(CALENDAR, HOURS, start, amount, unit)


@settings(max_examples=60, deadline=None)
@given(running(units=st.just(IN_HOURS), most=LONGEST_HOURS))
def test_hours_are_what_a_minute_by_minute_count_says(clock):
    due, minutes = end(clock), timedelta(hours=clock.total)
    moment, counted = clock.started_at, timedelta(0)
    minute = timedelta(minutes=1)
    while counted < minutes:
        day = local_day(moment)
        is_open = CALENDAR.is_working_day(day) and any(
            opens <= moment < closes for opens, closes in HOURS.intervals(day)
        )
        if not is_open:
            # Over to the next half hour: all hours begin and end on one.
            moment += minute if moment.minute % 30 else minute * 30
            continue
        if not any(p.since <= moment < p.until for p in clock.pauses):
            counted += minute
        moment += minute
    assert due == moment or (clock.total == 0 and due >= clock.started_at)


@settings(max_examples=300)
@given(running())
def test_every_move_is_told_and_they_lead_to_the_end(clock):
    moves = clocks.explain(CALENDAR, HOURS, clock)
    assert moves[0].due_before == clock.started_at
    assert all(one.due_after == other.due_before for one, other in pairwise(moves))
    assert moves[-1].due_after == end(clock)
    assert [m.kind for m in moves].count(MoveKind.PAUSE) == len(clock.pauses)


@settings(max_examples=200)
@given(running(), st.integers(1, 20))
def test_neither_pause_nor_extension_ever_shortens(clock, more):
    bare = end(Clock(clock.started_at, clock.amount, clock.unit))
    assert end(clock) >= bare
    longer = Clock(
        clock.started_at,
        clock.amount,
        clock.unit,
        clock.pauses,
        clock.extended_by + more,
        clock.extension_unit,
    )
    assert end(longer) >= end(clock)


@settings(max_examples=200)
@given(running())
def test_at_the_end_all_of_it_is_used_and_the_day_after_it_is_over(clock):
    due = end(clock)
    assert clocks.remaining(CALENDAR, HOURS, clock, clock.started_at) == clock.total
    assert clocks.remaining(CALENDAR, HOURS, clock, due) <= 0
    before = clocks.used(CALENDAR, HOURS, clock, clock.started_at + DAY)
    assert 0 <= before <= 1


@settings(max_examples=300, deadline=None)
@given(running() | running(units=st.just(IN_HOURS), most=LONGEST_HOURS), st.data())
def test_the_moment_at_which_so_much_is_used_is_the_first_one(clock, data):
    units = data.draw(st.integers(1, max(1, clock.total)))
    reached = clocks.reaches(CALENDAR, HOURS, clock, units)
    if clock.total:
        assert reached <= end(clock)
    assert clocks.used(CALENDAR, HOURS, clock, reached) >= units
    assert clocks.used(CALENDAR, HOURS, clock, reached - timedelta(minutes=1)) < units


def test_hours_that_are_extended_by_days():
    clock = Clock(at("2026-03-02 15:00"), 4, IN_HOURS, (), 2, WORKING)
    # Four office hours end on Tuesday at 11:00; Wednesday and Thursday follow.
    assert end(clock) == at("2026-03-05 17:00")
    assert clocks.reaches(CALENDAR, HOURS, clock, 4) == at("2026-03-03 11:00")
    assert clocks.reaches(CALENDAR, HOURS, clock, 5) == at("2026-03-04 00:00")
    assert clocks.used(CALENDAR, HOURS, clock, at("2026-03-03 10:59")) == 3
    assert clocks.used(CALENDAR, HOURS, clock, at("2026-03-05 09:00")) == 6
    heard = Clock(
        clock.started_at, 4, IN_HOURS, (Pause(at("2026-03-02 16:00"), None, "hearing"),), 2, WORKING
    )
    assert clocks.used(CALENDAR, HOURS, heard, at("2026-05-05 09:00")) == 1
    assert clocks.reaches(CALENDAR, HOURS, heard, 5) is None


def test_the_statutory_twenty_days_with_a_hearing_and_an_extension():
    clock = Clock(at("2026-03-02 10:00"), 20, WORKING)
    assert end(clock) == at("2026-03-30 17:00")
    heard = Clock(
        clock.started_at,
        20,
        WORKING,
        (Pause(at("2026-03-10 09:00"), at("2026-03-18 16:00"), "hearing"),),
    )
    # 11, 12, 13, 16, 17 and 18 March are not counted; 清明 is on 6 April.
    assert end(heard) == at("2026-04-08 17:00")
    extended = Clock(heard.started_at, 20, WORKING, heard.pauses, extended_by=10)
    assert end(extended) == at("2026-04-22 17:00")
    limit, off, pause, extension = clocks.explain(CALENDAR, HOURS, extended)
    assert limit.due_after == at("2026-03-22 17:00")
    assert off.due_after == at("2026-03-30 17:00")
    assert (pause.ground, len(pause.days)) == ("hearing", 8)
    assert extension.due_after == at("2026-04-22 17:00")


def test_a_clock_that_stands_still_has_no_end_and_uses_up_nothing():
    clock = Clock(
        at("2026-03-02 10:00"), 5, WORKING, (Pause(at("2026-03-04 09:00"), None, "inspection"),)
    )
    assert clock.stands_still
    assert end(clock) is None
    assert clocks.explain(CALENDAR, HOURS, clock)[-1].due_after is None
    for later in ("2026-03-05 10:00", "2026-05-20 10:00"):
        assert clocks.used(CALENDAR, HOURS, clock, at(later)) == 2
    assert clocks.remaining(CALENDAR, HOURS, clock, at("2026-05-20 10:00")) == 3


def test_a_pause_of_a_limit_that_is_over_changes_nothing():
    clock = Clock(at("2026-03-02 10:00"), 3, WORKING)
    for until in (at("2026-03-06 12:00"), None):
        late = Clock(clock.started_at, 3, WORKING, (Pause(at("2026-03-06 09:00"), until),))
        assert end(late) == end(clock) == at("2026-03-05 17:00")
        assert clocks.explain(CALENDAR, HOURS, late)[-1].due_after == at("2026-03-05 17:00")
        assert clocks.used(CALENDAR, HOURS, late, at("2026-03-06 10:00")) == 4


def test_office_hours_are_not_counted_while_it_stands():
    clock = Clock(
        at("2026-03-02 09:00"),
        4,
        IN_HOURS,
        (Pause(at("2026-03-02 10:00"), at("2026-03-02 14:00")),),
    )
    assert end(clock) == at("2026-03-02 17:00")
    assert clocks.used(CALENDAR, HOURS, clock, at("2026-03-02 15:59")) == 2


def test_a_new_calendar_moves_the_end():
    clock = Clock(at("2027-01-29 10:00"), 10, WORKING)
    closed = {date(2027, 2, day): False for day in (10, 11, 12)}
    later = clocks.due_at(WorkCalendar(overrides=closed), HOURS, clock)
    assert later > end(clock)


@pytest.mark.parametrize(
    "terms",
    [
        {"amount": -1},
        {"amount": 20_000},
        {"extended_by": -1},
        {"extended_by": 1, "extension_unit": IN_HOURS},
        {"pauses": (Pause(at("2026-03-01 10:00"), None),)},
        {"pauses": (Pause(at("2026-03-05 10:00"), at("2026-03-04 10:00")),)},
        {
            "pauses": (
                Pause(at("2026-03-05 10:00"), None),
                Pause(at("2026-03-06 10:00"), None),
            )
        },
    ],
)
def test_what_can_not_be_reckoned_with_is_refused(terms):
    with pytest.raises(CalendarError):
        Clock(**({"started_at": at("2026-03-02 10:00"), "amount": 5, "unit": WORKING} | terms))


def test_the_zone_of_an_instant_does_not_matter():
    clock = Clock(at("2026-03-02 10:00").astimezone(UTC), 5, WORKING)
    assert end(clock) == at("2026-03-09 17:00")
