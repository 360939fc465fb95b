"""Reading typed elements out of JSON that others wrote, saying exactly where it is wrong."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any, TypeVar

Choice = TypeVar("Choice", bound=StrEnum)

_MONEY_PLACES = 2
_NOT_TEXT = re.compile("[\0\ud800-\udfff]")
"""NUL, which the database doesn't take, and halves of characters (JSON can write them)."""
_LARGEST_FEE = Decimal(1_000_000_000)


class ShapeError(ValueError):
    """An element is not what it must be: ``field`` says which, ``reason`` is a stable code."""

    def __init__(self, field: str, reason: str, found: object = None) -> None:
        self.field = field
        self.reason = reason
        self.found = "" if found is None else str(found)[:60]
        super().__init__(f"{field}: {reason} {self.found}".rstrip())


@dataclass(frozen=True, slots=True)
class Reader:
    """One JSON object and where it stands (``materials[2].``)."""

    data: Mapping[str, Any]
    prefix: str = ""

    def fault(self, key: str, reason: str, found: object = None) -> ShapeError:
        """Return the error for the element ``key`` of this object."""
        return ShapeError(f"{self.prefix}{key}", reason, found)

    def text(self, key: str, *, required: bool = False, longest: int = 4000) -> str:
        """Return a text without white space around it; the empty text where there is none."""
        value = self.data.get(key)
        if value is None:
            value = ""
        if not isinstance(value, str):
            raise self.fault(key, "NOT_TEXT", value)
        value = value.strip()
        if _NOT_TEXT.search(value):
            raise self.fault(key, "NOT_TEXT", ascii(value)[:60])
        if required and not value:
            raise self.fault(key, "MISSING")
        if len(value) > longest:
            raise self.fault(key, "TOO_LONG", len(value))
        return value

    def code(self, key: str, *, pattern: str) -> str:
        """Return a text that has the form of ``pattern``, which must be there."""
        value = self.text(key, required=True)
        if re.fullmatch(pattern, value, re.ASCII) is None:
            raise self.fault(key, "NOT_A_CODE", value)
        return value

    def codes(self, key: str, known: frozenset[str]) -> tuple[str, ...]:
        """Return a list of codes, each of ``known``, without repetitions."""
        found = self._list(key)
        for value in found:
            if not isinstance(value, str) or value not in known:
                raise self.fault(key, "NOT_A_CODE", value)
        return tuple(dict.fromkeys(found))

    def texts(self, key: str, *, longest: int, pattern: str = "") -> tuple[str, ...]:
        """Return a list of texts that are not empty, without repetitions, each of the pattern."""
        found = []
        for value in self._list(key):
            text = Reader({key: value}, self.prefix).text(key, required=True, longest=longest)
            if pattern and re.fullmatch(pattern, text, re.ASCII) is None:
                raise self.fault(key, "NOT_A_CODE", text)
            found.append(text)
        return tuple(dict.fromkeys(found))

    def choice(self, key: str, of: type[Choice]) -> Choice | None:
        """Return the member of ``of`` that is named, None where nothing is."""
        value = self.data.get(key)
        if value is None or value == "":
            return None
        return self._member(key, value, of)

    def choices(self, key: str, of: type[Choice]) -> tuple[Choice, ...]:
        """Return the members of ``of`` that are listed, without repetitions."""
        return tuple(dict.fromkeys(self._member(key, value, of) for value in self._list(key)))

    def _member(self, key: str, value: Any, of: type[Choice]) -> Choice:
        try:
            return of(value)
        except ValueError:
            raise self.fault(key, "NOT_A_CODE", value) from None

    def flag(self, key: str) -> bool:
        """Return a truth value, False where there is none."""
        value = self.data.get(key, False)
        if not isinstance(value, bool):
            raise self.fault(key, "NOT_A_FLAG", value)
        return value

    def number(self, key: str, *, lowest: int, highest: int, default: int | None = None) -> int:
        """Return a whole number in the range."""
        value = self.data.get(key, default)
        if value is None:
            raise self.fault(key, "MISSING")
        if not isinstance(value, int) or isinstance(value, bool):
            raise self.fault(key, "NOT_A_NUMBER", value)
        if not lowest <= value <= highest:
            raise self.fault(key, "OUT_OF_RANGE", value)
        return value

    def place(self, key: str) -> int | None:
        """Return the place of a legal basis, counted from 0, None where there is none."""
        if self.data.get(key) is None:
            return None
        return self.number(key, lowest=0, highest=999)

    def money(self, key: str) -> Decimal | None:
        """Return an amount in yuan with two places, None where there is none."""
        value = self.data.get(key)
        if value is None or value == "":
            return None
        if not isinstance(value, str):
            raise self.fault(key, "NOT_MONEY", value)
        try:
            amount = Decimal(value)
        except InvalidOperation:
            raise self.fault(key, "NOT_MONEY", value) from None
        if not amount.is_finite() or not 0 <= amount <= _LARGEST_FEE:
            raise self.fault(key, "OUT_OF_RANGE", value)
        rounded = amount.quantize(Decimal(10) ** -_MONEY_PLACES)
        if rounded != amount:
            raise self.fault(key, "NOT_MONEY", value)
        return rounded

    def object(self, key: str) -> "Reader | None":
        """Return the object at ``key``, None where there is none."""
        value = self.data.get(key)
        if value is None:
            return None
        if not isinstance(value, Mapping):
            raise self.fault(key, "NOT_AN_OBJECT", value)
        return Reader(value, f"{self.prefix}{key}.")

    def objects(self, key: str) -> "Iterator[Reader]":
        """Yield the objects listed at ``key``."""
        for position, value in enumerate(self._list(key)):
            if not isinstance(value, Mapping):
                raise self.fault(f"{key}[{position}]", "NOT_AN_OBJECT", value)
            yield Reader(value, f"{self.prefix}{key}[{position}].")

    def _list(self, key: str) -> list[Any]:
        value = self.data.get(key)
        if value is None:
            return []
        if not isinstance(value, list | tuple):
            raise self.fault(key, "NOT_A_LIST", value)
        return list(value)
