"""The project's own JSON: ``{"version": …, "matters": [{"code": …, "name": …, …}]}``.

Each matter is one object with the elements of ``rules.content`` beside ``code`` (基本编码),
``local_code``, ``issuer_code`` and ``main_item``; the last four may be absent. A list of offerings
has ``offerings`` instead, each with ``center``, ``code``, the center's terms, and ``declared``.
"""

import json
from collections.abc import Callable, Mapping
from typing import IO, Any

from tongban.catalog import errors
from tongban.catalog.adapters import matter_table, offering_table
from tongban.catalog.adapters.tables import MOST_ROWS
from tongban.catalog.rules.rows import OfferingRow, RowFault, Source, SourceKind, SourceRow
from tongban.catalog.rules.shapes import ShapeError


def read(raw: bytes) -> Source:
    """Return the rows of a file and the faults of those that can't be read.

    Raises: SourceUnreadableError when it is no JSON of this form at all, SourceTooLargeError.
    """
    try:
        document = json.loads(raw.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise errors.SourceUnreadableError(reason=f"不是完整的 JSON：{_said(error)}") from error
    for kind in SourceKind:
        rows = document.get(kind.value) if isinstance(document, dict) else None
        if isinstance(rows, list):
            return _read(kind, rows)
    raise errors.SourceUnreadableError(reason="JSON 中没有“matters”或“offerings”列表")


def _said(error: ValueError | RecursionError) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"第 {error.lineno} 行第 {error.colno} 个字符有误"
    if isinstance(error, UnicodeDecodeError):
        return "编码不是 UTF-8"
    return "层次过深" if isinstance(error, RecursionError) else "含有过长的数"


def _read(kind: SourceKind, rows: list[Any]) -> Source:
    if len(rows) > MOST_ROWS:
        raise errors.SourceTooLargeError(limit=f"{MOST_ROWS} 行")
    source = Source(kind=kind)
    for number, row in enumerate(rows, start=1):
        if not isinstance(row, Mapping):
            source.faults.append(RowFault(number, kind.value, "NOT_AN_OBJECT", str(row)[:60]))
            continue
        try:
            if kind is SourceKind.MATTERS:
                source.rows.append(matter_table.matter_row(number, row))
            else:
                source.offerings.append(offering_table.offering_row(number, row))
        except ShapeError as error:
            source.faults.append(RowFault(number, error.field, error.reason, error.found))
    return source


class JsonWriter:
    """Writes rows one by one into a file of this form."""

    def __init__(self, out: IO[bytes], kind: SourceKind) -> None:
        self._out = out
        self._stated: Callable[[Any], dict[str, Any]] = (
            SourceRow.to_json if kind is SourceKind.MATTERS else offering_table.stated
        )
        self._beginning = f'{{"version": 1, "{kind.value}": [\n'
        self._between = self._beginning

    def write(self, row: SourceRow | OfferingRow) -> None:
        """Write one row."""
        text = json.dumps(self._stated(row), ensure_ascii=False)
        self._out.write(f"{self._between}{text}".encode())
        self._between = ",\n"

    def close(self) -> None:
        """Complete the file; it stays open."""
        nothing = self._beginning if self._between == self._beginning else ""
        self._out.write(f"{nothing}\n]}}\n".encode())
