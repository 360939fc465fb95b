"""Accounts and tokens without their owners: for demonstrations and rehearsals only."""

import secrets
from datetime import datetime, timedelta

from django.conf import settings
from django.utils.crypto import salted_hmac
from oauth2_provider.models import AccessToken, set_token_value

from tongban.identity import errors, models, policies, queries
from tongban.identity.operations import accounts, real_names
from tongban.kernel.actors import Actor
from tongban.kernel.transactions import unit_of_work

DEMONSTRATION = "demonstration"
"""How a real name is marked that no register confirmed."""
TOKEN_LASTS = timedelta(hours=8)
START_PAGE = "tongban-start"
"""The client of the start page and of GraphiQL."""
COMMAND_LINE = "tongban-cli"
"""The client of the reference clients; they listen on a loopback port of their own."""
_DIGITS = 10


def require_demonstration() -> None:
    """Refuse wherever real people sign in. Raises: DemonstrationRefusedError."""
    if not settings.DEMO:
        raise errors.DemonstrationRefusedError


def password() -> str:
    """Return the one password of all accounts of this installation's demonstration.

    It follows from the installation's secret, so it is the same at every start and never stored.
    """
    digest = salted_hmac("tongban.demonstration", "password", algorithm="sha256").hexdigest()
    return f"Demo-{digest[:_DIGITS]}"


def open_account(
    *,
    actor: Actor,
    login_name: str,
    display_name: str,
    password_hash: str,
    id_number: str = "",
    now: datetime,
) -> queries.AccountRecord:
    """Return the account of a login name, made on the first call, with this password hash.

    With ``id_number`` the account is real-name verified under its display name. Runs in the
    platform context, for whoever runs commands on the server.
    Raises: AccountLockNotAllowedError, NameInvalidError, IdentityNumberInvalidError,
    IdentityTakenError.
    """
    with unit_of_work() as work:
        if not policies.may_lock(actor):
            raise errors.AccountLockNotAllowedError
        account = models.Account.objects.filter(login_name=login_name).first()
        if account is None:
            account = accounts.create_account(
                login_name=login_name,
                display_name=display_name,
                phone="",
                password_hash=password_hash,
                now=now,
            )
            work.audit_action(
                actor=actor,
                action="account.demonstrate",
                object_type="account",
                object_key=str(account.pk),
                at=now,
            )
        elif account.password != password_hash:
            account.password, account.password_set_at = password_hash, now
            account.save(update_fields=["password", "password_set_at"])
        if id_number and not models.RealName.objects.filter(account=account).exists():
            name, number = real_names.checked_person(display_name, id_number, now=now)
            real_names.bind_real_name(
                account_id=account.pk,
                name=name,
                number=number,
                verified_via=DEMONSTRATION,
                now=now,
            )
    return queries.record_of(account)


def acting(account: queries.AccountRecord) -> Actor:
    """Return one of a demonstration's people as whom it furnishes itself.

    Nobody signs in, so nothing is asked of them that staff are asked for at sign-in.
    """
    return Actor(
        account_id=account.account_id,
        kind="person",
        display_name=account.display_name,
        is_two_factor=True,
    )


def issue_token(
    *, account_id: int, client_id: str, now: datetime, lasts: timedelta = TOKEN_LASTS
) -> str:
    """Return a new access token of an account for one of our clients; only its digest is kept.

    Runs in the sign-in context. Raises: AccountNotFoundError.
    """
    with unit_of_work():
        account = models.Account.objects.filter(pk=account_id, is_active=True).first()
        client = models.ClientApplication.objects.filter(client_id=client_id).first()
        if account is None or client is None:
            raise errors.AccountNotFoundError
        raw = secrets.token_urlsafe(32)
        token = AccessToken(user=account, application=client, scope="api", expires=now + lasts)
        set_token_value(token, raw)
        token.save()
    return raw
