"""Files, stored by content hash under who owns them, never overwritten.

An owner is a center, by its code, a folder of one for what will be removed or must not be handed
out, or the catalog.
"""

import hashlib
import unicodedata
from datetime import datetime
from enum import StrEnum
from typing import IO

from django.core.files.base import File
from django.core.files.storage import Storage, storages

CATALOG = "catalog"
"""Owns the blank forms and samples of the shared catalog; no center has such a code."""


class ScanState(StrEnum):
    """What is known of a content: only what is clean, or was never to be scanned, is given out."""

    NOT_SCANNED = "not_scanned"
    PENDING = "pending"
    CLEAN = "clean"
    INFECTED = "infected"


_CHUNK = 1 << 20
_LONGEST_NAME = 200
_HASH_LENGTH = 64


def _storage() -> Storage:
    return storages["files"]


def _path(owner: str, sha256: str) -> str:
    return f"{owner}/{sha256[:2]}/{sha256}"


def digest(stream: IO[bytes]) -> tuple[str, int]:
    """Return SHA-256 (hex) and size in bytes of a stream, and rewind it."""
    hasher, size = hashlib.sha256(), 0
    stream.seek(0)
    while chunk := stream.read(_CHUNK):
        hasher.update(chunk)
        size += len(chunk)
    stream.seek(0)
    return hasher.hexdigest(), size


def store(owner: str, stream: IO[bytes]) -> tuple[str, int]:
    """Store a stream under its owner and return SHA-256 and size; a second time changes nothing.

    A transaction that rolls back leaves the bytes behind, to which nothing refers: who keeps files
    sweeps them.
    """
    sha256, size = digest(stream)
    path = _path(owner, sha256)
    if _storage().exists(path):
        if _storage().size(path) == size:
            return sha256, size
        _storage().delete(path)  # whoever wrote it was killed on the way
    _storage().save(path, File(stream))
    return sha256, size


def holds(owner: str, sha256: str) -> bool:
    """Tell whether the owner has the bytes of this hash."""
    return _storage().exists(_path(owner, sha256))


def open_file(owner: str, sha256: str) -> IO[bytes]:
    """Open an owner's file for reading. Raises: FileNotFoundError."""
    return _storage().open(_path(owner, sha256), "rb")


def quarantine(owner: str) -> str:
    """Return the owner of what a center has but gives to nobody."""
    return f"{owner}/quarantine"


def release(owner: str, sha256: str) -> None:
    """Copy a file out of quarantine, idempotently. Raises: FileNotFoundError, ValueError."""
    copy(origin=quarantine(owner), destination=owner, sha256=sha256)


def remove(owner: str, sha256: str) -> None:
    """Remove one of an owner's files, idempotently."""
    _storage().delete(_path(owner, sha256))


def listed(owner: str) -> list[str]:
    """Return the hashes of an owner's files."""
    return [name for shard in folders(owner) for name in _storage().listdir(f"{owner}/{shard}")[1]]


def folders(owner: str) -> list[str]:
    """Return the names of the folders that an owner has."""
    try:
        return _storage().listdir(owner)[0]
    except FileNotFoundError:
        return []


def in_folder(owner: str, place: int) -> list[str]:
    """Return the hashes of an owner's files that begin with this byte: a 256th of them."""
    try:
        names = _storage().listdir(f"{owner}/{place:02x}")[1]
    except FileNotFoundError:
        return []
    return [name for name in names if len(name) == _HASH_LENGTH]


def is_older(owner: str, sha256: str, before: datetime) -> bool:
    """Tell whether an owner's file was there before an instant."""
    try:
        return _storage().get_modified_time(_path(owner, sha256)) < before
    except FileNotFoundError:
        return False


def unfinished(owner: str, *, before: datetime) -> list[str]:
    """Return what a kill left half-written of an owner before an instant; a bucket keeps none."""
    find = getattr(_storage(), "unfinished", None)
    found: list[str] = find(owner, before=before) if find else []
    return found


def remove_unfinished(name: str) -> None:
    """Remove what a kill left half-written, idempotently."""
    _storage().delete(name)


def discard_folder(owner: str) -> None:
    """Remove an owner's files and what held them, where nobody writes there any more."""
    discard(owner)
    for shard in folders(owner):
        _storage().delete(f"{owner}/{shard}")
    _storage().delete(owner)


def discard(owner: str, *, kept: str = "") -> None:
    """Remove an owner's files, all but the one of hash ``kept``, idempotently."""
    for sha256 in listed(owner):
        if sha256 != kept:
            remove(owner, sha256)


def copy(*, origin: str, destination: str, sha256: str) -> None:
    """Copy a file from one center's folder to another's, idempotently.

    Raises: FileNotFoundError where the origin lacks it; ValueError where its bytes have changed.
    """
    if holds(destination, sha256) and _is_whole(origin, destination, sha256):
        return
    with open_file(origin, sha256) as stream:
        found, _size = store(destination, stream)
    if found != sha256:
        raise ValueError(f"file {sha256} of {origin} has other content")


def _is_whole(origin: str, destination: str, sha256: str) -> bool:
    """Tell whether a copy is not one whose writer was killed on the way."""
    size = _storage().size(_path(destination, sha256))
    return not holds(origin, sha256) or _storage().size(_path(origin, sha256)) == size


def plain_name(text: str) -> str:
    """Return a file's name without folders and control characters, at most 200 characters."""
    name = unicodedata.normalize("NFC", text).replace("\\", "/").rsplit("/", 1)[-1]
    name = "".join(c for c in name if unicodedata.category(c)[0] != "C").strip()
    if len(name) > _LONGEST_NAME:
        stem, dot, ending = name.rpartition(".")
        kept = ending[:10] if dot else ""
        name = f"{(stem or name)[: _LONGEST_NAME - 11]}{dot}{kept}"
    return name if name.strip(". ") else "file"
