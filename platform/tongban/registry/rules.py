"""What divisions are, how centers are named after them, and which centers a tree needs.

The shipped files of divisions and successions are read here; ``data/README.md`` tells where they
come from and which of their dates are conventions.
"""

import csv
import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import pairwise
from pathlib import Path
from typing import Final

_DATA: Final = Path(__file__).parent / "data"
_DIVISION_CODE: Final = re.compile(r"[0-9]{12}")
_CENTER_CODE: Final = re.compile(r"[0-9]{6}(?:[0-9]{3})?")
_DIVISION_DIGITS: Final = 12


class Level(StrEnum):
    """Levels of the administrative tree, from the top down."""

    PROVINCE = "province"
    CITY = "city"
    COUNTY = "county"
    TOWNSHIP = "township"
    VILLAGE = "village"


_RANK: Final[Mapping[Level, int]] = {level: rank for rank, level in enumerate(Level)}

# A few cities (东莞, 中山, 儋州) have townships and no counties between.
_PARENT_LEVELS: Final[Mapping[Level, frozenset[Level]]] = {
    Level.PROVINCE: frozenset(),
    Level.CITY: frozenset({Level.PROVINCE}),
    Level.COUNTY: frozenset({Level.CITY}),
    Level.TOWNSHIP: frozenset({Level.COUNTY, Level.CITY}),
    Level.VILLAGE: frozenset({Level.TOWNSHIP}),
}

# How many leading digits of its division's code a center goes by, and what it is called.
_CENTER_DIGITS: Final[Mapping[Level, int]] = {Level.CITY: 6, Level.COUNTY: 6, Level.TOWNSHIP: 9}
_CENTER_SUFFIX: Final[Mapping[Level, str]] = {
    Level.CITY: "政务服务中心",
    Level.COUNTY: "政务服务中心",
    Level.TOWNSHIP: "便民服务中心",
}


@dataclass(frozen=True, slots=True)
class DivisionRow:
    """One division as it stood from ``valid_from`` up to and without ``valid_to`` (None: still).

    Codes are reused, so only (``code``, ``valid_from``) is a key. A province has no parent.
    """

    code: str
    name: str
    level: Level
    parent_code: str | None
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class Succession:
    """From the day ``on``, what was the division ``from_code`` is (part of) ``to_code``."""

    from_code: str
    to_code: str
    on: date


@dataclass(frozen=True, slots=True)
class PlannedCenter:
    """A center that onboarding is to create; ``parent_code`` is the code of a center."""

    code: str
    name: str
    level: Level
    parent_code: str | None
    division_code: str


class UnknownDivisionError(ValueError):
    """A code named no city, county or township on the day in question."""

    def __init__(self, code: str, as_of: date) -> None:
        self.code = code
        self.as_of = as_of
        super().__init__(f"no city, county or township has the code {code!r} as of {as_of}")


def read_divisions() -> Iterator[DivisionRow]:
    """Yield the shipped divisions one by one, parents before children.

    Source: National Bureau of Statistics, tables of 2023 and 2021 (``data/README.md``).
    """
    for record in _records("divisions.csv"):
        yield DivisionRow(
            code=record["code"],
            name=record["name"],
            level=Level(record["level"]),
            parent_code=record["parent_code"] or None,
            valid_from=date.fromisoformat(record["valid_from"]),
            valid_to=date.fromisoformat(record["valid_to"]) if record["valid_to"] else None,
        )


def read_successions() -> Iterator[Succession]:
    """Yield the shipped successions: which division went over into which.

    Source: comparison of the tables of 2021 and 2023 (``data/README.md``).
    """
    for record in _records("successions.csv"):
        yield Succession(
            from_code=record["from_code"],
            to_code=record["to_code"],
            on=date.fromisoformat(record["on"]),
        )


def _records(filename: str) -> Iterator[dict[str, str]]:
    with (_DATA / filename).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def center_code(division_code: str) -> str:
    """Return the code of the center of a 12-digit division.

    Six digits for a city or county, nine for a township. Raises: ValueError for a province, a
    village and whatever is no division code.
    """
    level = _shape(division_code)
    if level is None or level not in _CENTER_DIGITS:
        raise ValueError(f"no center belongs to the division code {division_code!r}")
    return division_code[: _CENTER_DIGITS[level]]


def division_code(center_code: str) -> str:
    """Return the 12-digit division code of a center, padded with zeros.

    Raises: ValueError for whatever is no center code.
    """
    center_level(center_code)
    return center_code.ljust(_DIVISION_DIGITS, "0")


def center_level(center_code: str) -> Level:
    """Return the level of a center, as its code shows it.

    Nine digits are a township, six that end with 00 a city, others a county. Raises: ValueError
    for whatever is no center code, such as a province's 370000 or a county's padded 371402000.
    """
    if _CENTER_CODE.fullmatch(center_code):
        level = _shape(center_code.ljust(_DIVISION_DIGITS, "0"))
        # A padded code is of a higher level than its length says, and would be a second name.
        if level and _CENTER_DIGITS.get(level) == len(center_code):
            return level
    raise ValueError(f"{center_code!r} is no center code")


def _shape(code: str) -> Level | None:
    """Tell which level a division code has the shape of, None for no code.

    Source: the statistical division code, 2 + 2 + 2 + 3 + 3 digits, zero from its level down.
    """
    if not _DIVISION_CODE.fullmatch(code) or code.startswith("00"):
        return None
    has_city, has_county = code[2:4] != "00", code[4:6] != "00"
    has_township, has_village = code[6:9] != "000", code[9:] != "000"
    if not has_city:
        return None if has_county or has_township or has_village else Level.PROVINCE
    if has_village:
        return Level.VILLAGE if has_township else None
    if has_township:
        return Level.TOWNSHIP
    return Level.COUNTY if has_county else Level.CITY


def significant_digits(division_code: str) -> str:
    """Return the digits that a division shares with everything below it (371400000000 → 3714)."""
    for width in (0, 2, 4, 6, 9):
        if not division_code[width:].strip("0"):
            return division_code[:width]
    return division_code


def valid_on(row: DivisionRow, day: date) -> bool:
    """Tell whether the division stood in this form on ``day``."""
    return row.valid_from <= day and (row.valid_to is None or day < row.valid_to)


def rows_as_of(rows: Iterable[DivisionRow], day: date) -> list[DivisionRow]:
    """Return the divisions as they stood on ``day``, in the order given."""
    return [row for row in rows if valid_on(row, day)]


def plan_centers(
    rows: Iterable[DivisionRow],
    *,
    roots: Sequence[str],
    as_of: date,
    with_counties: bool,
    with_townships: bool,
    existing: Collection[str] = (),
) -> list[PlannedCenter]:
    """List the centers of the ``roots`` (center codes) and of what is below.

    Cities come first, then counties, then townships, each by code, and each center once however
    the roots overlap. A center's parent is the nearest division above it whose center is in the
    plan or among the ``existing`` codes. Raises: UnknownDivisionError for a root that is no city,
    county or township as of that day.
    """
    standing = {
        row.code: row for row in rows if row.level in _CENTER_DIGITS and valid_on(row, as_of)
    }
    starts = {_root_division(root, standing, as_of) for root in roots}
    expanded = {Level.COUNTY} if with_counties else set()
    if with_townships:
        expanded.add(Level.TOWNSHIP)
    chosen = [
        row
        for row in standing.values()
        if row.code in starts
        or (row.level in expanded and not starts.isdisjoint(_above(row, standing)))
    ]
    chosen.sort(key=lambda row: (_RANK[row.level], row.code))
    centers = {center_code(row.code) for row in chosen} | set(existing)
    return [_planned(row, standing, centers) for row in chosen]


def _root_division(root: str, standing: Mapping[str, DivisionRow], as_of: date) -> str:
    try:
        code = division_code(root)
    except ValueError as error:
        raise UnknownDivisionError(root, as_of) from error
    if code not in standing:
        raise UnknownDivisionError(root, as_of)
    return code


def _above(row: DivisionRow, standing: Mapping[str, DivisionRow]) -> Iterator[str]:
    """Parents are followed and never cut out of the code: a code need not tell where it belongs."""
    parent = standing.get(row.parent_code or "")
    while parent is not None:
        yield parent.code
        parent = standing.get(parent.parent_code or "")


def _planned(
    row: DivisionRow, standing: Mapping[str, DivisionRow], centers: Collection[str]
) -> PlannedCenter:
    above = (center_code(code) for code in _above(row, standing))
    return PlannedCenter(
        code=center_code(row.code),
        name=row.name + _CENTER_SUFFIX[row.level],
        level=row.level,
        parent_code=next((code for code in above if code in centers), None),
        division_code=row.code,
    )


def validate_rows(rows: Iterable[DivisionRow]) -> list[str]:
    """Return what is wrong with the divisions, one sentence each.

    It finds bad codes, names and periods, levels that do not fit, repeated keys, forms of one code
    that overlap, and parents that do not stand, as one row, for the whole of a child's validity.
    """
    forms: defaultdict[str, list[DivisionRow]] = defaultdict(list)
    for row in rows:
        forms[row.code].append(row)
    violations: list[str] = []
    for code in sorted(forms):
        same = sorted(forms[code], key=lambda row: row.valid_from)
        for earlier, later in pairwise(same):
            violations += _clash(earlier, later)
        for row in same:
            violations += _own_faults(row)
            violations += _parent_faults(row, forms.get(row.parent_code or "", []))
    return violations


def _key(row: DivisionRow) -> str:
    return f"{row.code} from {row.valid_from}"


def _clash(earlier: DivisionRow, later: DivisionRow) -> Iterator[str]:
    if earlier.valid_from == later.valid_from:
        yield f"{_key(later)}: the key occurs twice"
    elif earlier.valid_to is None or earlier.valid_to > later.valid_from:
        yield f"{_key(later)}: overlaps the form from {earlier.valid_from}"


def _own_faults(row: DivisionRow) -> Iterator[str]:
    shape = _shape(row.code)
    if shape is None:
        yield f"{_key(row)}: the code has no division's shape"
    elif shape is not row.level:
        yield f"{_key(row)}: level {row.level}, but the code of a {shape}"
    if not row.name or row.name != row.name.strip():
        yield f"{_key(row)}: the name is empty or padded"
    if row.valid_to is not None and row.valid_to <= row.valid_from:
        yield f"{_key(row)}: ends on {row.valid_to}, before it has begun"


def _parent_faults(row: DivisionRow, parents: Sequence[DivisionRow]) -> Iterator[str]:
    if row.level is Level.PROVINCE:
        if row.parent_code is not None:
            yield f"{_key(row)}: a province has no parent, not {row.parent_code}"
        return
    if not parents:
        yield f"{_key(row)}: the parent {row.parent_code} is missing"
        return
    covering = [parent for parent in parents if _covers(parent, row)]
    if not covering:
        yield f"{_key(row)}: no form of the parent {row.parent_code} covers its validity"
    for parent in covering:
        if parent.level not in _PARENT_LEVELS[row.level]:
            yield f"{_key(row)}: a {row.level} below the {parent.level} {row.parent_code}"


def _covers(parent: DivisionRow, row: DivisionRow) -> bool:
    if parent.valid_from > row.valid_from:
        return False
    return parent.valid_to is None or (row.valid_to is not None and row.valid_to <= parent.valid_to)
