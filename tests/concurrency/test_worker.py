"""The worker as a process: what it hears of is done at once, and nobody outside holds it up."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import contextmanager

import pytest

from tests import casework, database, handing, scanning
from tests.casework import COUNTY, Desk
from tests.handing import STATION
from tongban.exchange.models import RelayState
from tongban.kernel.context import SharedRole, center_context, shared_context
from tongban.kernel.files import ScanState
from tongban.kernel.models import FileScan, OutboxMessage

pytestmark = pytest.mark.slow
AT_ONCE = 5.0
"""Seconds; the worker looks by itself every 15."""


@contextmanager
def working(url, scanner):
    """Run a worker, from the end of its first sweep on."""
    process = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-m", "tongban.config.command", "worker"],
        env={
            **os.environ,
            "TONGBAN_DATABASE_URL": url,
            "TONGBAN_FILES_ROOT": str(scanner.folder),
            "TONGBAN_SCANNER": f"clamd://127.0.0.1:{scanner.port}",
            "PYTHONPATH": f"{database.PROJECT / 'platform'}:{database.PROJECT}",
        },
    )
    try:
        assert within(60, has_swept)
        yield
    finally:
        process.terminate()
        assert process.wait(20) == 0


def within(seconds: float, holds: Callable[[], bool]) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if holds():
            return True
        time.sleep(0.05)
    return False


def has_swept():
    with shared_context(SharedRole.PLATFORM):
        return RelayState.objects.exists()


def is_clean():
    with center_context(COUNTY):
        states = set(FileScan.objects.values_list("state", flat=True))
    return states == {ScanState.CLEAN}


def is_relayed():
    with center_context(STATION):
        return not OutboxMessage.objects.filter(settled_at=None).exists()


@pytest.fixture
def scanner(settings, tmp_path):
    with scanning.running_scanner(settings, tmp_path) as served:
        yield served


def test_a_file_is_scanned_once_it_is_there(committed_db, scanner):
    with working(committed_db, scanner):
        Desk(COUNTY).submitted()
        assert within(AT_ONCE, is_clean)


def test_a_scanner_that_hangs_holds_up_no_message_and_not_the_end(committed_db, scanner):
    hangs = []
    scanner.meanwhile = lambda: (hangs.append(1), time.sleep(30))
    with working(committed_db, scanner):
        desk = Desk(COUNTY)
        desk.submit(
            request=casework.application(hold_for_review=True),
            files={"M01": [casework.upload("a.pdf", handing.PDF)]},
        )
        assert within(20, lambda: bool(hangs))
        handing.submitted(handing.staff(STATION), handing.FOOD)
        assert not is_relayed()
        assert within(AT_ONCE, is_relayed)
