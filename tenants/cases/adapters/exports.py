"""Files of exported lists: the rows of a batch, and a whole file from its batches.

A batch of a workbook is the XML of its rows, so joining batches copies bytes whatever they hold;
all else of the workbook is openpyxl's. Every cell is a string: none is a formula.
"""

import csv
import io
import re
import shutil
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Sequence
from typing import IO, Final
from xml.sax.saxutils import escape

import openpyxl
from openpyxl.utils import get_column_letter

from tenants.cases import rules
from tenants.cases.rules import ExportFormat

MEDIA_TYPES: Final = {
    ExportFormat.CSV: "text/csv; charset=utf-8",
    ExportFormat.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
SHEET_BATCHES: Final = 100
"""Batches on a sheet, which has 1,048,576 rows at most; what follows stands on the next."""
_TITLE: Final = "办件清单"
_BOM: Final = "\ufeff"
"""By which spreadsheets know that a CSV is UTF-8."""
_WIDTHS: Final = (22, 36, 12, 8, 24, 18, 20, 20, 20, 20, 24)
_ROWS_END: Final = b"</sheetData>"
_UNWRITABLE: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_ENTITY: Final = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
"""What a spreadsheet would take for a character (``_x0041_``)."""

Opener = Callable[[], IO[bytes]]


class CsvBatch:
    """Writes the rows of one batch as CSV, the first batch with its heading."""

    def __init__(self, out: IO[bytes], *, batch: int) -> None:
        self._text = io.TextIOWrapper(out, encoding="utf-8", newline="")
        self._writer = csv.writer(self._text)
        if batch == 0:
            self._text.write(_BOM)
            self._writer.writerow(rules.COLUMNS.values())

    def write(self, rows: Iterable[Sequence[str]]) -> None:
        """Write rows."""
        self._writer.writerows(rows)

    def close(self) -> None:
        """Complete the batch; its stream stays open."""
        self._text.detach()


class XlsxBatch:
    """Writes the rows of one batch as the XML of a sheet; ``size`` rows make a batch."""

    def __init__(self, out: IO[bytes], *, batch: int, size: int) -> None:
        self._out = out
        self._next = batch % SHEET_BATCHES * size + 2  # below the heading
        self._columns = [get_column_letter(place + 1) for place in range(len(rules.COLUMNS))]

    def write(self, rows: Iterable[Sequence[str]]) -> None:
        """Write rows."""
        for row in rows:
            cells = "".join(
                f'<c r="{column}{self._next}" t="inlineStr"><is>'
                f'<t xml:space="preserve">{_in_xml(text)}</t></is></c>'
                for column, text in zip(self._columns, row, strict=True)
                if text
            )
            self._out.write(f'<row r="{self._next}">{cells}</row>'.encode())
            self._next += 1

    def close(self) -> None:
        """Complete the batch; its stream stays open."""


def open_batch(
    out: IO[bytes], file_format: ExportFormat, *, batch: int, size: int
) -> CsvBatch | XlsxBatch:
    """Return what writes the rows of the ``batch``-th batch, from 0, of ``size`` rows each."""
    if file_format is ExportFormat.XLSX:
        return XlsxBatch(out, batch=batch, size=size)
    return CsvBatch(out, batch=batch)


def join(out: IO[bytes], file_format: ExportFormat, batches: Sequence[Opener]) -> None:
    """Write the whole file from its batches, in order; memory does not grow with them."""
    if file_format is ExportFormat.CSV:
        _append(out, batches)
        return
    sheets = [
        batches[start : start + SHEET_BATCHES] for start in range(0, len(batches), SHEET_BATCHES)
    ]
    with (
        tempfile.TemporaryFile() as empty,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as whole,
    ):
        _write_empty(empty, len(sheets))
        with zipfile.ZipFile(empty) as book:
            for name in book.namelist():
                place = _SHEET.fullmatch(name)
                rows = sheets[int(place[1]) - 1] if place else ()
                before, end, after = book.read(name).partition(_ROWS_END if place else b"\0")
                with whole.open(name, "w", force_zip64=True) as part:
                    part.write(before)
                    _append(part, rows)
                    part.write(end + after)


_SHEET = re.compile(r"xl/worksheets/sheet(\d+)\.xml")


def _write_empty(out: IO[bytes], sheets: int) -> None:
    """Write a workbook of so many sheets with nothing but the heading on each."""
    book = openpyxl.Workbook(write_only=True)
    for place in range(sheets):
        sheet = book.create_sheet(f"{_TITLE}{place + 1}" if place else _TITLE)
        sheet.freeze_panes = "A2"
        for column, width in enumerate(_WIDTHS, start=1):
            sheet.column_dimensions[get_column_letter(column)].width = width
        sheet.append(list(rules.COLUMNS.values()))
    book.save(out)


def _append(out: IO[bytes], batches: Sequence[Opener]) -> None:
    for opener in batches:
        with opener() as stream:
            shutil.copyfileobj(stream, out)


def _in_xml(text: str) -> str:
    return escape(_ENTITY.sub("_x005F_", _UNWRITABLE.sub("\ufffd", text)))
