r"""How elements are written in the cells of a table, so that nothing of them gets lost.

A cell that holds several entries has one per line, their parts apart by ``|``; within a part,
lists are apart by ``；`` or ``、`` and a name is joined to its value by ``=``. Where a text holds
such a sign itself, a backslash stands before it: ``\|``, ``\；``, ``\\``; a line's end within a
part is ``\n``, and what no cell can hold is ``\u`` with four hexadecimal digits.
"""

import re
from collections.abc import Sequence

_ENTITY = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
"""What a spreadsheet would take for a character (``_x0041_``)."""
_UNWRITABLE = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
"""Controls but the line feed, and what XML can't hold or a program may take for a line's end."""
_IN_TEXT = re.compile(r"\\")
_IN_PART = re.compile(r"[\\|]")
_IN_ATOM = re.compile(r"[\\|；;、,，=]")
_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|([\\|；;、,，=《》nrt]))")
_SIGNS = {"n": "\n", "r": "\r", "t": "\t"}

LINE, PART, ITEM, VALUE, LIST = "\n", "|", "；;", "=", "、,，；;\n"
"""Signs that separate: entries, their parts, items of a part, name and value, members of a list."""


def text(value: str) -> str:
    """Return a text as a cell of its own; its lines stay lines."""
    return _guarded(_IN_TEXT.sub(r"\\\g<0>", value))


def part(value: str) -> str:
    """Return a text as one part of an entry."""
    return _guarded(_IN_PART.sub(r"\\\g<0>", value)).replace("\n", r"\n")


def atom(value: str) -> str:
    """Return a text as one member of a list, or one name or value within a part."""
    return _guarded(_IN_ATOM.sub(r"\\\g<0>", value)).replace("\n", r"\n")


def _guarded(value: str) -> str:
    value = _UNWRITABLE.sub(lambda found: f"\\u{ord(found.group()):04x}", value)
    return _ENTITY.sub(r"\\u005f", value)


def plain(value: str) -> str:
    """Return what a cell, a part or a member says, its escapes undone.

    A backslash that escapes nothing is one.
    """
    if "\\" not in value:
        return value
    return _ESCAPE.sub(
        lambda found: chr(int(found[1], 16)) if found[1] else _SIGNS.get(found[2], found[2]), value
    )


def split(value: str, signs: str) -> list[str]:
    """Return the pieces between unescaped ``signs``, their escapes still in them, trimmed."""
    if "\\" not in value:
        return [piece.strip() for piece in re.split(f"[{re.escape(signs)}]", value)]
    pieces, start, position = [], 0, 0
    while position < len(value):
        if value[position] == "\\" and value[position + 1 : position + 2] != "\n":
            position += 1
        elif value[position] in signs:
            pieces.append(value[start:position].strip())
            start = position + 1
        position += 1
    return [*pieces, value[start:].strip()]


def joined(parts: Sequence[str]) -> str:
    """Return parts as one entry, without the empty ones at its end."""
    last = max((n for n, piece in enumerate(parts, start=1) if piece), default=0)
    return PART.join(parts[:last])
