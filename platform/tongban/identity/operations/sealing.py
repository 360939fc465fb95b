"""Personal data at rest: sealed where it is stored, so a value opens only in its own row."""

from django.conf import settings

from tongban.kernel import crypto


def open_sealed(blob: bytes, *, field: str, account_id: int) -> str:
    """Return what was sealed for one field of one account."""
    keyring = crypto.Keyring.from_text(settings.KEY_ENCRYPTION_KEYS)
    return crypto.open_sealed(keyring, blob, context=f"{field}:{account_id}".encode()).decode()


def seal(text: str, *, field: str, account_id: int) -> bytes:
    """Return ``text`` encrypted for one field of one account."""
    keyring = crypto.Keyring.from_text(settings.KEY_ENCRYPTION_KEYS)
    return crypto.seal(keyring, text.encode(), context=f"{field}:{account_id}".encode())
