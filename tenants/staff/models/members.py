"""Who works in the center."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q

from tenants.staff.rules import CenterRole


class SignInTerms(models.Model):
    """The center's single row of what it asks of its staff at sign-in; without it, nothing."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    second_factor = models.BooleanField()
    version = models.IntegerField(default=1)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(id=1), name="staff_sign_in_terms_single_row")
        ]


class MemberQuerySet(models.QuerySet["Member"]):
    def active(self) -> "MemberQuerySet":
        """Keep the members that work here now."""
        return self.filter(is_active=True)

    def holding(self, *roles: CenterRole) -> "MemberQuerySet":
        """Keep the members that hold one of the roles."""
        return self.filter(roles__overlap=[role.value for role in roles])


class Member(models.Model):
    """One account's work in this center, past or present; its version grows with each change."""

    account_id = models.BigIntegerField(unique=True)
    display_name = models.CharField(max_length=64)
    staff_number = models.CharField(max_length=20)
    roles = ArrayField(models.CharField(max_length=32), default=list)
    is_active = models.BooleanField(default=True)
    version = models.BigIntegerField(default=1)
    appointed_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    objects: ClassVar[MemberQuerySet] = MemberQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["staff_number"], name="staff_member_staff_number"),
            models.CheckConstraint(
                condition=Q(roles__contained_by=[role.value for role in CenterRole]),
                name="staff_member_roles_known",
            ),
            models.CheckConstraint(
                condition=Q(is_active=True, ended_at=None)
                | Q(is_active=False, ended_at__isnull=False, roles=[]),
                name="staff_member_ended",
            ),
        ]
        indexes: ClassVar = [GinIndex(fields=["roles"], name="staff_member_roles")]
