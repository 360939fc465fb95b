"""Firing timers: each once, in the transaction that marks it."""

from collections.abc import Callable
from datetime import datetime

import structlog

from tongban.exchange.operations.contexts import context_of
from tongban.kernel import ports
from tongban.kernel.models import Timer
from tongban.kernel.transactions import Work, unit_of_work

_log = structlog.get_logger(__name__)


def fire_timers(code: str, *, clock: Callable[[], datetime]) -> int:
    """Fire the due timers of one schema and return how many did; a failing one waits for a sweep.

    Any number of workers may do so at once: of two that fire one timer, the later takes its
    effect back.
    """
    with context_of(code):
        due = list(
            Timer.objects.filter(fired_at__isnull=True, fires_at__lte=clock())
            .order_by("fires_at")
            .values_list("id", flat=True)[:200]
        )
        return sum(_fire(timer_id, now=clock()) for timer_id in due)


class _TakenBackError(Exception):
    """Somebody else fired, moved or cancelled the timer while its handler waited for a lock."""


def _fire(timer_id: int, *, now: datetime) -> int:
    try:
        with unit_of_work() as work:
            return _have_effect(work, timer_id, now)
    except _TakenBackError:
        return 0
    # The boundary of timers: one that fails must not hold up the others.
    except Exception:  # noqa: BLE001
        _log.exception("timer_failed", timer=timer_id)
        return 0


def _have_effect(work: Work, timer_id: int, now: datetime) -> int:
    pending = Timer.objects.filter(id=timer_id, fired_at__isnull=True)
    timer = pending.first()
    if timer is None:
        return 0
    due = ports.DueTimer(timer.kind, timer.key, timer.payload)
    ports.timer_handlers[timer.kind](due, now)
    # The timer is locked last, as operations do, which lock what they change before its timers.
    # Only this very one counts: its successor that the handler moved may be another worker's.
    if not pending.update(fired_at=now) and timer_id not in work.timers:
        raise _TakenBackError
    return 1
