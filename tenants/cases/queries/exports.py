"""Exports of case lists: everybody's own, and only while they may still make one."""

import uuid
from datetime import datetime

from django.db.models import QuerySet

from tenants.cases import errors, models, policies, rules
from tenants.cases.queries.access import membership_of
from tongban.kernel.actors import Actor


def own_exports(actor: Actor) -> QuerySet[models.CaseExport]:
    """Return the actor's exports, unordered; none to who may not export (any more)."""
    membership = membership_of(actor)
    if actor.account_id is None or not policies.may_export(membership):
        return models.CaseExport.objects.none()
    return models.CaseExport.objects.filter(account_id=actor.account_id)


def access_export(*, actor: Actor, export_id: uuid.UUID, lock: bool = False) -> models.CaseExport:
    """Return one of the actor's exports. Raises: CaseExportNotFoundError."""
    exports = own_exports(actor)
    found = (exports.select_for_update() if lock else exports).filter(pk=export_id).first()
    if found is None:
        raise errors.CaseExportNotFoundError(path=("id",))
    return found


def exports_ended_before(instant: datetime) -> QuerySet[models.CaseExport]:
    """Return the exports without a file (any more) that were asked for before an instant."""
    ended = (rules.ExportState.EXPIRED, rules.ExportState.FAILED, rules.ExportState.CANCELLED)
    return models.CaseExport.objects.filter(state__in=ended, requested_at__lt=instant)
