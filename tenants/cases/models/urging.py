"""Urgings of cases (督办)."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from tenants.cases.models.case import Case


class Urging(models.Model):
    """督办: that somebody, or the clock itself, urged those who handle a case, and the reply."""

    id = models.BigAutoField(primary_key=True)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="urgings")
    number = models.SmallIntegerField()
    by = models.JSONField(help_text="who urged; the system where a limit was over")
    text = models.TextField()
    urged_at = models.DateTimeField()
    reply_due_at = models.DateTimeField()
    escalated_at = models.DateTimeField(null=True, help_text="since when it is the supervisor's")
    replied_at = models.DateTimeField(null=True)
    reply = models.TextField(blank=True, default="")
    replied_by = models.JSONField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case", "number"], name="cases_urging_number")
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["-id"], condition=Q(replied_at__isnull=True), name="cases_urging_open"
            )
        ]
