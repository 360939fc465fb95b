"""What people may ask about their own data (个人信息保护法 44–50)."""

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any, Final, Self

from tenants.cases.rules import Agreement, Applicant, CorrectedField

LONGEST_TEXT: Final = 500

COPY_FOR: Final = timedelta(days=30)
"""How long a granted copy may be downloaded."""


class RequestKind(StrEnum):
    """What somebody asks for."""

    ACCESS = "access"
    CORRECTION = "correction"
    DELETION = "deletion"


REQUESTED: Final[Mapping[RequestKind, str]] = {
    RequestKind.ACCESS: "查阅、复制",
    RequestKind.CORRECTION: "更正",
    RequestKind.DELETION: "删除",
}
"""How a message to the person names what they asked for."""


@dataclass(frozen=True, slots=True)
class Correction:
    """What of a case somebody asks to be corrected; the value is in the clear, and kept nowhere."""

    case_number: str
    field: CorrectedField
    value: str = dataclasses.field(repr=False)

    @property
    def place(self) -> str:
        """By which its sealed value is known."""
        return f"{self.case_number}:{self.field}"


@dataclass(frozen=True, slots=True)
class Presented:
    """Who stands at a window and asks there, as typed in (个人信息保护法 50); stored sealed only.

    Whoever acts for them is the applicant's ``handler``.
    """

    applicant: Applicant
    consent: Agreement | None
    """Which notice they were told, and whether they are told of the answer by text message."""
    deed: str
    """By which paper the handler acts (授权委托书), or empty."""


CONTESTED_FOR: Final = timedelta(days=365)
"""How long what somebody was told of an ended case may still have to be proven.

An act is contested within 60 days or 6 months (行政复议法 20, 行政诉讼法 46), and within a year by
whom nobody told of that right (最高人民法院关于适用《行政诉讼法》的解释 64).
"""


class DeletedKind(StrEnum):
    """What is deleted of a person's data when they ask for it."""

    DRAFTS = "drafts"
    MESSAGES = "messages"
    REQUESTED_VALUES = "requested_values"


class KeptKind(StrEnum):
    """What a center keeps of a person's data though they ask for its deletion."""

    CASES = "cases"
    MESSAGES = "messages"
    DATA_REQUESTS = "data_requests"
    AUDIT_LOG = "audit_log"
    ACCOUNT = "account"


@dataclass(frozen=True, slots=True)
class KeptReason:
    """On what it rests that something is kept."""

    statute: str
    article: str
    text: tuple[str, str]
    """What follows for the person: zh-Hans and en."""


KEPT: Final[Mapping[KeptKind, KeptReason]] = {
    KeptKind.CASES: KeptReason(
        "中华人民共和国档案法",
        "第十三条、第十四条",
        (
            (
                "已提交的办件依法归档，保管期限未满；除存储和安全保护外不再作其他处理，"
                "在办的继续办理，短信不再发送"
            ),
            (
                "what was handed in is archive; it is stored and protected only, what still runs "
                "is handled to its end, and no more text messages are sent"
            ),
        ),
    ),
    KeptKind.MESSAGES: KeptReason(
        "中华人民共和国行政复议法、中华人民共和国行政诉讼法",
        "第二十条；第四十六条",
        (
            "办件未办结或办结未满一年、申请答复未满一年，告知内容仍可能作为复议、诉讼的依据",
            "its case runs or ended less than a year ago, as it was told: it may have to be proven",
        ),
    ),
    KeptKind.DATA_REQUESTS: KeptReason(
        "中华人民共和国个人信息保护法",
        "第五十条、第六十九条",
        (
            "申请及答复的登记用于证明已依法处理；待更正的内容答复后即删除",
            "the register proves how requests were answered",
        ),
    ),
    KeptKind.AUDIT_LOG: KeptReason(
        "中华人民共和国网络安全法",
        "第二十三条（2025年修正前第二十一条）",
        (
            "操作日志依法留存，不得删除；其中不含证件号码和电话",
            (
                "the log of what was done is kept by law; it has no identity number and no phone "
                "of an applicant"
            ),
        ),
    ),
    KeptKind.ACCOUNT: KeptReason(
        "中华人民共和国个人信息保护法",
        "第四十七条",
        (
            "账号由平台保存，不属本中心；可登录后自行注销（closeAccount），注销即删除",
            (
                "the account is the platform's, not the center's: close it (closeAccount), and "
                "what it holds is deleted"
            ),
        ),
    ),
}
"""Why each is kept (个人信息保护法 47 第二款)."""


@dataclass(frozen=True, slots=True)
class Deletion:
    """What is, or was, deleted of a person's data at one center, and what is kept."""

    deleted: Mapping[DeletedKind, int]
    kept: Mapping[KeptKind, int]

    def as_json(self) -> dict[str, Any]:
        """Return what the register keeps of it: kinds and counts."""
        return {"deleted": dict(self.deleted), "kept": dict(self.kept)}

    @classmethod
    def of(cls, kept: Mapping[str, Mapping[str, int]]) -> Self:
        """Return it as the register has it."""
        return cls(
            {kind: kept["deleted"][kind] for kind in DeletedKind if kind in kept["deleted"]},
            {kind: kept["kept"][kind] for kind in KeptKind if kind in kept["kept"]},
        )

    @classmethod
    def counted(
        cls, deleted: Sequence[tuple[DeletedKind, int]], kept: Sequence[tuple[KeptKind, int]]
    ) -> Self:
        """Return it without what there is nothing of."""
        return cls(
            {kind: count for kind, count in deleted if count},
            {kind: count for kind, count in kept if count},
        )
