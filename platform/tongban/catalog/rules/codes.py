"""Codes of matters and offerings (GB/T 39046-2020 and the national 编码规则).

A standard matter code (基本编码) has 12 digits: region 2 (``00`` national, ``37`` 山东), type 2
and 8 more. An offering code (实施编码) has 31 characters: the implementing body's
统一社会信用代码 18, the exercising level 1 and the standard code 12.

Two forms are this platform's own, used only where the national part is not known:

* a **generated matter code** of the national shape for a matter that came without one, its last
  eight digits drawn from a hash of issuer and local code;
* a **local offering code** of 22 digits, center 9 (padded with zeros) + level 1 + standard code
  12, where the implementing body's credit code is not on record. Its length tells it apart.
"""

import hashlib
import re
from collections.abc import Container

from stdnum.cn import uscc

NATION = "0" * 12
"""The division code under which the nation issues its catalog."""
NATIONAL_REGION = "00"
_MATTER_CODE = re.compile(r"\d{12}", re.ASCII)
_OFFERING_CODE = re.compile(r"([0-9A-HJ-NP-RTUWXY]{18}|\d{9})[1-7]\d{12}", re.ASCII)
_TYPE = re.compile(r"\d{1,2}", re.ASCII)
_SUFFIXES = 10**8

EXERCISING_LEVELS = {"city": "3", "county": "4", "township": "5"}
"""行使层级 codes (A.2) of the levels at which centers exist."""


def padded_type(text: str) -> str | None:
    """Return a matter type as two digits (``1`` → ``01``), None for whatever is no type."""
    text = text.strip()
    if _TYPE.fullmatch(text) is None or int(text) == 0:
        return None
    return text.zfill(2)


def is_matter_code(code: str) -> bool:
    """Tell whether the text has the form of a standard matter code."""
    return _MATTER_CODE.fullmatch(code) is not None


def fits(code: str, *, issuer_code: str, matter_type: str) -> bool:
    """Tell whether a matter code agrees with its issuer's province and with the matter's type."""
    return code[:2] in {NATIONAL_REGION, issuer_code[:2]} and code[2:4] == matter_type


def generate_matter_code(
    *, issuer_code: str, matter_type: str, local_code: str, taken: Container[str]
) -> str:
    """Return a code of the national shape for a matter that has only a local one.

    The same issuer and local code give the same code again unless it is ``taken``; then the next
    free number follows. Whoever stores it finds the matter again by its local code, so the code
    stays what it was.
    """
    seed = hashlib.sha256(f"{issuer_code}/{local_code}".encode()).digest()
    suffix = int.from_bytes(seed[:8], "big") % _SUFFIXES
    prefix = f"{issuer_code[:2]}{matter_type}"
    while (code := f"{prefix}{suffix:08d}") in taken:
        suffix = (suffix + 1) % _SUFFIXES
    return code


def is_division(code: str) -> bool:
    """Tell whether the text has the form of a division's code, 12 digits."""
    return _MATTER_CODE.fullmatch(code) is not None


def issuers_above(division_code: str) -> list[str]:
    """Return who may issue matters for a 12-digit division: the nation, those above it, itself."""
    above = {division_code[:width].ljust(12, "0") for width in (2, 4, 6, 9)}
    return sorted({NATION, *above})


def is_credit_code(text: str) -> bool:
    """Tell whether the text is a 统一社会信用代码 whose check character is right (GB 32100)."""
    return text == uscc.compact(text) and bool(uscc.is_valid(text))


def offering_code(*, center_code: str, level: str, matter_code: str, credit_code: str) -> str:
    """Return the code of a matter as one center offers it: national where ``credit_code`` is known.

    ``level`` is the center's (city, county, township), ``credit_code`` the implementing body's
    统一社会信用代码 or empty.
    """
    body = credit_code or center_code.ljust(9, "0")
    return f"{body}{EXERCISING_LEVELS[level]}{matter_code}"


def is_offering_code(code: str) -> bool:
    """Tell whether the text has the form of an offering code, national or local."""
    return _OFFERING_CODE.fullmatch(code) is not None


def variant_code(offering_code: str, serial: str) -> str:
    """Return the code of one way to apply for an offering (业务办理项编码): 31 + 2 characters."""
    return f"{offering_code}{serial}"
