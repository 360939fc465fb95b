"""What applicants are told of, in which words, and how often a message is tried."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from tongban.kernel import calendar, placeholders


class MessageKind(StrEnum):
    """What a message is about."""

    INTAKE = "intake"
    NOTICE = "notice"
    ACCEPTANCE = "acceptance"
    COMMITMENT = "commitment"
    REFUSAL = "refusal"
    DECISION = "decision"
    COMPLETION = "completion"
    FILE = "file"
    REVOCATION = "revocation"
    EXPIRY = "expiry"
    DATA_REQUEST = "data_request"


class MessageChannel(StrEnum):
    """The way that a message takes."""

    SMS = "sms"
    IN_APP = "in_app"


TOLD: Final[Mapping[str, MessageKind]] = {
    "case.submitted": MessageKind.INTAKE,
    "case.notice_issued": MessageKind.NOTICE,
    "case.accepted": MessageKind.ACCEPTANCE,
    "case.refused": MessageKind.REFUSAL,
    "case.commitment_broken": MessageKind.COMMITMENT,
    "case.approved": MessageKind.DECISION,
    "case.rejected": MessageKind.DECISION,
    "case.completed": MessageKind.COMPLETION,
    "case.file_infected": MessageKind.FILE,
    "case.revoked": MessageKind.REVOCATION,
    "case.draft_expiring": MessageKind.EXPIRY,
}
"""Event of a case → the message that it causes, at the center that appended it."""

IN_APP_ONLY: Final = frozenset({MessageKind.EXPIRY})
"""What nobody gets as a text message: it is about no case that a center has taken in."""

DEFAULTS: Final[Mapping[MessageKind, str]] = {
    MessageKind.INTAKE: (
        "【{center}】{name}您好，您申请的“{matter}”已收件，办件编号 {number}。凭编号可查询进度。"
    ),
    MessageKind.NOTICE: (
        "【{center}】{name}您好，您申请的“{matter}”（{number}）需要补正，"
        "全部内容已一次性告知，请登录查看补正通知书。"
    ),
    MessageKind.ACCEPTANCE: (
        "【{center}】{name}您好，您申请的“{matter}”（{number}）已受理，承诺于 {due} 前办结。"
    ),
    MessageKind.COMMITMENT: (
        "【{center}】{name}您好，您申请的“{matter}”（{number}）中的承诺经核查不属实，"
        "请登录查看理由，并按要求补交材料。"
    ),
    MessageKind.REFUSAL: (
        "【{center}】{name}您好，您申请的“{matter}”（{number}）不予受理，"
        "理由和救济途径见不予受理通知书。"
    ),
    MessageKind.DECISION: (
        "【{center}】{name}您好，您申请的“{matter}”（{number}）已作出决定，请登录查看决定书。"
    ),
    MessageKind.COMPLETION: (
        "【{center}】{name}您好，您申请的“{matter}”（{number}）已办结送达。"
        "如未收到结果，可登录提出异议。"
    ),
    MessageKind.FILE: (
        "【{center}】{name}您好，您提交的“{matter}”（{number}）材料中有文件检出恶意代码，已被隔离，"
        "请检查设备后登录查看并重新提交。"
    ),
    MessageKind.REVOCATION: (
        "【{center}】{name}您好，您申请的“{matter}”（{number}）的准予决定已被撤销，"
        "理由和救济途径见撤销决定书。"
    ),
    MessageKind.EXPIRY: (
        "【{center}】{name}您好，您保存的“{matter}”申请草稿（{number}）久未修改，"
        "将于 {due} 自动删除。需要保留的，请登录后修改或提交。"
    ),
    MessageKind.DATA_REQUEST: (
        "【{center}】{name}您好，您于 {due} 提出的个人信息{request}申请已经答复，"
        "请登录或到本中心窗口查看。"
    ),
}
"""The texts that a center starts with; its management office may word its own."""

_EVERYWHERE: Final = frozenset({"center", "name", "matter", "number"})
PLACEHOLDERS: Final[Mapping[MessageKind, frozenset[str]]] = {
    **dict.fromkeys(MessageKind, _EVERYWHERE),
    MessageKind.ACCEPTANCE: _EVERYWHERE | {"due"},
    MessageKind.EXPIRY: _EVERYWHERE | {"due"},
    MessageKind.DATA_REQUEST: frozenset({"center", "name", "request", "due"}),
}
"""What a text may name: nothing else of a person leaves the center (最小必要)."""

LONGEST_TEMPLATE: Final = 200
LONGEST_MATTER: Final = 40
"""So much of a matter's name stands in a message: long ones are charged several times over."""

FIRST_PAUSE: Final = timedelta(minutes=1)
LONGEST_PAUSE: Final = timedelta(hours=1)
MOST_ATTEMPTS: Final = 8
LEASE: Final = timedelta(minutes=2)
"""So long whoever tries a message has it for itself: longer than any attempt takes."""
AT_ONCE: Final = 50
"""How many messages of a center are sent before the worker goes on to the next center."""


class TemplateFault(StrEnum):
    """What is wrong with a template."""

    LENGTH = "LENGTH"
    CHARACTER = "CHARACTER"
    BRACES = "BRACES"
    PLACEHOLDER = "PLACEHOLDER"
    NUMBER_MISSING = "NUMBER_MISSING"


@dataclass(frozen=True, slots=True)
class Checked:
    """What a look at a template found: a fault and the placeholder it is about, or neither."""

    fault: TemplateFault | None = None
    placeholder: str = ""


def check_template(kind: MessageKind, text: str) -> Checked:
    """Tell what is wrong with a template of a kind."""
    if not 0 < len(text) <= LONGEST_TEMPLATE:
        return Checked(TemplateFault.LENGTH)
    if not text.isprintable():
        return Checked(TemplateFault.CHARACTER)
    try:
        named = placeholders.named_in(text, allowed=PLACEHOLDERS[kind])
    except placeholders.PlaceholderError as wrong:
        fault = TemplateFault.PLACEHOLDER if wrong.name else TemplateFault.BRACES
        return Checked(fault, wrong.name)
    is_about_case = "number" in PLACEHOLDERS[kind]
    if is_about_case and "number" not in named:
        return Checked(TemplateFault.NUMBER_MISSING)
    return Checked()


def worded(
    template: str,
    *,
    center: str,
    name: str,
    matter: str = "",
    number: str = "",
    request: str = "",
    due_at: datetime | None,
) -> str:
    """Return a template with its placeholders filled; ``due`` is the day of ``due_at``."""
    short = matter if len(matter) <= LONGEST_MATTER else f"{matter[: LONGEST_MATTER - 1]}…"
    due = calendar.local_day(due_at) if due_at else None
    return template.format(
        center=center,
        name=name,
        matter=short,
        number=number,
        request=request,
        due=f"{due.year}年{due.month}月{due.day}日" if due else "承诺期限",
    )


def pause_after(attempts: int) -> timedelta:
    """Return how long a message rests after so many attempts: a minute, doubled up to an hour."""
    doubled: int = 1 << max(attempts - 1, 0)
    return min(FIRST_PAUSE * doubled, LONGEST_PAUSE)


class Reception(StrEnum):
    """What a gateway made of a message."""

    TAKEN = "taken"
    LATER = "later"
    REFUSED = "refused"
    UNREACHABLE = "unreachable"


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of one attempt."""

    reception: Reception
    reason: str = ""
    """Why not: a word for the staff, without anything of the recipient."""
