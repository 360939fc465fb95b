"""Whatever is done to an audit log is found: a thousand random tamperings."""

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tongban.audit.rules import START, Chain, Entry, Finding, FindingKind, Head
from tongban.kernel import crypto

LENGTH = 60
BEGIN = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


def linked(entries: list[Entry], previous: bytes = crypto.GENESIS) -> list[Entry]:
    """Give each entry the hashes that it would have had."""
    result = []
    for entry in entries:
        following = replace(entry, previous_hash=previous)
        previous = following.recomputed()
        result.append(replace(following, hash=previous))
    return result


def whole_log() -> list[Entry]:
    actors = [{"key": f"account:{n}", "name": "王", "client": ""} for n in range(4)]
    return linked(
        [
            Entry(
                sequence=n,
                at=BEGIN + timedelta(minutes=n),
                actor=actors[n % 4],
                action=("case.accept", "case.decide", "field.reveal")[n % 3],
                object_type="case",
                object_key=f"3714020012603020{n:04d}",
                data={"purpose": "核对", "n": n},
                previous_hash=b"",
                hash=b"",
            )
            for n in range(1, LENGTH + 1)
        ]
    )


LOG = whole_log()
HEAD = Head(LENGTH, LOG[-1].hash)
SEALED = [Head(n, LOG[n - 1].hash) for n in (10, 25, LENGTH)]


def findings(log: list[Entry], head: Head, sealed: list[Head]) -> list[Finding]:
    chain = Chain(sealed=sealed)
    return [*chain.follow(log), *chain.end(head)]


def test_a_whole_log_is_found_whole():
    assert findings(LOG, HEAD, SEALED) == []
    assert findings([], START, []) == []


def edited(entry: Entry, chance: random.Random) -> Entry:
    changes: list[dict[str, Any]] = [
        {"actor": {**entry.actor, "key": "account:99"}},
        {"action": "case.withdraw"},
        {"object_key": entry.object_key[:-1] + "X"},
        {"object_type": "paper"},
        {"data": {**entry.data, "purpose": "查询"}},
        {"data": {}},
        {"at": entry.at + timedelta(microseconds=1)},
    ]
    change = chance.choice(changes)
    return replace(entry, **change)


def edit(log, head, chance):
    place = chance.randrange(len(log))
    return [*log[:place], edited(log[place], chance), *log[place + 1 :]], head


def edit_with_its_hash(log, head, chance):
    place = chance.randrange(len(log))
    changed = edited(log[place], chance)
    return [*log[:place], replace(changed, hash=changed.recomputed()), *log[place + 1 :]], head


def delete(log, head, chance):
    place = chance.randrange(len(log))
    return [*log[:place], *log[place + 1 :]], head


def swap(log, head, chance):
    one, other = sorted(chance.sample(range(len(log)), 2))
    swapped = list(log)
    swapped[one] = replace(log[other], sequence=log[one].sequence)
    swapped[other] = replace(log[one], sequence=log[other].sequence)
    return swapped, head


def insert(log, head, chance):
    """Put one in between, and number what follows anew."""
    place = chance.randrange(1, len(log))
    forged = replace(edited(log[place], chance), previous_hash=log[place - 1].hash)
    forged = replace(forged, hash=forged.recomputed())
    later = [replace(entry, sequence=entry.sequence + 1) for entry in log[place:]]
    return [*log[:place], forged, *later], Head(head.sequence + 1, head.hash)


def append(log, head, chance):
    """Add one that is linked well, but that no transaction wrote."""
    forged = replace(
        edited(log[-1], chance), sequence=head.sequence + 1, previous_hash=log[-1].hash
    )
    return [*log, replace(forged, hash=forged.recomputed())], head


def cut(log, head, chance):
    return log[: -chance.randrange(1, len(log))], head


def cut_with_the_head(log, head, chance):
    """The owner of the tables can move the head as well: only what was sealed tells."""
    rest = log[: -chance.randrange(1, len(log))]
    return rest, Head(rest[-1].sequence, rest[-1].hash)


def write_anew(log, head, chance):
    """Change one and compute every later hash anew, the head too."""
    place = chance.randrange(len(log))
    changed = [*log[:place], edited(log[place], chance), *log[place + 1 :]]
    changed = linked(changed)
    return changed, Head(head.sequence, changed[-1].hash)


TAMPERINGS = [
    edit, edit_with_its_hash, delete, swap, insert, append, cut, cut_with_the_head, write_anew,
]  # fmt: skip


def test_a_thousand_random_tamperings_are_all_found():
    chance = random.Random(20260302)  # noqa: S311 # repeatable, no secret
    for _ in range(1000):
        tamper = chance.choice(TAMPERINGS)
        log, head = tamper(LOG, HEAD, chance)
        assert findings(log, head, SEALED), tamper.__name__


@pytest.mark.parametrize(
    "tamper", [t for t in TAMPERINGS if t not in {cut_with_the_head, write_anew}]
)
def test_what_is_done_to_rows_is_found_without_any_seal(tamper):
    chance = random.Random(7)  # noqa: S311
    for _ in range(50):
        log, head = tamper(LOG, HEAD, chance)
        assert findings(log, head, [])


def test_findings_name_the_place():
    log = [*LOG[:9], *LOG[12:]]
    assert findings(log, HEAD, []) == [Finding(FindingKind.MISSING, 10, 12)]
    assert findings(LOG[:50], HEAD, []) == [Finding(FindingKind.TAIL_CUT, 51, 60)]
    changed = [*LOG[:4], replace(LOG[4], action="x"), *LOG[5:]]
    assert findings(changed, HEAD, []) == [Finding.at(FindingKind.ALTERED, 5)]
