"""Looking into what was uploaded: claim, scan, note, each by itself.

Whoever dies with a file leaves it to the next worker once the lease is over. While the scanner is
asked no transaction is open. A file that could not be scanned stays where it is and is tried again.
"""

import time
from collections.abc import Callable
from datetime import datetime
from typing import Final

import structlog

from tongban.exchange.adapters import scanner
from tongban.kernel import context, files, scans
from tongban.kernel.files import ScanState
from tongban.kernel.scans import Known

AT_ONCE: Final = 50
"""How many files of a center are scanned before the worker goes on to the next center."""
LONGEST_VISIT: Final = 20.0
"""Seconds after which it goes on too, so that a slow scanner keeps no center from its turn."""

_log = structlog.get_logger(__name__)


def scan_waiting(*, clock: Callable[[], datetime]) -> int:
    """Scan what is due in the running center, at most ``AT_ONCE``, and return how many were.

    Any number of workers may do so at once. Runs outside any transaction.
    """
    scanned = 0
    if not scans.is_set_up():
        return scanned
    until = time.monotonic() + LONGEST_VISIT
    for _ in range(AT_ONCE):
        if time.monotonic() > until:
            break
        claimed = None if scanner.rests(clock()) else scans.claim(clock())
        if claimed is None:
            break
        scanned += _scan(claimed, clock)
    return scanned


def _scan(claimed: scans.Claimed, clock: Callable[[], datetime]) -> bool:
    owner = files.quarantine(context.current_center())
    try:
        with files.open_file(owner, claimed.sha256) as stream:
            answer = scanner.scan(stream, now=clock())
    except FileNotFoundError:
        answer = scanner.Answer(error="文件不在隔离区")
    if answer.error:
        scans.postpone(claimed, now=clock())
        _log.warning("file_not_scanned", sha256=claimed.sha256, attempt=claimed.attempt,
                     error=answer.error)  # fmt: skip
        return False
    state = ScanState.INFECTED if answer.signature else ScanState.CLEAN
    if answer.signature:
        _log.warning("file_infected", sha256=claimed.sha256, signature=answer.signature)
    scans.settle(claimed.sha256, Known(state, answer.signature), now=clock())
    return True
