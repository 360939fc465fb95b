"""Files of centers, stored under the center by content hash, never overwritten."""

import hashlib
from typing import IO

from django.core.files.base import File
from django.core.files.storage import Storage, storages

_CHUNK = 1 << 20


def _storage() -> Storage:
    return storages["files"]


def _path(center_code: str, sha256: str) -> str:
    return f"{center_code}/{sha256[:2]}/{sha256}"


def digest(stream: IO[bytes]) -> tuple[str, int]:
    """Return SHA-256 (hex) and size in bytes of a stream, and rewind it."""
    hasher, size = hashlib.sha256(), 0
    stream.seek(0)
    while chunk := stream.read(_CHUNK):
        hasher.update(chunk)
        size += len(chunk)
    stream.seek(0)
    return hasher.hexdigest(), size


def store(center_code: str, stream: IO[bytes]) -> tuple[str, int]:
    """Store a stream under its center and return SHA-256 and size; a second time changes nothing.

    A transaction that rolls back leaves the bytes behind, which harm nobody: nothing refers to
    them, and the same content will find them again.
    """
    sha256, size = digest(stream)
    path = _path(center_code, sha256)
    if not _storage().exists(path):
        _storage().save(path, File(stream))
    return sha256, size


def holds(center_code: str, sha256: str) -> bool:
    """Tell whether the center has the bytes of this hash."""
    return _storage().exists(_path(center_code, sha256))


def open_file(center_code: str, sha256: str) -> IO[bytes]:
    """Open a center's file for reading. Raises: FileNotFoundError."""
    return _storage().open(_path(center_code, sha256), "rb")


def copy(*, origin: str, destination: str, sha256: str) -> None:
    """Copy a file from one center's folder to another's, idempotently.

    Raises: FileNotFoundError where the origin lacks it; ValueError where its bytes have changed.
    """
    if holds(destination, sha256):
        return
    with open_file(origin, sha256) as stream:
        found, _size = store(destination, stream)
    if found != sha256:
        raise ValueError(f"file {sha256} of {origin} has other content")
