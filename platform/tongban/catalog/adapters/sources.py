"""Which format a delivered file has, and what it says: by its content, never by its name."""

import io
from collections.abc import Iterator
from typing import IO, Any

from tongban.catalog import errors
from tongban.catalog.adapters import (
    columns,
    matter_table,
    offering_table,
    project_json,
    tables,
    workbooks,
)
from tongban.catalog.adapters.tables import MOST_ROWS, Line
from tongban.catalog.rules.rows import RowFault, Source, SourceKind
from tongban.catalog.rules.shapes import ShapeError

LARGEST = 50 * 1024 * 1024
"""Bytes: a city's 4,000 matters with all their elements have about a tenth of that."""

_FOREIGN: dict[bytes, str] = {
    b"%PDF": "这是 PDF 文件",
    b"\x89PNG": "这是图片",
    b"\xff\xd8\xff": "这是图片",
    b"GIF8": "这是图片",
    b"\xd0\xcf\x11\xe0": "这是旧版 Office 文件，请另存为 XLSX",
    b"\x1f\x8b": "这是压缩包，请解压后导入",
    b"Rar!": "这是压缩包，请解压后导入",
    b"7z\xbc\xaf": "这是压缩包，请解压后导入",
}


def read(delivered: bytes | IO[bytes]) -> Source:
    """Return what a file says: CSV, XLSX or the project's JSON, of matters or of offerings.

    A stream is read from its start and left open; one that is too large is not read at all.
    Raises: SourceTooLargeError, SourceUnreadableError.
    """
    stream = io.BytesIO(delivered) if isinstance(delivered, bytes) else delivered
    size = stream.seek(0, io.SEEK_END)
    stream.seek(0)
    if size > LARGEST:
        raise errors.SourceTooLargeError(limit=f"{LARGEST >> 20} MB")
    head = stream.read(16)
    stream.seek(0)
    if head.startswith(b"PK"):
        return _table(workbooks.read(stream))
    for magic, reason in _FOREIGN.items():
        if head.startswith(magic):
            raise errors.SourceUnreadableError(reason=f"{reason}；可导入的是 CSV、XLSX 或 JSON")
    raw = stream.read()
    if not raw.strip():
        raise errors.SourceUnreadableError(reason="文件是空的")
    if raw[:64].lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"{", b"[")):
        return project_json.read(raw)
    return _table(tables.read_csv(raw))


def _table(lines: Iterator[Line | RowFault] | Iterator[Line]) -> Source:
    header = next(lines, None)
    if not isinstance(header, Line):
        raise errors.SourceUnreadableError(reason="没有表头")
    titles = [title.strip() for title in header.cells]
    kind = SourceKind.OFFERINGS if {"center", "中心代码"} & set(titles) else SourceKind.MATTERS
    table: Any = matter_table if kind is SourceKind.MATTERS else offering_table
    known = _known(table.COLUMNS)
    keys = [known.get(title, "") for title in titles]
    _refuse_header(kind, [key for key in keys if key])
    source = Source(kind=kind)
    source.unread_columns = [t for t, key in zip(titles, keys, strict=True) if t and not key]
    for count, line in enumerate(lines, start=1):
        if count > MOST_ROWS:
            raise errors.SourceTooLargeError(limit=f"{MOST_ROWS} 行")
        if isinstance(line, RowFault):
            source.faults.append(line)
        elif any(cell.strip() for cell in line.cells):
            _take(source, table, keys, line)
    return source


def _known(table_columns: tuple[columns.Column, ...]) -> dict[str, str]:
    return {title: column.key for column in table_columns for title in (*column.titles, column.key)}


def _refuse_header(kind: SourceKind, keys: list[str]) -> None:
    if kind is SourceKind.MATTERS and "name" not in keys:
        raise errors.SourceUnreadableError(reason="第一行须是表头，其中要有“事项名称”或“name”列")
    if kind is SourceKind.OFFERINGS and not {"code", "item_code", "offering_code"} & set(keys):
        raise errors.SourceUnreadableError(reason="表头中要有“基本编码”、“地方编码”或“实施编码”列")
    if len(keys) != len(set(keys)):
        raise errors.SourceUnreadableError(reason="表头有重复的列")


def _take(source: Source, table: Any, keys: list[str], line: Line) -> None:
    if len(line.cells) != len(keys):
        source.faults.append(RowFault(line.number, "", "WRONG_CELL_COUNT", str(len(line.cells))))
        return
    for position in filter(keys.__getitem__, line.formulas):
        found = line.cells[position][:60]
        source.faults.append(RowFault(line.number, keys[position], "FORMULA", found))
        return
    texts = {
        key: cell.strip().replace("\r\n", "\n").replace("\r", "\n")
        for key, cell in zip(keys, line.cells, strict=True)
        if key
    }
    try:
        row = table.read_row(line.number, texts)
    except ShapeError as error:
        source.faults.append(RowFault(line.number, error.field, error.reason, error.found))
    else:
        (source.rows if source.kind is SourceKind.MATTERS else source.offerings).append(row)
