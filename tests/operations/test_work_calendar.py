"""A calendar that changes: entered by whoever keeps it, told to every center, followed by cases."""

from datetime import UTC, date, datetime, time

import pytest
from django.core.management import CommandError, call_command

from tenants.cases import queries
from tenants.cases.operations import recompute
from tenants.handoffs.operations import offer
from tenants.staff import errors as staff_errors
from tenants.staff.rules import CenterRole
from tenants.windows import errors as hall_errors
from tenants.windows import queries as hall
from tenants.windows.operations import terms
from tests import casework, database, handing, people
from tests.casework import Desk
from tongban.exchange.operations import relay
from tongban.kernel import actors
from tongban.kernel.actors import Actor, PlatformRole
from tongban.kernel.context import SharedRole, center_context, shared_context
from tongban.kernel.errors import StaleVersionError
from tongban.kernel.models import AuditEntry, OutboxMessage, Timer
from tongban.registry import errors
from tongban.registry import models as registry_models
from tongban.registry import queries as registry
from tongban.registry.adapters import calendar_file
from tongban.registry.operations import calendars

BASIS = "国务院办公厅关于2027年部分节假日安排的通知"


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


@pytest.fixture
def desk(db):
    yield Desk(now=at("2027-01-29T10:00+08:00"))
    registry.center_map.forget()


def set_days(days, *, actor=None, basis=BASIS, settled_year=None, now=people.NOW):
    with shared_context(SharedRole.PLATFORM):
        return calendars.set_days(
            actor=actor or actors.operator("tests"),
            days={date.fromisoformat(day): work for day, work in days.items()},
            basis=basis,
            settled_year=settled_year,
            now=now,
        )


def tell(now):
    """Deliver what the platform sends, and return how many centers heard."""
    return relay.relay_outbox("platform", clock=lambda: now).settled


FESTIVAL = {f"2027-02-{day:02}": False for day in (6, 7, 8, 9, 10, 11, 12)} | {
    "2027-01-30": True,
    "2027-02-14": True,
}


def test_the_official_calendar_moves_the_due_dates_of_open_cases(desk):
    moving = desk.in_review()
    desk.now = at("2027-06-01T10:00+08:00")
    staying = desk.in_review()
    before = desk.case(moving).promised_due_at
    # Three working days after Friday, 29 January, as far as anybody knows.
    assert before == at("2027-02-03T17:00+08:00")
    with center_context(desk.center):
        reason = queries.explain_due(desk.case(moving))[0]
    assert reason.provisional_years == (2027,)

    report = set_days(FESTIVAL, settled_year=2027)
    assert (report.changed, report.told) == (len(FESTIVAL) + 1, len(database.CENTERS))
    later = at("2027-01-29T11:00+08:00")
    assert tell(later) == report.told
    assert desk.pass_time(later) == 0
    desk.pass_time(later + recompute.SETTLING)
    case = desk.case(moving)
    # The Saturday is a working day now.
    assert case.promised_due_at == at("2027-02-02T17:00+08:00")
    assert case.statutory_due_at == at("2027-03-04T17:00+08:00")
    (event,) = [e for e in desk.events(moving) if e.name == "case.due_recomputed"]
    assert datetime.fromisoformat(event.data["former"]["promised_due_at"]) == before
    assert [e.name for e in desk.events(staying)].count("case.due_recomputed") == 0
    with center_context(desk.center):
        reason = {r.clock: r for r in queries.explain_due(case)}["statutory"]
    assert (reason.provisional_years, reason.due_at) == ((), case.statutory_due_at)
    # Nothing is told twice.
    assert set_days(FESTIVAL, settled_year=2027).told == 0


def test_lamps_follow_the_new_calendar(desk):
    number = desk.in_review()
    with center_context(desk.center):
        (before,) = Timer.objects.filter(kind="case.lamp").values_list("fires_at", flat=True)
    set_days(FESTIVAL)
    tell(desk.now)
    desk.pass_time(desk.now + recompute.SETTLING)
    with center_context(desk.center):
        (after,) = Timer.objects.filter(kind="case.lamp", fired_at=None).values_list(
            "fires_at", flat=True
        )
    assert (before, after) == (at("2027-02-03T00:00+08:00"), at("2027-02-02T00:00+08:00"))
    assert desk.case(number).lamp == "green"


def test_batches_go_on_where_they_stood(desk, monkeypatch):
    monkeypatch.setattr(recompute, "BATCH", 2)
    numbers = [desk.in_review() for _ in range(4)]
    waiting = desk.submitted()
    notice = desk.case(waiting).notice_due_at
    set_days(FESTIVAL)
    tell(desk.now)
    assert desk.pass_time(desk.now + recompute.SETTLING) == 3
    assert {desk.case(n).promised_due_at for n in numbers} == {at("2027-02-02T17:00+08:00")}
    assert desk.case(waiting).notice_due_at < notice
    for number in (*numbers, waiting):
        names = [e.name for e in desk.events(number)]
        assert names.count("case.due_recomputed") == 1
        handing.log_of(desk.center, number)


def test_only_a_platform_operator_of_the_whole_country_keeps_it(db):
    def person(*roles):
        return Actor(account_id=7, kind="person", platform_roles=frozenset(roles))

    operator = PlatformRole.PLATFORM_OPERATOR
    with shared_context(SharedRole.PLATFORM):
        before = AuditEntry.objects.count(), OutboxMessage.objects.count()
    for actor in (
        person(),
        person((operator, "371400000000")),
        person((PlatformRole.REGISTRAR, "0" * 12)),
    ):
        with pytest.raises(errors.CalendarNotAllowedError):
            set_days(FESTIVAL, actor=actor)
    for said, reason in (({"basis": " "}, "BASIS"), ({"days": {}}, "EMPTY")):
        with pytest.raises(errors.CalendarFileError) as refused:
            set_days(**{"days": FESTIVAL, **said})
        assert refused.value.params["reason"] == reason
    with shared_context(SharedRole.PLATFORM):
        assert (AuditEntry.objects.count(), OutboxMessage.objects.count()) == before
        assert not registry_models.CalendarDay.objects.exists()
    assert set_days(FESTIVAL, actor=person((operator, "0" * 12))).changed == len(FESTIVAL)
    with shared_context(SharedRole.PLATFORM):
        assert AuditEntry.objects.latest("sequence").action == "calendar.set"
    registry.center_map.forget()


def test_a_year_that_is_entered_anew_forgets_what_it_does_not_name(desk):
    set_days(FESTIVAL, settled_year=2027)
    report = set_days({"2027-10-01": False}, settled_year=2027)
    assert report.changed == len(FESTIVAL) + 1
    with center_context(desk.center):
        work = hall.reckoning().calendar
    assert work.is_working_day(date(2027, 2, 10))
    assert not work.is_provisional(2027)


def test_the_command_reads_a_file_or_one_day(desk, tmp_path, capsys):
    path = tmp_path / "2027.csv"
    path.write_text("日期,休或班\n2027-02-10,休\n2027-02-14,班\n", encoding="utf-8")
    call_command("calendar", "import", str(path), "--year", "2027", "--basis", BASIS)
    assert "变动 3 天" in capsys.readouterr().out
    call_command("calendar", "set", "2027-02-11", "off", "--basis", "市政府通知")
    with center_context(desk.center):
        work = hall.reckoning().calendar
    found = [work.is_working_day(date(2027, 2, day)) for day in (9, 10, 11, 14)]
    assert found == [True, False, False, True]
    path.write_text("2027-02-30,休\n", encoding="utf-8")
    with pytest.raises(CommandError, match="第 1 行的日期不存在"):
        call_command("calendar", "import", str(path), "--year", "2027", "--basis", BASIS)
    with pytest.raises(CommandError, match="读不了"):
        call_command("calendar", "import", "nowhere.csv", "--year", "2027", "--basis", BASIS)


@pytest.mark.parametrize(
    ("text", "reason", "row"),
    [
        ("2027-02-10,也许", "WORK", 1),
        ("2027-02-10", "WORK", 1),
        ("日期,休\n2027-02-10,休\n2027-02-10,班", "TWICE", 3),
        ("2026-02-10,休", "YEAR", 1),
        ("20270231,休", "DAY", 1),
    ],
)
def test_a_file_says_which_of_its_rows_is_wrong(text, reason, row):
    with pytest.raises(errors.CalendarFileError) as refused:
        calendar_file.read(text.encode(), year=2027)
    assert (refused.value.params["reason"], refused.value.params["row"]) == (reason, row)
    assert str(row) in refused.value.message("zh-Hans")
    with pytest.raises(errors.CalendarFileError):
        calendar_file.read("日期".encode("gbk"))


# --- a center's own hours ----------------------------------------------------------------------

SUMMER = (time(8, 30), time(11, 30), time(14, 30), time(18))


def set_terms(desk, *, actor=None, version=0, **said):
    with center_context(desk.center):
        return terms.set_terms(
            actor=actor or desk.who(CenterRole.MANAGER),
            expected_version=version,
            now=desk.now,
            **said,
        )


def test_a_center_s_own_hours_end_its_limits_and_nobody_else_s(desk):
    old = desk.in_review()
    assert set_terms(desk, hours=SUMMER).version == 1
    new = desk.submitted()
    assert desk.accept(new).promised_due_at == at("2027-02-03T18:00+08:00")
    desk.pass_time(desk.now)
    assert desk.case(old).promised_due_at == at("2027-02-03T18:00+08:00")
    assert [e.name for e in desk.events(new)].count("case.due_recomputed") == 0
    neighbour = Desk(handing.CITY, now=desk.now)
    with center_context(neighbour.center):
        assert hall.office_terms().version == 0
    with center_context(desk.center):
        entry = AuditEntry.objects.filter(action="office_terms.set").get()
    assert entry.data["hours"] == ["08:30", "11:30", "14:30", "18:00"]


def test_offers_wait_by_the_hours_of_who_makes_them(db):
    station = Desk(handing.STATION, now=handing.NOW)
    set_terms(station, hours=SUMMER)
    number = station.submit(station.who(CenterRole.STATION_OPERATOR)).case.number
    offered = handing.handoff_at(handing.STATION, number, offer.Direction.OUTGOING)
    assert offered.due_at == at("2026-03-03T18:00+08:00")


def test_terms_are_the_management_office_s(desk):
    for role in (CenterRole.CLERK, CenterRole.SUPERVISOR, CenterRole.CHIEF_REPRESENTATIVE):
        with pytest.raises(staff_errors.RegisterNotAllowedError):
            set_terms(desk, actor=desk.who(role), yellow_percent=90)
    with pytest.raises(StaleVersionError):
        set_terms(desk, version=3, yellow_percent=90)
    for said, reason in (
        ({"yellow_percent": 0}, "YELLOW"),
        ({"yellow_percent": 101}, "YELLOW"),
        ({"urging_reply_days": 0}, "REPLY"),
        ({"urging_reply_days": 31}, "REPLY"),
        ({"hours": (time(9), time(8), time(13), time(17))}, "HOURS"),
    ):
        with pytest.raises(hall_errors.OfficeTermsInvalidError) as refused:
            set_terms(desk, **said)
        assert refused.value.params["reason"] == reason
    with center_context(desk.center):
        assert hall.office_terms().version == 0
        assert not AuditEntry.objects.filter(action="office_terms.set").exists()


def test_reading_how_time_is_counted_costs_one_statement(desk):
    with center_context(desk.center):
        hall.reckoning()
        assert casework.statements(hall.reckoning) == 1
    set_days({f"2027-03-{day:02}": False for day in range(1, 29)})
    with center_context(desk.center):
        hall.reckoning()
        assert casework.statements(hall.reckoning) == 1
