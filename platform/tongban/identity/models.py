"""Shared tables of identity; no center's role has a grant on any of them."""

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from oauth2_provider.models import AbstractApplication

from tongban.kernel import actors
from tongban.kernel.personal import IdKind


class Account(AbstractBaseUser):
    """One person's account: one login for every center."""

    login_name = models.CharField(max_length=32, unique=True)
    display_name = models.CharField(max_length=64)
    phone_sealed = models.BinaryField(null=True)
    phone_hash = models.BinaryField(null=True, unique=True, max_length=32)
    phone_masked = models.CharField(max_length=20, blank=True, default="")
    is_active = models.BooleanField(default=True)
    registered_at = models.DateTimeField()
    password_set_at = models.DateTimeField(db_default=Now())

    USERNAME_FIELD = "login_name"
    objects = BaseUserManager()


class FormerPassword(models.Model):
    """A password that an account had before; kept as long as a new one must differ from it."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="former_passwords")
    password = models.CharField(max_length=128)
    replaced_at = models.DateTimeField()


class SecondFactor(models.Model):
    """The authenticator app of an account: its secret sealed, each code and recovery code once.

    A new secret is pending until its first code came; the one before is good until then.
    """

    account = models.OneToOneField(
        Account, on_delete=models.CASCADE, related_name="second_factor", primary_key=True
    )
    secret_sealed = models.BinaryField(null=True)
    confirmed_at = models.DateTimeField(null=True)
    last_step = models.BigIntegerField(default=0)
    """The time step of the last code that was taken: none of it or before is taken again."""
    recovery_hashes = ArrayField(models.CharField(max_length=64), default=list)
    pending_sealed = models.BinaryField(null=True)
    pending_until = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(secret_sealed=None, confirmed_at=None)
                | Q(secret_sealed__isnull=False, confirmed_at__isnull=False),
                name="identity_second_factor_confirmed",
            )
        ]


class RealName(models.Model):
    """The verified identity of an account; numbers are sealed, matched by keyed hash only."""

    account = models.OneToOneField(Account, on_delete=models.PROTECT, related_name="real_name")
    id_kind = models.CharField(max_length=16)
    number_sealed = models.BinaryField()
    number_hash = models.BinaryField(max_length=32)
    number_masked = models.CharField(max_length=32)
    name_sealed = models.BinaryField()
    name_masked = models.CharField(max_length=64)
    verified_at = models.DateTimeField()
    verified_via = models.CharField(max_length=32)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["number_hash"], name="identity_real_name_number"),
            models.CheckConstraint(
                condition=Q(id_kind__in=[kind.value for kind in IdKind]),
                name="identity_real_name_kind",
            ),
        ]


class PhoneCode(models.Model):
    """A one-time code sent to a phone; kept as a keyed hash, used once, few attempts."""

    phone_hash = models.BinaryField(max_length=32)
    purpose = models.CharField(max_length=16)
    code_hash = models.BinaryField(max_length=32)
    sent_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    attempts = models.SmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["phone_hash", "purpose"], name="identity_phone_code_key"
            )
        ]


class Throttle(models.Model):
    """How often something that could be guessed was tried in vain, and until when it rests.

    Its key names an account, or by keyed hash a login name that nobody has: both answer alike. Of
    what is had at a rate, how much was taken.
    """

    key = models.CharField(max_length=96, primary_key=True)
    failures = models.SmallIntegerField(default=0)
    last_at = models.DateTimeField()
    locked_until = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["last_at"], name="identity_throttle_age")]


class LocalMessage(models.Model):
    """A text message that the embedded sender kept instead of sending: demonstrations read it."""

    recipient_masked = models.CharField(max_length=20)
    text = models.CharField(max_length=200)
    sent_at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["sent_at"], name="identity_local_message_age")]


class PlatformRole(models.Model):
    """A role over the shared data of one division and what lies below it."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="platform_roles")
    role = models.CharField(max_length=24)
    division_code = models.CharField(max_length=12)
    granted_at = models.DateTimeField()
    granted_by = models.CharField(max_length=64)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["account", "role", "division_code"], name="identity_platform_role_key"
            ),
            models.CheckConstraint(
                condition=Q(role__in=[role.value for role in actors.PlatformRole]),
                name="identity_platform_role_known",
            ),
        ]


class MembershipIndexRow(models.Model):
    """Where an account works, as the centers' outboxes told; ``me`` reads it without a loop.

    A membership that ended stays with no roles: its version lets older messages be ignored.
    """

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="memberships")
    center_code = models.CharField(max_length=9)
    roles = ArrayField(models.CharField(max_length=32), default=list)
    version = models.BigIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["account", "center_code"], name="identity_membership_key"
            )
        ]


class ClientApplication(AbstractApplication):
    """An OAuth client: an app of people, or a station's machine bound to one center."""

    center_code = models.CharField(max_length=9, blank=True, default="")

    class Meta(AbstractApplication.Meta):
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=(
                    Q(authorization_grant_type="client-credentials") & ~Q(center_code="")
                    | Q(authorization_grant_type="authorization-code", center_code="")
                ),
                name="identity_client_of_people_or_center",
            )
        ]

    def is_usable(self, request: Any) -> bool:
        """Refuse a public client that would authenticate by nothing but its name."""
        del request
        is_machine = self.authorization_grant_type == self.GRANT_CLIENT_CREDENTIALS
        return not (is_machine and self.client_type == self.CLIENT_PUBLIC)
