"""Making accounts, and getting back into them."""

import secrets
import uuid
from datetime import datetime

from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction

from tongban.identity import errors, models, queries, rules
from tongban.identity.operations import passwords, phone_codes, sealing, throttle
from tongban.kernel import personal
from tongban.kernel.actors import ANONYMOUS
from tongban.kernel.transactions import claim_key, unit_of_work

_LONGEST_DISPLAY_NAME = 64


def register_account(
    *,
    phone: str,
    code: str,
    password: str,
    display_name: str,
    login_name: str,
    idempotency_key: uuid.UUID,
    now: datetime,
) -> models.Account:
    """Make an account for whoever holds the phone; an empty login name gets one made up.

    Runs in the sign-in context, outside any transaction, so that a wrong code stays counted.
    Raises: PhoneInvalidError, LoginNameInvalidError, DisplayNameInvalidError, PasswordWeakError,
    PhoneCodeInvalidError, PhoneTakenError, LoginNameTakenError, IdempotencyKeyReusedError.
    """
    number = phone_codes.mobile_number(phone)
    login = rules.normalize_login_name(login_name) or f"tb{secrets.token_hex(6)}"
    if not rules.is_login_name(login):
        raise errors.LoginNameInvalidError(path=("loginName",))
    shown = checked_display_name(display_name)
    passwords.require_strong(
        password,
        personal_data=(login, number[3:], *passwords.told_by_name(shown)),
        path="password",
    )
    with unit_of_work() as work:
        claim = claim_key(
            actor=ANONYMOUS,
            operation="register_account",
            key=idempotency_key,
            # A plain digest of a phone, a code and a password could be guessed: this one can't.
            request={
                "input": queries.keyed(
                    "registration", f"{number}\n{code}\n{password}\n{shown}\n{login_name}"
                )
            },
        )
        if claim.repeated and claim.outcome:
            return models.Account.objects.get(pk=claim.outcome["account"])
        accepted = phone_codes.redeem(
            phone=number, purpose=rules.CodePurpose.REGISTER, code=code, now=now
        )
        if accepted:
            account = create_account(
                login_name=login,
                display_name=shown,
                phone=number,
                password_hash=make_password(password),
                now=now,
            )
            claim.settle({"account": account.pk})
            work.audit_action(
                actor=queries.actor_of(account),
                action="account.register",
                object_type="account",
                object_key=str(account.pk),
                at=now,
            )
        else:
            # The attempt must stay counted, so this transaction commits without its claim.
            claim.record.delete()
    if not accepted:
        raise errors.PhoneCodeInvalidError(path=("code",))
    return account


def reset_password(*, phone: str, code: str, password: str, now: datetime) -> models.Account:
    """Set a new password for the account of a phone; every token and session of it ends.

    Runs in the sign-in context, outside any transaction, so that a wrong code stays counted.
    A phone without an account fails as a wrong code does.
    Raises: PhoneInvalidError, PasswordWeakError, PhoneCodeInvalidError.
    """
    number = phone_codes.mobile_number(phone)
    passwords.require_strong(password, personal_data=(number[3:],), path="password")
    account = None
    with unit_of_work() as work:
        if phone_codes.redeem(
            phone=number, purpose=rules.CodePurpose.RESET_PASSWORD, code=code, now=now
        ):
            account = (
                models.Account.objects.select_for_update()
                .filter(phone_hash=queries.phone_hash(number), is_active=True)
                .first()
            )
        if account is not None:
            # What is wrong now takes the attempt back, and the code stays good for the next.
            passwords.replace_password(account, password, path="password", work=work, now=now)
            throttle.forget_attempts(f"sign_in:{account.pk}")
            work.audit_action(
                actor=queries.actor_of(account),
                action="account.reset_password",
                object_type="account",
                object_key=str(account.pk),
                at=now,
            )
    if account is None:
        raise errors.PhoneCodeInvalidError(path=("code",))
    return account


def create_account(
    *, login_name: str, display_name: str, phone: str, password_hash: str, now: datetime
) -> models.Account:
    """Insert an account row with its phone sealed, inside the caller's unit of work.

    ``phone`` is normalized, or empty. Raises: PhoneTakenError, LoginNameTakenError.
    """
    account = models.Account(
        login_name=login_name,
        display_name=display_name,
        password=password_hash,
        phone_hash=queries.phone_hash(phone) if phone else None,
        phone_masked=personal.mask_phone(phone) if phone else "",
        registered_at=now,
        password_set_at=now,
    )
    try:
        with transaction.atomic():
            account.save(force_insert=True)
    except IntegrityError as error:
        if "phone_hash" in str(error):
            raise errors.PhoneTakenError(path=("phone",)) from None
        if "login_name" in str(error):
            raise errors.LoginNameTakenError(path=("loginName",)) from None
        raise
    if phone:
        account.phone_sealed = sealing.seal(phone, field="phone", account_id=account.pk)
        account.save(update_fields=["phone_sealed"])
    return account


def checked_display_name(text: str) -> str:
    """Return a display name without needless space. Raises: DisplayNameInvalidError."""
    shown = " ".join(text.split())
    if not 0 < len(shown) <= _LONGEST_DISPLAY_NAME or not shown.isprintable():
        raise errors.DisplayNameInvalidError(path=("displayName",))
    return shown
