"""A center's own terms for a matter, as others write them: read with the exact fault."""

import re
from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from tongban.catalog.rules import codes
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
_DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?", re.ASCII)


def read_terms(at: Reader, stated: Collection[str]) -> dict[str, Any]:
    """Return the terms that are ``stated``, by the names of an offering's columns.

    An empty text states that there is none. What the list calls the center's own code is
    ``center_local_code`` there, since ``local_code`` names the matter.
    Raises: ShapeError.
    """
    terms: dict[str, Any] = {}
    for name, longest in LONGEST.items():
        if (key := own_key(name)) in stated:
            terms[name] = at.text(key, longest=longest)
    for name in ("assisted_intake", "on_the_spot"):
        if name in stated:
            terms[name] = at.flag(name)
    if "scope" in stated:
        terms["scope"] = _one_of(at, "scope", SCOPES)
    if "status" in stated:
        terms["status"] = at.choice("status", OfferingStatus) or OfferingStatus.IN_USE
    if "credit_code" in stated:
        terms["credit_code"] = _credit_code(at)
    if "windows" in stated:
        terms["windows"] = list(at.texts("windows", longest=20))
        for window in terms["windows"]:
            if not WINDOW.fullmatch(window):
                raise at.fault("windows", "NOT_A_CODE", window)
    if "promised_limit" in stated:
        terms["promised_limit"] = read_limit(at.object("promised_limit"))
    for name in ("effective_from", "effective_to"):
        if name in stated:
            terms[name] = _day(at, name)
    return terms


def own_key(term: str) -> str:
    """Return the name under which a list states a term."""
    return "center_local_code" if term == "local_code" else term


def _one_of(at: Reader, key: str, known: Collection[str]) -> str:
    value = at.text(key)
    if value and value not in known:
        raise at.fault(key, "NOT_A_CODE", value)
    return value


def _credit_code(at: Reader) -> str:
    value = at.text("credit_code")
    if value and not codes.is_credit_code(value):
        raise at.fault("credit_code", "NOT_A_CREDIT_CODE", value)
    return value


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
