"""What was wrong with the rows of a list, as a file that people work through."""

import re
from collections.abc import Iterable
from typing import IO

from tongban.catalog.adapters import matter_table, offering_table
from tongban.catalog.adapters.tables import CsvWriter
from tongban.catalog.rules.reasons import explain
from tongban.catalog.rules.rows import RowFault

HEADER = ("row", "kind", "field", "column", "code", "reason")

_COLUMNS = (*matter_table.COLUMNS, *offering_table.COLUMNS)
# Of an element that has several columns, the first stands for the whole of it.
_TITLES: dict[str, str] = {
    **{column.path.partition(".")[0]: column.title for column in reversed(_COLUMNS)},
    **{name: column.title for column in reversed(_COLUMNS) for name in (column.path, column.key)},
}


def title_of(field: str) -> str:
    """Return the Chinese name of the column in which a fault lies, empty for a whole row."""
    name = re.split(r"\[", field)[0]
    return _TITLES.get(name) or _TITLES.get(name.partition(".")[0], "")


def write(out: IO[bytes], faults: Iterable[tuple[str, RowFault]]) -> None:
    """Write faults, each with what it is one of (``fault``, ``lacking``, ``remark``)."""
    writer = CsvWriter(out)
    writer.write(HEADER)
    for kind, fault in faults:
        column = title_of(fault.field)
        writer.write([str(fault.row), kind, fault.field, column, fault.code, explain(fault)])
    writer.close()
