"""Errands of the centers: what speaks to the outside, each kind in a thread of its own.

Whoever doesn't answer keeps nobody else waiting: neither messages and timers nor the other errands.
"""

import threading
import time
from collections.abc import Callable, Iterable
from datetime import datetime

import structlog
from django.db import close_old_connections, connection

from tongban.exchange.operations.contexts import context_of
from tongban.kernel import ports
from tongban.kernel.errors import RequestError
from tongban.kernel.transactions import PLATFORM
from tongban.registry import queries as registry

_log = structlog.get_logger(__name__)


class Errands:
    """Runs the errands where something was committed, and everywhere from time to time."""

    def __init__(self, *, clock: Callable[[], datetime], every_seconds: float) -> None:
        self._runners = [
            _Runner(name, errand, clock, every_seconds) for name, errand in ports.errands.items()
        ]

    def start(self) -> None:
        """Begin. The threads end with the process, wherever they are: an errand is claimed."""
        for runner in self._runners:
            threading.Thread(target=runner.run, name=runner.name, daemon=True).start()

    def nudge(self, codes: Iterable[str]) -> None:
        """Let each errand look soon at these centers."""
        for runner in self._runners:
            runner.nudge(codes)


class _Runner:
    """One kind of errand, center by center."""

    def __init__(
        self,
        name: str,
        errand: ports.Errand,
        clock: Callable[[], datetime],
        every_seconds: float,
    ) -> None:
        self.name = name
        self._errand = errand
        self._clock = clock
        self._every = every_seconds
        self._changed = threading.Condition()
        self._nudged: set[str] = set()

    def nudge(self, codes: Iterable[str]) -> None:
        """Remember centers to look at."""
        with self._changed:
            self._nudged |= set(codes) - {PLATFORM}
            self._changed.notify()

    def run(self) -> None:
        """Go on until the process ends."""
        due = time.monotonic()
        while True:
            for code in self._take(due - time.monotonic()):
                self._visit(code)
            if time.monotonic() >= due:
                due = time.monotonic() + self._every
                for code in self._ready():
                    self._visit(code)
                    for nudged in self._take(0):
                        self._visit(nudged)

    def _take(self, seconds: float) -> set[str]:
        """Return who was nudged, once somebody was or the time is over."""
        with self._changed:
            if not self._nudged:
                self._changed.wait(max(seconds, 0))
            taken, self._nudged = self._nudged, set()
        return taken

    def _ready(self) -> list[str]:
        close_old_connections()
        found: list[str] = []
        self._guarded(PLATFORM, lambda: found.extend(registry.ready_codes()))
        return found

    def _visit(self, code: str) -> None:
        def visited() -> None:
            with context_of(code):
                self._errand(self._clock)

        self._guarded(code, visited)

    def _guarded(self, code: str, work: Callable[[], None]) -> None:
        """Do ``work``; a lost database or an upgrading center must not end the thread."""
        try:
            work()
        except RequestError as error:
            _log.info("center_not_ready", center=code, error=str(error))
        # The thread outlives whatever one center's data brings about; the next round tries again.
        except Exception:  # noqa: BLE001
            _log.exception("errand_failed", errand=self.name, center=code)
            connection.close()
