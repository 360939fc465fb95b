"""What lists of cases are narrowed to and ordered by, and what they say."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Order(StrEnum):
    """Orders of a list of cases."""

    LATEST = "latest"
    OLDEST = "oldest"
    DUE_FIRST = "due_first"
    LAMP_FIRST = "lamp_first"


@dataclass(frozen=True, slots=True)
class CaseFilter:
    """What a list of cases is narrowed to; None and empty collections narrow nothing."""

    states: Sequence[str] = ()
    matter_codes: Sequence[str] = ()
    custody: str | None = None
    custodian_code: str | None = None
    channel: str | None = None
    department: str | None = None
    """The liable department, by its name or by its code in the center's register."""
    window: str | None = None
    """The window that took it on, by its code."""
    number: str | None = None
    applicant_id_number: str | None = field(default=None, repr=False)
    """Finds an applicant's cases by the exact identity number or credit code."""
    submitted_from: datetime | None = None
    submitted_before: datetime | None = None
    due_from: datetime | None = None
    due_before: datetime | None = None
    completed_from: datetime | None = None
    completed_before: datetime | None = None
    lamps: Sequence[str] = ()
    is_owing: bool | None = None
    """Whether a material is still owed (容缺受理)."""
    awaits_verification: bool | None = None
    """Whether a commitment waits for its verification (告知承诺)."""
    reviews_open: str | None = None
    """The department, by name or code, of which a review is still to be recorded."""
    is_urged: bool | None = None
    """Whether an urging waits for a reply."""


@dataclass(frozen=True, slots=True)
class Progress:
    """What anybody with number and query code may know: no personal data."""

    number: str
    matter_name: str
    state: str
    custodian_code: str
    submitted_at: datetime | None
    accepted_at: datetime | None
    promised_due_at: datetime | None
    decided_at: datetime | None
    issued_at: datetime | None
    completed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Availability:
    """Whether an action can be done to a case now by somebody, and if not, why."""

    action: str
    is_available: bool
    code: str = ""
    reason: str = ""
