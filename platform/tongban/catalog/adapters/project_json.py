"""The project's own JSON: ``{"version": …, "matters": [{"code": …, "name": …, …}]}``.

Each matter is one object with the elements of ``rules.content`` beside ``code`` (基本编码),
``local_code`` and ``main_item``; the last three may be absent.
"""

import json
from collections.abc import Mapping
from typing import Any

from tongban.catalog import errors
from tongban.catalog.rules import codes
from tongban.catalog.rules.reading import read_content
from tongban.catalog.rules.rows import RowFault, Source, SourceRow
from tongban.catalog.rules.shapes import Reader, ShapeError


def read(raw: bytes) -> Source:
    """Return the matters of a file and the faults of those that can't be read.

    Raises: SourceUnreadableError when it is no JSON of this form at all.
    """
    try:
        document = json.loads(raw.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise errors.SourceUnreadableError(reason=str(error)[:200]) from error
    matters = document.get("matters") if isinstance(document, dict) else None
    if not isinstance(matters, list):
        raise errors.SourceUnreadableError(reason="JSON 中没有“matters”列表")
    source = Source()
    for number, matter in enumerate(matters, start=1):
        try:
            source.rows.append(_row(number, matter))
        except ShapeError as error:
            source.faults.append(RowFault(number, error.field, error.reason, error.found))
    return source


def _row(number: int, matter: Any) -> SourceRow:
    if not isinstance(matter, Mapping):
        raise ShapeError("matters", "NOT_AN_OBJECT", matter)
    at = Reader(matter)
    code = at.text("code")
    if code and not codes.is_matter_code(code):
        raise at.fault("code", "NOT_A_CODE", code)
    return SourceRow(
        number=number,
        content=read_content(matter),
        code=code,
        local_code=at.text("local_code", longest=100),
        main_item=at.text("main_item", longest=200),
    )
