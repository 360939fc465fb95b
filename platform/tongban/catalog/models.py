"""Shared tables of the catalog: written by its editors, read through by every center.

Content that is only read and written whole is JSON with a typed shape (``rules.content``); what
lists filter and order by are columns, copied from the published content in the same transaction.
"""

from typing import Any, ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateRangeField, RangeOperators
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Func, Q

from tongban.catalog.rules.content import MatterContent, ServiceLine, read_content
from tongban.catalog.states import IN_FORCE_ONCE, OfferingStatus, RevisionStatus
from tongban.kernel.calendar import LimitUnit

LONGEST = {"department": 100, "place": 200, "hours": 200, "contact": 100}
"""How many characters a center's own terms may have."""


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
    search_text = models.TextField(default="")
    search_terms = ArrayField(models.CharField(max_length=2), default=list)
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
            models.Index(fields=["service_line", "code"], name="catalog_matter_line_code"),
            models.Index(fields=["matter_type", "code"], name="catalog_matter_type_code"),
            models.Index(fields=["department", "code"], name="catalog_matter_department"),
            models.Index(fields=["theme", "code"], name="catalog_matter_theme"),
        ]


class MatterRevision(models.Model):
    """One version of what a matter says; once published it is never changed, only superseded."""

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
    published_at = models.DateTimeField(null=True)
    published_by = models.CharField(max_length=64, blank=True, default="")

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
                condition=Q(status__in=[RevisionStatus.DRAFT, RevisionStatus.REVIEWED]),
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


class Offering(models.Model):
    """A matter as one center offers it (实施清单), following one revision of the standard."""

    center_code = models.CharField(max_length=9)
    matter = models.ForeignKey(
        StandardMatter,
        on_delete=models.PROTECT,
        to_field="code",
        db_column="matter_code",
        db_index=False,  # other indexes begin with it
        related_name="offerings",
    )
    revision = models.ForeignKey(
        MatterRevision, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    code = models.CharField(max_length=31, help_text="实施编码")
    credit_code = models.CharField(
        max_length=18, blank=True, default="", help_text="of the implementing body, where known"
    )
    status = models.CharField(max_length=1, default=OfferingStatus.IN_USE)
    department = models.CharField(
        max_length=LONGEST["department"],
        blank=True,
        default="",
        help_text="empty: as the standard names it",
    )
    place = models.CharField(max_length=LONGEST["place"], blank=True, default="")
    hours = models.CharField(max_length=LONGEST["hours"], blank=True, default="")
    contact = models.CharField(max_length=LONGEST["contact"], blank=True, default="")
    promised_amount = models.IntegerField(null=True, help_text="null: as the standard promises")
    promised_unit = models.CharField(max_length=12, blank=True, default="")
    assisted_intake = models.BooleanField(default=False)
    scope = models.CharField(max_length=1, blank=True, default="", help_text="通办范围 1–6")
    on_the_spot = models.BooleanField(default=False)
    effective_from = models.DateField()
    effective_to = models.DateField(null=True, help_text="excluded")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["code"], name="catalog_offering_code"),
            models.UniqueConstraint(
                fields=["center_code", "matter"], name="catalog_offering_center_matter"
            ),
            models.CheckConstraint(
                condition=Q(status__in=list(OfferingStatus)), name="catalog_offering_status"
            ),
            models.CheckConstraint(
                condition=Q(promised_amount__isnull=True, promised_unit="")
                | Q(promised_amount__gt=0, promised_unit__in=list(LimitUnit)),
                name="catalog_offering_promise",
            ),
            models.CheckConstraint(
                condition=Q(scope__in=["", *"123456"]), name="catalog_offering_scope"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["matter", "center_code"], name="catalog_offering_matter_center"),
        ]
