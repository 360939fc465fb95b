"""Exports that are asked for at the same moment, and whose worker is killed."""

import csv
import io
import uuid
from functools import partial

import pytest

from tenants.cases import errors, models, rules
from tenants.cases.operations import exporting
from tenants.staff.rules import CenterRole
from tests.casework import Desk
from tests.concurrency import dying
from tests.concurrency.test_case_races import race
from tests.concurrency.test_clock_races import die
from tongban.kernel import files, numbers
from tongban.kernel.context import center_context

REQUESTS = 8


def ask(desk, manager):
    with center_context(desk.center):
        return exporting.export_cases(
            actor=manager,
            where=rules.CaseFilter(),
            order=rules.Order.LATEST,
            file_format=rules.ExportFormat.CSV,
            idempotency_key=uuid.uuid4(),
            now=desk.now,
        )


def test_whoever_asks_many_times_at_once_has_a_few(committed_db):
    desk = Desk()
    manager = desk.who(CenterRole.MANAGER)
    results = race([partial(ask, desk, manager) for _ in range(REQUESTS)], threads=REQUESTS)
    refused = [result for result in results if isinstance(result, errors.CaseExportLimitError)]
    assert len(refused) == REQUESTS - rules.MOST_UNFINISHED
    with center_context(desk.center):
        assert models.CaseExport.objects.count() == rules.MOST_UNFINISHED


@pytest.mark.slow
@pytest.mark.parametrize("place", ["before-commit", "after-commit"])
@pytest.mark.parametrize("count", [1, 2, 3])  # the last batch joins them
def test_an_export_whose_worker_is_killed_has_each_case_once(
    committed_db, place, count, monkeypatch
):
    monkeypatch.setattr(exporting, "PAGE", 2)
    monkeypatch.setattr(exporting, "PAGES", 1)
    desk = Desk()
    cases = [desk.submitted() for _ in range(5)]
    export, now = ask(desk, desk.who(CenterRole.MANAGER)), desk.now.isoformat()
    die(committed_db, f"{place}:{count}", "export_by_two", desk.center, now)
    dying.fire_timers(desk.center, now)
    with center_context(desk.center):
        export.refresh_from_db()
        assert (export.state, export.rows) == (rules.ExportState.READY, 5)
        with files.open_file(exporting.folder(export.pk), export.sha256) as stream:
            _head, *rows = csv.reader(io.StringIO(stream.read().decode("utf-8-sig"), newline=""))
    assert [row[0] for row in rows] == [numbers.display(number) for number in reversed(cases)]
    desk.pass_time(export.expires_at)
    with center_context(desk.center):
        assert files.listed(exporting.folder(export.pk)) == []
