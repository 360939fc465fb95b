"""CSV directories: one matter a line, with the national catalog's Chinese headers or English ones.

====================  ==============================================================
header                what its cells hold
====================  ==============================================================
事项名称 / name        the name; the only column that every file must have
基本编码 / code        the 12-digit standard code; may be empty where a local code is given
地方编码 / item_code   the issuer's own code, by which a matter is found again
区划代码 / area_code   the issuing division, 12 digits
主项名称 / main_item   the main item that the matter is a part of
事项类型 / matter_type 1, 01 or 行政许可 …
实施部门 / department  also 实施主体
事项简称, 主题分类     text
业务类别               行政审批, 公共资源交易 or 便民服务
服务对象, 行使层级     codes or names, apart by 、 or a comma: 自然人、企业法人; 市级、县级、乡级
办件类型               即办件 or 承诺件 (1, 2)
设定依据               one per line of the cell: 《statute》article|issuer
受理条件               one per line: text|number of its basis (counted from 1)
申报材料               one per line: name|form|necessity|source|copies|number of its basis
法定时限, 承诺时限     a number; 法定时限单位, 承诺时限单位: 工作日 (default), 自然日 or 工作小时
法定时限说明           text
是否收费, 代收代办     是 or 否
收费项目               one per line: name|standard|amount|number of its basis
结果名称, 结果类型     certificate (default), approval, record or payment, or 证照, 批文, 备案, 资金
网办深度, 到现场次数   numbers
====================  ==============================================================

Every column but the name may be absent: what a row lacks keeps it a draft. Excel's UTF-8 with a
mark and GB18030 are both read.
"""

import csv
import io
import itertools
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from tongban.catalog import errors
from tongban.catalog.rules import codes
from tongban.catalog.rules.content import MATTER_TYPES
from tongban.catalog.rules.reading import read_content
from tongban.catalog.rules.rows import RowFault, Source, SourceRow
from tongban.catalog.rules.shapes import Reader, ShapeError

HEADERS: dict[str, str] = {
    "事项名称": "name", "基本编码": "code", "地方编码": "item_code", "区划代码": "area_code",
    "主项名称": "main_item", "事项类型": "matter_type", "实施部门": "department",
    "实施主体": "department", "事项简称": "short_name", "主题分类": "theme",
    "业务类别": "service_line", "服务对象": "service_objects", "行使层级": "levels",
    "办件类型": "handling_type", "设定依据": "legal_bases", "受理条件": "conditions",
    "申报材料": "materials", "法定时限": "statutory_amount", "法定时限单位": "statutory_unit",
    "法定时限说明": "statutory_limit_note", "承诺时限": "promised_amount",
    "承诺时限单位": "promised_unit", "是否收费": "charged", "收费项目": "fee_items",
    "结果名称": "result_name", "结果类型": "result_kind", "代收代办": "assisted_intake",
    "网办深度": "online_depth", "到现场次数": "visits",
}  # fmt: skip
"""Chinese header → element; the elements themselves are headers too."""

_WORDS: dict[str, dict[str, str]] = {
    "matter_type": {name: code for code, name in MATTER_TYPES.items()},
    "service_line": {"行政审批": "approval", "公共资源交易": "trading", "便民服务": "convenience"},
    "service_objects": {
        "自然人": "1", "企业法人": "2", "事业法人": "3", "社会组织法人": "4", "行政机关": "5",
        "非法人企业": "6", "其他": "9",
    },
    "levels": {
        "市级": "city", "县级": "county", "乡级": "township", "镇（乡、街道）级": "township",
        "3": "city", "4": "county", "5": "township",
    },
    "handling_type": {"即办件": "1", "承诺件": "2"},
    "unit": {"工作日": "WORKING_DAY", "自然日": "CALENDAR_DAY", "工作小时": "WORKING_HOUR"},
    "kind": {"申请表": "form", "原件": "original", "复印件": "copy", "电子": "electronic"},
    "necessity": {"必要": "1", "非必要": "2", "容缺后补": "3"},
    "source": {
        "申请人自备": "10", "自备": "10", "政府部门核发": "20", "政府核发": "20", "其他": "99",
    },
    "result_kind": {"证照": "certificate", "批文": "approval", "备案": "record", "资金": "payment"},
    "flag": {"是": "是", "否": "否", "1": "是", "0": "否"},
}  # fmt: skip
_BASIS = re.compile(r"《(?P<statute>[^》]+)》\s*(?P<article>.*)")
_SEPARATORS = re.compile(r"[、,，;；\s]+")

Cells = Mapping[str, str]


def read(raw: bytes) -> Source:
    """Return a file's matters and the faults of the rows that can't be read.

    Rows are numbered as a spreadsheet does: the header is row 1, whatever lines its cells have.

    Raises: SourceUnreadableError when its text or its header can't be read at all.
    """
    source = Source()
    lines = csv.reader(io.StringIO(_text(raw), newline=""))
    header = _header(lines, source)
    for number, cells in _lines(lines, source):
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != len(header):
            source.faults.append(RowFault(number, "", "WRONG_CELL_COUNT", str(len(cells))))
            continue
        try:
            row = _row(number, {k: c.strip() for k, c in zip(header, cells, strict=True) if k})
        except ShapeError as error:
            source.faults.append(RowFault(number, error.field, error.reason, error.found))
        else:
            source.rows.append(row)
    return source


def _text(raw: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise errors.SourceUnreadableError(reason="编码既不是 UTF-8 也不是 GB18030")


def _header(lines: Any, source: Source) -> list[str]:
    known = {**HEADERS, **{element: element for element in HEADERS.values()}}
    try:
        titles = [title.strip() for title in next(lines)]
    except (StopIteration, csv.Error):
        raise errors.SourceUnreadableError(reason="没有表头") from None
    header = [known.get(title, "") for title in titles]
    named = [element for element in header if element]
    if "name" not in named:
        raise errors.SourceUnreadableError(reason="表头中没有“事项名称”或“name”列")
    if len(named) != len(set(named)):
        raise errors.SourceUnreadableError(reason="表头有重复的列")
    source.unread_columns = [t for t, e in zip(titles, header, strict=True) if t and not e]
    return header


def _lines(lines: Any, source: Source) -> Iterator[tuple[int, list[str]]]:
    for number in itertools.count(2):
        try:
            yield number, next(lines)
        except StopIteration:
            return
        except csv.Error as error:
            source.faults.append(RowFault(number, "", "UNREADABLE_LINE", str(error)))


def _row(number: int, cells: Cells) -> SourceRow:
    at = Reader(cells)
    code, area = at.text("code"), at.text("area_code")
    if code and not codes.is_matter_code(code):
        raise at.fault("code", "NOT_A_CODE", code)
    if area and re.fullmatch(r"\d{12}", area, re.ASCII) is None:
        raise at.fault("area_code", "NOT_A_CODE", area)
    return SourceRow(
        number=number,
        content=read_content(_elements(at)),
        code=code,
        local_code=at.text("item_code", longest=100),
        main_item=at.text("main_item", longest=200),
        issuer_code=area,
    )


def _elements(at: Reader) -> dict[str, Any]:
    fee_items = list(_entries(at, "fee_items", _fee_item))
    result_name = at.text("result_name")
    return {
        **{key: at.text(key) for key in ("name", "short_name", "department", "theme")},
        "statutory_limit_note": at.text("statutory_limit_note"),
        "matter_type": _matter_type(at),
        "service_line": _word("service_line", at.text("service_line")),
        "service_objects": _words("service_objects", at.text("service_objects")),
        "levels": _words("levels", at.text("levels")),
        "handling_type": _word("handling_type", at.text("handling_type")),
        "legal_bases": list(_entries(at, "legal_bases", _legal_basis)),
        "conditions": list(_entries(at, "conditions", _condition)),
        "materials": list(_entries(at, "materials", _material)),
        "statutory_limit": _limit(at, "statutory"),
        "promised_limit": _limit(at, "promised"),
        "fee": {"charged": _flag(at, "charged") or bool(fee_items), "items": fee_items},
        "result": {
            "name": result_name,
            "kind": _word("result_kind", at.text("result_kind")) or "certificate",
        }
        if result_name
        else None,
        "assisted_intake": _flag(at, "assisted_intake"),
        "online_depth": _number(at, "online_depth", 1),
        "visits": _number(at, "visits", 1),
    }


def _matter_type(at: Reader) -> str:
    text = at.text("matter_type", required=True)
    padded = codes.padded_type(_word("matter_type", text))
    if padded is None:
        raise at.fault("matter_type", "NOT_A_CODE", text)
    return padded


def _word(kind: str, text: str) -> str:
    return _WORDS[kind].get(text, text)


def _words(kind: str, text: str) -> list[str]:
    return [_word(kind, part) for part in _SEPARATORS.split(text) if part]


def _number(at: Reader, key: str, default: int | None) -> int | None:
    text = at.text(key, longest=9)
    if not text:
        return default
    if not (text.isascii() and text.isdigit()):
        raise at.fault(key, "NOT_A_NUMBER", text)
    return int(text)


def _flag(at: Reader, key: str) -> bool:
    text = at.text(key)
    if text and text not in _WORDS["flag"]:
        raise at.fault(key, "NOT_A_FLAG", text)
    return _word("flag", text) == "是"


def _limit(at: Reader, which: str) -> dict[str, Any] | None:
    amount = _number(at, f"{which}_amount", None)
    if amount is None:
        return None
    return {"amount": amount, "unit": _word("unit", at.text(f"{which}_unit") or "工作日")}


def _entries(
    at: Reader, key: str, read_entry: Callable[[Reader, str, list[str]], dict[str, Any]]
) -> Iterator[dict[str, Any]]:
    """Yield the entries of a cell, one per line, their parts apart by ``|``."""
    lines = (line.strip() for line in at.text(key, longest=100_000).splitlines())
    for position, line in enumerate(filter(None, lines)):
        parts = [part.strip() for part in line.split("|")]
        entry = read_entry(at, f"{key}[{position}]", [*parts, *[""] * (6 - len(parts))])
        # Materials are numbered in the order of the cell.
        yield {**entry, "code": f"M{position + 1:02d}"} if key == "materials" else entry


def _legal_basis(at: Reader, key: str, parts: list[str]) -> dict[str, Any]:
    match = _BASIS.fullmatch(parts[0])
    if match is None:
        raise at.fault(key, "NOT_A_STATUTE", parts[0])
    return {**match.groupdict(), "issuer": parts[1]}


def _condition(at: Reader, key: str, parts: list[str]) -> dict[str, Any]:
    return {"text": parts[0], "basis": _place(at, key, parts[1])}


def _material(at: Reader, key: str, parts: list[str]) -> dict[str, Any]:
    name, kind, necessity, source, copies, basis = parts[:6]
    return {
        "name": name,
        "kind": _word("kind", kind),
        "necessity": _word("necessity", necessity),
        "source": _word("source", source),
        "copies": _count(at, key, copies or "1"),
        "basis": _place(at, key, basis),
    }


def _fee_item(at: Reader, key: str, parts: list[str]) -> dict[str, Any]:
    name, standard, amount, basis = parts[:4]
    return {
        "name": name,
        "standard": standard,
        "amount": amount,
        "basis": _place(at, key, basis),
    }


def _place(at: Reader, key: str, text: str) -> int | None:
    return _count(at, key, text) - 1 if text else None


def _count(at: Reader, key: str, text: str) -> int:
    if re.fullmatch(r"[1-9]\d{0,2}", text, re.ASCII) is None:
        raise at.fault(key, "NOT_A_NUMBER", text)
    return int(text)
