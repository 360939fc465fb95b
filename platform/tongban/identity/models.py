"""Shared tables of identity; no center's role has a grant on any of them."""

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from oauth2_provider.models import AbstractApplication


class AccountManager(BaseUserManager["Account"]):
    """Finds accounts by their login name; accounts are made by ``register_account`` alone."""

    def get_by_natural_key(self, username: str | None) -> "Account":
        return self.get(login_name=username)


class Account(AbstractBaseUser):
    """One person's account: one login for every center."""

    login_name = models.CharField(max_length=64, unique=True)
    display_name = models.CharField(max_length=64)
    phone_sealed = models.BinaryField(null=True)
    phone_hash = models.BinaryField(null=True, unique=True, max_length=32)
    phone_masked = models.CharField(max_length=20, blank=True, default="")
    is_active = models.BooleanField(default=True)
    registered_at = models.DateTimeField()
    failed_sign_ins = models.SmallIntegerField(default=0)
    locked_until = models.DateTimeField(null=True)

    USERNAME_FIELD = "login_name"
    objects: ClassVar[AccountManager] = AccountManager()  # type: ignore[assignment]


class RealName(models.Model):
    """The verified identity of an account; numbers are sealed, matched by keyed hash only."""

    account = models.OneToOneField(Account, on_delete=models.PROTECT, related_name="real_name")
    id_kind = models.CharField(max_length=16)
    number_sealed = models.BinaryField()
    number_hash = models.BinaryField(max_length=32, unique=True)
    number_masked = models.CharField(max_length=32)
    name_sealed = models.BinaryField()
    name_masked = models.CharField(max_length=64)
    verified_at = models.DateTimeField()
    verified_via = models.CharField(max_length=32)


class PhoneCode(models.Model):
    """A one-time code sent to a phone; kept as a digest, used once, few attempts."""

    phone_hash = models.BinaryField(max_length=32, unique=True)
    code_digest = models.CharField(max_length=64)
    sent_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    attempts = models.SmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True)


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
            )
        ]


class MembershipIndexRow(models.Model):
    """Where an account works, as the centers' outboxes told; ``me`` reads it without a loop."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="memberships")
    center_code = models.CharField(max_length=9)
    roles = models.JSONField(default=list)
    version = models.BigIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["account", "center_code"], name="identity_membership_key"
            )
        ]


class ClientApplication(AbstractApplication):  # type: ignore[misc]
    """An OAuth client: an app of people, or a station's machine bound to one center."""

    center_code = models.CharField(max_length=9, blank=True, default="")
