"""``/healthz``, ``/readyz`` and ``/metrics``: for whoever runs the processes."""

import re
import secrets
from datetime import datetime
from functools import cache
from http import HTTPStatus
from typing import Any

import structlog
from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from schema.measures import gauges, line, measures
from schema.view import client_address
from tongban.exchange import queries as exchange
from tongban.kernel.context import SharedRole, shared_context
from tongban.registry import queries as registry

log = structlog.get_logger("tongban.health")

_LOOPBACK = {"127.0.0.1", "::1"}
_PATIENCE_MS = 2_000
_SNAKE = re.compile(r"(?<=[a-z])(?=[A-Z])")


@never_cache
@require_safe
def alive(_request: HttpRequest) -> HttpResponse:
    """Answer that this process runs, touching nothing else."""
    return JsonResponse({"status": "ok"})


@never_cache
@require_safe
def ready(_request: HttpRequest) -> HttpResponse:
    """Tell whether requests can be served: database reachable, shared schema at the migrations.

    Centers that are behind don't count against it: each answers CENTER_UPGRADING by itself. The
    relay's state is shown and judged by whoever watches it.
    """
    try:
        with shared_context(SharedRole.PLATFORM, statement_timeout_ms=_PATIENCE_MS):
            report = _report()
    except DatabaseError as error:
        log.warning("not_ready", error=str(error).strip())
        report = {"database": False}
    is_ready = report["database"] and report["migrations"]
    status = HTTPStatus.OK if is_ready else HTTPStatus.SERVICE_UNAVAILABLE
    return JsonResponse({"status": "ok" if is_ready else "not ready", **report}, status=status)


def _report() -> dict[str, Any]:
    is_current = not _pending_migrations()
    return {
        "database": True,
        "migrations": is_current,
        "centersBehind": registry.count_behind(),
        **(_background() if is_current else {}),
    }


def _pending_migrations() -> bool:
    applied = MigrationRecorder(connection).migration_qs.values_list("app", "name")
    return not _on_disk() <= set(applied)


@cache
def _on_disk() -> frozenset[tuple[str, str]]:
    return frozenset(MigrationLoader(None, ignore_no_migrations=True).disk_migrations)


def _background() -> dict[str, Any]:
    """Return what the last sweep over all centers found, and how long ago retention last ran.

    Ages are in seconds, null before the first time.
    """
    health, retention = exchange.relay_health(), exchange.retention_health()
    now = timezone.now()
    lag = None
    if health.swept_at is not None:
        lag = _age(health.oldest_pending_at, now) if health.oldest_pending_at else 0.0
    return {
        "relayLagSeconds": lag,
        "relaySweptSeconds": _age(health.swept_at, now) if health.swept_at else None,
        "relayPending": health.pending,
        "relayParked": health.parked,
        "retentionOldestSeconds": _age(retention.oldest_at, now) if retention.oldest_at else None,
        "retentionNever": retention.never,
    }


def _age(instant: datetime, now: datetime) -> float:
    return round((now - instant).total_seconds(), 3)


@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Show counters to Prometheus: to this machine, or to the token once one is configured."""
    if not _may_watch(request):
        return HttpResponse(status=HTTPStatus.NOT_FOUND)
    lines = [*measures.lines()]
    try:
        with shared_context(SharedRole.PLATFORM, statement_timeout_ms=_PATIENCE_MS):
            lines += gauges("tongban_centers", registry.count_by_status(), label="status")
            lines += ["# TYPE tongban_onboardings_unfinished gauge"]
            lines += [line("tongban_onboardings_unfinished", registry.count_unfinished())]
            for name, value in _background().items():
                if value is not None:
                    metric = f"tongban_{_SNAKE.sub('_', name).lower()}"
                    lines += [f"# TYPE {metric} gauge", line(metric, value)]
        reachable = 1
    except DatabaseError:
        reachable = 0
    lines += ["# TYPE tongban_database_up gauge", line("tongban_database_up", reachable)]
    text = "\n".join(lines) + "\n"
    return HttpResponse(text, content_type="text/plain; version=0.0.4; charset=utf-8")


def _may_watch(request: HttpRequest) -> bool:
    token: str = settings.METRICS_TOKEN
    given = request.headers.get("Authorization", "")
    if token:
        # Behind a second proxy on this machine everybody seems to come from it: the token decides.
        return secrets.compare_digest(given.encode(), f"Bearer {token}".encode())
    return client_address(request) in _LOOPBACK
