"""What a password must be wherever one is set, and proving and changing one's own."""

from datetime import datetime

from django.conf import settings
from django.contrib.auth import password_validation
from django.contrib.auth.hashers import check_password, make_password
from django.core.exceptions import ValidationError

from tongban.identity import errors, models, queries, rules
from tongban.identity.operations import throttle, tokens
from tongban.kernel import pinyin
from tongban.kernel.actors import Actor
from tongban.kernel.errors import UnauthenticatedError
from tongban.kernel.transactions import Work, unit_of_work


def require_strong(password: str, *, personal_data: tuple[str, ...], path: str) -> None:
    """Refuse a password that is weak, common or tells of its owner.

    Raises: PasswordWeakError with the reasons.
    """
    faults = list(
        rules.password_faults(
            password,
            personal=personal_data,
            shortest=settings.PASSWORD_LENGTH,
            kinds=settings.PASSWORD_KINDS,
        )
    )
    try:
        password_validation.validate_password(password)
    except ValidationError:
        faults.append(rules.PasswordFault.COMMON)
    _refuse(faults, path)


def told_by_name(display_name: str) -> tuple[str, ...]:
    """Return what a password must not contain of a person's name: itself, and how it is read."""
    return display_name, "".join(pinyin.syllables(pinyin.normalize(display_name)))


def replace_password(
    account: models.Account, password: str, *, path: str, work: Work, now: datetime
) -> None:
    """Give a locked account another password than its last ones; every token of it ends.

    Raises: PasswordWeakError.
    """
    personal = (account.login_name, *told_by_name(account.display_name))
    require_strong(password, personal_data=personal, path=path)
    former = account.former_passwords.order_by("-replaced_at", "-pk")
    kept = list(former[: settings.PASSWORD_HISTORY - 1])
    last = [account.password, *(row.password for row in kept)]
    if any(check_password(password, each) for each in last):
        _refuse([rules.PasswordFault.USED_BEFORE], path)
    made = models.FormerPassword.objects.create(
        account=account, password=account.password, replaced_at=now
    )
    keep = [row.pk for row in (made, *kept)][: settings.PASSWORD_HISTORY - 1]
    account.former_passwords.exclude(pk__in=keep).delete()
    account.password = make_password(password)
    account.password_set_at = now
    account.save(update_fields=["password", "password_set_at"])
    tokens.revoke_all(account_id=account.pk, work=work, now=now)


def prove_password(actor: Actor, password: str, *, path: str, now: datetime) -> models.Account:
    """Return the actor's account once its password was said; failures count as at sign-in.

    Runs outside any transaction. Raises: UnauthenticatedError, TooManyAttemptsError,
    PasswordWrongError.
    """
    account = None if actor.account_id is None else queries.active_account(actor.account_id)
    if account is None:
        raise UnauthenticatedError
    key = f"sign_in:{account.pk}"
    attempt = throttle.spend_attempt(key, now=now)
    if not attempt:
        raise errors.TooManyAttemptsError
    if not account.check_password(password):
        if attempt >= rules.LOCK_AFTER:
            with unit_of_work() as work:
                audit(work, actor, "account.lock_out", now)
        raise errors.PasswordWrongError(path=(path,))
    throttle.forget_attempts(key)
    return account


def change_password(*, actor: Actor, current: str, password: str, now: datetime) -> models.Account:
    """Set one's own new password, proven by the present one; every token and session ends.

    Runs in the sign-in context, outside any transaction, so that a failure stays counted.
    Raises: UnauthenticatedError, TooManyAttemptsError, PasswordWrongError, PasswordWeakError.
    """
    proven = prove_password(actor, current, path="currentPassword", now=now)
    with unit_of_work() as work:
        account = models.Account.objects.select_for_update().get(pk=proven.pk)
        if account.password != proven.password:
            raise errors.PasswordWrongError(path=("currentPassword",))
        replace_password(account, password, path="password", work=work, now=now)
        audit(work, actor, "account.change_password", now)
    return account


def audit(work: Work, actor: Actor, action: str, now: datetime) -> None:
    """Leave the audit entry of what an account did with itself."""
    work.audit_action(
        actor=actor,
        action=action,
        object_type="account",
        object_key=str(actor.account_id),
        at=now,
    )


def _refuse(faults: list[rules.PasswordFault], path: str) -> None:
    if faults:
        raise errors.PasswordWeakError(
            path=(path,),
            reasons=faults,
            shortest=settings.PASSWORD_LENGTH,
            kinds=settings.PASSWORD_KINDS,
            history=settings.PASSWORD_HISTORY,
        )
