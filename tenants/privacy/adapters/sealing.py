"""What somebody asks to be put in place of a wrong datum, and who asks at a window, at rest."""

import json
from collections.abc import Mapping

from django.conf import settings

from tenants.cases.rules import SealedField
from tenants.privacy import models
from tongban.kernel import crypto


def seal(text: str, *, place: str) -> bytes:
    """Return ``text`` encrypted; it opens only at the ``place`` (case and field) it is for."""
    return crypto.seal(_keyring(), text.encode(), context=_context(place))


def open_sealed(blob: bytes, *, place: str) -> str:
    """Return the text of a sealed value. Raises: crypto.SealError."""
    return crypto.open_sealed(_keyring(), blob, context=_context(place)).decode()


def seal_presented(said: Mapping[SealedField, str], *, person: bytes) -> bytes:
    """Return who asks at a window encrypted; it opens only as that of this person's identity."""
    return seal(crypto.canonical_json(said).decode(), place=_presented(person))


def open_presented(row: models.DataRequest) -> dict[SealedField, str]:
    """Return who asked at a window, in full, and who acted for them. Raises: crypto.SealError."""
    assert row.presented_sealed is not None  # of what a window entered, by constraint
    place = _presented(bytes(row.requester_hash))
    said = json.loads(open_sealed(bytes(row.presented_sealed), place=place))
    return {SealedField(name): value for name, value in said.items()}


def _presented(person: bytes) -> str:
    return f"presented:{person.hex()}"


def _keyring() -> crypto.Keyring:
    return crypto.Keyring.from_text(settings.KEY_ENCRYPTION_KEYS)


def _context(place: str) -> bytes:
    return f"data_request:{place}".encode()
