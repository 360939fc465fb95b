"""A center's audit log for its auditor, and for nobody else (三员分立, GB/T 22239-2019)."""

from dataclasses import replace
from datetime import datetime

from django.db.models import QuerySet

from tenants.staff import policies, queries
from tongban.audit.operations import read
from tongban.audit.rules import AuditFilter, Standing
from tongban.kernel import context
from tongban.kernel.actors import Actor
from tongban.kernel.models import AuditEntry


def read_audit(*, actor: Actor, where: AuditFilter, now: datetime) -> QuerySet[AuditEntry]:
    """Return the entries of the center's audit log that fit, to its auditor; to others none.

    Who acted may be said by key or by staff number. Each reading is an entry itself.
    """
    if not policies.may_read_audit(queries.membership_of(actor)):
        return AuditEntry.objects.none()
    if where.actor is not None and ":" not in where.actor:
        where = replace(where, actor=queries.actor_key(where.actor))
    return read.read_records(actor=actor, where=where, now=now)


def audit_standing(*, actor: Actor) -> Standing | None:
    """Return how the center's audit log stands, to its auditor; to others None."""
    if not policies.may_read_audit(queries.membership_of(actor)):
        return None
    return read.standing(context.current_center())
