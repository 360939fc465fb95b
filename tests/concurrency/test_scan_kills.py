"""Scans with real workers: killed at each commit, racing, with no transaction while scanning."""

import hashlib
import io
import os
import signal
import subprocess
import sys
from functools import partial
from pathlib import Path

import psycopg
import pytest
from django.db import connection

from tenants.cases import models, rules
from tests import casework, database, handing, scanning
from tests.casework import COUNTY, Desk
from tests.concurrency import dying
from tests.concurrency.test_case_races import race
from tongban.kernel import files, scans
from tongban.kernel.context import center_context
from tongban.kernel.files import ScanState
from tongban.kernel.models import FileScan

_DYING = Path(dying.__file__)
POINTS = {
    "before-commit:1": 0,  # about to claim
    "after-commit:1": 0,  # claimed, not scanned
    "before-commit:2": 1,  # scanned and released, not noted
    "after-commit:2": 1,  # noted, still in quarantine too
}
"""Where a worker dies → how many files the scanner had seen by then."""
INFECTED = handing.PDF + scanning.EICAR


@pytest.fixture
def scanner(settings, tmp_path):
    with scanning.running_scanner(settings, tmp_path) as served:
        yield served


@pytest.fixture
def desk(committed_db):
    return Desk()


def known():
    with center_context(COUNTY):
        return dict(FileScan.objects.values_list("sha256", "state"))


def submitted(desk, content):
    """Submit with nothing else than one file, held for review."""
    request = casework.application(hold_for_review=True)
    handed_in = {"M01": [casework.upload("a.pdf", content)]}
    number = desk.submit(request=request, files=handed_in).case.number
    return number, hashlib.sha256(content).hexdigest()


@pytest.mark.slow
@pytest.mark.parametrize("point", POINTS)
@pytest.mark.parametrize("content", [handing.PDF, INFECTED], ids=["clean", "infected"])
def test_a_killed_worker_loses_and_doubles_nothing(committed_db, desk, scanner, point, content):
    number, sha256 = submitted(desk, content)
    died = subprocess.run(
        [
            *(sys.executable, "-W", "ignore", str(_DYING), point),
            *("scan_files", COUNTY, desk.now.isoformat()),
        ],
        env={
            **os.environ,
            "TONGBAN_DATABASE_URL": committed_db,
            "TONGBAN_FILES_ROOT": str(scanner.folder),
            "TONGBAN_SCANNER": f"clamd://127.0.0.1:{scanner.port}",
            "PYTHONPATH": f"{database.PROJECT / 'platform'}:{database.PROJECT}",
        },
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert died.returncode == -signal.SIGKILL, died.stderr
    assert len(scanner.scanned) == POINTS[point]
    dying.scan_files(COUNTY, (desk.now + scans.LEASE).isoformat())
    is_infected = content == INFECTED
    assert known() == {sha256: ScanState.INFECTED if is_infected else ScanState.CLEAN}
    assert files.holds(COUNTY, sha256) is not is_infected
    with center_context(COUNTY):
        events = models.CaseEvent.objects.filter(case__number=number, name="case.file_infected")
        assert events.count() == is_infected


def test_what_was_released_is_no_longer_in_quarantine(desk, scanner):
    _number, sha256 = submitted(desk, handing.PDF)
    assert scanning.scan(COUNTY, desk.now) == 1
    assert scanning.lies_in(COUNTY, sha256) == ["released"]


def test_two_workers_scan_each_file_once(desk, scanner):
    desk.submitted()
    waiting = len(known())

    results = race([partial(scanning.scan, COUNTY, desk.now) for _ in range(4)], threads=4)
    assert sum(results) == len(scanner.scanned) == waiting > 1, results
    assert set(known().values()) == {ScanState.CLEAN}


class Late(io.BytesIO):
    """A content during whose storing the worker comes by; it was read for its kind and hash."""

    def __init__(self, content, worker):
        super().__init__(content)
        self._worker = worker
        self._reads = 0

    def read(self, size=-1):
        self._reads += 1
        if self._reads == 4:
            (scanned,) = race([self._worker], threads=1)
            assert scanned
        return super().read(size)


@pytest.mark.parametrize("is_known", [True, False], ids=["waits already", "comes twice at once"])
def test_a_case_whose_upload_commits_after_its_content_was_found_infected_is_told(
    desk, scanner, is_known
):
    number = desk.submitted()
    scanning.scan(COUNTY, desk.now)
    if is_known:
        submitted(desk, INFECTED)

    def worker():
        if not is_known:
            submitted(desk, INFECTED)
        return scanning.scan(COUNTY, desk.now)

    late = rules.IncomingFile("b.pdf", Late(INFECTED, worker))
    desk.add(number, files=[late], material_code="M01")
    desk.pass_time(desk.now)
    assert [event.name for event in desk.events(number)].count("case.file_infected") == 1


def test_no_transaction_is_open_while_the_scanner_is_asked(desk, scanner, administrator):
    submitted(desk, handing.PDF)
    name = connection.settings_dict["NAME"]
    seen = []

    def look():
        with psycopg.connect(administrator, autocommit=True) as other:
            seen.extend(
                other.execute(
                    "SELECT state, xact_start FROM pg_stat_activity WHERE datname = %s", [name]
                ).fetchall()
            )

    scanner.meanwhile = look
    assert scanning.scan(COUNTY, desk.now) == 1
    assert seen
    assert {started for _state, started in seen} == {None}
