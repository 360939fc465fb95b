"""The hall of one center."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q

from tenants.windows.rules import (
    LONGEST_COMMITMENT,
    LONGEST_DEBT,
    LONGEST_LEASE,
    LONGEST_REPLY,
    SHORTEST_LEASE,
    WindowKind,
)


class OfficeTerms(models.Model):
    """The center's single row of office hours and of what it settles about clocks.

    As long as there is none, the defaults of ``rules.OfficeTerms`` are in force.
    """

    id = models.SmallIntegerField(primary_key=True, default=1)
    morning_start = models.TimeField()
    morning_end = models.TimeField()
    afternoon_start = models.TimeField()
    afternoon_end = models.TimeField()
    yellow_percent = models.SmallIntegerField()
    consultation_pauses = models.BooleanField()
    urging_reply_days = models.SmallIntegerField()
    debt_days = models.SmallIntegerField(default=10)
    lease_minutes = models.SmallIntegerField(default=30)
    commitment_days = models.SmallIntegerField(default=40)
    version = models.IntegerField(default=1)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(id=1), name="windows_terms_single_row"),
            models.CheckConstraint(
                condition=Q(morning_start__lt=F("morning_end"))
                & Q(morning_end__lte=F("afternoon_start"))
                & Q(afternoon_start__lt=F("afternoon_end")),
                name="windows_terms_hours",
            ),
            models.CheckConstraint(
                condition=Q(yellow_percent__gte=1, yellow_percent__lte=100),
                name="windows_terms_yellow",
            ),
            models.CheckConstraint(
                condition=Q(urging_reply_days__gte=1, urging_reply_days__lte=LONGEST_REPLY),
                name="windows_terms_reply",
            ),
            models.CheckConstraint(
                condition=Q(debt_days__gte=1, debt_days__lte=LONGEST_DEBT),
                name="windows_terms_debt",
            ),
            models.CheckConstraint(
                condition=Q(lease_minutes__gte=SHORTEST_LEASE, lease_minutes__lte=LONGEST_LEASE),
                name="windows_terms_lease",
            ),
            models.CheckConstraint(
                condition=Q(commitment_days__gte=1, commitment_days__lte=LONGEST_COMMITMENT),
                name="windows_terms_commitment",
            ),
        ]


class ServiceArea(models.Model):
    """A zone of the hall with windows that belong together (服务区)."""

    code = models.CharField(max_length=20, unique=True)
    name = models.CharField(max_length=100)
    floor = models.CharField(max_length=20, blank=True, default="")
    is_active = models.BooleanField(default=True)
    version = models.IntegerField(default=1)


class Window(models.Model):
    """A counter at which cases are taken in, for one department or for all (综合窗口)."""

    code = models.CharField(max_length=20, unique=True)
    name = models.CharField(max_length=100)
    kind = models.CharField(max_length=12)
    area = models.ForeignKey(ServiceArea, on_delete=models.PROTECT, related_name="windows")
    department = models.ForeignKey(
        "staff.Department", on_delete=models.PROTECT, null=True, related_name="+"
    )
    matters = ArrayField(
        models.CharField(max_length=12), default=list, help_text="matter codes; empty: no limit"
    )
    is_active = models.BooleanField(default=True)
    version = models.IntegerField(default=1)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(kind=WindowKind.DEPARTMENT, department__isnull=False)
                | Q(kind=WindowKind.INTEGRATED, department=None),
                name="windows_window_kind",
            ),
            models.CheckConstraint(
                condition=Q(is_active=True, closed_at=None)
                | Q(is_active=False, closed_at__isnull=False),
                name="windows_window_closed",
            ),
        ]
        indexes: ClassVar = [GinIndex(fields=["matters"], name="windows_window_matters")]


class Seat(models.Model):
    """That a member sits at a window, from when to when."""

    window = models.ForeignKey(
        Window, on_delete=models.PROTECT, related_name="seats", db_index=False
    )
    member = models.ForeignKey(
        "staff.Member", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["member"], condition=Q(until=None), name="windows_seat_one_a_member"
            ),
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gte=F("since")), name="windows_seat_times"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["window", "until"], name="windows_seat_window"),
            models.Index(fields=["member", "-since"], name="windows_seat_member"),
        ]
