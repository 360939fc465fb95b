"""One-time codes by text message: sent seldom, kept as a keyed hash, few attempts, used once."""

import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection

from tongban.identity import errors, models, queries, rules
from tongban.identity.adapters import messages
from tongban.identity.operations import throttle
from tongban.kernel import personal
from tongban.kernel.transactions import unit_of_work

# Each attempt is counted by the statement that fetches what it is compared with.
_TRY = """
UPDATE identity_phonecode SET attempts = attempts + 1
 WHERE phone_hash = %s AND purpose = %s AND used_at IS NULL AND expires_at > %s AND attempts < %s
RETURNING id, code_hash
"""


@dataclass(frozen=True, slots=True)
class SentCode:
    """What whoever asked for a code is told, the same whether or not the phone has an account."""

    phone_masked: str
    expires_at: datetime
    resend_after: datetime


def mobile_number(text: str) -> str:
    """Return a mobile number as E.164. Raises: PhoneInvalidError, also for fixed lines."""
    try:
        phone = personal.normalize_phone(text)
    except personal.IdentifierError as error:
        raise errors.PhoneInvalidError(path=("phone",), reason=error.reason) from None
    if not phone.startswith("+861"):
        raise errors.PhoneInvalidError(path=("phone",), reason="NOT_MOBILE")
    return phone


def request_phone_code(*, phone: str, purpose: rules.CodePurpose, now: datetime) -> SentCode:
    """Send a new code to a phone; it replaces the one before.

    Runs in the sign-in context. Raises: PhoneInvalidError, PhoneCodeTooSoonError,
    TooManyAttemptsError, MessagesUnavailableError.
    """
    messages.require_sender()
    number = mobile_number(phone)
    hashed = queries.phone_hash(number)
    code = f"{secrets.randbelow(10**rules.CODE_DIGITS):0{rules.CODE_DIGITS}}"
    sent = SentCode(
        phone_masked=personal.mask_phone(number),
        expires_at=now + rules.CODE_VALID_FOR,
        resend_after=now + rules.CODE_RESEND_AFTER,
    )
    with unit_of_work():
        _require_pause(hashed, now)
        day = timedelta(days=1)
        key = f"code:{hashed.hex()}"
        if not throttle.spend_attempt(key, now=now, limit=rules.CODES_A_DAY, rest=day):
            raise errors.TooManyAttemptsError
        models.PhoneCode.objects.update_or_create(
            phone_hash=hashed,
            purpose=purpose,
            defaults={
                "code_hash": _code_hash(number, code),
                "sent_at": now,
                "expires_at": sent.expires_at,
                "attempts": 0,
                "used_at": None,
            },
        )
        minutes = rules.CODE_VALID_FOR // timedelta(minutes=1)
        messages.send(
            phone=number,
            text=f"【通办】验证码 {code}，{minutes} 分钟内有效。工作人员不会向您索要验证码。",
            now=now,
        )
    return sent


def redeem(*, phone: str, purpose: rules.CodePurpose, code: str, now: datetime) -> bool:
    """Tell whether ``code`` is the phone's, and use it up if so; each call costs one attempt.

    Runs inside the caller's transaction, which must commit where the answer is no.
    """
    with connection.cursor() as cursor:
        cursor.execute(_TRY, [queries.phone_hash(phone), purpose, now, rules.CODE_ATTEMPTS])
        row = cursor.fetchone()
    if row is None or not hmac.compare_digest(bytes(row[1]), _code_hash(phone, code)):
        return False
    models.PhoneCode.objects.filter(pk=row[0]).update(used_at=now)
    return True


def _require_pause(hashed: bytes, now: datetime) -> None:
    latest = (
        models.PhoneCode.objects.filter(phone_hash=hashed)
        .select_for_update()
        .order_by("sent_at")
        .last()
    )
    if latest is not None and now < latest.sent_at + rules.CODE_RESEND_AFTER:
        rest = latest.sent_at + rules.CODE_RESEND_AFTER - now
        raise errors.PhoneCodeTooSoonError(retry_after_seconds=int(rest.total_seconds()) + 1)


def _code_hash(phone: str, code: str) -> bytes:
    return queries.keyed("code", f"{phone}:{code}")
