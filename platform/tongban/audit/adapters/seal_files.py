"""Sealed heads in files: one per schema, one line per seal, only ever appended.

A line is ``{"statement": {code, sequence, hash, at, previous}, "proof": hex}``. ``previous`` is the
SM3 of the line before, so no line can be taken out of the middle; the proof is sealed with the
platform's key, so nobody who has the database and the files, but not the key, can write one. Copy
the folder regularly to where this machine's administrators can't write: what is cut off a file's
end shows there.
"""

import fcntl
import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings

from tongban.audit.rules import Check, Head
from tongban.kernel import crypto

_NO_LINE = bytes(32).hex()


@dataclass(frozen=True, slots=True)
class SealedHead:
    """A line of a schema's file; ``head`` is None where the line proves nothing."""

    line: int
    head: Head | None
    at: str = ""


def append(code: str, head: Head, *, at: datetime) -> bool:
    """Seal a head, unless the file's last line has it already; tell whether a line was written.

    It is on the disk when this returns. Any number of processes may seal at once.
    """
    path = _path(code)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with path.open("a+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.seek(0)
        lines = file.read().splitlines()
        if lines and _sequence(lines[-1]) >= head.sequence:
            os.utime(path)  # looked at: it is due again only when the time has passed
            return False
        statement = {
            "code": code,
            "sequence": head.sequence,
            "hash": head.hash.hex(),
            "at": at,
            "previous": crypto.sm3(lines[-1]).hex() if lines else _NO_LINE,
        }
        plain = crypto.plain_json(statement)
        line = crypto.canonical_json({"statement": plain, "proof": _prove(plain)})
        file.write(line + b"\n")
        file.flush()
        os.fsync(file.fileno())
    return True


def read(code: str) -> list[SealedHead]:
    """Return the sealed heads of a schema, oldest first; none where nothing was sealed."""
    try:
        lines = _path(code).read_bytes().splitlines()
    except FileNotFoundError:
        return []
    return list(_judged(code, lines))


def last(code: str) -> tuple[Head, datetime] | None:
    """Return the last sealed head of a schema and when it was sealed; None where none is genuine.

    It reads the file's last line, whose predecessors a check judges.
    """
    try:
        lines = _path(code).read_bytes().splitlines()
    except FileNotFoundError:
        return None
    for line in reversed(lines):
        said = _genuine(code, line)
        if said is not None:
            head = Head(int(said["sequence"]), bytes.fromhex(said["hash"]))
            return head, datetime.fromisoformat(said["at"])
    return None


def _genuine(code: str, line: bytes) -> dict[str, Any] | None:
    try:
        said: dict[str, Any] = json.loads(line)
        statement: dict[str, Any] = said["statement"]
        is_genuine = statement["code"] == code and _is_proven(statement, said["proof"])
    except (ValueError, KeyError, TypeError):
        return None
    return statement if is_genuine else None


def note_check(code: str, check: Check) -> None:
    """Keep what the last check of a schema's log came to, instead of the one before."""
    path = _path(code).with_suffix(".check")
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    statement = crypto.plain_json({"code": code, **asdict(check)})
    fresh = path.with_suffix(".fresh")
    fresh.write_bytes(crypto.canonical_json({"statement": statement, "proof": _prove(statement)}))
    fresh.replace(path)


def last_check(code: str) -> Check | None:
    """Return what the last check of a schema's log came to; None where none is kept."""
    try:
        line = _path(code).with_suffix(".check").read_bytes()
    except FileNotFoundError:
        return None
    said = _genuine(code, line)
    if said is None:
        return None
    return Check(datetime.fromisoformat(said["at"]), int(said["sequence"]), int(said["faults"]))


def age_seconds(code: str, now: datetime) -> float | None:
    """Return how long ago a schema's head was sealed or found sealed, None where never."""
    try:
        return now.timestamp() - _path(code).stat().st_mtime
    except FileNotFoundError:
        return None


def _judged(code: str, lines: list[bytes]) -> Iterator[SealedHead]:
    previous = _NO_LINE
    for number, line in enumerate(lines, start=1):
        try:
            said: dict[str, Any] = json.loads(line)
            statement = said["statement"]
            genuine = (
                statement["code"] == code
                and statement["previous"] == previous
                and _is_proven(statement, said["proof"])
            )
            head = Head(int(statement["sequence"]), bytes.fromhex(statement["hash"]))
            yield SealedHead(number, head if genuine else None, str(statement["at"]))
        except (ValueError, KeyError, TypeError):
            yield SealedHead(number, None)
        previous = crypto.sm3(line).hex()


def _sequence(line: bytes) -> int:
    try:
        return int(json.loads(line)["statement"]["sequence"])
    except (ValueError, KeyError, TypeError):
        return -1


def _prove(statement: Any) -> str:
    digest = crypto.sm3(crypto.canonical_json(statement))
    return crypto.seal(_keyring(), digest, context=b"audit-seal").hex()


def _is_proven(statement: Any, proof: str) -> bool:
    try:
        digest = crypto.open_sealed(_keyring(), bytes.fromhex(proof), context=b"audit-seal")
    except crypto.SealError:
        return False
    return digest == crypto.sm3(crypto.canonical_json(statement))


def _keyring() -> crypto.Keyring:
    return crypto.Keyring.from_text(settings.KEY_ENCRYPTION_KEYS)


def _path(code: str) -> Path:
    return Path(settings.AUDIT_SEALS) / f"{code}.seals"
