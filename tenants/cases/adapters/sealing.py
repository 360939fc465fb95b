"""Personal data of a case at rest: a sealed value opens only as this field of this case."""

from django.conf import settings

from tongban.kernel import crypto


def seal(text: str, *, number: str, field: str) -> bytes:
    """Return ``text`` encrypted for one field of the case; the same at every center it reaches."""
    return crypto.seal(_keyring(), text.encode(), context=_context(number, field))


def open_sealed(blob: bytes, *, number: str, field: str) -> str:
    """Return the text of a sealed field. Raises: crypto.SealError."""
    return crypto.open_sealed(_keyring(), bytes(blob), context=_context(number, field)).decode()


def _keyring() -> crypto.Keyring:
    return crypto.Keyring.from_text(settings.KEY_ENCRYPTION_KEYS)


def _context(number: str, field: str) -> bytes:
    return f"case:{number}:{field}".encode()
