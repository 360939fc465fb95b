"""Published directories (目录/清单): what their entries say, kind by kind, and how versions differ.

《审批项目目录》《权力清单》《中介服务收费项目清单》《责任清单》 have kinds of their own. The
official lists of a center (“四张清单”) are others: an installation names them, and their kinds end
with ``_list``, so the two never mix.
"""

import dataclasses
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from tongban.catalog.rules.content import MATTER_TYPES
from tongban.catalog.rules.shapes import Reader, ShapeError
from tongban.kernel import crypto


class DirectoryKind(StrEnum):
    """The four publications."""

    APPROVALS = "approvals"
    POWERS = "powers"
    INTERMEDIARY_FEES = "intermediary_fees"
    RESPONSIBILITIES = "responsibilities"


class Pricing(StrEnum):
    """How the price of an intermediary service is set: 政府定价、政府指导价、市场调节价."""

    SET = "set"
    GUIDED = "guided"
    MARKET = "market"


TITLES: Mapping[DirectoryKind, str] = {
    DirectoryKind.APPROVALS: "审批项目目录",
    DirectoryKind.POWERS: "权力清单",
    DirectoryKind.INTERMEDIARY_FEES: "中介服务收费项目清单",
    DirectoryKind.RESPONSIBILITIES: "责任清单",
}

POWER_TYPES = frozenset(code for code in MATTER_TYPES if code <= "10")
"""The ten types of powers (GB/T 39046-2020 A.1), 01 行政许可 to 10 其他行政权力."""

AT_A_WINDOW = frozenset({"01", "05", "07", "08", "09", "10"})
"""Powers that somebody applies for (依申请); the others are exercised of office (依职权)."""

LIMIT = 20_000
"""How many entries a directory may have."""
LONGEST_TEXT = 4000
"""How many characters a basis, a duty or a note may have."""
_MOST_FAULTS = 100
_FULL_TYPE = re.compile(r"\d{2}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a directory; which of its fields are used, its kind says."""

    code: str
    """Unique within the directory; of an approval the matter's 基本编码."""
    name: str
    department: str = ""
    basis: str = ""
    """设定依据."""
    power_type: str = ""
    """事项类型, two digits; of a power one of ten."""
    matters: tuple[str, ...] = ()
    """Codes of the matters that belong to it."""
    power: str = ""
    """Of a duty: the code of the power that it goes with."""
    duty: str = ""
    """责任事项: what must be done."""
    accountability: str = ""
    """追责情形: what one answers for."""
    of_office: bool = False
    """依职权: nobody applies for it, so that it needs no window."""
    pricing: Pricing | None = None
    fee_standard: str = ""
    """收费标准, in words: 每件, 每平方米 …"""
    amount: Decimal | None = None
    """In yuan, where it is one figure."""
    payer: str = ""
    """Who pays: 申请人, 审批部门 …"""
    note: str = ""

    def to_json(self) -> dict[str, Any]:
        """Return the plain JSON that is stored: what the entry says and nothing that it doesn't."""
        said = {
            each.name: value
            for each in dataclasses.fields(self)
            if (value := getattr(self, each.name)) not in ("", (), None, False)
        }
        return crypto.plain_json(said)  # type: ignore[return-value]  # a mapping stays one


_EVERY = ("code", "name", "department", "basis", "note")
_USED: Mapping[str, tuple[str, ...]] = {
    DirectoryKind.APPROVALS: (*_EVERY, "power_type"),
    DirectoryKind.POWERS: (*_EVERY, "power_type", "matters", "of_office"),
    DirectoryKind.INTERMEDIARY_FEES: (
        *(*_EVERY, "matters", "pricing", "fee_standard", "amount", "payer"),
    ),
    DirectoryKind.RESPONSIBILITIES: (
        *(*_EVERY, "matters", "power", "duty", "accountability", "of_office"),
    ),
}
_OF_OFFICIAL_LISTS = (*_EVERY, "matters", "fee_standard", "amount")
_NEEDED: Mapping[str, tuple[str, ...]] = {
    DirectoryKind.APPROVALS: ("department", "power_type"),
    DirectoryKind.POWERS: ("department", "basis", "power_type"),
    DirectoryKind.INTERMEDIARY_FEES: ("basis", "pricing", "fee_standard"),
    DirectoryKind.RESPONSIBILITIES: ("department", "duty"),
}
"""What an entry must say beside code and name."""


@dataclass(frozen=True, slots=True)
class EntryFault:
    """One reason why entries can't be listed: where it lies, and a stable code of it."""

    path: tuple[str | int, ...]
    reason: str
    found: str = ""


def used_by(kind: str) -> tuple[str, ...]:
    """Return the fields that entries of a kind use."""
    return _USED.get(kind, _OF_OFFICIAL_LISTS)


def judge_entries(
    kind: str, entries: Sequence[object]
) -> tuple[tuple[Entry, ...], list[EntryFault]]:
    """Return the entries that JSON objects say, and what is wrong with the others.

    Of each entry the first fault is told, of all entries a hundred at most.
    """
    if len(entries) > LIMIT:
        return (), [EntryFault(("entries",), "TOO_MANY", str(len(entries)))]
    good: list[Entry] = []
    faults: list[EntryFault] = []
    seen: set[str] = set()
    for position, said in enumerate(entries):
        at = ("entries", position)
        if not isinstance(said, Mapping):
            faults.append(EntryFault(at, "NOT_AN_OBJECT"))
            continue
        try:
            entry = _read(kind, said)
        except ShapeError as fault:
            faults.append(EntryFault((*at, *_steps(fault.field)), fault.reason, fault.found))
            continue
        if entry.code in seen:
            faults.append(EntryFault((*at, "code"), "REPEATED", entry.code))
        seen.add(entry.code)
        good.append(entry)
    return tuple(good), faults[:_MOST_FAULTS]


def read_entry(data: Mapping[str, Any]) -> Entry:
    """Return the entry whose ``to_json`` gave ``data``. Raises: ShapeError."""
    at = Reader(data)
    return Entry(
        code=at.text("code", required=True, longest=40),
        name=at.text("name", required=True, longest=200),
        department=at.text("department", longest=100),
        basis=at.text("basis", longest=LONGEST_TEXT),
        power_type=at.text("power_type", longest=2),
        matters=at.texts("matters", longest=12, pattern=r"\d{12}"),
        power=at.text("power", longest=40),
        duty=at.text("duty", longest=LONGEST_TEXT),
        accountability=at.text("accountability", longest=LONGEST_TEXT),
        of_office=at.flag("of_office"),
        pricing=at.choice("pricing", Pricing),
        fee_standard=at.text("fee_standard", longest=400),
        amount=at.money("amount"),
        payer=at.text("payer", longest=100),
        note=at.text("note", longest=LONGEST_TEXT),
    )


def _read(kind: str, said: Mapping[Any, Any]) -> Entry:
    used = used_by(kind)
    for key, value in said.items():
        if key not in used and value not in ("", None, False, [], ()):
            raise ShapeError(str(key)[:40], "NOT_OF_THIS_KIND")
    at = Reader(said)
    entry = read_entry(said)
    for key in _NEEDED.get(kind, ()):
        if getattr(entry, key) in ("", None):
            raise at.fault(key, "MISSING")
    if kind == DirectoryKind.APPROVALS:
        at.code("code", pattern=r"\d{12}")
        at.code("power_type", pattern=_FULL_TYPE.pattern)
    if kind == DirectoryKind.POWERS and entry.power_type not in POWER_TYPES:
        raise at.fault("power_type", "NOT_A_CODE", entry.power_type)
    return entry


def _steps(field: str) -> Iterator[str | int]:
    """Take ``matters[2]`` apart."""
    for step in re.findall(r"[^.\[\]]+", field):
        yield int(step) if step.isdecimal() else step


def entry_codes(entries: Collection[Entry]) -> dict[str, str]:
    """Return the type of each entry by its code, empty where its kind has none."""
    return {entry.code: entry.power_type for entry in entries}


class ChangeKind(StrEnum):
    """What distinguishes an entry of a later version."""

    ADDED = "added"
    DROPPED = "dropped"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field of an entry that says something else, as plain JSON (None: nothing)."""

    field: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class EntryChange:
    """One entry of one version that the other does not have, or has otherwise."""

    before: Entry | None
    after: Entry | None
    fields: tuple[FieldChange, ...] = ()

    @property
    def kind(self) -> ChangeKind:
        """What became of the entry."""
        if self.before is None:
            return ChangeKind.ADDED
        return ChangeKind.DROPPED if self.after is None else ChangeKind.CHANGED

    @property
    def entry(self) -> Entry:
        """The entry as the later version has it, or as it was dropped."""
        found = self.after or self.before
        assert found is not None  # one of them is always there
        return found


def differences(before: Sequence[Entry], after: Sequence[Entry]) -> list[EntryChange]:
    """List what distinguishes two versions, by code: what was added, dropped or says otherwise."""
    former = {entry.code: entry for entry in before}
    present = {entry.code: entry for entry in after}
    changes = []
    for code in sorted(former.keys() | present.keys()):
        old, new = former.get(code), present.get(code)
        if old == new:
            continue
        fields = tuple(_changed(old, new)) if old and new else ()
        changes.append(EntryChange(old, new, fields))
    return changes


def _changed(old: Entry, new: Entry) -> Iterator[FieldChange]:
    was, now = old.to_json(), new.to_json()
    for each in dataclasses.fields(Entry):
        if was.get(each.name) != now.get(each.name):
            yield FieldChange(each.name, was.get(each.name), now.get(each.name))
