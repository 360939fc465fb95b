"""Signing in with a password: locked after five failures, alike for names that nobody has."""

from datetime import datetime

from django.conf import settings
from django.contrib.auth.hashers import make_password

from tongban.identity import errors, models, queries, rules
from tongban.identity.operations import throttle
from tongban.kernel.transactions import unit_of_work


def sign_in(*, identifier: str, password: str, address: str = "", now: datetime) -> models.Account:
    """Return the account whose login name or phone number and password these are.

    Runs in the sign-in context, outside any transaction, so that a failure stays counted, by
    account and by the network ``address``. What is wrong is never told, and takes the time of one
    password either way. Raises: SignInFailedError, TooManyAttemptsError.
    """
    place = spend_at_address(address, now=now)
    account = queries.account_by_identifier(identifier)
    key = _throttle_key(account, identifier)
    attempt = throttle.spend_attempt(key, now=now)
    if not attempt:
        raise errors.TooManyAttemptsError
    if account is None or not account.is_active:
        make_password(password)
        raise errors.SignInFailedError
    if not account.check_password(password):
        if attempt >= rules.LOCK_AFTER:
            _audit(account, "account.lock_out", now)
        raise errors.SignInFailedError
    throttle.forget_attempts(key)
    throttle.give_back(place)
    _audit(account, "account.sign_in", now)
    return account


def spend_at_address(address: str, *, now: datetime) -> str:
    """Count one attempt from a network address within this half hour, and return its key.

    Failures of a whole hall meet here, so each half hour begins anew and the limit is a setting.
    Raises: TooManyAttemptsError.
    """
    window = int(now.timestamp()) // int(rules.LOCK_FOR.total_seconds())
    key = f"address:{queries.keyed('address', address).hex()}:{window}"
    if not throttle.spend_attempt(key, now=now, limit=settings.SIGN_IN_ADDRESS_FAILURES):
        raise errors.TooManyAttemptsError
    return key


def _throttle_key(account: models.Account | None, identifier: str) -> str:
    if account is not None:
        return f"sign_in:{account.pk}"
    name = rules.normalize_login_name(identifier)
    return f"sign_in:{queries.keyed('name', name).hex()}"


def _audit(account: models.Account, action: str, now: datetime) -> None:
    with unit_of_work() as work:
        work.audit_action(
            actor=queries.actor_of(account),
            action=action,
            object_type="account",
            object_key=str(account.pk),
            at=now,
        )
