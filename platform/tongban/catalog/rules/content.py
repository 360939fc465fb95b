"""What one revision of a matter says, as typed data with one stable JSON form.

The elements follow the national catalog's (办事指南): who may apply, on what basis, with which
materials, within which time, at what price, and what comes out. A draft may lack any of them;
``checks`` tells what publishing needs.
"""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Any

from tongban.kernel import crypto
from tongban.kernel.calendar import LimitUnit


class ServiceLine(StrEnum):
    """The three lines a center serves: 行政审批, 公共资源交易, 便民服务."""

    APPROVAL = "approval"
    TRADING = "trading"
    CONVENIENCE = "convenience"


class MatterLevel(StrEnum):
    """Levels of the centers that offer a matter."""

    CITY = "city"
    COUNTY = "county"
    TOWNSHIP = "township"


class HandlingType(StrEnum):
    """办件类型: done while the applicant waits, or promised within a limit."""

    IMMEDIATE = "1"
    PROMISED = "2"


class Necessity(StrEnum):
    """材料必要性: required, not required, or may follow later (容缺后补)."""

    REQUIRED = "1"
    OPTIONAL = "2"
    DEFERRABLE = "3"


class MaterialSource(StrEnum):
    """材料来源: from the applicant, issued by government, other."""

    APPLICANT = "10"
    GOVERNMENT = "20"
    OTHER = "99"


class MaterialKind(StrEnum):
    """The form in which a material is handed in."""

    FORM = "form"
    ORIGINAL = "original"
    COPY = "copy"
    ELECTRONIC = "electronic"


class ResultKind(StrEnum):
    """What handling a matter brings about."""

    CERTIFICATE = "certificate"
    APPROVAL = "approval"
    RECORD = "record"
    PAYMENT = "payment"


class BasisLevel(StrEnum):
    """The rank of a legal basis: 法律, 行政法规, 地方性法规, 部门规章, 地方政府规章, 规范性文件."""

    LAW = "law"
    ADMINISTRATIVE_REGULATION = "administrative_regulation"
    LOCAL_REGULATION = "local_regulation"
    DEPARTMENT_RULE = "department_rule"
    LOCAL_RULE = "local_rule"
    NORMATIVE_DOCUMENT = "normative_document"


class PowerSource(StrEnum):
    """权力来源: where the power to handle a matter comes from."""

    OWN = "1"
    DELEGATED_DOWN = "2"
    AUTHORIZED_FROM_ABOVE = "3"
    AUTHORIZED_BESIDE = "4"
    ENTRUSTED_FROM_ABOVE = "5"
    ENTRUSTED_BESIDE = "6"


class HandlingForm(StrEnum):
    """办理形式: how an application may be made."""

    WINDOW = "1"
    ONLINE = "2"
    MOBILE = "3"
    COURIER = "4"
    OTHER = "9"


class ProcedureKind(StrEnum):
    """特别程序: an extension, or another one whose time is not counted (行政许可法 45)."""

    EXTENSION = "1"
    OTHER = "2"


class StepKind(StrEnum):
    """What a step of the procedure (办理流程) does."""

    INTAKE = "intake"
    ACCEPTANCE = "acceptance"
    REVIEW = "review"
    VERIFICATION = "verification"
    SPECIAL = "special"
    DECISION = "decision"
    DELIVERY = "delivery"


SERVICE_OBJECTS = frozenset("123456789")
"""服务对象 codes; 5 and 6 differ between sources, so any digit but 0 is kept as it came."""

MATTER_TYPES: Mapping[str, str] = {
    "01": "行政许可",
    "02": "行政处罚",
    "03": "行政强制",
    "04": "行政征收",
    "05": "行政给付",
    "06": "行政检查",
    "07": "行政确认",
    "08": "行政奖励",
    "09": "行政裁决",
    "10": "其他行政权力",
    "20": "公共服务",
}
"""GB/T 39046-2020 A.1; 11–19 and 21 on may be added by whoever issues a catalog."""


_LATER = {"later": True}
"""Marks an element that the first contents did not have: while it has its default it is left out of
the JSON, so that their digests stand."""


@dataclass(frozen=True, slots=True)
class LegalBasis:
    """设定依据: one article of one statute."""

    statute: str
    article: str = ""
    issuer: str = ""
    level: BasisLevel | None = None


@dataclass(frozen=True, slots=True)
class Answered:
    """That a question has one of the given answers (codes of options)."""

    question: str
    options: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Option:
    """One of the answers that a question offers."""

    code: str
    text: str


@dataclass(frozen=True, slots=True)
class Question:
    """What an applicant is asked, so that exactly the materials that apply can be told.

    ``when`` asks it only after such answers to earlier questions.
    """

    code: str
    text: str
    options: tuple[Option, ...]
    variants: tuple[str, ...] = ()
    when: tuple[Answered, ...] = ()


@dataclass(frozen=True, slots=True)
class Variant:
    """业务办理项 (情形): one way in which a matter is applied for, by its serial of two digits."""

    serial: str
    name: str
    note: str = ""
    promised_limit: "Limit | None" = None
    """Shorter than the matter's own, None where it is the same."""


@dataclass(frozen=True, slots=True)
class Condition:
    """受理条件, with the place of its basis among the matter's legal bases (from 0).

    It concerns all variants where none is named, and all answers where none is asked for.
    """

    text: str
    basis: int | None = None
    variants: tuple[str, ...] = field(default=(), metadata=_LATER)
    when: tuple[Answered, ...] = field(default=(), metadata=_LATER)


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file of the catalog by the SHA-256 of its bytes: a blank form or a sample."""

    name: str
    sha256: str
    media_type: str
    size: int


@dataclass(frozen=True, slots=True)
class Material:
    """申报材料, with the place of its basis among the matter's legal bases (from 0).

    It is asked for in all variants where none is named, and whatever the answers where none is
    asked for.
    """

    code: str
    name: str
    kind: MaterialKind
    necessity: Necessity
    source: MaterialSource
    copies: int = 1
    basis: int | None = None
    note: str = ""
    """填报须知."""
    acceptance: str = field(default="", metadata=_LATER)
    """受理标准: what makes it good enough."""
    size: str = field(default="", metadata=_LATER)
    """规格, such as A4."""
    issued_by: str = field(default="", metadata=_LATER)
    """来源渠道: which department issues it, where the source is government."""
    commitment: bool = field(default=False, metadata=_LATER)
    """Whether a commitment (告知承诺) may stand for it."""
    blank_form: StoredFile | None = field(default=None, metadata=_LATER)
    sample: StoredFile | None = field(default=None, metadata=_LATER)
    variants: tuple[str, ...] = field(default=(), metadata=_LATER)
    when: tuple[Answered, ...] = field(default=(), metadata=_LATER)


@dataclass(frozen=True, slots=True)
class Limit:
    """A time limit; how it is counted is the calendar's matter."""

    amount: int
    unit: LimitUnit


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the procedure (办理流程), with its own time where it has one."""

    name: str
    kind: StepKind
    limit: Limit | None = None
    standard: str = ""
    """审查标准."""
    outcome: str = ""


@dataclass(frozen=True, slots=True)
class SpecialProcedure:
    """特别程序: hearing, inspection, expert review … or an extension, with its basis."""

    kind: ProcedureKind
    name: str
    limit: Limit | None = None
    basis: int | None = None


@dataclass(frozen=True, slots=True)
class IntermediaryService:
    """中介服务 that an applicant must bring, with its basis."""

    name: str
    basis: int | None = None


@dataclass(frozen=True, slots=True)
class Waiver:
    """减免: who pays less or nothing, with its basis."""

    text: str
    basis: int | None = None


@dataclass(frozen=True, slots=True)
class FeeItem:
    """One charge: ``amount`` in yuan per ``standard`` (每件 …), None where it is computed."""

    name: str
    standard: str = ""
    amount: Decimal | None = None
    basis: int | None = None


@dataclass(frozen=True, slots=True)
class Fee:
    """Whether the matter is charged for, and by which items."""

    charged: bool = False
    items: tuple[FeeItem, ...] = ()
    waivers: tuple[Waiver, ...] = field(default=(), metadata=_LATER)


@dataclass(frozen=True, slots=True)
class Result:
    """What the applicant gets."""

    name: str
    kind: ResultKind
    sample: StoredFile | None = field(default=None, metadata=_LATER)


@dataclass(frozen=True, slots=True)
class MatterContent:
    """One revision of a matter, whole."""

    name: str
    matter_type: str
    short_name: str = ""
    service_line: ServiceLine | None = None
    department: str = ""
    theme: str = ""
    service_objects: tuple[str, ...] = ()
    levels: tuple[MatterLevel, ...] = ()
    assisted_intake: bool = False
    """Whether a township station may take it in for the owner (代收代办)."""
    jurisdiction_note: str = ""
    handling_type: HandlingType | None = None
    legal_bases: tuple[LegalBasis, ...] = ()
    conditions: tuple[Condition, ...] = ()
    materials: tuple[Material, ...] = ()
    statutory_limit: Limit | None = None
    statutory_limit_note: str = ""
    promised_limit: Limit | None = None
    fee: Fee = Fee()
    result: Result | None = None
    online_depth: int = 1
    """网办深度 1–4: information, pre-audit, one visit at most, wholly online."""
    visits: int = 1
    x_package: bool = False
    """Whether it may join an enterprise's set-up as one of the X of “1+1+X”."""
    life_events: tuple[str, ...] = field(default=(), metadata=_LATER)
    """The events of life or business that it belongs to: 出生, 入学, 开店 …"""
    power_item: str = field(default="", metadata=_LATER)
    """The item of the official power list (权力清单) that it exercises."""
    power_source: PowerSource | None = field(default=None, metadata=_LATER)
    entrusted_department: str = field(default="", metadata=_LATER)
    joint_departments: tuple[str, ...] = field(default=(), metadata=_LATER)
    """联办机构."""
    preconditions: tuple[str, ...] = field(default=(), metadata=_LATER)
    """Codes of matters whose result must be there before this one is decided."""
    steps: tuple[Step, ...] = field(default=(), metadata=_LATER)
    handling_forms: tuple[HandlingForm, ...] = field(default=(), metadata=_LATER)
    promised_limit_note: str = field(default="", metadata=_LATER)
    special_procedures: tuple[SpecialProcedure, ...] = field(default=(), metadata=_LATER)
    intermediary_services: tuple[IntermediaryService, ...] = field(default=(), metadata=_LATER)
    quantity_limit: str = field(default="", metadata=_LATER)
    by_appointment: bool = field(default=False, metadata=_LATER)
    online_payment: bool = field(default=False, metadata=_LATER)
    courier: bool = field(default=False, metadata=_LATER)
    """物流: whether papers and results may be sent."""
    variants: tuple[Variant, ...] = field(default=(), metadata=_LATER)
    questions: tuple[Question, ...] = field(default=(), metadata=_LATER)
    tacit_approval: bool = field(default=False, metadata=_LATER)
    """超时默认: whether a case without a decision in time counts as approved, as law allows."""
    tacit_approval_basis: int | None = field(default=None, metadata=_LATER)
    """The place among the legal bases of what allows it (from 0)."""

    def to_json(self) -> dict[str, Any]:
        """Return the plain JSON that is stored, hashed and read back by ``rules.reading``."""
        return _plain(self)

    @property
    def digest(self) -> str:
        """The SHA-256 of the canonical JSON: equal contents have equal digests."""
        return digest_of(self.to_json())


def digest_of(said: Mapping[str, Any]) -> str:
    """Return the digest of a content whose JSON form this is."""
    return crypto.sha256_hex(crypto.canonical_json(said))


_FIELDS: dict[type, tuple[tuple[str, bool, Any], ...]] = {}
"""Name, lateness and default of each field, by dataclass; contents are hashed by the thousand."""


def _fields(kind: type[Any]) -> tuple[tuple[str, bool, Any], ...]:
    if kind not in _FIELDS:
        _FIELDS[kind] = tuple(
            (each.name, bool(each.metadata.get("later")), each.default)
            for each in dataclasses.fields(kind)
        )
    return _FIELDS[kind]


def _plain(value: Any) -> dict[str, Any]:
    said = {}
    for name, is_late, default in _fields(type(value)):
        item = getattr(value, name)
        if not (is_late and item == default):
            said[name] = _plain_item(item)
    return said


_PLAIN = frozenset({str, int, bool, type(None)})


def _plain_item(value: Any) -> Any:
    if type(value) in _PLAIN:  # most are, and enumerations are not
        return value
    if isinstance(value, tuple):
        return [_plain_item(item) for item in value]
    return _plain(value) if dataclasses.is_dataclass(value) else crypto.plain_json(value)
