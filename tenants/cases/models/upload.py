"""Large files on their way in."""

import uuid
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q


class Upload(models.Model):
    """A large file that comes in parts, or what is left of one that was handed in."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    owner = models.CharField(max_length=64, help_text="the key of who sends it")
    slot = models.SmallIntegerField(null=True, help_text="of the owner's few; none once handed in")
    filename = models.CharField(max_length=200)
    length = models.BigIntegerField()
    offset = models.BigIntegerField(default=0, help_text="bytes that have come")
    parts = ArrayField(
        models.CharField(max_length=64), default=list, help_text="files of what came, by SHA-256"
    )
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, help_text="when it was handed in")
    sha256 = models.CharField(max_length=64, blank=True, default="", help_text="once handed in")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["owner", "slot"], name="cases_upload_slot"),
            models.CheckConstraint(
                condition=Q(offset__gte=0, offset__lte=F("length")), name="cases_upload_offset"
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["length"], condition=Q(slot__isnull=False), name="cases_upload_waiting"
            )
        ]
