"""Departments in the center: whom they posted there, and what they let them decide and seal."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from tenants.staff.models.members import Member
from tenants.staff.rules import PostingKind
from tongban.kernel.models import AppendOnlyModel


class Department(models.Model):
    """A department or unit that works in this center (入驻部门), with its one approval section.

    审批服务科 in a city, 审批服务股 in a county: being part of the row, there can't be a second.
    """

    code = models.CharField(max_length=20, unique=True, help_text="the center's own short code")
    name = models.CharField(max_length=100)
    credit_code = models.CharField(max_length=18, blank=True, default="")
    section_name = models.CharField(
        max_length=100, blank=True, default="", help_text="empty: it has no approval section"
    )
    is_active = models.BooleanField(default=True)
    version = models.IntegerField(default=1)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["name"], condition=Q(is_active=True), name="staff_department_name"
            ),
            models.CheckConstraint(
                condition=Q(is_active=True, closed_at=None)
                | Q(is_active=False, closed_at__isnull=False),
                name="staff_department_closed",
            ),
        ]


class Posting(models.Model):
    """That a member works in the center for a department (进驻), from when to when, and as what."""

    member = models.ForeignKey(
        Member, on_delete=models.PROTECT, related_name="postings", db_index=False
    )
    department = models.ForeignKey(
        Department, on_delete=models.PROTECT, related_name="postings", db_index=False
    )
    kind = models.CharField(max_length=20, default=PostingKind.STAFF)
    started_on = models.DateField()
    ended_on = models.DateField(null=True, help_text="excluded")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["member"], condition=Q(ended_on=None), name="staff_posting_one_a_member"
            ),
            models.UniqueConstraint(
                fields=["department", "kind"],
                condition=Q(ended_on=None) & ~Q(kind=PostingKind.STAFF),
                name="staff_posting_one_of_a_kind",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=list(PostingKind)), name="staff_posting_kind"
            ),
            models.CheckConstraint(
                condition=Q(ended_on=None) | Q(ended_on__gte=F("started_on")),
                name="staff_posting_days",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["department", "ended_on"], name="staff_posting_department"),
            models.Index(fields=["member", "-started_on"], name="staff_posting_member"),
        ]


class AuthorizationDeed(models.Model):
    """授权责任书: a department lets one member decide named matters in the center.

    It holds from ``valid_from`` to ``valid_to`` (excluded), unless it is revoked before.
    """

    number = models.CharField(max_length=40, unique=True)
    department = models.ForeignKey(
        Department, on_delete=models.PROTECT, related_name="deeds", db_index=False
    )
    member = models.ForeignKey(
        Member, on_delete=models.PROTECT, related_name="deeds", db_index=False
    )
    matters = ArrayField(
        models.CharField(max_length=12), default=list, help_text="matter codes; empty: all of them"
    )
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    granted_at = models.DateTimeField()
    granted_by = models.CharField(max_length=64)
    revoked_at = models.DateTimeField(null=True)
    revoked_for = models.CharField(max_length=400, blank=True, default="")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gt=F("valid_from")),
                name="staff_deed_days",
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=["member", "revoked_at"], name="staff_deed_member"),
            models.Index(fields=["department", "revoked_at"], name="staff_deed_department"),
        ]


class Seal(models.Model):
    """A seal that a department keeps in the center (2号公章), with the one who keeps it."""

    code = models.CharField(max_length=20, unique=True)
    name = models.CharField(max_length=100, help_text="what it prints")
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="seals")
    keeper = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="seals")
    is_active = models.BooleanField(default=True)
    version = models.IntegerField(default=1)
    registered_at = models.DateTimeField()
    kept_since = models.DateTimeField()
    retired_at = models.DateTimeField(null=True)
    uses_made = models.IntegerField(default=0)
    head_hash = models.BinaryField(max_length=32, default=bytes(32), help_text="of its last use")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(is_active=True, retired_at=None)
                | Q(is_active=False, retired_at__isnull=False),
                name="staff_seal_retired",
            )
        ]


class SealUse(AppendOnlyModel):
    """用印登记: that a seal was put on one document; the uses of a seal are chained by SM3."""

    seal = models.ForeignKey(Seal, on_delete=models.PROTECT, related_name="uses", db_index=False)
    sequence = models.IntegerField()
    used_at = models.DateTimeField()
    keeper_number = models.CharField(max_length=20, help_text="工号 of who kept and used it")
    keeper_name = models.CharField(max_length=64)
    case_number = models.CharField(max_length=24)
    document_number = models.CharField(max_length=40)
    document_title = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64, help_text="of the document that it is on")
    previous_hash = models.BinaryField(max_length=32)
    hash = models.BinaryField(max_length=32)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["seal", "sequence"], name="staff_seal_use_sequence")
        ]
        indexes: ClassVar = [models.Index(fields=["case_number"], name="staff_seal_use_case")]
