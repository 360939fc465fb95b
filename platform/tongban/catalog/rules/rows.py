"""Rows of a list that somebody delivers or is given, good ones and faulty ones."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from tongban.catalog.rules.content import MatterContent


class SourceKind(StrEnum):
    """What a list is one of."""

    MATTERS = "matters"
    OFFERINGS = "offerings"


KIND_NAMES: Mapping[SourceKind, str] = {
    SourceKind.MATTERS: "事项目录",
    SourceKind.OFFERINGS: "实施清单",
}


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

    def to_json(self) -> dict[str, Any]:
        """Return the row as the project's own JSON has it."""
        return {
            "code": self.code,
            "local_code": self.local_code,
            "issuer_code": self.issuer_code,
            "main_item": self.main_item,
            **self.content.to_json(),
        }


@dataclass(frozen=True, slots=True)
class OfferingRow:
    """One matter of one center's list, as a file states it.

    The matter is named by its code, or by its issuer's local code.
    """

    number: int
    center_code: str
    matter_code: str = ""
    matter_local_code: str = ""
    issuer_code: str = ""
    offering_code: str = ""
    """实施编码, where the file has one."""
    terms: Mapping[str, Any] = field(default_factory=dict)
    """The center's own terms by their names; what the file doesn't speak of is absent."""
    declared: Mapping[str, Any] | None = None
    """Elements of the standard as the list states them (``rules.conformity``)."""
    standard_name: str = ""
    """What the standard calls it, for whoever reads the list; a list that comes in needn't say."""


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

    kind: SourceKind = SourceKind.MATTERS
    rows: list[SourceRow] = field(default_factory=list)
    offerings: list[OfferingRow] = field(default_factory=list)
    faults: list[RowFault] = field(default_factory=list)
    """Rows that can't be read; the others are not touched by that."""
    unread_columns: list[str] = field(default_factory=list)
    """Columns that mean nothing to us."""
