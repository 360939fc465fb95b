"""What names, passwords and codes must be, and how often they may be tried."""

import re
import unicodedata
from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum

LOCK_AFTER = 5
"""Failures in a row after which sign-in rests (等级保护 2.0, GB/T 22239-2019, 8.1.4.1)."""
LOCK_FOR = timedelta(minutes=30)

CODE_DIGITS = 6
CODE_VALID_FOR = timedelta(minutes=10)
CODE_ATTEMPTS = 5
CODE_RESEND_AFTER = timedelta(seconds=60)
CODES_A_DAY = 10

PASSWORD_LONGEST = 128

TWO_FACTOR = "two_factor"
"""The scope of a token that a second factor was proven for; the server alone puts it there."""
ENROLMENT_LASTS = timedelta(minutes=15)
"""How long a new secret waits for its first code."""
RECOVERY_CODES = 10

_LOGIN_NAME = re.compile(r"[a-z][a-z0-9_.-]{2,31}")
_HAN = "[〇㐀-䶿一-鿿\U00020000-\U0003ffff]{1,24}"
_HAN_NAME = re.compile(f"{_HAN}(·{_HAN}){{0,4}}")
_LATIN_NAME = re.compile(r"[A-Za-zÀ-ɏ][A-Za-zÀ-ɏ'. -]{0,63}")
_KINDS = tuple(re.compile(kind) for kind in ("[a-z]", "[A-Z]", "[0-9]", "[^a-zA-Z0-9]"))
_PERSONAL_SHORTEST = 4
_PERSONAL_SHORTEST_CHINESE = 2


class CodePurpose(StrEnum):
    """What a one-time code is good for; a code for one is none for another."""

    REGISTER = "REGISTER"
    RESET_PASSWORD = "RESET_PASSWORD"  # noqa: S105  a purpose, not a password


class PasswordFault(StrEnum):
    """Why a password is refused."""

    TOO_SHORT = "TOO_SHORT"
    TOO_LONG = "TOO_LONG"
    TOO_FEW_KINDS = "TOO_FEW_KINDS"
    CONTAINS_PERSONAL = "CONTAINS_PERSONAL"
    COMMON = "COMMON"
    USED_BEFORE = "USED_BEFORE"


def normalize_login_name(text: str) -> str:
    """Return a login name as it is stored: plain forms, lower case, no space around it."""
    return unicodedata.normalize("NFKC", text).strip().lower()


def is_login_name(text: str) -> bool:
    """Tell whether a normalized login name may be given: 3–32 of a-z 0-9 _ . -, a letter first.

    A letter first keeps it apart from every phone number.
    """
    return _LOGIN_NAME.fullmatch(text) is not None


def normalize_name(text: str) -> str:
    """Return a person's name with plain forms and one kind of middle dot."""
    plain = " ".join(unicodedata.normalize("NFKC", text).split())
    return re.sub(r"[•‧・∙●]", "·", plain)


def is_person_name(text: str) -> bool:
    """Tell whether a normalized text can be the name on a 居民身份证: two characters and more."""
    matched = _HAN_NAME.fullmatch(text) or _LATIN_NAME.fullmatch(text)
    return matched is not None and len(text.replace("·", "")) > 1


def password_faults(
    password: str, *, personal: Iterable[str], shortest: int = 8, kinds: int = 3
) -> tuple[PasswordFault, ...]:
    """Return what is wrong with a password; ``personal`` is what it must not contain.

    Length 8–128 and three of four kinds of characters, as audits by GB/T 22239-2019 ask.
    """
    faults = []
    if len(password) < shortest:
        faults.append(PasswordFault.TOO_SHORT)
    if len(password) > PASSWORD_LONGEST:
        faults.append(PasswordFault.TOO_LONG)
    if sum(1 for kind in _KINDS if kind.search(password)) < kinds:
        faults.append(PasswordFault.TOO_FEW_KINDS)
    lowered = password.lower()
    if any(_is_telling(part) and part.lower() in lowered for part in personal):
        faults.append(PasswordFault.CONTAINS_PERSONAL)
    return tuple(faults)


def is_password_expired(set_at: datetime, *, days: int, now: datetime) -> bool:
    """Tell whether a password is older than ``days``; 0 days is never."""
    return days > 0 and now - set_at > timedelta(days=days)


def _is_telling(part: str) -> bool:
    return len(part) >= (_PERSONAL_SHORTEST if part.isascii() else _PERSONAL_SHORTEST_CHINESE)
