"""Checking what people type before it is kept."""

import json
import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from tenants.cases import errors, rules
from tongban.kernel import crypto, personal

_RESIDENT_ID = re.compile(r"(?<![0-9])[1-9][0-9]{16}[0-9Xx](?![0-9])")


def checked(text: str, *, path: tuple[str | int, ...], is_required: bool = False) -> str:
    """Return a text without white space around it, at most 2,000 characters.

    Raises: TextInvalidError, also for control characters, which no document can show.
    """
    plain = text.strip()
    too_long = len(plain) > rules.LONGEST_TEXT
    if too_long or (is_required and not plain) or not is_printable(plain):
        raise errors.TextInvalidError(path=path, limit=rules.LONGEST_TEXT)
    return plain


def is_printable(text: str) -> bool:
    """Tell whether a text holds nothing but characters, line breaks and tabs."""
    return all(
        unicodedata.category(character) not in {"Cc", "Cs"} or character in "\n\r\t"
        for character in text
    )


def checked_form(form: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the applicant filled in as plain JSON of at most 64 KiB.

    Identity numbers stay out of it: they belong to the applicant's and agents' own fields, where
    they are sealed. Raises: FormInvalidError.
    """
    if not isinstance(form, Mapping):
        raise _form_error("NOT_AN_OBJECT")
    try:
        text = crypto.canonical_json(form).decode()
    except (TypeError, ValueError, RecursionError):
        raise _form_error("NOT_JSON") from None
    if len(text.encode()) > rules.LARGEST_FORM:
        raise _form_error("TOO_LARGE")
    if "\\u0000" in text:
        raise _form_error("CHARACTER")
    if any(_is_resident_id(found) for found in _RESIDENT_ID.findall(text)):
        raise _form_error("IDENTITY_NUMBER")
    plain: dict[str, Any] = json.loads(text)
    return plain


def _is_resident_id(text: str) -> bool:
    try:
        personal.birth_date(text)
    except personal.IdentifierError:
        return False
    return True


def _form_error(reason: str) -> errors.FormInvalidError:
    return errors.FormInvalidError(path=("form",), reason=reason)
