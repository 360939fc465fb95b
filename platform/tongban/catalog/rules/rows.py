"""Rows of a directory that somebody delivers, good ones and faulty ones."""

from dataclasses import dataclass, field

from tongban.catalog.rules.content import MatterContent


@dataclass(frozen=True, slots=True)
class SourceRow:
    """One matter as a file states it; ``number`` is its line or place there, counted from 1."""

    number: int
    content: MatterContent
    code: str = ""
    """基本编码, where the file has one."""
    local_code: str = ""
    main_item: str = ""
    issuer_code: str = ""
    """The division the row itself names, where the file does."""


@dataclass(frozen=True, slots=True)
class RowFault:
    """What is wrong with, or lacking in, one row: field of the file, stable code, reason."""

    row: int
    field: str
    code: str
    reason: str = ""


@dataclass(slots=True)
class Source:
    """A whole file as it was read."""

    rows: list[SourceRow] = field(default_factory=list)
    faults: list[RowFault] = field(default_factory=list)
    """Rows that can't be read; the others are not touched by that."""
    unread_columns: list[str] = field(default_factory=list)
    """Columns that mean nothing to us."""
