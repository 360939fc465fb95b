"""What each center offers of the standard."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from tongban.catalog.models.standard import StandardMatter
from tongban.catalog.rules.terms import LONGEST
from tongban.catalog.states import OfferingStatus
from tongban.kernel.calendar import LimitUnit


class Offering(models.Model):
    """A matter as one center offers it (实施清单): it follows the standard of the day.

    Nothing of the standard is copied here, so that a release needs no row of any center.
    """

    center_code = models.CharField(max_length=9)
    matter = models.ForeignKey(
        StandardMatter,
        on_delete=models.PROTECT,
        to_field="code",
        db_column="matter_code",
        db_index=False,  # other indexes begin with it
        related_name="offerings",
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
    complaints = models.CharField(
        max_length=LONGEST["complaints"], blank=True, default="", help_text="监督投诉方式"
    )
    body_kind = models.CharField(
        max_length=LONGEST["body_kind"], blank=True, default="", help_text="实施主体性质"
    )
    local_code = models.CharField(
        max_length=LONGEST["local_code"], blank=True, default="", help_text="the center's own code"
    )
    windows = ArrayField(
        models.CharField(max_length=20), default=list, help_text="codes of the center's windows"
    )
    promised_amount = models.IntegerField(null=True, help_text="null: as the standard promises")
    promised_unit = models.CharField(max_length=12, blank=True, default="")
    assisted_intake = models.BooleanField(default=False)
    scope = models.CharField(max_length=1, blank=True, default="", help_text="通办范围 1–6")
    on_the_spot = models.BooleanField(default=False)
    effective_from = models.DateField()
    effective_to = models.DateField(null=True, help_text="excluded")
    closed_for = models.CharField(
        max_length=200, blank=True, default="", help_text="why it is offered no longer"
    )
    planned_to = models.DateField(
        null=True, help_text="the center's own last day (excluded), where a release ends it before"
    )
    declared = models.JSONField(
        null=True, help_text="elements of the standard as the center's own list states them"
    )

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
            models.Index(fields=["local_code"], name="catalog_offering_local_code"),
        ]
