"""Lists of cases as files: made by the worker, for who asked, once, and not for long."""

import csv
import io
import tracemalloc
import uuid
from datetime import timedelta

import openpyxl
import pytest
from django.core.files.storage import storages
from django.db import connection

from tenants.cases import models, rules
from tenants.cases.adapters import exports
from tenants.cases.operations import exporting
from tenants.cases.queries import lists
from tests import people
from tests.graphql.client import codes as top_codes
from tests.graphql.office import NOW, Office, codes, follow
from tongban.exchange.operations import timers
from tongban.kernel import calendar, numbers
from tongban.kernel.context import center_context
from tongban.kernel.models import AuditEntry, Timer
from tongban.kernel.ports import DueTimer
from tongban.kernel.transactions import unit_of_work

IN_CHARGE = ("manager", "supervisor", "department_manager")


@pytest.fixture
def office(db):
    return Office()


@pytest.fixture
def short_batches(monkeypatch):
    """Two rows a batch."""
    monkeypatch.setattr(exporting, "PAGE", 2)
    monkeypatch.setattr(exporting, "PAGES", 1)


def asked(office, who="manager", **said):
    payload = office.do(who, "ExportCases", **said)
    assert payload["errors"] == []
    return payload["export"]["id"]


def shown(office, export, who="manager", **said):
    return office.ask(who, "CaseExport", id=export, **said)["data"]["caseExport"]


def fire(office, now=NOW):
    return timers.fire_timers(office.center, clock=lambda: now)


def finished(office, export, who="manager"):
    """Let the worker go on until it is ready; return the progress on the way and the export."""
    progress = []
    while (now := shown(office, export, who))["state"] in {"WAITING", "RUNNING"}:
        progress.append(now["rows"])
        assert fire(office)
    assert now["state"] == "READY"
    return progress, now


def rows_of(export):
    opened = follow(export["url"])
    assert opened.status == 200
    assert len(opened.body) == export["size"]
    if export["format"] == "XLSX":
        assert opened.headers["Content-Type"].endswith("spreadsheetml.sheet")
        return [row for sheet in sheets_of(opened.body) for row in sheet]
    assert opened.body.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(opened.body.decode("utf-8-sig"), newline="")))


def sheets_of(body):
    book = openpyxl.load_workbook(io.BytesIO(body))
    for sheet in book.worksheets:
        cells = [cell for row in sheet.iter_rows() for cell in row]
        assert {cell.data_type for cell in cells} <= {"s", "n"}  # empty ones count as numbers
        assert all(cell.value is None for cell in cells if cell.data_type == "n")
    return [
        [[cell or "" for cell in row] for row in sheet.iter_rows(values_only=True)]
        for sheet in book.worksheets
    ]


def listed(office, **said):
    edges = office.ask("manager", "Cases", first=100, **said)["data"]["cases"]["edges"]
    return [edge["node"]["displayNumber"] for edge in edges]


def kept_files(office, export):
    """Return the hashes of what lies in the export's folder."""
    with center_context(office.center):
        owner = exporting.folder(uuid.UUID(export))
    try:
        shards = storages["files"].listdir(owner)[0]
    except FileNotFoundError:
        return []
    return [name for shard in shards for name in storages["files"].listdir(f"{owner}/{shard}")[1]]


@pytest.mark.parametrize("who", IN_CHARGE)
def test_a_file_says_what_the_list_says(office, who):
    first, second = office.submitted(), office.submitted()
    office.step("clerk", "AcceptCase", second)
    export = asked(office, who, filter={"states": ["ACCEPTED"]})
    _, ready = finished(office, export, who)
    heading, row = rows_of(ready)
    assert heading == list(rules.COLUMNS.values())
    case = office.case("clerk", second)
    local = NOW.astimezone(calendar.ZONE).strftime("%Y-%m-%d %H:%M:%S")
    assert row[:8] == [
        *(case["displayNumber"], case["matterName"], case["stateText"], "绿灯"),
        *(case["applicant"]["nameMasked"], "政务服务大厅窗口", local),
        due_of(office, second),
    ]
    assert row[8:] == ["", "", case["custodian"]["name"]]
    assert "赵测试" not in str(row)
    with center_context(office.center):
        entries = AuditEntry.objects.filter(object_key=export).order_by("sequence")
        kept = [(entry.action, entry.data) for entry in entries]
    said = {"filter": {"states": ["accepted"]}, "order": "latest", "format": "csv"}
    assert kept == [
        ("case.export_cases", said),
        ("case.open_case_export", {"sha256": ready["sha256"]}),
    ]
    assert numbers.display(first) not in str(row)


def due_of(office, number):
    with center_context(office.center):
        due = models.Case.objects.get(number=number).promised_due_at
    return due.astimezone(calendar.ZONE).strftime("%Y-%m-%d %H:%M:%S")


FORMATS = pytest.mark.parametrize("form", ["CSV", "XLSX"])


@pytest.mark.parametrize(
    ("order", "form"),
    [("LATEST", "CSV"), ("OLDEST", "XLSX"), ("DUE_FIRST", "CSV"), ("LAMP_FIRST", "XLSX")],
)
@pytest.mark.parametrize("count", [4, 5])
@pytest.mark.usefixtures("short_batches")
def test_batches_follow_each_other_in_each_order(
    office, order, count, form, django_capture_on_commit_callbacks
):
    for number in [office.submitted() for _ in range(count)]:
        office.step("clerk", "AcceptCase", number)
    since = {"submittedFrom": (NOW - timedelta(days=1)).isoformat()}
    key = str(uuid.uuid4())
    said = {"order": order, "filter": since, "idempotencyKey": key, "format": form}
    export = asked(office, **said)
    assert asked(office, **said) == export
    with django_capture_on_commit_callbacks(execute=True):
        progress, ready = finished(office, export)
    assert progress == [0, 2, 4]
    assert (ready["rows"], ready["total"]) == (count, count)
    assert kept_files(office, export) == [ready["sha256"]]
    found = [row[0] for row in rows_of(ready)[1:]]
    assert len(found) == count
    assert found == listed(office, order=order, filter=since)


@FORMATS
def test_what_a_killed_worker_began_is_written_once(office, short_batches, form):
    for _ in range(5):
        office.submitted()
    export = asked(office, format=form)
    assert fire(office)

    with pytest.raises(KilledError):
        write_and_be_killed(office)
    assert shown(office, export)["rows"] == 2
    assert len(kept_files(office, export)) == 2  # it did write
    _, ready = finished(office, export)
    assert [row[0] for row in rows_of(ready)[1:]] == listed(office)


class KilledError(Exception):
    """What a test does to a worker."""


def write_and_be_killed(office):
    with center_context(office.center), unit_of_work():
        timer = Timer.objects.get(kind=exporting.EXPORT_TIMER, fired_at=None)
        exporting.write_batch(DueTimer(timer.kind, timer.key, timer.payload), NOW)
        raise KilledError


def cancel_and_be_killed(office, export):
    manager = people.actor(people.account("manager-371425"))
    with center_context(office.center), unit_of_work():
        exporting.cancel_case_export(actor=manager, export_id=uuid.UUID(export), now=NOW)
        raise KilledError


@FORMATS
@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "＝1+1"])
def test_no_cell_is_a_formula(office, text, form):
    number = office.submitted()
    with center_context(office.center):
        models.Case.objects.filter(number=number).update(matter_name=text)
    _, ready = finished(office, asked(office, format=form))
    assert rows_of(ready)[1][1] == f"'{text}"


def test_a_workbook_goes_on_with_the_next_sheet(office, short_batches, monkeypatch):
    monkeypatch.setattr(exports, "SHEET_BATCHES", 2)
    for _ in range(5):
        office.submitted()
    _, ready = finished(office, asked(office, format="XLSX"))
    first, second = sheets_of(follow(ready["url"]).body)
    assert first[0] == second[0] == list(rules.COLUMNS.values())
    assert [row[0] for row in first[1:] + second[1:]] == listed(office)
    assert (len(first), len(second)) == (5, 2)


def test_what_no_workbook_can_hold_is_written_all_the_same(office):
    number = office.submitted()
    with center_context(office.center):
        models.Case.objects.filter(number=number).update(matter_name='_x0041_<&">\x01\n末')
    _, ready = finished(office, asked(office, format="XLSX"))
    assert rows_of(ready)[1][1].replace("_x005F_", "_") == '_x0041_<&">\ufffd\n末'


def test_nobody_has_more_than_a_few_under_way(office):
    first = asked(office)
    for _ in range(rules.MOST_UNFINISHED - 1):
        asked(office)
    refused = office.do("manager", "ExportCases")
    assert (codes(refused), refused["errors"][0]["params"]) == (["CASE_EXPORT_LIMIT"], {"limit": 3})
    with center_context(office.center):
        assert models.CaseExport.objects.count() == rules.MOST_UNFINISHED
    asked(office, "supervisor")
    office.do("manager", "CancelCaseExport", id=first)
    asked(office)


def test_others_neither_export_nor_see_nor_download(office):
    office.submitted()
    _, ready = finished(office, export := asked(office))
    with center_context(office.center):
        before = models.CaseExport.objects.count(), Timer.objects.count()
    for who in ("clerk", "reviewer", "applicant", "auditor", "neighbour"):
        assert codes(office.do(who, "ExportCases")) == ["CASE_EXPORT_NOT_ALLOWED"]
    for who in ("clerk", "applicant", "neighbour", "supervisor"):
        assert shown(office, export, who) is None
        assert office.ask(who, "CaseExports")["data"]["caseExports"]["edges"] == []
        assert codes(office.do(who, "CancelCaseExport", id=export)) == ["CASE_EXPORT_NOT_FOUND"]
    by_person = {"applicantIdNumber": people.id_number(701)}
    refused = office.ask(
        "manager", "ExportCases", input={"filter": by_person, "idempotencyKey": str(uuid.uuid4())}
    )
    assert top_codes(refused) == ["FORBIDDEN"]
    with center_context(office.center):
        assert (models.CaseExport.objects.count(), Timer.objects.count()) == before
    [mine] = office.ask("manager", "CaseExports")["data"]["caseExports"]["edges"]
    assert mine["node"]["id"] == export

    assert follow(ready["url"], now=NOW + timedelta(minutes=11)).status == 404
    with center_context(office.center), connection.cursor() as cursor:
        cursor.execute("UPDATE staff_member SET roles = '{clerk}' WHERE roles = '{manager}'")
        assert cursor.rowcount == 1
    assert follow(ready["url"]).status == 404


def test_an_export_ends_with_the_right_to_make_it(office, short_batches):
    for _ in range(3):
        office.submitted()
    export = asked(office)
    assert fire(office)
    with center_context(office.center), connection.cursor() as cursor:
        cursor.execute("UPDATE staff_member SET roles = '{clerk}' WHERE roles = '{manager}'")
        assert fire(office)
        row = models.CaseExport.objects.get(pk=export)
    assert (row.state, row.rows) == ("failed", 2)
    assert fire(office)
    assert kept_files(office, export) == []


def test_a_cancelled_export_stops_and_leaves_nothing(office, short_batches):
    for _ in range(3):
        office.submitted()
    export = asked(office)
    assert fire(office)
    assert kept_files(office, export) != []
    payload = office.do("manager", "CancelCaseExport", id=export)
    assert (payload["errors"], payload["export"]["state"]) == ([], "CANCELLED")
    assert fire(office) == 1
    assert kept_files(office, export) == []
    assert fire(office) == 0
    assert (shown(office, export)["state"], shown(office, export)["rows"]) == ("CANCELLED", 2)
    assert codes(office.do("manager", "CancelCaseExport", id=export)) == ["CASE_EXPORT_ENDED"]


def test_a_cancellation_that_is_taken_back_takes_nothing_from_the_export(office, short_batches):
    for _ in range(5):
        office.submitted()
    export = asked(office)
    assert fire(office)
    with pytest.raises(KilledError):
        cancel_and_be_killed(office, export)
    _, ready = finished(office, export)
    assert [row[0] for row in rows_of(ready)[1:]] == listed(office)


@pytest.mark.usefixtures("short_batches")
def test_an_update_that_orders_a_list_otherwise_begins_its_export_anew(office, monkeypatch):
    for number in [office.submitted() for _ in range(5)]:
        office.step("clerk", "AcceptCase", number)
    export = asked(office, order="DUE_FIRST")
    with monkeypatch.context() as former:
        former.setitem(lists.ORDERS, rules.Order.DUE_FIRST, ("-submitted_at", "-id"))
        assert fire(office)
    assert shown(office, export)["rows"] == 2
    _, ready = finished(office, export)
    assert (ready["rows"], ready["total"]) == (5, 5)
    assert [row[0] for row in rows_of(ready)[1:]] == listed(office, order="DUE_FIRST")


def test_a_range_from_the_first_of_all_days_is_read(office):
    office.step("clerk", "AcceptCase", office.submitted())
    said = {"order": "DUE_FIRST", "filter": {"submittedFrom": "0001-01-01T00:00:00Z"}}
    assert len(listed(office, **said)) == 1
    _, ready = finished(office, asked(office, **said))
    assert ready["rows"] == 1


def test_a_file_is_gone_after_a_day(office):
    office.submitted()
    _, ready = finished(office, export := asked(office))
    assert follow(ready["url"]).status == 200
    later = NOW + rules.KEPT_FOR
    assert kept_files(office, export) == [ready["sha256"]]
    fire(office, later)
    office.go_on(later)
    gone = shown(office, export, now=later)
    assert (gone["state"], gone["url"], gone["sha256"]) == ("EXPIRED", None, None)
    assert kept_files(office, export) == []
    assert follow(ready["url"]).status == 404


@FORMATS
def test_memory_does_not_grow_with_the_list(office, form):
    number = office.submitted()
    copied(office, number, 20_000)
    export = asked(office, format=form)
    tracemalloc.start()
    try:
        _, ready = finished(office, export)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 8_000_000
    found = [row[0] for row in rows_of(ready)[1:]]
    assert len(found) == len(set(found)) == 20_001


def copied(office, number, count):
    """Write that many copies of a case under numbers of their own."""
    day = calendar.local_day(NOW)
    given = [numbers.compose(office.center, day, 50_000 + n) for n in range(count)]
    columns = ", ".join(
        f'"{field.column}"'
        for field in models.Case._meta.concrete_fields
        if not field.generated and field.column not in {"id", "number"}
    )
    with center_context(office.center), connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO cases_case (number, {columns})"
            f" SELECT given, {columns} FROM cases_case, unnest(%s::text[]) AS given"
            " WHERE number = %s",
            [given, number],
        )
