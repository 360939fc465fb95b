"""A center's own terms for a matter, as others write them: read with the exact fault."""

import re
import unicodedata
from collections.abc import Callable, Collection, Mapping
from datetime import date
from typing import Any

from tongban.catalog.rules import codes
from tongban.catalog.rules.content import Limit
from tongban.catalog.rules.reading import read_limit
from tongban.catalog.rules.shapes import Reader
from tongban.catalog.states import OfferingStatus

LONGEST: Mapping[str, int] = {
    "department": 100,
    "place": 200,
    "hours": 200,
    "contact": 100,
    "complaints": 200,
    "body_kind": 40,
    "local_code": 100,
}
"""How many characters a center's own terms may have."""

SCOPES = frozenset("123456")
"""通办范围 1 (全国) to 6 (跨村)."""
WINDOW = re.compile(r"[\w-]{1,20}")
"""The form of a window's code."""
MOST_WINDOWS = 100
"""How many windows of a center may take in one matter."""
DAYS = ("effective_from", "effective_to")
_DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?", re.ASCII)


def read_terms(at: Reader, stated: Collection[str]) -> dict[str, Any]:
    """Return the terms that are ``stated``, by the names of an offering's columns.

    An empty text states that there is none, but an empty day states nothing. What the list calls
    the center's own code is ``center_local_code`` there, since ``local_code`` names the matter.
    Raises: ShapeError.
    """
    texts = {
        term: _one_line(at, own_key(term), longest)
        for term, longest in LONGEST.items()
        if own_key(term) in stated
    }
    others = {term: read(at, term) for term, read in _READERS.items() if term in stated}
    days = {term: day for term in DAYS if term in stated and (day := _day(at, term))}
    return {**texts, **others, **days}


def own_key(term: str) -> str:
    """Return the name under which a list states a term."""
    return "center_local_code" if term == "local_code" else term


def _one_line(at: Reader, key: str, longest: int) -> str:
    """Return a text whose lines are joined: places and numbers often stand below each other."""
    lines = at.text(key).splitlines()
    text = "；".join(line for line in map(str.strip, lines) if line)
    if any(unicodedata.category(character) == "Cc" for character in text):
        raise at.fault(key, "NOT_TEXT", ascii(text)[:60])
    if len(text) > longest:
        raise at.fault(key, "TOO_LONG", len(text))
    return text


def _flag(at: Reader, key: str) -> bool:
    return at.flag(key)


def _scope(at: Reader, key: str) -> str:
    value = at.text(key)
    if value and value not in SCOPES:
        raise at.fault(key, "NOT_A_CODE", value)
    return value


def _status(at: Reader, key: str) -> OfferingStatus:
    return at.choice(key, OfferingStatus) or OfferingStatus.IN_USE


def _credit_code(at: Reader, key: str) -> str:
    value = at.text(key)
    if value and not codes.is_credit_code(value):
        raise at.fault(key, "NOT_A_CREDIT_CODE", value)
    return value


def _windows(at: Reader, key: str) -> list[str]:
    windows = at.texts(key, longest=20)
    if len(windows) > MOST_WINDOWS:
        raise at.fault(key, "OUT_OF_RANGE", len(windows))
    for window in windows:
        if not WINDOW.fullmatch(window):
            raise at.fault(key, "NOT_A_CODE", window)
    return list(windows)


def _promise(at: Reader, key: str) -> Limit | None:
    return read_limit(at.object(key))


def _day(at: Reader, key: str) -> date | None:
    value = at.text(key)
    if not value:
        return None
    found = _DAY.fullmatch(value)
    if found is None:
        raise at.fault(key, "NOT_A_DAY", value)
    try:
        return date(*map(int, found.groups()))
    except ValueError:
        raise at.fault(key, "NOT_A_DAY", value) from None


_READERS: Mapping[str, Callable[[Reader, str], Any]] = {
    "status": _status,
    "credit_code": _credit_code,
    "windows": _windows,
    "promised_limit": _promise,
    "scope": _scope,
    "assisted_intake": _flag,
    "on_the_spot": _flag,
}
