"""Exports of case lists: what was asked for, how far it is, and where its file lies."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from tenants.cases.rules.exporting import ExportFormat, ExportState
from tongban.kernel.models import UuidV7


class CaseExport(models.Model):
    """One export of a list of cases that somebody in charge asked for."""

    id = models.UUIDField(primary_key=True, db_default=UuidV7())
    filter = models.JSONField(help_text="what the list is narrowed to")
    order = models.CharField(max_length=12)
    format = models.CharField(max_length=8)
    account_id = models.BigIntegerField(help_text="whose it is")
    requested_by = models.JSONField(help_text="the same as people know them")
    requested_at = models.DateTimeField()
    state = models.CharField(max_length=12, default=ExportState.WAITING)
    total = models.IntegerField(null=True, help_text="cases in the list when it was begun")
    rows = models.IntegerField(default=0, help_text="written by now")
    after = models.JSONField(null=True, help_text="place in the order of the last row written")
    parts = ArrayField(
        models.CharField(max_length=64), default=list, help_text="files of the batches, by SHA-256"
    )
    sha256 = models.CharField(max_length=64, blank=True, default="")
    size = models.BigIntegerField(null=True, help_text="bytes of the whole file")
    expires_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in ExportState]),
                name="cases_export_state",
            ),
            models.CheckConstraint(
                condition=Q(format__in=[each.value for each in ExportFormat]),
                name="cases_export_format",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["account_id", "-id"], name="cases_export_by_account"),
        ]
