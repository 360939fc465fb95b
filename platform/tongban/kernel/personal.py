"""Personal identifiers: their canonical form, their checks, and what of them may be shown.

Errors carry a reason for programs and never the identifier itself, so they can be logged.
"""

import re
import unicodedata
from datetime import date
from enum import StrEnum

import phonenumbers
from stdnum.cn import ric, uscc

_MAX_OTHER = 64
_SHORT = 6
_CHINA = 86

_DASHES = dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2015\u2212"), "-")
_RESIDENT = re.compile(r"[1-9][0-9]{16}[0-9X]")
# GB 32100-2015: the registering authority may be a letter (N 农业: village collectives, A 军队,
# Y 其他). python-stdnum's validate wants a digit there and refuses them, so only its check
# character is used.
_CREDIT = re.compile(r"[1-9ANY][1-9][0-9]{6}[0-9A-HJ-NPQRTUWXY]{10}")
_PASSPORT = re.compile(r"[A-Z0-9]{5,20}")
_MOBILE = re.compile(r"1[0-9]{10}")
_PHONE = re.compile(r"\+?[0-9()\s.-]+")
_EXTENSION = re.compile(r"转|分机|ext|x|#|,|;", re.IGNORECASE)
_HAN = re.compile(r"[〇㐀-䶿一-鿿\U00020000-\U0003ffff]+")
_FIXED = {
    phonenumbers.PhoneNumberType.FIXED_LINE,
    phonenumbers.PhoneNumberType.MOBILE,
    phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE,
}
_COMPOUND_SURNAME = re.compile(
    "欧阳|太史|端木|上官|司马|东方|独孤|南宫|万俟|闻人|夏侯|诸葛|尉迟|公羊|赫连|澹台|"
    "皇甫|宗政|濮阳|公冶|太叔|申屠|公孙|慕容|仲孙|钟离|长孙|宇文|司徒|鲜于|司空|闾丘|"
    "子车|亓官|司寇|巫马|公西|颛孙|壤驷|公良|漆雕|乐正|宰父|谷梁|拓跋|夹谷|轩辕|令狐|"
    "段干|百里|呼延|东郭|南门|羊舌|微生|梁丘|左丘|东门|西门|第五|歐陽|司馬|東方|諸葛|"
    "尉遲|長孫|鍾離"
)


class IdKind(StrEnum):
    """The kinds of identifiers by which an applicant is known."""

    RESIDENT_ID = "RESIDENT_ID"
    CREDIT_CODE = "CREDIT_CODE"
    PASSPORT = "PASSPORT"
    OTHER = "OTHER"


class IdentifierReason(StrEnum):
    """Why a text is not the identifier that it should be."""

    EMPTY = "EMPTY"
    LENGTH = "LENGTH"
    CHARACTER = "CHARACTER"
    CHECK_DIGIT = "CHECK_DIGIT"
    BIRTH_DATE = "BIRTH_DATE"
    BIRTH_DATE_IN_FUTURE = "BIRTH_DATE_IN_FUTURE"
    PHONE_INVALID = "PHONE_INVALID"
    PHONE_EXTENSION = "PHONE_EXTENSION"
    PHONE_NOT_MAINLAND = "PHONE_NOT_MAINLAND"
    PHONE_NOT_MOBILE_OR_FIXED = "PHONE_NOT_MOBILE_OR_FIXED"


class IdentifierError(ValueError):
    """A text that is not the identifier that it should be; `reason` says why to a program."""

    def __init__(self, reason: IdentifierReason) -> None:
        super().__init__(f"not a valid identifier: {reason}")
        self.reason = reason


def _compact(kind: IdKind, text: str) -> str:
    """Bring a text to capitals and plain forms; only OTHER keeps hyphens and inner spaces."""
    plain = unicodedata.normalize("NFKC", text).translate(_DASHES).upper()
    words = plain.split()
    return " ".join(words) if kind is IdKind.OTHER else "".join(words).replace("-", "")


def _refuse_if(condition: bool, reason: IdentifierReason) -> None:
    if condition:
        raise IdentifierError(reason)


def normalize_id(kind: IdKind, text: str, *, today: date) -> str:
    """Return the canonical form of an identifier: capitals, no separators, checked.

    居民身份证号 by GB 11643: 18 characters, check character, a birth date not after `today`
    (Asia/Shanghai); its division is not looked up, since divisions are abolished and reused.
    统一社会信用代码 by GB 32100-2015: 18 characters and check character. Passports are 5–20
    letters and digits. OTHER is 1–64 printable characters and keeps its hyphens.

    Raises: IdentifierError with the first reason that applies.
    """
    compact = _compact(kind, text)
    _refuse_if(not compact, IdentifierReason.EMPTY)
    if kind is IdKind.RESIDENT_ID:
        _refuse_if(_resident_birth_date(compact) > today, IdentifierReason.BIRTH_DATE_IN_FUTURE)
    elif kind is IdKind.CREDIT_CODE:
        _check_shape(compact, _CREDIT, 18, 18)
        valid = compact[-1] == uscc.calc_check_digit(compact)
        _refuse_if(not valid, IdentifierReason.CHECK_DIGIT)
    elif kind is IdKind.PASSPORT:
        _check_shape(compact, _PASSPORT, 5, 20)
    else:
        _refuse_if(len(compact) > _MAX_OTHER, IdentifierReason.LENGTH)
        _refuse_if(not compact.isprintable(), IdentifierReason.CHARACTER)
    return compact


def _check_shape(compact: str, shape: re.Pattern[str], shortest: int, longest: int) -> None:
    _refuse_if(not shortest <= len(compact) <= longest, IdentifierReason.LENGTH)
    _refuse_if(not shape.fullmatch(compact), IdentifierReason.CHARACTER)


def _resident_birth_date(compact: str) -> date:
    # Not ric.validate: it looks the division up and fails with KeyError for 371471.
    _check_shape(compact, _RESIDENT, 18, 18)
    _refuse_if(compact[-1] != ric.calc_check_digit(compact), IdentifierReason.CHECK_DIGIT)
    try:
        return date(int(compact[6:10]), int(compact[10:12]), int(compact[12:14]))
    except ValueError:
        # The chained error would repeat a part of the birth date.
        raise IdentifierError(IdentifierReason.BIRTH_DATE) from None


def birth_date(resident_id: str) -> date:
    """Return the birth date that a 居民身份证号 holds (GB 11643).

    Raises: IdentifierError when it is not a valid number.
    """
    return _resident_birth_date(_compact(IdKind.RESIDENT_ID, resident_id))


def mask_id(kind: IdKind, text: str) -> str:
    """Return what of an identifier may be stored and shown in the clear, of the same length.

    A person's number keeps its first and last character (1…X). Its six digits of division and
    eight of birth are easily known from elsewhere, so the customary last four would complete it.
    A credit code, which is published, keeps the two characters of its kind and the last four.
    What is shorter than six characters keeps none. Nothing is checked, so it never fails.
    """
    compact = _compact(kind, text)
    if len(compact) < _SHORT:
        return "*" * len(compact)
    shown_first, shown_last = (2, 4) if kind is IdKind.CREDIT_CODE else (1, 1)
    hidden = max(len(compact) - shown_first - shown_last, 4)
    return compact[:shown_first] + "*" * hidden + compact[shown_first + hidden :]


def mask_name(text: str) -> str:
    """Return a person's name with the given name hidden: 张*, 张*三, 欧阳**, 阿***·***, J*** S****.

    A Chinese name of three characters keeps the last, as public notices do, unless two of them
    are a compound surname. Other names keep the first letter of each word.
    """
    name = " ".join(unicodedata.normalize("NFKC", text).split())
    if not _HAN.fullmatch(name):
        return _mask_words(name)
    if _COMPOUND_SURNAME.match(name) and len(name) > len("欧阳"):
        return name[:2] + "*" * (len(name) - 2)
    if len(name) == len("张小三"):
        return f"{name[0]}*{name[2]}"
    return name[0] + "*" * (len(name) - 1) if len(name) > 1 else "*"


def _mask_words(name: str) -> str:
    shown = []
    for index, character in enumerate(name):
        starts_word = index == 0 or name[index - 1] == " "
        separates = character in " ·•‧・"
        shown.append(character if starts_word or separates else "*")
    return "".join(shown) if len(name) > 1 else "*" * len(name)


def normalize_phone(text: str) -> str:
    """Return a mobile or fixed number of the Chinese mainland as E.164 (`+86…`).

    A fixed number needs its area code. Service numbers (12345, 95588, 400…, 800…) take no
    messages and are refused, as are extensions, which E.164 can't hold.

    Raises: IdentifierError with the first reason that applies.
    """
    plain = unicodedata.normalize("NFKC", text).translate(_DASHES).strip()
    _refuse_if(not plain, IdentifierReason.EMPTY)
    _refuse_if(bool(_EXTENSION.search(plain)), IdentifierReason.PHONE_EXTENSION)
    _refuse_if(not _PHONE.fullmatch(plain), IdentifierReason.CHARACTER)
    number = _parse_phone(plain)
    if number is None:
        raise IdentifierError(IdentifierReason.PHONE_INVALID)
    _refuse_if(number.country_code != _CHINA, IdentifierReason.PHONE_NOT_MAINLAND)
    _refuse_if(not phonenumbers.is_valid_number(number), IdentifierReason.PHONE_INVALID)
    kind = phonenumbers.number_type(number)
    _refuse_if(kind not in _FIXED, IdentifierReason.PHONE_NOT_MOBILE_OR_FIXED)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _parse_phone(text: str) -> phonenumbers.PhoneNumber | None:
    try:
        return phonenumbers.parse(text, "CN")
    except phonenumbers.NumberParseException:
        return None


def mask_phone(text: str) -> str:
    """Return what of a phone number may be stored and shown: 138****5678, 0534-*****23.

    A mobile number keeps its first three and last four digits, as everywhere in China; a fixed
    one its area code and last two; any other only its last two, and none under seven digits.
    Nothing is checked, so it never fails.
    """
    plain = unicodedata.normalize("NFKC", text).translate(_DASHES)
    number = _parse_phone(plain)
    if number is not None and number.country_code == _CHINA:
        national = phonenumbers.national_significant_number(number)
        if _MOBILE.fullmatch(national):
            return f"{national[:3]}****{national[-4:]}"
        area = phonenumbers.length_of_geographical_area_code(number)
        if area:
            return f"0{national[:area]}-{_mask_tail(national[area:])}"
        return _mask_tail(national)
    return _mask_tail(re.sub(r"[^0-9]", "", plain))


def _mask_tail(digits: str) -> str:
    shown = 2 if len(digits) > _SHORT else 0
    return "*" * (len(digits) - shown) + digits[len(digits) - shown :]
