"""What a worker does with the centers' outboxes and timers, when nudged and from time to time."""

from collections.abc import Callable, Iterable
from datetime import datetime

import structlog
from django.db import Error, connection

from tongban.audit.operations import seal
from tongban.exchange import models, queries
from tongban.exchange.operations import relay, timers
from tongban.exchange.operations.contexts import context_of
from tongban.kernel.context import SharedRole, shared_context
from tongban.kernel.errors import RequestError
from tongban.kernel.transactions import PLATFORM
from tongban.registry import queries as registry

_log = structlog.get_logger(__name__)


class Sweeper:
    """Visits outboxes; any number may do so at once, each in a process of its own."""

    def __init__(self, *, clock: Callable[[], datetime]) -> None:
        self._clock = clock

    def serve(self, codes: Iterable[str]) -> None:
        """Deliver what the outboxes of these centers hold."""
        for code in codes:
            self._guarded(code, self._relay)

    def sweep(self, *, nudged: Callable[[], set[str]]) -> None:
        """Visit every center: heal lost nudges, retry, fire timers, note the lag, seal audit heads.

        What is nudged meanwhile is served between two visits. This is one of the two loops over
        centers that the design permits; a visit to a center where nothing waits is four queries.
        """
        self._oldest: datetime | None = None
        self._pending = 0
        try:
            codes = [PLATFORM, *registry.ready_codes()]
        except Error:
            _log.exception("sweep_failed")
            connection.close()
            return
        for code in codes:
            self._guarded(code, self._visit)
            self.serve(nudged())
        self._guarded(PLATFORM, self._note)

    def _visit(self, code: str) -> None:
        self._relay(code)
        while timers.fire_timers(code, clock=self._clock):
            pass  # a long job schedules its next part at once
        with context_of(code):
            oldest, pending = queries.waiting_messages()
            seal.seal_head_if_due(code=code, now=self._clock())
        self._pending += pending
        if oldest is not None and (self._oldest is None or oldest < self._oldest):
            self._oldest = oldest

    def _relay(self, code: str) -> None:
        while relay.relay_outbox(code, clock=self._clock).settled:
            pass

    def _note(self, _code: str) -> None:
        with shared_context(SharedRole.PLATFORM):
            models.RelayState.objects.update_or_create(
                id=1,
                defaults={
                    "swept_at": self._clock(),
                    "oldest_pending_at": self._oldest,
                    "pending": self._pending,
                },
            )

    def _guarded(self, code: str, work: Callable[[str], None]) -> None:
        """Do ``work``; a lost database or an upgrading center must not end the worker."""
        try:
            work(code)
        except RequestError as error:
            _log.info("center_not_ready", center=code, error=str(error))
        # The worker outlives whatever one center's data brings about; the next sweep tries again.
        except Exception:  # noqa: BLE001
            _log.exception("worker_failed", center=code)
            connection.close()
