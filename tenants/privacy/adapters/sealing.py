"""What somebody asks to be put in place of a wrong datum, at rest."""

from django.conf import settings

from tongban.kernel import crypto


def seal(text: str, *, place: str) -> bytes:
    """Return ``text`` encrypted; it opens only at the ``place`` (case and field) it is for."""
    return crypto.seal(_keyring(), text.encode(), context=_context(place))


def open_sealed(blob: bytes, *, place: str) -> str:
    """Return the text of a sealed value. Raises: crypto.SealError."""
    return crypto.open_sealed(_keyring(), blob, context=_context(place)).decode()


def _keyring() -> crypto.Keyring:
    return crypto.Keyring.from_text(settings.KEY_ENCRYPTION_KEYS)


def _context(place: str) -> bytes:
    return f"data_request:{place}".encode()
