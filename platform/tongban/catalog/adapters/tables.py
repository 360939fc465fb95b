"""Tables as files: lines of cells in CSV, in UTF-8 (with or without mark) or GB18030."""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import IO, Protocol

from tongban.catalog import errors
from tongban.catalog.rules.rows import RowFault

MOST_ROWS = 50_000
"""More than ten times what a city and its counties offer; what is longer comes in several files."""

_LARGEST_CELL = 16_000_000
_REREAD = 100_000_000
"""How many characters may be read again after broken quotes, so that no file takes for ever."""

# The csv module has one limit for the process. Whole files are bounded before they come here.
csv.field_size_limit(_LARGEST_CELL)

# What a spreadsheet takes for a formula, also in its full-width forms. An apostrophe before it
# makes it text; one is added to apostrophes that stand before it already.
_FORMULA = re.compile(r"'*[=+\-@\t\r\uff1d\uff0b\uff0d\uff20]")
_GUARDED = re.compile(r"'+[=+\-@\t\r\uff1d\uff0b\uff0d\uff20]")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a table; its number is that of a spreadsheet, where the header is 1."""

    number: int
    cells: Sequence[str]
    formulas: tuple[int, ...] = ()
    """Positions of cells that hold a formula instead of a value."""


class Writer(Protocol):
    """Writes a table line by line."""

    def write(self, cells: Sequence[str]) -> None:
        """Write one line."""

    def close(self) -> None:
        """Complete the file; it stays open."""


def read_csv(raw: bytes) -> Iterator[Line | RowFault]:
    """Yield a file's lines from the header on, and a fault for each that can't be read.

    A quote that is never closed costs its own line, not those behind it.
    Raises: SourceUnreadableError for text in neither encoding.
    """
    feed = _Feed(io.StringIO(_text(raw), newline="").readlines())
    lines = csv.reader(feed, strict=True)
    number, budget = 0, _REREAD
    while True:
        number, start = number + 1, feed.position
        try:
            found = next(lines)
        except StopIteration:
            return
        except csv.Error as error:
            first = feed.lines[start]
            budget -= sum(map(len, feed.lines[start + 1 : feed.position]))
            if budget > 0:
                feed.position = start + 1
            found = next(csv.reader([first])) if first.count('"') % 2 == 0 else []
            if not found:
                yield RowFault(number, "", "UNREADABLE_LINE", str(error))
                continue
        yield Line(number, [_unguarded(cell) for cell in found])


class _Feed:
    """Lines of a text, from which reading can begin again at any one."""

    def __init__(self, lines: list[str]) -> None:
        self.lines = lines
        self.position = 0

    def __iter__(self) -> "_Feed":
        return self

    def __next__(self) -> str:
        if self.position >= len(self.lines):
            raise StopIteration
        self.position += 1
        return self.lines[self.position - 1]


def _text(raw: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise errors.SourceUnreadableError(reason="编码既不是 UTF-8 也不是 GB18030")


def _unguarded(cell: str) -> str:
    return cell[1:] if _GUARDED.match(cell) else cell


class CsvWriter:
    """Writes UTF-8 with the mark by which Excel knows it; no cell can be taken for a formula."""

    def __init__(self, out: IO[bytes]) -> None:
        self._text = io.TextIOWrapper(out, "utf-8-sig", newline="", write_through=True)
        self._lines = csv.writer(self._text)

    def write(self, cells: Sequence[str]) -> None:
        self._lines.writerow([f"'{cell}" if _FORMULA.match(cell) else cell for cell in cells])

    def close(self) -> None:
        self._text.detach()
