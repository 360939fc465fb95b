"""Who somebody is: from a token to an actor, from a name to an account, from an account to itself.

Everything here runs as the sign-in role; no center's role can read these tables.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import connection
from oauth2_provider.models import AccessToken, RefreshToken

from tongban.identity import models, rules
from tongban.kernel import crypto, personal
from tongban.kernel.actors import Actor
from tongban.kernel.context import SharedRole, shared_context
from tongban.kernel.errors import UnauthenticatedError

_LONGEST_TOKEN = 512

# One row tells everything that a request needs to know of its sender.
_RESOLVE = """
SELECT token.id, token.scope, client.client_id, client.name, client.center_code,
       account.id, account.display_name, account.is_active, real_name.number_hash,
       factor.confirmed_at IS NOT NULL, account.password_set_at,
       ARRAY(SELECT role || ' ' || division_code FROM identity_platformrole AS held
              WHERE held.account_id = account.id),
       ARRAY(SELECT place.center_code FROM identity_membershipindexrow AS place
              WHERE place.account_id = account.id AND cardinality(place.roles) > 0)
  FROM oauth2_provider_accesstoken AS token
  JOIN identity_clientapplication AS client ON client.id = token.application_id
  LEFT JOIN identity_account AS account ON account.id = token.user_id
  LEFT JOIN identity_realname AS real_name ON real_name.account_id = account.id
  LEFT JOIN identity_secondfactor AS factor ON factor.account_id = account.id
 WHERE token.{column} = %s AND token.expires > %s
"""

# One array, however many sockets: a parameter for each would take longer to parse than to find.
_STILL_VALID = """
SELECT token.id FROM oauth2_provider_accesstoken AS token
  LEFT JOIN identity_account AS account ON account.id = token.user_id
 WHERE token.id = ANY(%s) AND token.expires > %s AND account.is_active IS NOT FALSE
"""


def resolve_actor(token: str, *, now: datetime) -> Actor:
    """Return who sends a bearer token, in one statement as the sign-in role.

    Call it before any transaction is open. Raises: UnauthenticatedError for a token that is
    unknown, expired or revoked, and for an account that is locked.
    """
    if not token or len(token) > _LONGEST_TOKEN:
        raise UnauthenticatedError
    return _resolved("token_checksum", crypto.token_digest(token), now)


def actor_of_token(token_id: int, *, now: datetime) -> Actor:
    """Return who holds the token of this id, as ``resolve_actor`` does for the token itself.

    So a link that was made for a request ends with the token that made it.
    """
    return _resolved("id", token_id, now)


def _resolved(column: str, value: str | int, now: datetime) -> Actor:
    with shared_context(SharedRole.SIGN_IN), connection.cursor() as cursor:
        cursor.execute(_RESOLVE.format(column=column), [value, now])
        row = cursor.fetchone()
    if row is None:
        raise UnauthenticatedError
    (token_id, scope, client_id, client_name, center_code, account_id, display_name, is_active,
     number_hash, has_factor, password_set_at, held, workplaces) = row  # fmt: skip
    if account_id is None:
        if not center_code:
            raise UnauthenticatedError
        return Actor(
            account_id=None,
            kind="machine",
            display_name=client_name,
            client_id=client_id,
            center_code=center_code,
            scopes=frozenset(scope.split()),
            token_id=token_id,
        )
    if not is_active:
        raise UnauthenticatedError
    scopes = frozenset(scope.split())
    is_two_factor = has_factor and rules.TWO_FACTOR in scopes
    is_expired = rules.is_password_expired(
        password_set_at, days=settings.STAFF_PASSWORD_DAYS, now=now
    )
    may_work = not is_expired and (is_two_factor or not settings.STAFF_SECOND_FACTOR)
    return Actor(
        account_id=account_id,
        kind="person",
        display_name=display_name,
        applicant_hash=None if number_hash is None else bytes(number_hash),
        client_id=client_id,
        scopes=scopes,
        token_id=token_id,
        real_name=number_hash is not None,
        has_second_factor=has_factor,
        is_two_factor=is_two_factor,
        is_password_expired=is_expired,
        platform_roles=frozenset(_role_pair(text) for text in held if may_work),
        workplaces=frozenset(workplaces),
    )


def actor_of(account: models.Account) -> Actor:
    """Return an account as an actor without a token: who signs in, or acts upon themselves."""
    return Actor(
        account_id=account.pk,
        kind="person",
        display_name=account.display_name,
        workplaces=frozenset(
            models.MembershipIndexRow.objects.filter(account_id=account.pk)
            .exclude(roles=[])
            .values_list("center_code", flat=True)
        ),
    )


def _role_pair(text: str) -> tuple[str, str]:
    role, _, division_code = text.partition(" ")
    return role, division_code


def valid_tokens(token_ids: Iterable[int], *, now: datetime) -> frozenset[int]:
    """Return those of the tokens that still open the door, in one statement for all sockets."""
    with shared_context(SharedRole.SIGN_IN), connection.cursor() as cursor:
        cursor.execute(_STILL_VALID, [list(token_ids), now])
        return frozenset(token_id for (token_id,) in cursor.fetchall())


@dataclass(frozen=True, slots=True)
class TokenOwner:
    """Whose a token is: an account's, or with None the client's own."""

    account_id: int | None


def token_owner(token: str, *, client_id: str) -> TokenOwner | None:
    """Return whose access or refresh token of a client this is, also a used one, or None."""
    digest = crypto.token_digest(token)
    for kind in (AccessToken, RefreshToken):
        found = (
            kind.objects.filter(token_checksum=digest, application__client_id=client_id)
            .values_list("user_id")
            .first()
        )
        if found is not None:
            return TokenOwner(account_id=found[0])
    return None


@dataclass(frozen=True, slots=True)
class AccountRecord:
    """What other features may know of an account."""

    account_id: int
    login_name: str
    display_name: str
    phone_masked: str
    is_active: bool


def find_account(identifier: str) -> AccountRecord | None:
    """Return the account with a login name or phone number, locked or not, or None."""
    account = account_by_identifier(identifier)
    return None if account is None else record_of(account)


def account_by_identifier(identifier: str) -> models.Account | None:
    """Return the account row of a login name or phone number, or None."""
    name = rules.normalize_login_name(identifier)
    if rules.is_login_name(name):
        return models.Account.objects.filter(login_name=name).first()
    try:
        phone = personal.normalize_phone(identifier)
    except personal.IdentifierError:
        return None
    return models.Account.objects.filter(phone_hash=phone_hash(phone)).first()


def active_account(account_id: int) -> models.Account | None:
    """Return the row of an account that is not locked, or None."""
    return models.Account.objects.filter(pk=account_id, is_active=True).first()


def record_of(account: models.Account) -> AccountRecord:
    """Return what other features may know of an account row."""
    return AccountRecord(
        account_id=account.pk,
        login_name=account.login_name,
        display_name=account.display_name,
        phone_masked=account.phone_masked,
        is_active=account.is_active,
    )


def keyed(kind: str, text: str) -> bytes:
    """Return a keyed hash of ``text`` that can't be mistaken for that of another kind."""
    return crypto.keyed_hash(settings.APPLICANT_HASH_KEY.encode(), f"{kind}:{text}")


def phone_hash(phone: str) -> bytes:
    """Return the keyed hash by which a normalized phone number is found."""
    return keyed("phone", phone)


def number_hash(number: str) -> bytes:
    """Return the platform-wide keyed hash of a normalized identity number (or credit code)."""
    return crypto.keyed_hash(settings.APPLICANT_HASH_KEY.encode(), number)


@dataclass(frozen=True, slots=True)
class RealNameRecord:
    """The verified identity as it may be shown to its owner."""

    id_kind: str
    number_masked: str
    name_masked: str
    verified_at: datetime


@dataclass(frozen=True, slots=True)
class SecondFactorRecord:
    """The second factor of an account as its owner may see it."""

    confirmed_at: datetime
    recovery_codes_left: int


@dataclass(frozen=True, slots=True)
class IndexedMembership:
    """Where an account works and as what, as the center last told."""

    center_code: str
    roles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Profile:
    """Everything an account may read of itself."""

    account: AccountRecord
    registered_at: datetime
    real_name: RealNameRecord | None
    second_factor: SecondFactorRecord | None
    memberships: tuple[IndexedMembership, ...]
    platform_roles: tuple[tuple[str, str], ...]


def profile_of(account_id: int) -> Profile:
    """Return an account as its owner reads it, in three statements however many centers."""
    accounts = models.Account.objects.select_related("real_name", "second_factor")
    account = accounts.get(pk=account_id)
    real_name: models.RealName | None = getattr(account, "real_name", None)
    factor: models.SecondFactor | None = getattr(account, "second_factor", None)
    rows = (
        models.MembershipIndexRow.objects.filter(account_id=account_id)
        .exclude(roles=[])
        .order_by("center_code")
    )
    held = models.PlatformRole.objects.filter(account_id=account_id)
    return Profile(
        account=record_of(account),
        registered_at=account.registered_at,
        real_name=None
        if real_name is None
        else RealNameRecord(
            id_kind=real_name.id_kind,
            number_masked=real_name.number_masked,
            name_masked=real_name.name_masked,
            verified_at=real_name.verified_at,
        ),
        second_factor=None
        if factor is None or factor.confirmed_at is None
        else SecondFactorRecord(
            confirmed_at=factor.confirmed_at, recovery_codes_left=len(factor.recovery_hashes)
        ),
        memberships=tuple(
            IndexedMembership(center_code=row.center_code, roles=tuple(row.roles)) for row in rows
        ),
        platform_roles=tuple(
            held.order_by("role", "division_code").values_list("role", "division_code")
        ),
    )


def factor_stamp(account_id: int) -> str:
    """Return what names the confirmed second factor of an account; empty where there is none.

    A session keeps it once the factor was proven: another factor is not proven by it.
    """
    confirmed = (
        models.SecondFactor.objects.filter(account_id=account_id)
        .values_list("confirmed_at", flat=True)
        .first()
    )
    return "" if confirmed is None else confirmed.isoformat()


def recent_messages(*, limit: int) -> list[tuple[str, str, datetime]]:
    """Return (masked recipient, text, sent at) of kept messages, newest first: demonstrations only.

    Empty wherever real people sign in.
    """
    if not settings.DEMO:
        return []
    return list(
        models.LocalMessage.objects.order_by("-sent_at", "-pk").values_list(
            "recipient_masked", "text", "sent_at"
        )[:limit]
    )
