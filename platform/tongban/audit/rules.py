"""What makes an audit log whole: a gap-free chain up to the head, agreeing with sealed heads.

Each entry's hash is SM3 over its predecessor's hash and its own content. That finds whatever was
done to single rows. Somebody who owns the tables could write the whole chain anew: sealed heads,
kept outside the database and proven by a key outside the database, find that as well, for all
that was written before the last of them.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from tongban.kernel import crypto


class FindingKind(StrEnum):
    """What is wrong at one place of a chain."""

    ALTERED = "altered"
    UNLINKED = "unlinked"
    MISSING = "missing"
    TAIL_CUT = "tail_cut"
    BEYOND_HEAD = "beyond_head"
    HEAD_DIFFERS = "head_differs"
    SEAL_DIFFERS = "seal_differs"
    SEAL_MISSING = "seal_missing"
    SEAL_FORGED = "seal_forged"


TEXTS = {
    FindingKind.ALTERED: "内容与其哈希不符：该条被改动或调换过",
    FindingKind.UNLINKED: "与前一条的哈希不相接：前一条被改动，或此处插入过",
    FindingKind.MISSING: "缺少记录：被删除过",
    FindingKind.TAIL_CUT: "末尾缺少记录：被截去",
    FindingKind.BEYOND_HEAD: "末尾多出记录：是另行添加的",
    FindingKind.HEAD_DIFFERS: "最后一条与登记的链首不符",
    FindingKind.SEAL_DIFFERS: "与封存的链首不符：此前的记录被整体改写过",
    FindingKind.SEAL_MISSING: "封存过的记录已不存在：被截去",
    FindingKind.SEAL_FORGED: "封存文件的该行不是本平台封存的，或被改动过",
}
"""What each finding says to people."""


CHAINS = {"case": "办件记录", "seal": "用印登记"}
"""Kinds of chains beside the audit log, as people call them."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of an audit log, as it stands in the database."""

    sequence: int
    at: datetime
    actor: Any
    action: str
    object_type: str
    object_key: str
    data: Any
    previous_hash: bytes
    hash: bytes

    def recomputed(self) -> bytes:
        """Return the hash that the content has after the predecessor it names."""
        return crypto.chain_hash(
            self.previous_hash,
            {
                "sequence": self.sequence,
                "at": self.at,
                "actor": self.actor,
                "action": self.action,
                "object_type": self.object_type,
                "object_key": self.object_key,
                "data": self.data,
            },
        )


@dataclass(frozen=True, slots=True)
class Head:
    """The last entry of a chain, by its number and hash; number 0 with 32 zero bytes: none yet."""

    sequence: int
    hash: bytes


START = Head(0, crypto.GENESIS)


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """What is looked for in an audit log; None narrows nothing."""

    action: str | None = None
    actor: str | None = None
    """The key of who acted, as entries have it."""
    object_type: str | None = None
    object_key: str | None = None
    start: datetime | None = None
    end: datetime | None = None
    """Excluded."""

    def as_audit(self) -> dict[str, Any]:
        """Return by what was narrowed: what was typed may be anybody's name or number."""
        return {"narrowed": [name for name in self.__slots__ if getattr(self, name) is not None]}


@dataclass(frozen=True, slots=True)
class Check:
    """That a log was verified: when, how far, and how much was wrong."""

    at: datetime
    sequence: int
    faults: int


@dataclass(frozen=True, slots=True)
class Standing:
    """How a log stands: its head, the last head that was sealed outside the database, a check."""

    head: Head
    sealed: Head | None
    sealed_at: datetime | None
    check: Check | None


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong; ``last`` differs from ``sequence`` where a stretch is concerned."""

    kind: FindingKind
    sequence: int
    last: int

    @classmethod
    def at(cls, kind: FindingKind, sequence: int) -> "Finding":
        """Return the finding about one entry."""
        return cls(kind, sequence, sequence)


@dataclass(slots=True)
class Chain:
    """Goes along a chain entry by entry, in the order of their numbers, from a head that is sure.

    Memory does not grow with the chain.
    """

    sealed: Sequence[Head] = ()
    before: Head = START
    checked: int = 0
    _sealed_hashes: dict[int, bytes] = field(init=False)

    def __post_init__(self) -> None:
        self._sealed_hashes = {
            head.sequence: head.hash for head in self.sealed if head.sequence > self.before.sequence
        }

    def follow(self, entries: Iterable[Entry]) -> Iterator[Finding]:
        """Yield what is wrong with the next entries."""
        for entry in entries:
            expected = self.before.sequence + 1
            if entry.sequence > expected:
                yield Finding(FindingKind.MISSING, expected, entry.sequence - 1)
            elif entry.previous_hash != self.before.hash:
                yield Finding.at(FindingKind.UNLINKED, entry.sequence)
            if entry.recomputed() != entry.hash:
                yield Finding.at(FindingKind.ALTERED, entry.sequence)
            sealed = self._sealed_hashes.pop(entry.sequence, entry.hash)
            if sealed != entry.hash:
                yield Finding.at(FindingKind.SEAL_DIFFERS, entry.sequence)
            self.before = Head(entry.sequence, entry.hash)
            self.checked += 1

    def end(self, head: Head) -> Iterator[Finding]:
        """Yield what is wrong at the end, ``head`` being what the schema's ledger says."""
        last = self.before
        if last.sequence < head.sequence:
            yield Finding(FindingKind.TAIL_CUT, last.sequence + 1, head.sequence)
        elif last.sequence > head.sequence:
            yield Finding(FindingKind.BEYOND_HEAD, head.sequence + 1, last.sequence)
        elif last.hash != head.hash:
            yield Finding.at(FindingKind.HEAD_DIFFERS, last.sequence)
        for sequence in sorted(self._sealed_hashes):
            yield Finding.at(FindingKind.SEAL_MISSING, sequence)
