"""Shared tables of the registry; written by platform roles, read through by every center."""

from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django_tenants.models import DomainMixin, TenantMixin


class Level(models.TextChoices):
    """Levels of divisions; centers exist at the middle three."""

    PROVINCE = "province", "省"
    CITY = "city", "市"
    COUNTY = "county", "县（市、区）"
    TOWNSHIP = "township", "乡镇（街道）"
    VILLAGE = "village", "村（社区）"


class CenterStatus(models.TextChoices):
    """What a center does: only an active one takes in cases."""

    ONBOARDING = "onboarding", "接入中"
    ACTIVE = "active", "运行中"
    SUSPENDED = "suspended", "已暂停"


class DivisionQuerySet(models.QuerySet["Division"]):
    def as_of(self, day: object) -> "DivisionQuerySet":
        """Keep the rows that are valid on ``day`` (``valid_to`` is excluded)."""
        return self.filter(
            Q(valid_from__lte=day) & (Q(valid_to__isnull=True) | Q(valid_to__gt=day))
        )


class Division(models.Model):
    """An administrative division under one name and parent, for as long as that was so."""

    code = models.CharField(max_length=12)
    name = models.CharField(max_length=60)
    level = models.CharField(max_length=8, choices=Level.choices)
    parent_code = models.CharField(max_length=12, blank=True, default="")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)

    objects: ClassVar[DivisionQuerySet] = DivisionQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["code", "valid_from"], name="registry_division_key"),
            ExclusionConstraint(
                name="registry_division_no_overlap",
                expressions=[
                    ("code", RangeOperators.EQUAL),
                    (
                        Func(
                            F("valid_from"),
                            F("valid_to"),
                            function="daterange",
                            output_field=DateRangeField(),
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ],
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["parent_code", "code"], name="registry_division_children")
        ]


class Center(TenantMixin):
    """A government service center. It goes on existing whatever becomes of its division."""

    auto_create_schema = False

    code = models.CharField(max_length=9, unique=True)
    name = models.CharField(max_length=80)
    name_pinyin = models.CharField(max_length=480, default="", help_text="how it is read")
    name_initials = models.CharField(max_length=80, default="", help_text="of that")
    level = models.CharField(max_length=8, choices=Level.choices)
    parent = models.ForeignKey(
        "self", null=True, on_delete=models.PROTECT, related_name="children", to_field="code"
    )
    division_code = models.CharField(max_length=12)
    status = models.CharField(
        max_length=12, choices=CenterStatus.choices, default=CenterStatus.ONBOARDING
    )
    founded_on = models.DateField(null=True)
    fingerprint = models.CharField(
        max_length=64, blank=True, default="", help_text="of the migrations its schema has"
    )
    onboarded_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(level__in=["city", "county", "township"]),
                name="registry_center_level",
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=["parent", "code"], name="registry_center_children"),
            models.Index(fields=["level", "code"], name="registry_center_level_code"),
            # Their beginnings are sought as ranges.
            models.Index(fields=["name"], name="registry_center_name"),
            models.Index(fields=["name_pinyin"], name="registry_center_pinyin"),
            models.Index(fields=["name_initials"], name="registry_center_initials"),
        ]


class CenterDomain(DomainMixin):
    """A host name of a center's own: requests to it are requests to that center."""


class CenterKey(models.Model):
    """The public part of a key with which a center signed receipts, and when it was valid."""

    center_code = models.CharField(max_length=9)
    key_id = models.CharField(max_length=32, unique=True)
    algorithm = models.CharField(max_length=16)
    public_key = models.BinaryField(max_length=512)
    valid_from = models.DateTimeField()
    valid_to = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["center_code"], name="registry_key_center")]


class RegistryVersion(models.Model):
    """The single row whose number grows with each change of a center: it invalidates maps."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    number = models.BigIntegerField(default=1)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(id=1), name="registry_version_single_row")
        ]


class CalendarDay(models.Model):
    """A day whose work differs from what the published calendar says, or is not known by it yet."""

    day = models.DateField(primary_key=True)
    is_working = models.BooleanField()
    basis = models.CharField(max_length=200, help_text="the notice or document that says so")


class SettledYear(models.Model):
    """A year whose official holiday notice was entered whole, as calendar days."""

    year = models.SmallIntegerField(primary_key=True)
    basis = models.CharField(max_length=200)
    settled_at = models.DateTimeField()


class SchemaScript(models.Model):
    """The DDL script that makes a tenant schema, rendered once per migration fingerprint."""

    fingerprint = models.CharField(max_length=64, primary_key=True)
    script = models.TextField()
    rendered_at = models.DateTimeField()


class Onboarding(models.Model):
    """One request to onboard centers; its steps tell how far each has come."""

    id = models.UUIDField(primary_key=True)
    requested_by = models.CharField(max_length=64)
    requested_at = models.DateTimeField()
    as_of = models.DateField()
    roots = models.JSONField(help_text="center codes that were asked for")
    finished_at = models.DateTimeField(null=True)


class OnboardingStep(models.Model):
    """One step of making one center ready; a killed run resumes at the first unfinished one."""

    onboarding = models.ForeignKey(Onboarding, on_delete=models.CASCADE, related_name="steps")
    position = models.IntegerField()
    center_code = models.CharField(max_length=9)
    name = models.CharField(max_length=24)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    seconds = models.FloatField(null=True)
    error = models.TextField(blank=True, default="")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["onboarding", "position"], name="registry_onboarding_step_position"
            )
        ]


class JurisdictionDelegation(models.Model):
    """同城办理: from when to when a city handles a district's cases of one matter."""

    district_code = models.CharField(max_length=9)
    city_code = models.CharField(max_length=9)
    matter_code = models.CharField(max_length=12)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    basis = models.CharField(max_length=200)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["district_code", "matter_code", "valid_from"],
                name="registry_delegation_key",
            )
        ]
