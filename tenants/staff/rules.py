"""The roles of a center and which of them exclude each other."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol

_STAFF_NUMBER = re.compile(r"[A-Za-z0-9-]{1,20}")
_REGISTER_CODE = re.compile(r"[A-Za-z0-9-]{1,20}")
_MATTER_CODE = re.compile(r"\d{12}", re.ASCII)


class CenterRole(StrEnum):
    """What a member may be in a center; one member may hold several."""

    CLERK = "clerk"
    REVIEWER = "reviewer"
    CHIEF_REPRESENTATIVE = "chief_representative"
    MANAGER = "manager"
    DEPARTMENT_MANAGER = "department_manager"
    SUPERVISOR = "supervisor"
    PARTY_SECRETARY = "party_secretary"
    CASHIER = "cashier"
    STATION_OPERATOR = "station_operator"
    SYSTEM_ADMINISTRATOR = "system_administrator"
    SECURITY_ADMINISTRATOR = "security_administrator"
    AUDITOR = "auditor"


class PostingKind(StrEnum):
    """What a member is for the department that posted them."""

    STAFF = "staff"
    SECTION_HEAD = "section_head"
    CHIEF_REPRESENTATIVE = "chief_representative"


class DeedStanding(StrEnum):
    """How a deed stands to one matter on one day; the last is the best."""

    MISSING = "missing"
    REVOKED = "revoked"
    NOT_IN_FORCE = "not_in_force"
    OUTSIDE = "outside"
    IN_FORCE = "in_force"


class Deed(Protocol):
    """What an authorization deed says."""

    matters: list[str]
    valid_from: date
    valid_to: date | None
    revoked_at: datetime | None


def is_in_force(deed: Deed, *, on: date) -> bool:
    """Tell whether a deed holds on a day, whatever its matters."""
    has_ended = deed.valid_to is not None and on >= deed.valid_to
    return deed.revoked_at is None and deed.valid_from <= on and not has_ended


def deed_standing(deed: Deed, *, matter_code: str, on: date) -> DeedStanding:
    """Tell whether a deed lets its holder decide a matter on a day, and if not, why."""
    if deed.revoked_at is not None:
        return DeedStanding.REVOKED
    if not is_in_force(deed, on=on):
        return DeedStanding.NOT_IN_FORCE
    if deed.matters and matter_code not in deed.matters:
        return DeedStanding.OUTSIDE
    return DeedStanding.IN_FORCE


@dataclass(frozen=True, slots=True)
class Authority:
    """How far a member may decide a matter for a department that works in the center."""

    department_code: str
    department_name: str
    standing: DeedStanding
    deed_number: str = ""
    """The deed by which they may; empty unless one is in force."""
    is_posted: bool = True
    """Whether some department posts the member in the center now (进驻)."""


@dataclass(frozen=True, slots=True)
class DecidingScope:
    """What a member may decide on a day, for lists."""

    working: frozenset[str]
    """Names and codes of all departments that work in the center: for them a deed is needed."""
    deeds: tuple[tuple[frozenset[str], frozenset[str]], ...]
    """Of each deed in force: its department's name and code, and its matters; none: all."""
    posted: frozenset[str] = frozenset()
    """Name and code of the department that posts the member; empty where none does."""


@dataclass(frozen=True, slots=True)
class SealedDocument:
    """What a seal is put on: a document of a case, by its number and its bytes."""

    case_number: str
    number: str
    title: str
    sha256: str


def seal_entry(code: str, sequence: int) -> str:
    """Return how a paper names the entry of a seal's use (用印登记)."""
    return f"用印登记 {code} 第 {sequence} 号"


def seal_in_words(name: str, entry: str) -> str:
    """Return a seal and the entry of its use as a paper's public page names them."""
    return f"{name}（{entry}）"


@dataclass(frozen=True, slots=True)
class SealUseBody:
    """What is hashed of one use of a seal."""

    seal: str
    sequence: int
    used_at: str
    """ISO 8601, UTC, microseconds."""
    keeper_number: str
    keeper_name: str
    case_number: str
    document_number: str
    document_title: str
    sha256: str


SEPARATE_ROLES = frozenset(
    {CenterRole.SYSTEM_ADMINISTRATOR, CenterRole.SECURITY_ADMINISTRATOR, CenterRole.AUDITOR}
)
"""三员分立: system, security and audit administration are three people (GB/T 22239-2019)."""

DIRECTORY_ROLES = frozenset(
    {CenterRole.MANAGER, CenterRole.SYSTEM_ADMINISTRATOR, CenterRole.SUPERVISOR}
)
"""Who may read the list of a center's members."""

REGISTER_ROLES = frozenset({CenterRole.MANAGER})
"""管理办: who keeps the registers of departments, postings, deeds, seals and windows."""


def conflicting(roles: Iterable[str]) -> tuple[CenterRole, ...]:
    """Return the roles among ``roles`` that one member must not hold together, or nothing."""
    held = sorted(SEPARATE_ROLES & {CenterRole(role) for role in roles})
    return tuple(held) if len(held) > 1 else ()


def is_staff_number(text: str) -> bool:
    """Tell whether a text can be a staff number: 1–20 letters, digits or hyphens."""
    return _STAFF_NUMBER.fullmatch(text) is not None


def is_register_code(text: str) -> bool:
    """Tell whether a text can be a department's, seal's or window's code: letters, digits, -."""
    return _REGISTER_CODE.fullmatch(text) is not None


def is_matter_code(text: str) -> bool:
    """Tell whether a text has the form of a matter's 基本编码."""
    return _MATTER_CODE.fullmatch(text) is not None


@dataclass(frozen=True, slots=True)
class SignInTerms:
    """What a center asks of its staff at sign-in, beyond a password."""

    second_factor: bool = False
    version: int = 0


@dataclass(frozen=True, slots=True)
class Membership:
    """What an actor is in the center at hand; every policy of the center asks it."""

    member_id: int | None
    """None for a station's machine, which acts as its center's station operator."""
    account_id: int | None
    roles: frozenset[CenterRole]
    display_name: str
    staff_number: str
    version: int

    @property
    def key(self) -> str:
        """The name by which logs have a person (``Actor.key``)."""
        return f"account:{self.account_id}"

    def has(self, *roles: CenterRole) -> bool:
        """Tell whether the member holds one of the roles."""
        return not self.roles.isdisjoint(roles)
