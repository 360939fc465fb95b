"""How each kind of element is written in a cell and read back: one object does both.

``write`` takes the element in the JSON form of contents, ``read`` gives that form back. What a cell
says wrongly is a ``ShapeError`` that names the field.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from tongban.catalog.adapters import cells, words
from tongban.catalog.rules.shapes import ShapeError

_NONE = "无"
"""What a cell says where there is nothing; lists of the trade have it everywhere."""


class Element(Protocol):
    """What writes an element as text and reads it back."""

    def write(self, value: Any) -> str:
        """Return the text of a value that is there."""

    def read(self, raw: str, field: str) -> Any:
        """Return what a text that is not empty says. Raises: ShapeError about ``field``."""


@dataclass(frozen=True, slots=True)
class Text:
    """A text, with the escapes of the place where it stands."""

    escaped: Callable[[str], str] = cells.text

    def write(self, value: Any) -> str:
        return self.escaped(value)

    def read(self, raw: str, field: str) -> str:  # noqa: ARG002  # a text can't be wrong
        return cells.plain(raw)


@dataclass(frozen=True, slots=True)
class Word:
    """A code, written as the word of a vocabulary; what is no code is judged with the content."""

    vocabulary: str

    def write(self, value: Any) -> str:
        return words.word_for(self.vocabulary, value)

    def read(self, raw: str, field: str) -> str:  # noqa: ARG002
        return words.code_of(self.vocabulary, cells.plain(raw))


class Flag:
    """是 or 否."""

    def write(self, value: Any) -> str:
        return "是" if value else "否"

    def read(self, raw: str, field: str) -> bool:
        word = words.code_of("flag", raw)
        if word not in {"是", "否"}:
            raise ShapeError(field, "NOT_A_FLAG", raw)
        return word == "是"


@dataclass(frozen=True, slots=True)
class Number:
    """A whole number; ``shift`` is added when it is written (places count from 1)."""

    shift: int = 0

    def write(self, value: Any) -> str:
        return str(value + self.shift)

    def read(self, raw: str, field: str) -> int:
        if re.fullmatch(r"\d{1,10}", raw, re.ASCII) is None or int(raw) < self.shift:
            raise ShapeError(field, "NOT_A_NUMBER", raw)
        return int(raw) - self.shift


class Amount(Number):
    """A whole number, or 无 for None."""

    def read(self, raw: str, field: str) -> Any:
        return None if raw == _NONE else Number.read(self, raw, field)


class Limit:
    """A time with its unit in one text: ``5工作日``; without a unit they are working days."""

    def write(self, value: Any) -> str:
        return f"{value['amount']}{words.word_for('unit', value['unit'])}"

    def read(self, raw: str, field: str) -> dict[str, Any]:
        found = re.fullmatch(r"(\d{1,10})\s*(\S*)", raw, re.ASCII)
        if found is None:
            raise ShapeError(field, "NOT_A_LIMIT", raw)
        return {"amount": int(found[1]), "unit": words.code_of("unit", found[2] or "工作日")}


@dataclass(frozen=True, slots=True)
class Listed:
    """A list of short elements, apart by 、 (or by the end of a line, a comma, a semicolon)."""

    of: Element
    signs: str = cells.LIST

    def write(self, value: Any) -> str:
        return _something("、".join(self.of.write(each) for each in value), "、")

    def read(self, raw: str, field: str) -> list[Any]:
        if raw == _NONE:
            return []
        return [self.of.read(piece, field) for piece in cells.split(raw, self.signs) if piece]


@dataclass(frozen=True, slots=True)
class Pairs:
    """A list of two-part objects within a part: ``甲=…；乙=…``."""

    names: tuple[str, str]
    second: Element

    def write(self, value: Any) -> str:
        first, second = self.names
        return "；".join(
            f"{cells.atom(each[first])}={self.second.write(each[second])}" for each in value
        )

    def read(self, raw: str, field: str) -> list[dict[str, Any]]:
        return [self._pair(piece, field) for piece in cells.split(raw, cells.ITEM) if piece]

    def _pair(self, piece: str, field: str) -> dict[str, Any]:
        halves = cells.split(piece, cells.VALUE)
        if len(halves) != 2:  # noqa: PLR2004  # name and value
            raise ShapeError(field, "NOT_A_PAIR", piece)
        first, second = self.names
        return {first: cells.plain(halves[0]), second: self.second.read(halves[1], field)}


class StoredFile:
    """A stored file by name, media type, size in bytes and SHA-256, apart by ``；``."""

    def write(self, value: Any) -> str:
        parts = (value["name"], value["media_type"], str(value["size"]), value["sha256"])
        return "；".join(map(cells.atom, parts))

    def read(self, raw: str, field: str) -> dict[str, Any]:
        parts = [cells.plain(piece) for piece in cells.split(raw, cells.ITEM)]
        if len(parts) != 4:  # noqa: PLR2004  # the four above
            raise ShapeError(field, "NOT_A_FILE", raw)
        name, media_type, size, sha256 = parts
        return {
            "name": name,
            "media_type": media_type,
            "size": Number().read(size, f"{field}.size"),
            "sha256": sha256,
        }


@dataclass(frozen=True, slots=True)
class Part:
    """One part of an entry: its name in the JSON, how it is written, what it says if empty."""

    name: str
    element: Element
    default: Any = None


def _as_it_is(entry: dict[str, Any], position: int) -> dict[str, Any]:  # noqa: ARG001
    return entry


@dataclass(frozen=True, slots=True)
class Entries:
    """A list of objects, one per line, their parts apart by ``|``."""

    parts: Sequence[Part]
    completed: Callable[[dict[str, Any], int], dict[str, Any]] = _as_it_is
    """Gets an entry as read, and its position."""

    def write(self, value: Any) -> str:
        return _something("\n".join(self._line(entry) for entry in value), cells.PART)

    def _line(self, entry: Mapping[str, Any]) -> str:
        return cells.joined([_written(part.element, entry.get(part.name)) for part in self.parts])

    def read(self, raw: str, field: str) -> list[dict[str, Any]]:
        if raw == _NONE:
            return []
        lines = filter(None, (line.strip() for line in raw.split("\n")))
        return [self.entry(line, n, f"{field}[{n}]") for n, line in enumerate(lines)]

    def entry(self, line: str, position: int, place: str) -> dict[str, Any]:
        """Return what one line says. Raises: ShapeError about ``place``."""
        pieces = cells.split(line, cells.PART)
        if any(pieces[len(self.parts) :]):
            raise ShapeError(place, "TOO_MANY_PARTS", len(pieces))
        pieces += [""] * (len(self.parts) - len(pieces))
        entry = {
            part.name: part.element.read(piece, f"{place}.{part.name}") if piece else part.default
            for part, piece in zip(self.parts, pieces, strict=False)
        }
        return self.completed(entry, position)


def _something(text: str, sign: str) -> str:
    """Return the text of a list so that one that says 无 is not taken for an empty one."""
    return f"{text}{sign}" if text == _NONE else text


def _written(element: Element, value: Any) -> str:
    return "" if value is None else element.write(value)


@dataclass(frozen=True, slots=True)
class LegalBases:
    """Legal bases: 《statute》article|issuer|rank."""

    rest: Entries

    def write(self, value: Any) -> str:
        return "\n".join(map(self._line, value))

    def _line(self, entry: Mapping[str, Any]) -> str:
        statute, article = cells.part(entry["statute"]), cells.part(entry["article"])
        if _cited(f"《{statute}》{article}") != (statute, article):
            statute = re.sub("[《》]", r"\\\g<0>", statute)
        rest = cells.joined([_written(p.element, entry.get(p.name)) for p in self.rest.parts])
        return cells.joined([f"《{statute}》{article}", *([rest] if rest else [])])

    def read(self, raw: str, field: str) -> list[dict[str, Any]]:
        if raw == _NONE:
            return []
        lines = filter(None, (line.strip() for line in raw.split("\n")))
        return [self._entry(line, f"{field}[{n}]") for n, line in enumerate(lines)]

    def _entry(self, line: str, place: str) -> dict[str, Any]:
        first, *others = cells.split(line, cells.PART)
        cited = _cited(first)
        if cited is None:
            raise ShapeError(place, "NOT_A_STATUTE", first)
        rest = self.rest.entry(cells.PART.join(others), 0, place)
        return {"statute": cells.plain(cited[0]), "article": cells.plain(cited[1]), **rest}


def _cited(text: str) -> tuple[str, str] | None:
    """Return statute and article of ``《…》…``: the brackets that stand in a title belong to it."""
    depth = 0
    if not text.startswith("《"):
        return None
    for found in re.finditer(r"\\.|[《》]", text):
        depth += {"《": 1, "》": -1}.get(found.group(), 0)
        if depth == 0:
            if found.start() == 1:
                return None
            return text[1 : found.start()], text[found.end() :].strip()
    return None
