"""Tables as XLSX workbooks, read within bounds and written as text throughout."""

import zipfile
import zlib
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import IO, Any

import openpyxl
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import Cell
from openpyxl.cell.read_only import EMPTY_CELL
from openpyxl.utils.exceptions import CellCoordinatesException, InvalidFileException

from tongban.catalog import errors
from tongban.catalog.adapters.tables import Line

LARGEST_UNPACKED = 200 * 1024 * 1024
"""Bytes of all parts of a workbook: a directory of 50,000 matters has about half of that."""
_MOST_PARTS = 1_000
_MOST_TAGS = 16_000_000
"""A cell takes six; what is read at once is a tree of them in memory."""
_LAST_ROW = 1_048_576
_MOST_COLUMNS = 300
_CHUNK = 1 << 20

LONGEST_CELL = 16_000
"""Characters: a cell of a workbook holds 32,767 UTF-16 units at most."""
_REST = "续"
"""The sheet for texts that are longer, piece by piece; the cell itself says which."""
_REST_MARK = "\\续"

# Whatever a damaged workbook makes zipfile, the XML reader and openpyxl raise.
_DAMAGED = (
    ArithmeticError, AttributeError, CellCoordinatesException, EOFError, InvalidFileException,
    LookupError, OSError, RuntimeError, SyntaxError, TypeError, ValueError, zipfile.BadZipFile,
    zlib.error,
)  # fmt: skip


def read(stream: IO[bytes]) -> Iterator[Line]:
    """Yield the lines of a workbook's first sheet, the header first, without empty ones.

    Nothing is computed: a cell with a formula is marked as one.
    Raises: SourceUnreadableError for a damaged workbook, SourceTooLargeError for one that unpacks
    to more than can be held.
    """
    try:
        with zipfile.ZipFile(stream) as archive:
            _refuse_bombs(archive)
        yield from _lines(stream)
    except _DAMAGED as error:
        raise errors.SourceUnreadableError(
            reason="工作簿已损坏，请用表格软件另存为 XLSX 后再试"
        ) from error


def _refuse_bombs(archive: zipfile.ZipFile) -> None:
    parts = archive.infolist()
    if "xl/workbook.xml" not in archive.namelist():
        raise errors.SourceUnreadableError(reason="这是压缩包，不是 XLSX 工作簿；请解压后导入")
    # No part gives more bytes than it declares: zipfile stops there.
    if len(parts) > _MOST_PARTS or sum(part.file_size for part in parts) > LARGEST_UNPACKED:
        raise errors.SourceTooLargeError(limit=f"解压后 {LARGEST_UNPACKED >> 20} MB")
    tags = 0
    for part in parts:
        with archive.open(part) as opened:
            while chunk := opened.read(_CHUNK):
                tags += chunk.count(b"<")
                if tags > _MOST_TAGS:
                    raise errors.SourceTooLargeError(limit="约 250 万个单元格")


def _lines(stream: IO[bytes]) -> Iterator[Line]:
    book = openpyxl.load_workbook(stream, read_only=True, keep_links=False)
    try:
        sheets = [sheet for sheet in book.worksheets if sheet.title != _REST]
        if not sheets:
            raise errors.SourceUnreadableError(reason="工作簿中没有工作表")
        rests, width, gap = _rests(book), 0, None
        for number, row in enumerate(_rows(sheets[0]), start=1):
            if number > _LAST_ROW:
                raise errors.SourceTooLargeError(limit=f"{_LAST_ROW} 行")
            # Rows between others are one and the same object, which matters where there are many.
            if row is gap or _is_empty(row):
                gap = row
                continue
            width = width or 1 + max(n for n, cell in enumerate(row) if cell is not EMPTY_CELL)
            used = row[:width] if _is_empty(row[width:]) else row
            texts = [_whole(_text_of(cell.value), rests) for cell in used]
            formulas = tuple(n for n, cell in enumerate(used) if cell.data_type in {"f", "e"})
            yield Line(number, texts, formulas)
    finally:
        book.close()


def _is_empty(row: Sequence[Any]) -> bool:
    return all(cell is EMPTY_CELL for cell in row)


def _rows(sheet: Any) -> Iterator[tuple[Any, ...]]:
    # What a sheet says of its own size may be wrong, or made to cost memory.
    sheet.reset_dimensions()
    yield from sheet.iter_rows(max_col=_MOST_COLUMNS)


def _text_of(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return str(value).replace("\r\n", "\n").replace("_x000D_", "")


def _rests(book: Any) -> dict[str, str]:
    """Return the texts that had no room in a cell, by what their cells say instead."""
    pieces: dict[str, list[str]] = {}
    if _REST in book.sheetnames:
        for name, piece, *_more in _rows(book[_REST]):
            pieces.setdefault(_text_of(name.value), []).append(_text_of(piece.value)[:-1])
    return {name: "".join(texts) for name, texts in pieces.items()}


def _whole(text: str, rests: dict[str, str]) -> str:
    return rests.get(text, text) if text.startswith(_REST_MARK) else text


class XlsxWriter:
    """Writes a workbook; every cell is text, whatever it looks like."""

    def __init__(self, out: IO[bytes], title: str) -> None:
        self._out = out
        self._book = openpyxl.Workbook(write_only=True)
        self._sheet = self._book.create_sheet(title)
        self._sheet.freeze_panes = "B2"
        self._rest: Any = None
        self._rests = 0

    def write(self, cells: Sequence[str]) -> None:
        self._sheet.append([self._cell(cell) for cell in cells])

    def close(self) -> None:
        self._book.save(self._out)

    def _cell(self, text: str) -> Cell | str | None:
        if not text:
            return None
        if len(text) > LONGEST_CELL:
            return self._put_aside(text)
        return _as_text(self._sheet, text)

    def _put_aside(self, text: str) -> str:
        if self._rest is None:
            self._rest = self._book.create_sheet(_REST)
        self._rests += 1
        name = f"{_REST_MARK}{self._rests}"
        for start in range(0, len(text), LONGEST_CELL):
            # A sign at its end keeps a piece's last spaces; the reader drops it.
            piece = f"{text[start : start + LONGEST_CELL]}。"
            self._rest.append([name, _as_text(self._rest, piece)])
        return name


def _as_text(sheet: Any, text: str) -> Cell | str:
    if text[0] not in "=+-@#":
        return text
    cell = WriteOnlyCell(sheet, value=text)
    # What looks like a formula or an error is text, and stays text when somebody edits it.
    cell.data_type = "s"
    cell.quotePrefix = True
    return cell
