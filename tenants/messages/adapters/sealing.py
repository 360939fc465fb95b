"""Recipients at rest: a sealed phone opens only as that of this message."""

from django.conf import settings

from tongban.kernel import crypto


def seal(phone: str, *, place: str) -> bytes:
    """Return a phone number encrypted for one message, by its ``Message.place``."""
    return crypto.seal(_keyring(), phone.encode(), context=f"message:{place}".encode())


def open_sealed(blob: bytes, *, place: str) -> str:
    """Return the phone number of a message. Raises: crypto.SealError."""
    opened = crypto.open_sealed(_keyring(), bytes(blob), context=f"message:{place}".encode())
    return opened.decode()


def _keyring() -> crypto.Keyring:
    return crypto.Keyring.from_text(settings.KEY_ENCRYPTION_KEYS)
