"""Tables of matters: one a line, with the national catalog's Chinese headers or English ones.

``columns`` has the columns and what their cells hold. Every column but the name may be absent: what
a row lacks keeps it a draft.
"""

import re
from collections.abc import Mapping
from typing import Any

from tongban.catalog.adapters import columns
from tongban.catalog.rules import codes
from tongban.catalog.rules.reading import read_content
from tongban.catalog.rules.rows import SourceRow
from tongban.catalog.rules.shapes import Reader

COLUMNS: tuple[columns.Column, ...] = (*columns.IDENTITY, *columns.CONTENT)


def read_row(number: int, texts: Mapping[str, str]) -> SourceRow:
    """Return the matter that the cells of a line say, by column key. Raises: ShapeError."""
    return matter_row(number, completed(columns.row_of(texts, COLUMNS)))


def write_row(row: SourceRow) -> list[str]:
    """Return the cells of a matter, in the order of ``COLUMNS``."""
    return columns.cells_of(row.to_json(), COLUMNS)


def completed(row: dict[str, Any]) -> dict[str, Any]:
    """Return the JSON form of a line with what a table leaves open, and types as two digits."""
    kind = row.get("matter_type")
    if kind:
        row["matter_type"] = codes.padded_type(kind) or kind
    for name in ("statutory_limit", "promised_limit"):
        limit = row.get(name)
        if limit is not None:
            row[name] = (
                {"unit": "WORKING_DAY", **limit} if limit.get("amount") is not None else None
            )
    fee = row.get("fee")
    if fee is not None:
        fee.setdefault("charged", bool(fee.get("items")))
    result = row.get("result")
    if result is not None:
        row["result"] = {"kind": "certificate", **result} if "name" in result else None
    return row


def matter_row(number: int, row: Mapping[str, Any]) -> SourceRow:
    """Return the matter that the JSON form of a row says. Raises: ShapeError."""
    at = Reader(row)
    code, issuer = at.text("code"), at.text("issuer_code")
    if code and not codes.is_matter_code(code):
        raise at.fault("code", "NOT_A_CODE", code)
    if issuer and re.fullmatch(r"\d{12}", issuer, re.ASCII) is None:
        raise at.fault("area_code", "NOT_A_CODE", issuer)
    return SourceRow(
        number=number,
        content=read_content(row),
        code=code,
        local_code=at.text("local_code", longest=100),
        main_item=at.text("main_item", longest=200),
        issuer_code=issuer,
    )
