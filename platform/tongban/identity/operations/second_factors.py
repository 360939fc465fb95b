"""The second factor of an account: enrolling an authenticator app, proving it, taking it away.

Each code is judged after it was counted (five wrong ones rest for half an hour), and taken by one
statement that moves the last taken step on: of two who send the same code at once, one gets in.
"""

import base64
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import NoReturn

from django.db import connection
from oauth2_provider.models import AccessToken

from tongban.identity import errors, models, queries, rules
from tongban.identity.operations import passwords, sealing, throttle, tokens
from tongban.kernel import crypto
from tongban.kernel.actors import Actor
from tongban.kernel.errors import UnauthenticatedError
from tongban.kernel.transactions import unit_of_work

ISSUER = "通办"
_SECRET_BYTES = 20
_RECOVERY_BYTES = 10
_GROUP = 4

_TAKE_STEP = """
UPDATE identity_secondfactor SET last_step = %(step)s
 WHERE account_id = %(account)s AND confirmed_at = %(confirmed_at)s AND last_step < %(step)s
"""
_TAKE_RECOVERY = """
UPDATE identity_secondfactor SET recovery_hashes = array_remove(recovery_hashes, %(hash)s)
 WHERE account_id = %(account)s AND confirmed_at = %(confirmed_at)s
   AND %(hash)s = ANY(recovery_hashes)
"""


@dataclass(frozen=True, slots=True)
class Enrolment:
    """A new secret on its way to an authenticator app; shown this once."""

    secret: str
    """Base32, for typing it in."""
    uri: str
    expires_at: datetime


def start_second_factor(*, actor: Actor, password: str, code: str, now: datetime) -> Enrolment:
    """Make a secret for the actor's authenticator app; it is good once its first code came.

    Who has a second factor already proves it with ``code``, and keeps it until then. Runs in the
    sign-in context, outside any transaction. Raises: UnauthenticatedError, TooManyAttemptsError,
    PasswordWrongError, SecondFactorInvalidError.
    """
    account = passwords.prove_password(actor, password, path="password", now=now)
    if queries.factor_stamp(account.pk):
        prove_code(account_id=account.pk, code=code, now=now)
    secret = secrets.token_bytes(_SECRET_BYTES)
    shown = base64.b32encode(secret).decode()
    expires_at = now + rules.ENROLMENT_LASTS
    with unit_of_work() as work:
        models.SecondFactor.objects.update_or_create(
            account_id=account.pk,
            defaults={
                "pending_sealed": sealing.seal(shown, field="totp", account_id=account.pk),
                "pending_until": expires_at,
            },
        )
        passwords.audit(work, actor, "second_factor.start", now)
    return Enrolment(
        secret=shown,
        uri=crypto.totp_uri(secret, account=account.login_name, issuer=ISSUER),
        expires_at=expires_at,
    )


def confirm_second_factor(*, actor: Actor, code: str, now: datetime) -> list[str]:
    """Take the pending secret as the actor's second factor, and return new recovery codes.

    The token at hand has it proven from then on. Runs in the sign-in context, outside any
    transaction. Raises: UnauthenticatedError, TooManyAttemptsError, SecondFactorNotStartedError,
    SecondFactorInvalidError.
    """
    account_id = _account_of(actor)
    pending = models.SecondFactor.objects.filter(pk=account_id, pending_until__gt=now)
    if not pending.exists():
        raise errors.SecondFactorNotStartedError
    attempt = _counted(account_id, now)
    codes = _new_recovery_codes()
    with unit_of_work() as work:
        factor = pending.select_for_update().first()
        if factor is None:  # confirmed by another request meanwhile
            raise errors.SecondFactorNotStartedError
        is_taken = _confirmed(factor, code, now)
        if is_taken:
            factor.recovery_hashes = [_recovery_hash(account_id, each) for each in codes]
            factor.save()
            _raise_token(actor)
            passwords.audit(work, actor, "second_factor.confirm", now)
    if not is_taken:
        _fail(account_id, attempt, now)
    throttle.forget_attempts(_key(account_id))
    return codes


def prove_second_factor(*, actor: Actor, code: str, now: datetime) -> None:
    """Let the token at hand count as one with a second factor, after a code or a recovery code.

    Runs in the sign-in context, outside any transaction. Raises: UnauthenticatedError,
    TooManyAttemptsError, SecondFactorMissingError, SecondFactorInvalidError.
    """
    account_id = _account_of(actor)
    if not queries.factor_stamp(account_id):
        raise errors.SecondFactorMissingError
    prove_code(account_id=account_id, code=code, now=now)
    with unit_of_work() as work:
        _raise_token(actor)
        passwords.audit(work, actor, "second_factor.prove", now)


def renew_recovery_codes(*, actor: Actor, code: str, now: datetime) -> list[str]:
    """Return new recovery codes, after which the former ones are good for nothing.

    Runs in the sign-in context, outside any transaction. Raises: as ``prove_second_factor``.
    """
    account_id = _account_of(actor)
    if not queries.factor_stamp(account_id):
        raise errors.SecondFactorMissingError
    prove_code(account_id=account_id, code=code, now=now)
    codes = _new_recovery_codes()
    with unit_of_work() as work:
        models.SecondFactor.objects.filter(pk=account_id).update(
            recovery_hashes=[_recovery_hash(account_id, each) for each in codes]
        )
        passwords.audit(work, actor, "second_factor.renew_codes", now)
    return codes


def prove_code(*, account_id: int, code: str, now: datetime) -> None:
    """Use up a code of the authenticator app, or a recovery code, of an account.

    Runs in the sign-in context, outside any transaction, so that a failure stays counted.
    Raises: TooManyAttemptsError, SecondFactorInvalidError.
    """
    attempt = _counted(account_id, now)
    factor = models.SecondFactor.objects.filter(pk=account_id).first()
    if factor is None or factor.secret_sealed is None or not _taken(factor, code, now):
        _fail(account_id, attempt, now)
    throttle.forget_attempts(_key(account_id))


def reset_second_factor(
    *, account_id: int, actor: Actor, data: dict[str, str], now: datetime
) -> bool:
    """Take an account's second factor away, with all its tokens; return whether it had one.

    Runs in the platform context: at a center's word (its security administrator decided there),
    or for whoever runs commands on the server.
    """
    with unit_of_work() as work:
        deleted, _by_model = models.SecondFactor.objects.filter(account_id=account_id).delete()
        if deleted:
            tokens.revoke_all(account_id=account_id, work=work, now=now)
            work.audit_action(
                actor=actor,
                action="second_factor.reset",
                object_type="account",
                object_key=str(account_id),
                at=now,
                data=data,
            )
    return bool(deleted)


def _account_of(actor: Actor) -> int:
    if actor.account_id is None:
        raise UnauthenticatedError
    return actor.account_id


def _key(account_id: int) -> str:
    return f"second_factor:{account_id}"


def _counted(account_id: int, now: datetime) -> int:
    attempt = throttle.spend_attempt(_key(account_id), now=now)
    if not attempt:
        raise errors.TooManyAttemptsError
    return attempt


def _fail(account_id: int, attempt: int, now: datetime) -> NoReturn:
    if attempt >= rules.LOCK_AFTER:
        with unit_of_work() as work:
            locked = Actor(account_id=account_id, kind="person")
            passwords.audit(work, locked, "second_factor.lock_out", now)
    raise errors.SecondFactorInvalidError(path=("code",))


def _taken(factor: models.SecondFactor, code: str, now: datetime) -> bool:
    """Tell whether a code is good, and use it up in the same statement if so."""
    assert factor.secret_sealed is not None  # a confirmed factor has one
    typed = code.replace(" ", "")
    step = _step(bytes(factor.secret_sealed), factor.pk, typed, now)
    said = {
        "account": factor.pk,
        "confirmed_at": factor.confirmed_at,
        "step": step,
        "hash": _recovery_hash(factor.pk, typed),
    }
    with connection.cursor() as cursor:
        cursor.execute(_TAKE_RECOVERY if step is None else _TAKE_STEP, said)
        taken: bool = cursor.rowcount == 1
    return taken


def _confirmed(factor: models.SecondFactor, code: str, now: datetime) -> bool:
    """Let the locked factor's pending secret be the one in force, where ``code`` is of it."""
    assert factor.pending_sealed is not None  # what is pending until an instant is there
    step = _step(bytes(factor.pending_sealed), factor.pk, code, now)
    if step is None:
        return False
    factor.secret_sealed, factor.confirmed_at = factor.pending_sealed, now
    factor.pending_sealed = factor.pending_until = None
    factor.last_step = step
    return True


def _step(sealed: bytes, account_id: int, code: str, now: datetime) -> int | None:
    secret = base64.b32decode(sealing.open_sealed(sealed, field="totp", account_id=account_id))
    return crypto.totp_step(secret, code.replace(" ", ""), at=now)


def _new_recovery_codes() -> list[str]:
    def one() -> str:
        text = base64.b32encode(secrets.token_bytes(_RECOVERY_BYTES)).decode().lower()
        return "-".join(text[at : at + _GROUP] for at in range(0, len(text), _GROUP))

    return [one() for _ in range(rules.RECOVERY_CODES)]


def _recovery_hash(account_id: int, code: str) -> str:
    plain = code.replace("-", "").strip().lower()
    return queries.keyed("recovery", f"{account_id}:{plain}").hex()


def _raise_token(actor: Actor) -> None:
    """Put the scope into the token at hand; a token refreshed from it keeps it."""
    token = AccessToken.objects.select_for_update().filter(pk=actor.token_id or 0).first()
    if token is None:
        raise UnauthenticatedError
    token.scope = " ".join(sorted({*token.scope.split(), rules.TWO_FACTOR}))
    token.save(update_fields=["scope"])
