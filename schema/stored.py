"""Stored operations: the documents of ``frontend_contract/``, named by their SHA-256."""

import hashlib
import json
from collections.abc import Mapping
from functools import cache

from django.conf import settings

from schema.errors import StoredOperationError


def document(key: str) -> str:
    """Return the text of a stored operation. Raises: StoredOperationError."""
    text = _documents().get(key.removeprefix("sha256:"))
    if text is None:
        raise StoredOperationError(id=key[:80])
    return text


def key_of(text: str) -> str:
    """Return the id that a document would be stored under."""
    return hashlib.sha256(text.encode()).hexdigest()


@cache
def _documents() -> Mapping[str, str]:
    manifest = json.loads(settings.STORED_OPERATIONS.read_text(encoding="utf-8"))
    return {entry["id"]: entry["body"] for entry in manifest["operations"]}


def forget() -> None:
    """Read the manifest again at the next request."""
    _documents.cache_clear()
