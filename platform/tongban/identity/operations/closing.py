"""Closing one's own account (注销, 个人信息保护法 47): what it knows of a person is deleted."""

import secrets
from datetime import datetime

from django.contrib.auth.hashers import make_password

from tongban.identity import errors, models
from tongban.identity.operations import passwords, tokens
from tongban.kernel.actors import Actor
from tongban.kernel.transactions import unit_of_work

CLOSED_NAME = "已注销"


def close_account(*, actor: Actor, password: str, now: datetime) -> None:
    """Delete name, phone, real name and all that opens the account, for good.

    Its row stays, naming nobody, since logs refer to it. What centers hold of cases stays with
    them: files of cases are kept as long as archive law says. Runs in the sign-in context,
    outside any transaction. Raises: UnauthenticatedError, TooManyAttemptsError,
    PasswordWrongError, AccountInUseError for staff and for who holds a platform role.
    """
    proven = passwords.prove_password(actor, password, path="password", now=now)
    with unit_of_work() as work:
        account = models.Account.objects.select_for_update().get(pk=proven.pk)
        works = account.memberships.exclude(roles=[])
        if works.exists() or account.platform_roles.exists():
            raise errors.AccountInUseError
        tokens.revoke_all(account_id=account.pk, work=work, now=now)
        models.RealName.objects.filter(account=account).delete()
        models.SecondFactor.objects.filter(account=account).delete()
        account.former_passwords.all().delete()
        if account.phone_hash is not None:
            models.PhoneCode.objects.filter(phone_hash=account.phone_hash).delete()
        account.login_name = f"closed{secrets.token_hex(8)}"
        account.display_name = CLOSED_NAME
        account.phone_sealed = account.phone_hash = None
        account.phone_masked = ""
        account.password = make_password(None)
        account.is_active = False
        account.save()
        work.audit_action(
            # Whoever reads the audit log later learns no name any more.
            actor=Actor(account_id=account.pk, kind="person"),
            action="account.close",
            object_type="account",
            object_key=str(account.pk),
            at=now,
        )
