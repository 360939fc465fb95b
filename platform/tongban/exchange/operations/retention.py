"""Deleting what was kept long enough: in batches, each by itself, each in the audit log.

Whoever is killed between two batches has deleted whole ones, and the next run goes on with what
is left. Audit log, event logs and the files of cases are no part of it.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings

from tongban.kernel import ports
from tongban.kernel.actors import Actor
from tongban.kernel.models import IdempotencyRecord, InboxMessage, OutboxMessage, Timer
from tongban.kernel.ports import Retained
from tongban.kernel.transactions import PLATFORM, unit_of_work

BATCH: Final = 2_000

KERNEL: Final[Mapping[str, Retained]] = {
    "idempotency": Retained(
        "幂等记录",
        "RETENTION_IDEMPOTENCY_DAYS",
        lambda before: IdempotencyRecord.objects.filter(created_at__lt=before),
        is_everywhere=True,
    ),
    "inbox": Retained(
        "已生效的来信登记",
        "RETENTION_INBOX_DAYS",
        lambda before: InboxMessage.objects.filter(received_at__lt=before),
        is_everywhere=True,
    ),
    "outbox": Retained(
        "已送达的中心间消息",
        "RETENTION_OUTBOX_DAYS",
        lambda before: OutboxMessage.objects.filter(settled_at__lt=before),
        is_everywhere=True,
    ),
    "timer": Retained(
        "已触发的定时任务",
        "RETENTION_TIMER_DAYS",
        lambda before: Timer.objects.filter(fired_at__lt=before),
        is_everywhere=True,
    ),
}
"""What every schema has of the kernel's own, and how long it is kept."""


def kinds_at(code: str) -> list[str]:
    """Return what is kept for a time in a schema, by the code of its center or ``platform``."""
    return [kind for kind, rows in ports.retained.items() if rows.is_everywhere or code != PLATFORM]


def before(kind: str, now: datetime) -> datetime:
    """Return the instant before which rows of a kind have to have ended to be deleted."""
    return now - timedelta(days=getattr(settings, ports.retained[kind].setting))


def count_old(kind: str, *, now: datetime) -> int:
    """Return how many rows of a kind the running schema has whose time is over."""
    return ports.retained[kind].older_than(before(kind, now)).count()


def delete_batch(*, actor: Actor, kind: str, now: datetime) -> int:
    """Delete at most ``BATCH`` rows of a kind whose time is over, and return how many went.

    Any number of processes may do so at once: a row goes once.
    """
    limit = before(kind, now)
    with unit_of_work() as work:
        old = ports.retained[kind].older_than(limit)
        batch = old.select_for_update(skip_locked=True).order_by("pk")[:BATCH]
        keys = list(batch.values_list("pk", flat=True))
        if keys:
            old.filter(pk__in=keys).delete()
            work.audit_action(
                actor=actor,
                action="retention.delete",
                object_type="retention",
                object_key=kind,
                at=now,
                data={"rows": len(keys), "before": limit},
            )
    return len(keys)
