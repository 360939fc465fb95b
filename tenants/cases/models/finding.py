"""What a center answers for to those who supervise it."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from tenants.cases.models.case import Case
from tenants.cases.rules.findings import Dimension


class Finding(models.Model):
    """One thing that went wrong under this center, or was attempted and refused, and the reply.

    No person stands in it: the audit log has who acted.
    """

    id = models.BigAutoField(primary_key=True)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="found", db_index=False)
    number = models.SmallIntegerField(help_text="its place among those of the case here")
    code = models.CharField(max_length=40)
    dimension = models.CharField(max_length=10)
    found_at = models.DateTimeField()
    place = models.SmallIntegerField(
        null=True, help_text="among those that the case's log tells; null: a refused attempt"
    )
    action = models.CharField(max_length=40, blank=True, default="", help_text="what was refused")
    refusal = models.CharField(max_length=40, blank=True, default="", help_text="by which code")
    attempts = models.IntegerField(default=1, help_text="how often, until the reply")
    department_code = models.CharField(max_length=20, blank=True, default="")
    department_name = models.CharField(max_length=200, blank=True, default="")
    window_code = models.CharField(max_length=20, blank=True, default="")
    answered_with = models.CharField(
        max_length=20, blank=True, default="", help_text="the urging or rating whose reply it has"
    )
    reply_due_at = models.DateTimeField()
    escalated_at = models.DateTimeField(null=True, help_text="since when it is the supervisor's")
    replied_at = models.DateTimeField(null=True)
    reply = models.TextField(blank=True, default="")
    replied_by = models.JSONField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case", "number"], name="cases_finding_number"),
            models.UniqueConstraint(
                fields=["case", "place"], condition=Q(place__isnull=False),
                name="cases_finding_place",
            ),
            models.UniqueConstraint(
                fields=["case", "code"], condition=Q(place=None, replied_at=None),
                name="cases_finding_attempt",
            ),
            models.CheckConstraint(
                condition=Q(dimension__in=[dimension.value for dimension in Dimension]),
                name="cases_finding_dimension",
            ),
        ]  # fmt: skip
        indexes: ClassVar = [
            models.Index(fields=["-id"], condition=Q(replied_at=None), name="cases_finding_open"),
            models.Index(fields=["code", "-id"], name="cases_finding_code"),
            models.Index(fields=["department_code", "-id"], name="cases_finding_department"),
            models.Index(fields=["found_at"], name="cases_finding_at"),
        ]
