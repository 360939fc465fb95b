"""Reading an audit log: itself an entry of it, so that who reads it is known."""

from datetime import datetime

from django.db.models import QuerySet

from tongban.audit import policies, queries
from tongban.audit.adapters import seal_files
from tongban.audit.rules import AuditFilter, Standing
from tongban.kernel.actors import Actor
from tongban.kernel.models import AuditEntry
from tongban.kernel.transactions import unit_of_work


def read_records(*, actor: Actor, where: AuditFilter, now: datetime) -> QuerySet[AuditEntry]:
    """Return the entries that fit of the schema that the task is in, and audit the reading.

    Once for each page that is asked for. Whoever calls has judged that the actor may.
    """
    with unit_of_work() as work:
        work.audit_action(
            actor=actor,
            action="audit.read",
            object_type="audit",
            object_key="",
            at=now,
            data=where.as_audit(),
        )
    return queries.records(where)


def read_platform_records(
    *, actor: Actor, where: AuditFilter, now: datetime
) -> QuerySet[AuditEntry]:
    """Return the entries that fit of the platform's own log: none but to its operator."""
    if not policies.may_read_platform(actor):
        return AuditEntry.objects.none()
    return read_records(actor=actor, where=where, now=now)


def standing(code: str) -> Standing:
    """Return how the log of the schema that the task is in stands; ``code`` names the schema."""
    head, _highest = queries.end()
    sealed = seal_files.last(code)
    return Standing(
        head=head,
        sealed=sealed[0] if sealed else None,
        sealed_at=sealed[1] if sealed else None,
        check=seal_files.last_check(code),
    )
