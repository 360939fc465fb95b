"""The standard: matters and their revisions.

Content that is only read and written whole is JSON with a typed shape (``rules.content``); what
lists filter and order by are columns, copied from the published content in the same transaction.
"""

from typing import Any, ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateRangeField, RangeOperators
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Func, Q

from tongban.catalog.rules.content import MatterContent, ServiceLine
from tongban.catalog.rules.reading import read_content
from tongban.catalog.states import IN_FORCE_ONCE, IN_WORK, RevisionStatus


class StandardMatter(models.Model):
    """A matter of the standard catalog (基本目录), under one code for as long as it exists.

    Its describing columns say what the published revision says; before the first one is
    published, what the draft says.
    """

    code = models.CharField(max_length=12, unique=True, help_text="基本编码")
    issuer_code = models.CharField(max_length=12, help_text="division that issued it")
    local_code = models.CharField(max_length=100, blank=True, default="")
    main_item = models.CharField(max_length=200, blank=True, default="", help_text="主项")
    name = models.CharField(max_length=200)
    short_name = models.CharField(max_length=100, blank=True, default="")
    matter_type = models.CharField(max_length=2)
    service_line = models.CharField(max_length=12, blank=True, default="")
    department = models.CharField(max_length=100, blank=True, default="")
    theme = models.CharField(max_length=40, blank=True, default="")
    levels = ArrayField(models.CharField(max_length=8), default=list)
    service_objects = ArrayField(models.CharField(max_length=1), default=list)
    life_events = ArrayField(models.CharField(max_length=40), default=list)
    preconditions = ArrayField(models.CharField(max_length=12), default=list)
    merged_into = models.CharField(
        max_length=12, blank=True, default="", help_text="the matter that took its place"
    )
    search_names = models.TextField(default="")
    search_text = models.TextField(default="")
    search_terms = ArrayField(models.CharField(max_length=4), default=list)
    created_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(code__regex=r"^\d{12}$"), name="catalog_matter_code_form"
            ),
            models.CheckConstraint(
                condition=Q(service_line__in=["", *ServiceLine]), name="catalog_matter_line"
            ),
            models.UniqueConstraint(
                fields=["issuer_code", "local_code"],
                condition=~Q(local_code=""),
                name="catalog_matter_local_code",
            ),
        ]
        indexes: ClassVar = [
            GinIndex(fields=["search_terms"], name="catalog_matter_search"),
            models.Index(fields=["issuer_code", "code"], name="catalog_matter_issuer_code"),
            GinIndex(fields=["preconditions"], name="catalog_matter_preconditions"),
            models.Index(fields=["service_line", "code"], name="catalog_matter_line_code"),
            models.Index(fields=["matter_type", "code"], name="catalog_matter_type_code"),
            models.Index(fields=["department", "code"], name="catalog_matter_department"),
            models.Index(fields=["theme", "code"], name="catalog_matter_theme"),
        ]


class MatterRevision(models.Model):
    """One version of what a matter says; once published its content is never changed.

    ``effective_from`` and ``effective_to`` say when it is the standard; on no day two are. The
    figures are those of its content, kept as columns for measuring.
    """

    matter = models.ForeignKey(
        StandardMatter,
        on_delete=models.PROTECT,
        to_field="code",
        db_column="matter_code",
        db_index=False,  # other indexes begin with it
        related_name="revisions",
    )
    number = models.IntegerField()
    status = models.CharField(max_length=10, default=RevisionStatus.DRAFT)
    effective_from = models.DateField(null=True)
    effective_to = models.DateField(null=True, help_text="excluded")
    content = models.JSONField()
    content_hash = models.CharField(max_length=64)
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=64)
    editors = ArrayField(
        models.CharField(max_length=64), default=list, help_text="all who wrote on it, by actor key"
    )
    reviewed_at = models.DateTimeField(null=True)
    reviewed_by = models.CharField(max_length=64, blank=True, default="")
    returned_for = models.TextField(blank=True, default="", help_text="why it came back last")
    published_at = models.DateTimeField(null=True)
    published_by = models.CharField(max_length=64, blank=True, default="")
    material_count = models.IntegerField(default=0)
    step_count = models.IntegerField(default=0)
    promised_days = models.DecimalField(
        max_digits=8, decimal_places=2, null=True, help_text="nominal working days"
    )
    is_one_review = models.BooleanField(default=False, help_text="一审一核")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["matter", "number"], name="catalog_revision_number"),
            models.UniqueConstraint(
                fields=["matter"],
                condition=Q(status=RevisionStatus.PUBLISHED),
                name="catalog_revision_one_published",
            ),
            models.UniqueConstraint(
                fields=["matter"],
                condition=Q(status__in=IN_WORK),
                name="catalog_revision_one_in_work",
            ),
            models.CheckConstraint(
                condition=Q(status__in=list(RevisionStatus)), name="catalog_revision_status"
            ),
            models.CheckConstraint(
                condition=Q(status__in=IN_FORCE_ONCE, effective_from__isnull=False)
                | (~Q(status__in=IN_FORCE_ONCE) & Q(effective_from__isnull=True)),
                name="catalog_revision_effective",
            ),
            ExclusionConstraint(
                name="catalog_revision_one_in_force",
                expressions=[
                    ("matter", RangeOperators.EQUAL),
                    (
                        Func(
                            F("effective_from"),
                            F("effective_to"),
                            function="daterange",
                            output_field=DateRangeField(),
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                condition=Q(status__in=IN_FORCE_ONCE),
            ),
        ]

    def read(self) -> MatterContent:
        """Return the content as typed data."""
        content: dict[str, Any] = self.content
        return read_content(content)
