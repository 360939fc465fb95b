"""Raising an account to a real name."""

import uuid
from datetime import datetime

from django.db import IntegrityError, transaction

from tongban.identity import errors, models, queries, rules
from tongban.identity.adapters import real_names
from tongban.identity.operations import sealing, throttle
from tongban.kernel import calendar, personal
from tongban.kernel.actors import Actor
from tongban.kernel.errors import UnauthenticatedError
from tongban.kernel.transactions import claim_key, unit_of_work

_KIND = personal.IdKind.RESIDENT_ID


def verify_identity(
    *, actor: Actor, name: str, id_number: str, idempotency_key: uuid.UUID, now: datetime
) -> models.RealName:
    """Bind the actor's account to one person by name and 居民身份证号, for good.

    Runs in the sign-in context, outside any transaction, so that a failure stays counted.
    Raises: NameInvalidError, IdentityNumberInvalidError, AlreadyVerifiedError,
    IdentityTakenError, TooManyAttemptsError, VerificationUnavailableError,
    IdempotencyKeyReusedError.
    """
    if actor.account_id is None:
        raise UnauthenticatedError
    key = f"verify:{actor.account_id}"
    if not throttle.spend_attempt(key, now=now):
        raise errors.TooManyAttemptsError
    person, number = checked_person(name, id_number, now=now)
    with unit_of_work() as work:
        claim = claim_key(
            actor=actor,
            operation="verify_identity",
            key=idempotency_key,
            request={"input": queries.keyed("verification", f"{person}\n{number}")},
        )
        if claim.repeated:
            real_name = models.RealName.objects.get(account_id=actor.account_id)
        else:
            real_name = bind_real_name(
                account_id=actor.account_id,
                name=person,
                number=number,
                verified_via=real_names.confirm(name=person, number=number),
                now=now,
            )
            work.record(
                topic="identity",
                subject=f"account:{actor.account_id}",
                name="account.verified",
                at=now,
                data={},
            )
            work.audit_action(
                actor=actor,
                action="account.verify_identity",
                object_type="account",
                object_key=str(actor.account_id),
                at=now,
                data={"via": real_name.verified_via},
            )
            claim.settle({"real_name": real_name.pk})
        throttle.forget_attempts(key)
    return real_name


def checked_person(name: str, id_number: str, *, now: datetime) -> tuple[str, str]:
    """Return name and 居民身份证号 in their canonical forms.

    Raises: NameInvalidError, IdentityNumberInvalidError with the reason.
    """
    person = rules.normalize_name(name)
    if not rules.is_person_name(person):
        raise errors.NameInvalidError(path=("name",))
    try:
        today = now.astimezone(calendar.ZONE).date()
        number = personal.normalize_id(_KIND, id_number, today=today)
    except personal.IdentifierError as error:
        raise errors.IdentityNumberInvalidError(path=("idNumber",), reason=error.reason) from None
    return person, number


def bind_real_name(
    *, account_id: int, name: str, number: str, verified_via: str, now: datetime
) -> models.RealName:
    """Insert the verified identity of an account inside the caller's unit of work.

    Raises: AlreadyVerifiedError, IdentityTakenError (which never tells by whom).
    """
    try:
        with transaction.atomic():
            return models.RealName.objects.create(
                account_id=account_id,
                id_kind=_KIND,
                number_sealed=sealing.seal(number, field="number", account_id=account_id),
                number_hash=queries.number_hash(number),
                number_masked=personal.mask_id(_KIND, number),
                name_sealed=sealing.seal(name, field="name", account_id=account_id),
                name_masked=personal.mask_name(name),
                verified_at=now,
                verified_via=verified_via,
            )
    except IntegrityError as error:
        if "identity_real_name_number" in str(error):
            raise errors.IdentityTakenError(path=("idNumber",)) from None
        if "account_id" in str(error):
            raise errors.AlreadyVerifiedError from None
        raise
