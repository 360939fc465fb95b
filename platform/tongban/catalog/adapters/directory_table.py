"""A directory's entries as a table: the columns that its kind uses, under their Chinese names."""

from collections.abc import Iterable, Mapping
from typing import IO, Any

from tongban.catalog import errors
from tongban.catalog.adapters.tables import CsvWriter, Line, read_csv
from tongban.catalog.rules.directories import Entry, Pricing, used_by

TITLES: Mapping[str, str] = {
    "code": "编码",
    "name": "名称",
    "department": "部门",
    "basis": "设定依据",
    "power_type": "类型",
    "matters": "对应事项",
    "power": "对应权力",
    "duty": "责任事项",
    "accountability": "追责情形",
    "of_office": "依职权",
    "pricing": "定价方式",
    "fee_standard": "收费标准",
    "amount": "金额",
    "payer": "付费方",
    "note": "备注",
}
_PRICES = {Pricing.SET: "政府定价", Pricing.GUIDED: "政府指导价", Pricing.MARKET: "市场调节价"}
_YES, _NO = "是", "否"
_FLAGS = {_YES: True, _NO: False}
_BETWEEN = "；"


def write(out: IO[bytes], *, kind: str, entries: Iterable[Entry]) -> None:
    """Write entries as CSV (UTF-8, known to Excel); ``read`` gives them again."""
    columns = used_by(kind)
    writer = CsvWriter(out)
    writer.write([TITLES[column] for column in columns])
    for entry in entries:
        writer.write([_cell(getattr(entry, column)) for column in columns])
    writer.close()


def _cell(value: Any) -> str:
    if isinstance(value, Pricing):
        return _PRICES[value]
    if isinstance(value, bool):
        return _YES if value else _NO
    if isinstance(value, tuple):
        return _BETWEEN.join(value)
    return "" if value is None else str(value)


def read(raw: bytes, *, kind: str) -> list[dict[str, Any]]:
    """Return what a CSV file's lines say, as ``rules.directories.judge_entries`` judges it.

    The first line names the columns; empty lines are left out. Raises: SourceUnreadableError for
    a broken line, a column that the kind doesn't have, or none at all.
    """
    lines = read_csv(raw)
    names: list[str] | None = None
    entries = []
    for line in lines:
        if not isinstance(line, Line):
            raise errors.SourceUnreadableError(reason=f"第 {line.row} 行的引号没有配对")
        cells = [cell.strip() for cell in line.cells]
        if not any(cells):
            continue
        if names is None:
            names = _columns(cells, kind)
        else:
            texts = dict(zip(names, cells, strict=False))
            entries.append({name: _value(name, text) for name, text in texts.items() if text})
    if names is None:
        raise errors.SourceUnreadableError(reason="文件是空的")
    return entries


def _columns(cells: list[str], kind: str) -> list[str]:
    known = {TITLES[column]: column for column in used_by(kind)}
    for cell in cells:
        if cell not in known:
            titles = "、".join(known)
            raise errors.SourceUnreadableError(reason=f"没有“{cell[:20]}”一列，应为：{titles}")
    return [known[cell] for cell in cells]


def _value(name: str, text: str) -> Any:
    """Return what a cell says; what it can't say stays text, for the rules to refuse."""
    if name == "matters":
        return [code for part in text.split(_BETWEEN) for code in part.replace(";", " ").split()]
    if name == "of_office":
        return _FLAGS.get(text, text)
    if name == "pricing":
        return next((price.value for price, word in _PRICES.items() if word == text), text)
    return text
