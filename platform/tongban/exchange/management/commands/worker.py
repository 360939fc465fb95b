"""``tongban worker``: deliver messages and fire timers until told to stop."""

import signal
from types import FrameType
from typing import Any

import psycopg
import structlog
from django.core.management.base import BaseCommand
from django.db import close_old_connections
from django.utils import timezone

from tongban.exchange.operations.errands import Errands
from tongban.exchange.operations.sweep import Sweeper
from tongban.kernel.listening import open_listener

SWEEP_SECONDS = 15.0
_PAUSE_SECONDS = 0.5
"""How soon a signal to stop is heeded."""
_log = structlog.get_logger(__name__)


class Command(BaseCommand):
    help = "投递中心之间的消息并触发到期事项；收到通知即处理，每 15 秒全面检查一次"
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        self._stopping = False
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        sweeper = Sweeper(clock=timezone.now)
        errands = Errands(clock=timezone.now, every_seconds=SWEEP_SECONDS)
        errands.start()
        while not self._stopping:
            try:
                with open_listener() as listener:
                    self.stdout.write("worker ready")
                    self.stdout.flush()
                    self._work(sweeper, errands, listener)
            except psycopg.Error:
                _log.warning("listen_lost")
                signal.sigtimedwait([], 1.0)

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        self._stopping = True

    def _work(self, sweeper: Sweeper, errands: Errands, listener: psycopg.Connection[Any]) -> None:
        """Sweep, then serve nudges until the next sweep is due."""

        def nudged(seconds: float) -> set[str]:
            notices = listener.notifies(timeout=seconds, stop_after=1)
            codes = {notice.payload for notice in notices}
            errands.nudge(codes)
            return codes

        while not self._stopping:
            close_old_connections()
            sweeper.sweep(nudged=lambda: nudged(0))
            deadline = timezone.now().timestamp() + SWEEP_SECONDS
            while not self._stopping and (left := deadline - timezone.now().timestamp()) > 0:
                codes = nudged(min(left, _PAUSE_SECONDS))
                if codes:
                    sweeper.serve(codes | nudged(0))
