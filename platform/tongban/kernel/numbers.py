"""Case numbers: one number for life, unique over all centers, that anybody can read out.

A number is the center's division (9 digits), the day of its creation in Asia/Shanghai (YYMMDD),
a serial of that center and day (5 digits) and one ISO 7064 MOD 11,10 check digit: 21 digits. A
part of a case adds `-01` to `-99`. That is the form to store and to compare; `display` groups it
for people.
"""

import re
import secrets
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from stdnum.iso7064 import mod_11_10

MAX_SERIAL = 99_999
"""The last serial of one center on one day."""

MAX_PART = 99
"""The last part of one case."""

QUERY_CODE_ALPHABET = "23456789CDFGHJKMNPQRTVWXY"
"""What query codes are made of.

Left out is what is confused when read out or written by hand (0 O, 1 I L, 2 Z, 5 S, 8 B, U V:
none or one of each group) and A E I O U, so that no code spells a word.
"""

_QUERY_CODE_LENGTH = 6
_CENTURY = 2000
_WHOLE_LENGTH = 21
_PART_LENGTH = 23
_CENTER = re.compile(r"[1-9][0-9]{5}(?:[0-9]{3})?")
_DIGITS = re.compile(r"[0-9]+")

# Full-width digits become plain ones; spaces, hyphens, dashes and middle dots of any width go.
_PLAIN: dict[int, int | None] = {
    **{0xFF10 + digit: 0x30 + digit for digit in range(10)},
    **dict.fromkeys(map(ord, " \t\r\n\u00a0\u2002\u2003\u2009\u202f\u3000"), None),
    **dict.fromkeys(map(ord, "-\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe63\uff0d"), None),
    **dict.fromkeys(map(ord, "·\u2022\u2027\u30fb\uff65"), None),
}


class CaseNumberReason(StrEnum):
    """Why a text is no case number."""

    EMPTY = "EMPTY"
    CHARACTER = "CHARACTER"
    LENGTH = "LENGTH"
    CHECK_DIGIT = "CHECK_DIGIT"
    CENTER = "CENTER"
    DATE = "DATE"
    SERIAL = "SERIAL"
    PART = "PART"


class CaseNumberError(ValueError):
    """A text or a set of values that is no case number; `reason` says why to a program."""

    def __init__(self, reason: CaseNumberReason) -> None:
        super().__init__(f"not a case number: {reason}")
        self.reason = reason


def _check_center(code: str) -> None:
    # A nine-digit code that ends with 000 would be read back as the six-digit one.
    if not _CENTER.fullmatch(code) or code[6:] == "000":
        raise CaseNumberError(CaseNumberReason.CENTER)


@dataclass(frozen=True)
class CaseNumber:
    """What a case number says; `str()` gives its canonical form.

    `center_code` is the division code of six digits (province, city, county) or nine (township);
    `serial` is 1 to `MAX_SERIAL`; `part` is 1 to `MAX_PART`, or None for the whole case.

    Raises: CaseNumberError for values out of these ranges, for a day outside 2000–2099, and for
    a datetime, whose day depends on the time zone.
    """

    center_code: str
    day: date
    serial: int
    part: int | None = None

    def __post_init__(self) -> None:
        _check_center(self.center_code)
        if isinstance(self.day, datetime) or not _CENTURY <= self.day.year < _CENTURY + 100:
            raise CaseNumberError(CaseNumberReason.DATE)
        if not 1 <= self.serial <= MAX_SERIAL:
            raise CaseNumberError(CaseNumberReason.SERIAL)
        if self.part is not None and not 1 <= self.part <= MAX_PART:
            raise CaseNumberError(CaseNumberReason.PART)

    def __str__(self) -> str:
        body = f"{self.center_code:0<9}{self.day:%y%m%d}{self.serial:05d}"
        whole = body + mod_11_10.calc_check_digit(body)
        return whole if self.part is None else f"{whole}-{self.part:02d}"


def compose(center_code: str, day: date, serial: int, part: int | None = None) -> str:
    """Return the canonical case number of these values (ranges: see `CaseNumber`).

    `day` is the day in Asia/Shanghai (`calendar.local_day`).

    Raises: CaseNumberError.
    """
    return str(CaseNumber(center_code, day, serial, part))


def parse(text: str) -> CaseNumber:
    """Read a case number as a person types or pastes it.

    Spaces, hyphens, dashes, middle dots and full-width digits are accepted anywhere; a number of
    23 digits ends with its part. The check digit covers the 21 digits before the part: it finds
    every single wrong digit and 97.8 % of swapped neighbours (ISO 7064, MOD 11,10).

    Raises: CaseNumberError; a mistyped number is CHECK_DIGIT, whatever else is wrong in it.
    """
    digits = text.translate(_PLAIN)
    if not digits:
        raise CaseNumberError(CaseNumberReason.EMPTY)
    if not _DIGITS.fullmatch(digits):
        raise CaseNumberError(CaseNumberReason.CHARACTER)
    if len(digits) not in (_WHOLE_LENGTH, _PART_LENGTH):
        raise CaseNumberError(CaseNumberReason.LENGTH)
    whole, part = digits[:_WHOLE_LENGTH], digits[_WHOLE_LENGTH:]
    if mod_11_10.checksum(whole) != 1:
        raise CaseNumberError(CaseNumberReason.CHECK_DIGIT)
    return CaseNumber(
        center_code=_center_code(whole[:9]),
        day=_day(whole[9:15]),
        serial=int(whole[15:20]),
        part=int(part) if part else None,
    )


def _center_code(division: str) -> str:
    return division.removesuffix("000")


def _day(digits: str) -> date:
    try:
        return date(_CENTURY + int(digits[:2]), int(digits[2:4]), int(digits[4:]))
    except ValueError as error:
        raise CaseNumberError(CaseNumberReason.DATE) from error


def canonical(text: str) -> str:
    """Return the stored form of a case number as a person types it: 21 digits, perhaps `-01`.

    Raises: CaseNumberError.
    """
    return str(parse(text))


def display(text: str) -> str:
    """Return a case number in groups that can be read out: county, township, day, serial, check.

    For example `371722-103-261124-00017-4`, with its part `371722-103-261124-00017-4-01`. The
    hyphens are plain ones, so the shown form can be typed, searched and parsed again.

    Raises: CaseNumberError.
    """
    number = canonical(text)
    groups = (number[:6], number[6:9], number[9:15], number[15:20], number[20])
    return "-".join(groups) + number[_WHOLE_LENGTH:]


def center_of(text: str) -> str:
    """Return the code of the center that gave a case its number, six digits or nine.

    Raises: CaseNumberError.
    """
    return parse(text).center_code


MAX_BLOCK = 99_999
"""The last block of provisional numbers of one center."""

MAX_BLOCK_SERIAL = 9_999
_PROVISIONAL_LENGTH = 19


def provisional(center_code: str, block: int, serial: int) -> str:
    """Return a provisional number (临时号): 19 digits, which no case number has.

    Center (9 digits), block of that center (5, from 1), serial in the block (4, from 1) and an
    ISO 7064 MOD 11,10 check digit: a station gives it out while its line is down.

    Raises: CaseNumberError.
    """
    _check_center(center_code)
    if not (1 <= block <= MAX_BLOCK and 1 <= serial <= MAX_BLOCK_SERIAL):
        raise CaseNumberError(CaseNumberReason.SERIAL)
    body = f"{center_code:0<9}{block:05d}{serial:04d}"
    return body + mod_11_10.calc_check_digit(body)


def parse_provisional(text: str) -> tuple[str, int, int]:
    """Read a provisional number as people type it: center code, block and serial.

    Raises: CaseNumberError.
    """
    digits = text.translate(_PLAIN)
    if not _DIGITS.fullmatch(digits):
        raise CaseNumberError(CaseNumberReason.CHARACTER if digits else CaseNumberReason.EMPTY)
    if len(digits) != _PROVISIONAL_LENGTH:
        raise CaseNumberError(CaseNumberReason.LENGTH)
    if mod_11_10.checksum(digits) != 1:
        raise CaseNumberError(CaseNumberReason.CHECK_DIGIT)
    return _center_code(digits[:9]), int(digits[9:14]), int(digits[14:18])


def display_provisional(text: str) -> str:
    """Return a provisional number in groups that can be read out. Raises: CaseNumberError."""
    number = provisional(*parse_provisional(text))
    return "-".join((number[:6], number[6:9], number[9:14], number[14:18], number[18]))


def canonical_of_either(text: str) -> str:
    """Return the stored form of a case number or of a provisional one, which differ in length.

    Raises: CaseNumberError.
    """
    try:
        return provisional(*parse_provisional(text))
    except CaseNumberError as error:
        if error.reason is CaseNumberReason.LENGTH:
            return canonical(text)
        raise


def is_provisional(canonical_number: str) -> bool:
    """Tell whether the stored form of a number is a provisional one's."""
    return len(canonical_number) == _PROVISIONAL_LENGTH


def home_of_either(text: str) -> str:
    """Return the code of the center that gave a number of either kind. Raises: CaseNumberError."""
    number = canonical_of_either(text)
    if is_provisional(number):
        return parse_provisional(number)[0]
    return center_of(number)


def query_code() -> str:
    """Return a random code of six characters that, beside the number, lets anyone ask for a status.

    It holds 27.9 bits: enough against guessing only where attempts are counted and limited.
    """
    return "".join(secrets.choice(QUERY_CODE_ALPHABET) for _ in range(_QUERY_CODE_LENGTH))
