"""Tables of offerings (实施清单): one matter of one center a line.

A line names center and matter, states the center's own terms, and may repeat elements of the
standard as the center's list has them: these are kept to be compared, never put into force.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from tongban.catalog.adapters import cells, columns, matter_table
from tongban.catalog.adapters.columns import Column
from tongban.catalog.adapters.elements import Flag, Listed, Text, Word
from tongban.catalog.rules import codes, conformity
from tongban.catalog.rules.content import Limit
from tongban.catalog.rules.rows import OfferingRow
from tongban.catalog.rules.shapes import Reader
from tongban.catalog.rules.terms import own_key, read_terms

_TEXT = Text()

IDENTITY: tuple[Column, ...] = (
    Column("center", "center", ("中心代码",), _TEXT, "6 位或 9 位"),
    Column("offering_code", "offering_code", ("实施编码",), _TEXT, "可为空，由平台编定"),
    Column("standard_name", "standard_name", ("标准事项名称",), _TEXT, "仅供阅读，导入时不用"),
    Column("code", "code", ("基本编码",), _TEXT, "12 位；可以地方编码和区划代码代替"),
    Column("item_code", "local_code", ("地方编码", "事项地方编码"), _TEXT, "发布机关自己的编码"),
    Column("area_code", "issuer_code", ("区划代码",), _TEXT, "发布机关的 12 位区划代码"),
)

TERMS: tuple[Column, ...] = (
    Column("status", "status", ("事项状态",), Word("offering_status"), "在用、暂停或取消"),
    Column(
        "credit_code", "credit_code",
        ("统一社会信用代码", "实施主体编码", "实施主体统一社会信用代码"), _TEXT,
        "实施主体的 18 位代码",
    ),
    Column("department", "department", ("实施部门", "实施主体"), _TEXT, "空：与标准目录相同"),
    Column("body_kind", "body_kind", ("实施主体性质",), _TEXT),
    Column("place", "place", ("办理地点",), _TEXT),
    Column("hours", "hours", ("办理时间",), _TEXT),
    Column("contact", "contact", ("咨询方式",), _TEXT),
    Column("complaints", "complaints", ("监督投诉方式",), _TEXT),
    Column("windows", "windows", ("窗口", "窗口编码"), Listed(Text(cells.atom)), "以、分隔"),
    *(column for column in columns.CONTENT if column.path.startswith("promised_limit.")),
    Column("scope", "scope", ("通办范围",), Word("scope"), "全国、跨省、跨市、跨县、跨镇、跨村"),
    Column("assisted_intake", "assisted_intake", ("代收代办",), Flag(), "是或否"),
    Column("on_the_spot", "on_the_spot", ("当场办结",), Flag(), "是或否"),
    Column("effective_from", "effective_from", ("计划生效日期",), _TEXT, "2026-03-01"),
    Column("effective_to", "effective_to", ("计划取消日期",), _TEXT, "当日起不再提供"),
    Column(
        "center_local_code", "center_local_code", ("中心自编码",), _TEXT, "中心自己的事项编码"
    ),
)  # fmt: skip
"""What a center sets of its own; a column that is there states its term, an empty cell none."""

DECLARED: tuple[Column, ...] = tuple(
    column
    for column in columns.CONTENT
    if column.path.partition(".")[0] in set(conformity.CONTENT_KEYS) - {"promised_limit"}
    and column.key != "fee_waivers"
)
"""Elements of the standard that are compared (六统一); the promise is a term."""

_NOTHING = tuple(
    column for column in DECLARED if column.key in {"conditions", "materials", "statutory_amount"}
)
"""Columns whose 无 declares that there is nothing; an empty cell declares nothing at all."""

COLUMNS: tuple[Column, ...] = (*IDENTITY, *TERMS, *DECLARED)


def read_row(number: int, texts: Mapping[str, str]) -> OfferingRow:
    """Return the offering that the cells of a line say, by column key. Raises: ShapeError."""
    row = columns.row_of(texts, (*IDENTITY, *TERMS))
    if "promised_amount" in texts:
        row.setdefault("promised_limit", {})
    for column in TERMS:
        if column.key in texts and "." not in column.path:
            row.setdefault(column.path, False if isinstance(column.element, Flag) else None)
    declared = matter_table.completed(columns.row_of(texts, DECLARED))
    if declared.get("fee", {}).get("charged") and "fee_items" not in texts:
        # That it is charged for, without saying what for, can't be compared.
        del declared["fee"]
    if declared:
        row["declared"] = declared
    return offering_row(number, matter_table.completed(row))


def offering_row(number: int, row: Mapping[str, Any]) -> OfferingRow:
    """Return the offering that the JSON form of a row says. Raises: ShapeError."""
    at = Reader(row)
    declared = at.object("declared")
    code, offering_code = at.text("code"), at.text("offering_code")
    if code and not codes.is_matter_code(code):
        raise at.fault("code", "NOT_A_CODE", code)
    if offering_code and not codes.is_offering_code(offering_code):
        raise at.fault("offering_code", "NOT_A_CODE", offering_code)
    return OfferingRow(
        number=number,
        center_code=at.code("center", pattern=r"\d{6}(\d{3})?"),
        matter_code=code or offering_code[-12:],
        matter_local_code=at.text("local_code", longest=100),
        issuer_code=at.text("issuer_code", longest=12),
        offering_code=offering_code,
        terms=read_terms(at, row.keys()),
        declared=None if declared is None else conformity.declared_elements(declared.data),
    )


def write_row(row: OfferingRow) -> list[str]:
    """Return the cells of an offering, in the order of ``COLUMNS``."""
    said = stated(row)
    declared = said.get("declared", {})
    own = columns.cells_of(said, (*IDENTITY, *TERMS))
    theirs = [
        cell or ("无" if column.path.partition(".")[0] in declared and column in _NOTHING else "")
        for column, cell in zip(DECLARED, columns.cells_of(declared, DECLARED), strict=True)
    ]
    return [*own, *theirs]


def stated(row: OfferingRow) -> dict[str, Any]:
    """Return a row in the JSON form that ``offering_row`` reads."""
    said: dict[str, Any] = {
        "center": row.center_code,
        "offering_code": row.offering_code,
        "standard_name": row.standard_name,
        "code": row.matter_code,
        "local_code": row.matter_local_code,
        "issuer_code": row.issuer_code,
        **{own_key(name): _plain(value) for name, value in row.terms.items()},
    }
    if row.declared is not None:
        said["declared"] = _as_content(row.declared)
    return said


def _plain(value: Any) -> Any:
    if isinstance(value, Limit):
        return {"amount": value.amount, "unit": value.unit.value}
    return value.isoformat() if isinstance(value, date) else value


def _as_content(declared: Mapping[str, Any]) -> dict[str, Any]:
    """Return declared elements in the shape of contents, which ``declared_elements`` reads."""
    content = dict(declared)
    if "conditions" in content:
        content["conditions"] = [{"text": text} for text in content["conditions"]]
    if "materials" in content:
        content["materials"] = [
            {**material, "code": f"M{number:02d}"}
            for number, material in enumerate(content["materials"], start=1)
        ]
    return content
