"""Signing as the center that the task is in, and verifying offline with the published key."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from django.conf import settings

from tongban.kernel import context, crypto
from tongban.kernel.models import SigningKey


def sign_statement(statement: Mapping[str, Any]) -> dict[str, Any]:
    """Return the statement signed with the running center's current key, as plain JSON.

    Shape: ``{statement, key_id, algorithm, signature (hex)}``; the signature covers the canonical
    JSON of the statement. Cost: nothing after the center's first.
    """
    key_id, private = _current_key(context.current_center(), settings.KEY_ENCRYPTION_KEYS)
    plain = crypto.plain_json(statement)
    return {
        "statement": plain,
        "key_id": key_id,
        "algorithm": crypto.ED25519,
        "signature": crypto.sign(private, crypto.canonical_json(plain)).hex(),
    }


def current_key_id() -> str:
    """Return the id of the key that the running center signs with now."""
    return _current_key(context.current_center(), settings.KEY_ENCRYPTION_KEYS)[0]


def is_genuine(signed: Mapping[str, Any], *, public_key: bytes) -> bool:
    """Tell whether a signed statement is what the key's owner signed."""
    message = crypto.canonical_json(signed["statement"])
    return crypto.verify(public_key, message, bytes.fromhex(signed["signature"]))


def forget_keys() -> None:
    """Read keys again (a key was retired, or a test changed databases)."""
    _current_key.cache_clear()


@lru_cache(maxsize=512)
def _current_key(center_code: str, keys: str) -> tuple[str, bytes]:
    del center_code  # the cache's key: each center signs with its own
    row = SigningKey.objects.filter(retired_at__isnull=True).order_by("-created_at").first()
    if row is None:
        raise context.ContextError("this center has no signing key")
    keyring = crypto.Keyring.from_text(keys)
    sealed = bytes(row.private_sealed)
    return row.key_id, crypto.open_sealed(keyring, sealed, context=row.key_id.encode())
