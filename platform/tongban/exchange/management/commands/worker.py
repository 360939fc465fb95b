"""``tongban worker``: deliver messages and fire timers until told to stop."""

import contextlib
import queue
import signal
import threading
from typing import Any

import psycopg
import structlog
from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import close_old_connections, connection
from django.utils import timezone

from tongban.exchange.operations import relay, timers
from tongban.kernel.errors import RequestError
from tongban.kernel.transactions import CHANNEL, PLATFORM
from tongban.registry import queries as registry

SWEEP_SECONDS = 15.0
_log = structlog.get_logger(__name__)


class Command(BaseCommand):
    help = "投递中心之间的消息并触发到期事项；收到通知即处理，每 15 秒全面检查一次"

    def handle(self, *args: Any, **options: Any) -> None:
        stopping = threading.Event()
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, lambda *_args: stopping.set())
        nudges: queue.SimpleQueue[str] = queue.SimpleQueue()
        threading.Thread(target=_listen, args=(nudges, stopping), daemon=True).start()
        self.stdout.write("worker ready")
        self.stdout.flush()
        while not stopping.is_set():
            _sweep(nudges, stopping)
            _serve_nudges(nudges, stopping)


def _serve_nudges(nudges: "queue.SimpleQueue[str]", stopping: threading.Event) -> None:
    """Work off outboxes that were nudged, until the next sweep is due."""
    deadline = timezone.now().timestamp() + SWEEP_SECONDS
    while not stopping.is_set() and (left := deadline - timezone.now().timestamp()) > 0:
        try:
            codes = {nudges.get(timeout=min(left, 0.5))}
        except queue.Empty:
            continue
        with contextlib.suppress(queue.Empty):
            while True:
                codes.add(nudges.get_nowait())
        for code in codes:
            _relay(code)


def _sweep(nudges: "queue.SimpleQueue[str]", stopping: threading.Event) -> None:
    """Visit every center: it heals lost nudges, retries what failed and fires timers."""
    close_old_connections()
    try:
        codes = [PLATFORM, *registry.ready_codes()]
    except psycopg.Error:
        _log.exception("sweep_failed")
        stopping.wait(1.0)
        return
    for code in codes:
        if stopping.is_set():
            return
        if not nudges.empty():
            _serve_waiting(nudges)
        _relay(code)
        _guarded(lambda code=code: timers.fire_timers(code, clock=timezone.now))


def _serve_waiting(nudges: "queue.SimpleQueue[str]") -> None:
    waiting = set()
    with contextlib.suppress(queue.Empty):
        while True:
            waiting.add(nudges.get_nowait())
    for code in waiting:
        _relay(code)


def _relay(code: str) -> None:
    def run() -> None:
        while relay.relay_outbox(code, clock=timezone.now).settled:
            pass

    _guarded(run)


def _guarded(work: Any) -> None:
    """Do ``work``; a lost database or an upgrading center must not end the worker."""
    try:
        work()
    except RequestError as error:
        _log.info("center_not_ready", error=str(error))
    # The worker outlives whatever one center's data brings about; the sweep tries again.
    except Exception:  # noqa: BLE001
        _log.exception("worker_failed")
        connection.close()


def _listen(nudges: "queue.SimpleQueue[str]", stopping: threading.Event) -> None:
    while not stopping.is_set():
        try:
            with psycopg.connect(**_parameters(), autocommit=True) as listening:
                listening.execute(f"LISTEN {CHANNEL}")
                while not stopping.is_set():
                    for notice in listening.notifies(timeout=5.0):
                        nudges.put(notice.payload)
        except psycopg.Error:
            _log.warning("listen_lost")
            stopping.wait(1.0)


def _parameters() -> dict[str, Any]:
    database = settings.DATABASES["default"]
    return {
        "host": database["HOST"],
        "port": database["PORT"] or None,
        "user": database["USER"],
        "password": database["PASSWORD"],
        "dbname": database["NAME"],
    }
