"""Ratings of cases (好差评)."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from tenants.cases.models.case import Case


class Rating(models.Model):
    """How an applicant found a case's handling, and what a bad one led to."""

    id = models.BigAutoField(primary_key=True)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="rated")
    number = models.SmallIntegerField()
    mode = models.CharField(max_length=8)
    channel = models.CharField(max_length=8)
    level = models.SmallIntegerField()
    tags = ArrayField(models.CharField(max_length=20), default=list)
    text = models.TextField(blank=True, default="")
    matter_code = models.CharField(max_length=12)
    matter_name = models.CharField(max_length=200)
    applicant_id_hash = models.BinaryField(max_length=32)
    window_code = models.CharField(max_length=20, blank=True, default="")
    window_name = models.CharField(max_length=100, blank=True, default="")
    is_native = models.BooleanField(help_text="given at this center; a mirrored one is not counted")
    rated_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True, help_text="until when a bad one is to be answered")
    overdue_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    answer = models.TextField(blank=True, default="")
    answered_by = models.JSONField(null=True)
    appealed_at = models.DateTimeField(null=True)
    appeal = models.TextField(blank=True, default="")
    appealed_by = models.JSONField(null=True)
    appeal_decided_at = models.DateTimeField(null=True)
    appeal_decision = models.TextField(blank=True, default="")
    is_void = models.BooleanField(default=False, help_text="the appeal against it was upheld")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case", "number"], name="cases_rating_number"),
            models.UniqueConstraint(fields=["case", "mode"], name="cases_rating_once"),
            models.UniqueConstraint(
                fields=["applicant_id_hash", "matter_code"],
                condition=Q(mode="online", is_native=True),
                name="cases_rating_online_once",
            ),
            models.CheckConstraint(
                condition=Q(level__gte=1, level__lte=5), name="cases_rating_level"
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["-id"],
                condition=Q(due_at__isnull=False, answered_at=None, is_void=False),
                name="cases_rating_open",
            ),
            models.Index(fields=["rated_at"], name="cases_rating_at"),
        ]
