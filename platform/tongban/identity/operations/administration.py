"""What platform operators and registrars do to accounts and clients."""

import secrets
from datetime import datetime

from tongban.identity import errors, models, policies
from tongban.identity.operations import tokens
from tongban.identity.queries import AccountRecord
from tongban.kernel import actors
from tongban.kernel.actors import Actor
from tongban.kernel.errors import CenterUnknownError
from tongban.kernel.transactions import Work, unit_of_work
from tongban.registry import policies as registry_policies
from tongban.registry import queries as registry

_DIVISION_DIGITS = 12


def grant_role(
    *,
    actor: Actor,
    account: AccountRecord | None,
    role: actors.PlatformRole,
    division_code: str,
    now: datetime,
) -> models.PlatformRole:
    """Give an account a platform role over a division; to give it again changes nothing.

    Runs in the platform context. Raises: DivisionCodeInvalidError, RoleGrantNotAllowedError,
    AccountNotFoundError.
    """
    _require_division(division_code)
    with unit_of_work() as work:
        if not policies.may_grant(actor, division_code):
            raise errors.RoleGrantNotAllowedError
        if account is None:
            raise errors.AccountNotFoundError(path=("account",))
        held, created = models.PlatformRole.objects.get_or_create(
            account_id=account.account_id,
            role=role,
            division_code=division_code,
            defaults={"granted_at": now, "granted_by": actor.key},
        )
        if created:
            _tell_role(work, actor, held, verb="grant", now=now)
    return held


def revoke_role(
    *,
    actor: Actor,
    account: AccountRecord | None,
    role: actors.PlatformRole,
    division_code: str,
    now: datetime,
) -> bool:
    """Take a platform role from an account, and return whether it was held.

    Runs in the platform context. Raises: DivisionCodeInvalidError, RoleGrantNotAllowedError,
    AccountNotFoundError.
    """
    _require_division(division_code)
    with unit_of_work() as work:
        if not policies.may_grant(actor, division_code):
            raise errors.RoleGrantNotAllowedError
        if account is None:
            raise errors.AccountNotFoundError(path=("account",))
        held = (
            models.PlatformRole.objects.select_for_update()
            .filter(account_id=account.account_id, role=role, division_code=division_code)
            .first()
        )
        if held is None:
            return False
        _tell_role(work, actor, held, verb="revoke", now=now)
        held.delete()
    return True


def set_account_lock(
    *, actor: Actor, account_id: int, locked: bool, reason: str, now: datetime
) -> models.Account:
    """Lock an account, which ends its tokens and sessions at once, or open it again.

    Runs in the platform context. Raises: AccountLockNotAllowedError, AccountNotFoundError.
    """
    with unit_of_work() as work:
        if not policies.may_lock(actor):
            raise errors.AccountLockNotAllowedError
        account = models.Account.objects.select_for_update().filter(pk=account_id).first()
        if account is None:
            raise errors.AccountNotFoundError(path=("account",))
        if account.is_active != locked:
            return account
        account.is_active = not locked
        account.save(update_fields=["is_active"])
        if locked:
            tokens.revoke_all(account_id=account_id, work=work, now=now)
        work.record(
            topic=tokens.TOPIC,
            subject=f"account:{account_id}",
            name="account.locked" if locked else "account.unlocked",
            at=now,
            data={},
        )
        work.audit_action(
            actor=actor,
            action="account.lock" if locked else "account.unlock",
            object_type="account",
            object_key=str(account_id),
            at=now,
            data={"reason": reason},
        )
    return account


def register_machine(
    *, actor: Actor, center_code: str, name: str, now: datetime
) -> tuple[models.ClientApplication, str]:
    """Register a station's machine in one center; return it and its secret, shown only now.

    Runs in the platform context. Raises: ClientRegisterNotAllowedError, CenterUnknownError.
    """
    secret = secrets.token_urlsafe(48)
    with unit_of_work() as work:
        if not registry_policies.may_register(actor, center_code):
            raise errors.ClientRegisterNotAllowedError
        if registry.find_center(center_code) is None:
            raise CenterUnknownError(center=center_code)
        client = models.ClientApplication.objects.create(
            client_id=f"station-{center_code}-{secrets.token_hex(6)}",
            client_secret=secret,
            client_type=models.ClientApplication.CLIENT_CONFIDENTIAL,
            authorization_grant_type=models.ClientApplication.GRANT_CLIENT_CREDENTIALS,
            center_code=center_code,
            name=name,
        )
        work.audit_action(
            actor=actor,
            action="client.register",
            object_type="client",
            object_key=client.client_id[:64],
            at=now,
            data={"center": center_code, "name": name},
        )
    return client, secret


def register_app(
    *, actor: Actor, client_id: str, name: str, redirect_uris: tuple[str, ...], now: datetime
) -> models.ClientApplication:
    """Register an app of people, or bring a known one to these redirects; it has no secret.

    Runs in the platform context. Raises: ClientRegisterNotAllowedError.
    """
    with unit_of_work() as work:
        if not policies.may_lock(actor):
            raise errors.ClientRegisterNotAllowedError
        client, _ = models.ClientApplication.objects.update_or_create(
            client_id=client_id,
            defaults={
                "name": name,
                "client_secret": "",
                "hash_client_secret": False,
                "client_type": models.ClientApplication.CLIENT_PUBLIC,
                "authorization_grant_type": models.ClientApplication.GRANT_AUTHORIZATION_CODE,
                "redirect_uris": " ".join(redirect_uris),
            },
        )
        work.audit_action(
            actor=actor,
            action="client.register",
            object_type="client",
            object_key=client_id[:64],
            at=now,
            data={"redirects": list(redirect_uris)},
        )
    return client


def _require_division(code: str) -> None:
    if len(code) != _DIVISION_DIGITS or not code.isascii() or not code.isdigit():
        raise errors.DivisionCodeInvalidError(path=("divisionCode",))


def _tell_role(
    work: Work, actor: Actor, held: models.PlatformRole, *, verb: str, now: datetime
) -> None:
    said = {"role": held.role, "division": held.division_code}
    past = {"grant": "platform_role.granted", "revoke": "platform_role.revoked"}[verb]
    work.record(
        topic=tokens.TOPIC, subject=f"account:{held.account_id}", name=past, at=now, data=said
    )
    work.audit_action(
        actor=actor,
        action=f"platform_role.{verb}",
        object_type="account",
        object_key=str(held.account_id),
        at=now,
        data=said,
    )
