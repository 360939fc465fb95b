"""Deleting what was kept long enough: in batches, each by itself, each in the audit log.

A timer of each schema does so every night, a batch a transaction. Whoever is killed between two
batches has deleted whole ones, and the next run goes on with what is left. Audit log, event logs
and the files of cases are no part of it.
"""

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Any, Final

from django.conf import settings

from tongban.exchange import models
from tongban.kernel import actors, context, files, ports
from tongban.kernel.actors import Actor
from tongban.kernel.calendar import ZONE
from tongban.kernel.models import IdempotencyRecord, InboxMessage, OutboxMessage, Timer
from tongban.kernel.ports import Retained, Where
from tongban.kernel.transactions import PLATFORM, unit_of_work

BATCH: Final = 2_000
TIMER: Final = "retention"
"""Each schema's timer that comes again every night; a migration and onboarding set the first."""
RAN_KIND: Final = "retention.ran"
_WRITTEN_WITHIN: Final = timedelta(days=1)
"""Longer than anybody writes at one file."""
_NIGHT: Final = time(2)
"""When nobody waits for the tables, in Asia/Shanghai."""

KERNEL: Final[Mapping[str, Retained]] = {
    "idempotency": Retained(
        "幂等记录",
        "RETENTION_IDEMPOTENCY_DAYS",
        lambda before: IdempotencyRecord.objects.filter(created_at__lt=before),
        where=Where.EVERYWHERE,
    ),
    "inbox": Retained(
        "已生效的来信登记",
        "RETENTION_INBOX_DAYS",
        lambda before: InboxMessage.objects.filter(received_at__lt=before),
        where=Where.EVERYWHERE,
    ),
    "outbox": Retained(
        "已送达的中心间消息",
        "RETENTION_OUTBOX_DAYS",
        lambda before: OutboxMessage.objects.filter(settled_at__lt=before),
        where=Where.EVERYWHERE,
    ),
    "timer": Retained(
        "已触发的定时任务",
        "RETENTION_TIMER_DAYS",
        lambda before: Timer.objects.filter(fired_at__lt=before),
        where=Where.EVERYWHERE,
    ),
    "parked": Retained(
        "已重新投递的滞留消息登记",
        "RETENTION_OUTBOX_DAYS",
        lambda before: models.ParkedMessage.objects.filter(released_at__lt=before),
        where=Where.PLATFORM,
    ),
}
"""What is kept of the relay's own, and how long."""


def kinds_at(code: str) -> list[str]:
    """Return what is not kept for good in a schema, by the code of its center or ``platform``.

    Rows come before leftovers: a storage that fails holds up no row.
    """
    elsewhere = Where.CENTERS if code == PLATFORM else Where.PLATFORM
    kinds = [kind for kind, rows in ports.retained.items() if rows.where is not elsewhere]
    return kinds if code == PLATFORM else [*kinds, *ports.leftovers]


def title_of(kind: str) -> str:
    """Return what a kind is, in Chinese."""
    return (ports.leftovers.get(kind) or ports.retained[kind]).title


def days_of(kind: str) -> int:
    """Return for how many days rows of a kind are kept; leftovers are not kept at all."""
    return 0 if kind in ports.leftovers else getattr(settings, ports.retained[kind].setting)


def before(kind: str, now: datetime) -> datetime:
    """Return the instant before which rows of a kind have to have ended to be deleted."""
    return now - timedelta(days=days_of(kind))


def count_old(kind: str, *, now: datetime) -> int:
    """Return how much of a kind the running schema has whose time is over."""
    if kind in ports.leftovers:
        return len(ports.leftovers[kind].find(now))
    return ports.retained[kind].older_than(before(kind, now)).count()


def delete_batch(*, actor: Actor, kind: str, now: datetime) -> int:
    """Delete at most ``BATCH`` of a kind whose time is over, and return how many went.

    Any number of processes may do so at once: a row goes once.
    """
    with unit_of_work() as work:
        gone = _remove_leftovers(kind, now) if kind in ports.leftovers else _delete_rows(kind, now)
        if gone:
            work.audit_action(
                actor=actor,
                action="retention.delete",
                object_type="retention",
                object_key=kind,
                at=now,
                data={"rows": gone, "before": before(kind, now)},
            )
    return gone


def _delete_rows(kind: str, now: datetime) -> int:
    old = ports.retained[kind].older_than(before(kind, now))
    batch = old.select_for_update(skip_locked=True).order_by("pk")[:BATCH]
    keys = list(batch.values_list("pk", flat=True))
    if keys:
        old.filter(pk__in=keys).delete()
    return len(keys)


def _remove_leftovers(kind: str, now: datetime) -> int:
    found = ports.leftovers[kind].find(now)[:BATCH]
    for key in found:
        ports.leftovers[kind].remove(key, now)
    return len(found)


def half_written(now: datetime) -> list[str]:
    """Return what a kill left half-written in the folder of the running center."""
    return files.unfinished(context.current_center(), before=now - _WRITTEN_WITHIN)


def remove_half_written(name: str, now: datetime) -> None:
    """Remove what a kill left half-written."""
    del now
    files.remove_unfinished(name)


def begin(code: str, now: datetime) -> None:
    """Set the first nightly run of a center that is made ready; a repeat moves it."""
    del code
    with unit_of_work() as work:
        work.schedule(kind=TIMER, key="", fires_at=next_night(now))


def next_night(now: datetime) -> datetime:
    """Return when the next night's run is due."""
    tomorrow = now.astimezone(ZONE).date() + timedelta(days=1)
    return datetime.combine(tomorrow, _NIGHT, ZONE)


def run_nightly(*, deleted: Mapping[str, int], now: datetime) -> None:
    """Delete one batch of the running schema and come again at once, or else the next night.

    ``deleted`` is what this night's run has deleted so far; once nothing is left, it is noted
    where operators look.
    """
    code = _running_code()
    with unit_of_work() as work:
        for kind in kinds_at(code):
            if gone := delete_batch(actor=actors.system("retention"), kind=kind, now=now):
                sofar = {**deleted, kind: deleted.get(kind, 0) + gone}
                work.schedule(kind=TIMER, key="", fires_at=now, payload={"deleted": sofar})
                return
        work.schedule(kind=TIMER, key="", fires_at=next_night(now))
        payload = {"at": now.isoformat(), "deleted": dict(deleted)}
        if code == PLATFORM:
            note_run(code=code, payload=payload)
        else:
            work.send(destination=PLATFORM, kind=RAN_KIND, key=RAN_KIND, payload=payload)


def _running_code() -> str:
    running = context.current()
    return (running.center if running else None) or PLATFORM


def note_run(*, code: str, payload: Mapping[str, Any]) -> None:
    """Keep when the last run over a schema ended, and what it deleted (PLATFORM context)."""
    models.RetentionRun.objects.update_or_create(
        code=code,
        defaults={
            "ran_at": datetime.fromisoformat(payload["at"]),
            "deleted": payload["deleted"],
        },
    )
