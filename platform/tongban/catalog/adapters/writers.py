"""Lists as files: CSV, XLSX or the project's JSON, written row by row."""

from enum import StrEnum
from typing import IO, Any, Protocol

from tongban.catalog.adapters import matter_table, offering_table
from tongban.catalog.adapters.project_json import JsonWriter
from tongban.catalog.adapters.tables import CsvWriter, Writer
from tongban.catalog.adapters.workbooks import XlsxWriter
from tongban.catalog.rules.rows import KIND_NAMES, SourceKind


class FileFormat(StrEnum):
    """In which form a list is written."""

    CSV = "csv"
    XLSX = "xlsx"
    JSON = "json"


class RowWriter(Protocol):
    """Writes the rows of one list."""

    def write(self, row: Any) -> None:
        """Write one row of the list's kind."""

    def close(self) -> None:
        """Complete the file; it stays open."""


def open_writer(out: IO[bytes], *, file_format: FileFormat, kind: SourceKind) -> RowWriter:
    """Return what writes the rows of a list into ``out``; close it, or the file is not whole."""
    if file_format is FileFormat.JSON:
        return JsonWriter(out, kind)
    is_csv = file_format is FileFormat.CSV
    return _TableWriter(CsvWriter(out) if is_csv else XlsxWriter(out, KIND_NAMES[kind]), kind)


class _TableWriter:
    def __init__(self, lines: Writer, kind: SourceKind) -> None:
        self._lines = lines
        self._table: Any = matter_table if kind is SourceKind.MATTERS else offering_table
        lines.write([column.title for column in self._table.COLUMNS])

    def write(self, row: Any) -> None:
        self._lines.write(self._table.write_row(row))

    def close(self) -> None:
        self._lines.close()
