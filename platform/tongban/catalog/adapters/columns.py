"""The columns of a table of matters: one for each element, with its national name and ours."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tongban.catalog.adapters import cells
from tongban.catalog.adapters.elements import (
    Amount,
    Element,
    Entries,
    Flag,
    LegalBases,
    Limit,
    Listed,
    Number,
    Pairs,
    Part,
    StoredFile,
    Text,
    Word,
)
from tongban.catalog.rules.shapes import ShapeError

_PART = Text(cells.part)
_ATOM = Text(cells.atom)
_PLACE = Number(shift=1)
_TEXTS = Listed(_ATOM)
_WHEN = Pairs(("question", "options"), _TEXTS)


@dataclass(frozen=True, slots=True)
class Column:
    """One column: where its element lies in the JSON of a row, and how a cell holds it."""

    key: str
    """The English header, which faults name too."""
    path: str
    """The element (``fee.items``)."""
    titles: tuple[str, ...]
    """Chinese headers; the first is written."""
    element: Element
    holds: str = ""
    """What a cell holds, for people."""

    @property
    def title(self) -> str:
        """The Chinese header that is written."""
        return self.titles[0]


def _words(vocabulary: str) -> Listed:
    return Listed(Word(vocabulary), cells.LIST + " \t\u3000")


def _numbered(entry: dict[str, Any], position: int) -> dict[str, Any]:
    # Materials without codes are numbered in the order of the cell.
    return {**entry, "code": entry["code"] or f"M{position + 1:02d}"}


_TEXT = Text()
_BASED = "文本|依据序号"

CONTENT: tuple[Column, ...] = (
    Column("name", "name", ("事项名称",), _TEXT),
    Column("short_name", "short_name", ("事项简称",), _TEXT),
    Column("matter_type", "matter_type", ("事项类型",), Word("matter_type"), "行政许可、01 或 1 …"),
    Column(
        "service_line", "service_line", ("业务类别",), Word("service_line"),
        "行政审批、公共资源交易或便民服务",
    ),
    Column("department", "department", ("实施部门", "实施主体"), _TEXT),
    Column("entrusted_department", "entrusted_department", ("委托部门",), _TEXT),
    Column("joint_departments", "joint_departments", ("联办机构",), _TEXTS, "以、分隔"),
    Column("theme", "theme", ("主题分类",), _TEXT),
    Column("life_events", "life_events", ("人生与经营事件", "生命周期"), _TEXTS, "以、分隔"),
    Column("power_item", "power_item", ("权力事项编码", "权力清单编码"), _TEXT),
    Column(
        "power_source", "power_source", ("权力来源",), Word("power_source"),
        "法定本级行使、上级下放、上级授权 …",
    ),
    Column(
        "service_objects", "service_objects", ("服务对象",), _words("service_object"),
        "自然人、企业法人 … 或代码",
    ),
    Column("levels", "levels", ("行使层级",), _words("level"), "市级、县级、乡级"),
    Column("jurisdiction_note", "jurisdiction_note", ("管辖说明",), _TEXT),
    Column(
        "handling_type", "handling_type", ("办件类型",), Word("handling_type"), "即办件或承诺件"
    ),
    Column(
        "handling_forms", "handling_forms", ("办理形式",), _words("handling_form"),
        "窗口、网上（电脑）、网上（移动）、快递、其他",
    ),
    Column(
        "legal_bases", "legal_bases", ("设定依据",),
        LegalBases(Entries((Part("issuer", _PART, ""), Part("level", Word("basis_level"))))),
        "《名称》条款|制定机关|效力级别（法律、行政法规 …）",
    ),
    Column(
        "conditions", "conditions", ("受理条件", "申请条件"),
        Entries((
            Part("text", _PART, ""), Part("basis", _PLACE), Part("variants", _TEXTS),
            Part("when", _WHEN),
        )),
        "文本|依据序号|适用情形|适用答案（问题=选项、选项；…）",
    ),
    Column(
        "materials", "materials", ("申报材料", "申请材料"),
        Entries((
            Part("name", _PART, ""), Part("kind", Word("material_kind")),
            Part("necessity", Word("necessity")), Part("source", Word("material_source")),
            Part("copies", Number(), 1), Part("basis", _PLACE), Part("code", _PART, ""),
            Part("note", _PART, ""), Part("acceptance", _PART, ""), Part("size", _PART, ""),
            Part("issued_by", _PART, ""), Part("commitment", Flag(), default=False),
            Part("blank_form", StoredFile()), Part("sample", StoredFile()),
            Part("variants", _TEXTS), Part("when", _WHEN),
        ), _numbered),
        "名称|形式|必要性|来源|份数|依据序号|材料编码|填报须知|受理标准|规格|来源渠道|可否告知承诺"
        "|空白表|样表|适用情形|适用答案；文件为 名称；类型；字节数；SHA-256",
    ),
    Column(
        "statutory_amount", "statutory_limit.amount", ("法定时限", "法定办结时限"), Amount(),
        "数，或无",
    ),
    Column(
        "statutory_unit", "statutory_limit.unit", ("法定时限单位", "法定办结时限单位"),
        Word("unit"), "工作日、自然日或工作小时",
    ),
    Column("statutory_limit_note", "statutory_limit_note", ("法定时限说明",), _TEXT),
    Column(
        "promised_amount", "promised_limit.amount", ("承诺时限", "承诺办结时限"), Amount(),
        "数，或无",
    ),
    Column(
        "promised_unit", "promised_limit.unit", ("承诺时限单位", "承诺办结时限单位"),
        Word("unit"), "同上",
    ),
    Column("promised_limit_note", "promised_limit_note", ("承诺时限说明",), _TEXT),
    Column(
        "steps", "steps", ("办理流程",),
        Entries((
            Part("name", _PART, ""), Part("kind", Word("step_kind")), Part("limit", Limit()),
            Part("standard", _PART, ""), Part("outcome", _PART, ""),
        )),
        "名称|环节（收件、受理、审查、审核、特别程序、决定、送达）|时限（2工作日）|审查标准|结果",
    ),
    Column(
        "special_procedures", "special_procedures", ("特别程序",),
        Entries((
            Part("name", _PART, ""), Part("kind", Word("procedure_kind")),
            Part("limit", Limit()), Part("basis", _PLACE),
        )),
        "名称|延长审批或其他|时限|依据序号",
    ),
    Column("charged", "fee.charged", ("是否收费",), Flag(), "是或否"),
    Column(
        "fee_items", "fee.items", ("收费项目",),
        Entries((
            Part("name", _PART, ""), Part("standard", _PART, ""), Part("amount", _PART),
            Part("basis", _PLACE),
        )),
        "名称|标准|金额（元）|依据序号",
    ),
    Column(
        "fee_waivers", "fee.waivers", ("收费减免", "减免"),
        Entries((Part("text", _PART, ""), Part("basis", _PLACE))), _BASED,
    ),
    Column(
        "intermediary_services", "intermediary_services", ("中介服务",),
        Entries((Part("name", _PART, ""), Part("basis", _PLACE))), _BASED,
    ),
    Column("quantity_limit", "quantity_limit", ("数量限制",), _TEXT),
    Column(
        "preconditions", "preconditions", ("前置事项",), _TEXTS, "前置事项的基本编码，以、分隔"
    ),
    Column("result_name", "result.name", ("结果名称", "审批结果名称"), _TEXT),
    Column(
        "result_kind", "result.kind", ("结果类型", "审批结果类型"), Word("result_kind"),
        "证照、批文、备案或资金",
    ),
    Column(
        "result_sample", "result.sample", ("结果样本", "审批结果样本"), StoredFile(),
        "名称；类型；字节数；SHA-256",
    ),
    Column("assisted_intake", "assisted_intake", ("代收代办",), Flag(), "是或否"),
    Column("online_depth", "online_depth", ("网办深度",), Number(), "1 至 4"),
    Column("visits", "visits", ("到现场次数",), Number(), "0 至 9"),
    Column("by_appointment", "by_appointment", ("预约", "是否预约办理"), Flag(), "是或否"),
    Column("online_payment", "online_payment", ("网上支付", "是否网上支付"), Flag(), "是或否"),
    Column("courier", "courier", ("物流", "是否物流快递"), Flag(), "是或否"),
    Column("tacit_approval", "tacit_approval", ("超时默认",), Flag(), "是或否"),
    Column(
        "tacit_approval_basis", "tacit_approval_basis", ("超时默认依据",), _PLACE, "依据序号"
    ),
    Column("x_package", "x_package", ("可入套餐",), Flag(), "是或否（1+1+X 中的 X）"),
    Column(
        "variants", "variants", ("业务办理项", "办理情形"),
        Entries((
            Part("serial", _PART, ""), Part("name", _PART, ""), Part("note", _PART, ""),
            Part("promised_limit", Limit()),
        )),
        "两位序号|名称|说明|承诺时限（如 3工作日）",
    ),
    Column(
        "questions", "questions", ("情形问题",),
        Entries((
            Part("code", _PART, ""), Part("text", _PART, ""),
            Part("options", Pairs(("code", "text"), _ATOM)), Part("variants", _TEXTS),
            Part("when", _WHEN),
        )),
        "编码|问题|选项（代码=文字；…）|适用情形|适用答案",
    ),
)  # fmt: skip
"""The elements of a content, in the order in which they are written."""

IDENTITY: tuple[Column, ...] = (
    Column("code", "code", ("基本编码",), _TEXT, "12 位；仅有地方编码的可为空"),
    Column("item_code", "local_code", ("地方编码", "事项地方编码"), _TEXT, "发布机关自己的编码"),
    Column("area_code", "issuer_code", ("区划代码",), _TEXT, "发布机关的 12 位区划代码"),
    Column("main_item", "main_item", ("主项名称",), _TEXT),
)
"""How a matter is named, and who issues it."""


def cells_of(row: Mapping[str, Any], columns: Sequence[Column]) -> list[str]:
    """Return the cells of a row that is given in its JSON form."""
    return [_cell(column, _at(row, column.path)) for column in columns]


def _cell(column: Column, value: Any) -> str:
    return "" if value is None else column.element.write(value)


def _at(row: Any, path: str) -> Any:
    for name in path.split("."):
        row = row.get(name) if row is not None else None
    return row


def row_of(texts: Mapping[str, str], columns: Iterable[Column]) -> dict[str, Any]:
    """Return the JSON form of what cells by column key say; empty ones say nothing.

    Raises: ShapeError that names the column's key and the place in its cell.
    """
    row: dict[str, Any] = {}
    for column in columns:
        raw = texts.get(column.key, "")
        if not raw:
            continue
        if "\0" in raw:
            raise ShapeError(column.key, "NOT_TEXT", "NUL")
        *around, last = column.path.split(".")
        holder = row
        for name in around:
            holder = holder.setdefault(name, {})
        holder[last] = column.element.read(raw, column.key)
    return row
