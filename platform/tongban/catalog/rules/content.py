"""What one revision of a matter says, as typed data with one stable JSON form.

The elements follow the national catalog's (办事指南): who may apply, on what basis, with which
materials, within which time, at what price, and what comes out. A draft may lack any of them;
``checks`` tells what publishing needs.
"""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from tongban.catalog.rules.shapes import Reader
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


@dataclass(frozen=True, slots=True)
class LegalBasis:
    """设定依据: one article of one statute."""

    statute: str
    article: str = ""
    issuer: str = ""
    level: BasisLevel | None = None


@dataclass(frozen=True, slots=True)
class Condition:
    """受理条件, with the place of its basis among the matter's legal bases (from 0)."""

    text: str
    basis: int | None = None


@dataclass(frozen=True, slots=True)
class Material:
    """申报材料, with the place of its basis among the matter's legal bases (from 0)."""

    code: str
    name: str
    kind: MaterialKind
    necessity: Necessity
    source: MaterialSource
    copies: int = 1
    basis: int | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Limit:
    """A time limit; how it is counted is the calendar's matter."""

    amount: int
    unit: LimitUnit


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


@dataclass(frozen=True, slots=True)
class Result:
    """What the applicant gets."""

    name: str
    kind: ResultKind


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

    def to_json(self) -> dict[str, Any]:
        """Return the plain JSON that is stored, hashed and read back by ``read_content``."""
        return dict(_plain(self))

    @property
    def digest(self) -> str:
        """The SHA-256 of the canonical JSON: equal contents have equal digests."""
        return crypto.sha256_hex(crypto.canonical_json(self.to_json()))


def _plain(value: Any) -> Any:
    plain = crypto.plain_json(
        {
            f.name: [_plain_item(item) for item in item_or_items]
            if isinstance(item_or_items := getattr(value, f.name), tuple)
            else _plain_item(item_or_items)
            for f in dataclasses.fields(value)
        }
    )
    assert isinstance(plain, dict)
    return plain


def _plain_item(value: Any) -> Any:
    return _plain(value) if dataclasses.is_dataclass(value) else value


def read_content(data: Mapping[str, Any]) -> MatterContent:
    """Return the content that a JSON object says; keys it doesn't know are left aside.

    Raises: ShapeError that names the first element which is missing, or not what it must be.
    """
    return _content(Reader(data))


def _content(at: Reader) -> MatterContent:
    return MatterContent(
        name=at.text("name", required=True, longest=200),
        matter_type=at.code("matter_type", pattern=r"\d{2}"),
        short_name=at.text("short_name", longest=100),
        service_line=at.choice("service_line", ServiceLine),
        department=at.text("department", longest=100),
        theme=at.text("theme", longest=40),
        service_objects=at.codes("service_objects", SERVICE_OBJECTS),
        levels=at.choices("levels", MatterLevel),
        assisted_intake=at.flag("assisted_intake"),
        jurisdiction_note=at.text("jurisdiction_note"),
        handling_type=at.choice("handling_type", HandlingType),
        legal_bases=tuple(map(_legal_basis, at.objects("legal_bases"))),
        conditions=tuple(map(_condition, at.objects("conditions"))),
        materials=tuple(map(_material, at.objects("materials"))),
        statutory_limit=read_limit(at.object("statutory_limit")),
        statutory_limit_note=at.text("statutory_limit_note"),
        promised_limit=read_limit(at.object("promised_limit")),
        fee=_fee(at.object("fee")),
        result=_result(at.object("result")),
        online_depth=at.number("online_depth", default=1, lowest=1, highest=4),
        visits=at.number("visits", default=1, lowest=0, highest=9),
        x_package=at.flag("x_package"),
    )


def _legal_basis(at: Reader) -> LegalBasis:
    return LegalBasis(
        statute=at.text("statute", required=True),
        article=at.text("article"),
        issuer=at.text("issuer"),
        level=at.choice("level", BasisLevel),
    )


def _condition(at: Reader) -> Condition:
    return Condition(text=at.text("text", required=True), basis=at.place("basis"))


def _material(at: Reader) -> Material:
    return Material(
        code=at.text("code", required=True, longest=20),
        name=at.text("name", required=True, longest=200),
        kind=at.choice("kind", MaterialKind) or MaterialKind.ORIGINAL,
        necessity=at.choice("necessity", Necessity) or Necessity.REQUIRED,
        source=at.choice("source", MaterialSource) or MaterialSource.APPLICANT,
        copies=at.number("copies", default=1, lowest=0, highest=99),
        basis=at.place("basis"),
        note=at.text("note"),
    )


def read_limit(at: Reader | None) -> Limit | None:
    """Return the limit that a JSON object says (``{amount, unit}``), None for none.

    Raises: ShapeError.
    """
    if at is None:
        return None
    unit = at.choice("unit", LimitUnit)
    if unit is None:
        raise at.fault("unit", "MISSING")
    return Limit(amount=at.number("amount", lowest=1, highest=10_000), unit=unit)


def _fee(at: Reader | None) -> Fee:
    if at is None:
        return Fee()
    return Fee(charged=at.flag("charged"), items=tuple(map(_fee_item, at.objects("items"))))


def _fee_item(at: Reader) -> FeeItem:
    return FeeItem(
        name=at.text("name", required=True),
        standard=at.text("standard"),
        amount=at.money("amount"),
        basis=at.place("basis"),
    )


def _result(at: Reader | None) -> Result | None:
    if at is None:
        return None
    kind = at.choice("kind", ResultKind)
    if kind is None:
        raise at.fault("kind", "MISSING")
    return Result(name=at.text("name", required=True), kind=kind)
