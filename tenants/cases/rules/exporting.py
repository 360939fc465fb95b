"""What an export of a case list is narrowed to, and what its rows say."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, fields
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from tenants.cases.rules.intake import CHANNEL_TEXTS, Channel
from tenants.cases.rules.lists import CaseFilter
from tenants.cases.states import STATE_TEXTS, Lamp, State
from tongban.kernel import calendar, crypto, numbers

MOST_UNFINISHED: Final = 3
"""Exports that one person may have under way."""
KEPT_FOR: Final = timedelta(days=1)
"""How long a finished export may be downloaded."""


class ExportFormat(StrEnum):
    """Formats of an exported list."""

    CSV = "csv"
    XLSX = "xlsx"


class ExportState(StrEnum):
    """How far an export is."""

    WAITING = "waiting"
    RUNNING = "running"
    READY = "ready"
    FAILED = "failed"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


UNFINISHED: Final = (ExportState.WAITING, ExportState.RUNNING)

COLUMNS: Final[Mapping[str, str]] = {
    "number": "办件编号",
    "matter_name": "事项名称",
    "state": "办理状态",
    "lamp": "红黄灯",
    "applicant_name_masked": "申请人",
    "channel": "办理形式",
    "submitted_at": "提交时间",
    "promised_due_at": "承诺期限",
    "decided_at": "决定时间",
    "completed_at": "办结时间",
    "custodian_code": "承办中心",
}
"""Columns of a case → their headings, in order. Of persons there is what is masked only."""

_LAMPS: Final = {Lamp.GREEN: "绿灯", Lamp.YELLOW: "黄灯", Lamp.RED: "红灯"}
_TIMES: Final = frozenset({"submitted_at", "promised_due_at", "decided_at", "completed_at"})
_FILTER_TIMES: Final = frozenset(
    each.name for each in fields(CaseFilter) if each.name.endswith(("_from", "_before"))
)
_FORMULA: Final = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n")
"""How a formula begins, also as East Asian spreadsheets take it."""


def kept_filter(where: CaseFilter) -> dict[str, Any]:
    """Return a filter as an export keeps it: what narrows, and no identity number."""
    said = {name: value for name, value in asdict(where).items() if value not in (None, (), [])}
    said.pop("applicant_id_number", None)
    plain: dict[str, Any] = crypto.plain_json(said)  # type: ignore[assignment] # a mapping stays one
    return plain


def read_filter(kept: Mapping[str, Any]) -> CaseFilter:
    """Return the filter that an export keeps."""
    said: dict[str, Any] = {
        name: datetime.fromisoformat(value) if name in _FILTER_TIMES else value
        for name, value in kept.items()
    }
    return CaseFilter(**said)


def cells(case: Mapping[str, Any], center_name: Callable[[str], str]) -> list[str]:
    """Return a case's row, in the order of ``COLUMNS``."""
    return [_plain(_text(column, case[column], center_name)) for column in COLUMNS]


def _text(column: str, value: Any, center_name: Callable[[str], str]) -> str:
    if column in _TIMES:
        return value.astimezone(calendar.ZONE).strftime("%Y-%m-%d %H:%M:%S") if value else ""
    match column:
        case "number":
            # In groups a spreadsheet leaves it the text that it is.
            text = numbers.display(value)
        case "state":
            text = STATE_TEXTS[State(value)]
        case "lamp":
            text = _LAMPS[Lamp(value)] if value else ""
        case "channel":
            text = CHANNEL_TEXTS[Channel(value)]
        case "custodian_code":
            text = center_name(value)
        case _:
            text = str(value)
    return text


def _plain(text: str) -> str:
    """Return a cell that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text
