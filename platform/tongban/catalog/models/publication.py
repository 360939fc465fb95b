"""What is published beside the catalog: directories and the library of standards of work."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from tongban.catalog.states import DirectoryStatus


class Directory(models.Model):
    """One version of a list that a division publishes (目录/清单); published, it never changes.

    The database keeps it so: no role that works can change or delete a published row, and only
    those that may write here see drafts (row security, set up by a migration).
    """

    issuer_code = models.CharField(max_length=12)
    kind = models.CharField(max_length=30)
    version = models.IntegerField()
    title = models.CharField(max_length=200)
    status = models.CharField(max_length=10, default=DirectoryStatus.DRAFT)
    effective_from = models.DateField(null=True)
    note = models.TextField(blank=True, default="")
    entries = models.JSONField(default=list)
    entry_count = models.IntegerField(default=0)
    entry_codes = models.JSONField(
        default=dict, help_text="code → matter type, for the check against the list"
    )
    draft_version = models.IntegerField(default=1, help_text="grows with every edit of the draft")
    editors = ArrayField(
        models.CharField(max_length=64), default=list, help_text="all who wrote on it, by actor key"
    )
    edited_at = models.DateTimeField()
    edited_by = models.CharField(max_length=64)
    published_at = models.DateTimeField(null=True)
    published_by = models.CharField(max_length=64, blank=True, default="")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["issuer_code", "kind", "version"], name="catalog_directory_version"
            ),
            models.UniqueConstraint(
                fields=["issuer_code", "kind"],
                condition=Q(status=DirectoryStatus.DRAFT),
                name="catalog_directory_one_draft",
            ),
            models.CheckConstraint(
                condition=Q(status=DirectoryStatus.DRAFT, published_at__isnull=True)
                | Q(
                    status=DirectoryStatus.PUBLISHED,
                    published_at__isnull=False,
                    effective_from__isnull=False,
                ),
                name="catalog_directory_status",
            ),
        ]


class WorkStandard(models.Model):
    """One version of a standard by which a center works (工作标准)."""

    issuer_code = models.CharField(max_length=12)
    number = models.CharField(max_length=40, help_text="标准编号")
    version = models.IntegerField()
    title = models.CharField(max_length=200)
    category = models.CharField(max_length=40)
    text = models.TextField()
    effective_from = models.DateField()
    effective_to = models.DateField(null=True, help_text="excluded")
    published_at = models.DateTimeField()
    published_by = models.CharField(max_length=64)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["issuer_code", "number", "version"], name="catalog_work_standard_version"
            )
        ]


class StandardsAcceptance(models.Model):
    """That an authority examined a division's standards of work and accepted them (验收)."""

    issuer_code = models.CharField(max_length=12)
    accepted_on = models.DateField()
    authority = models.CharField(max_length=200)
    level = models.CharField(max_length=40, help_text="国家级, 省级 …")
    result = models.CharField(max_length=200)
    standard_count = models.IntegerField()
    recorded_at = models.DateTimeField()
    recorded_by = models.CharField(max_length=64)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["issuer_code", "accepted_on", "authority"],
                name="catalog_standards_acceptance",
            )
        ]
