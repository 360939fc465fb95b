"""The ledger of a case's clock: what stood still, what was extended, and the due dates from it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Final, Protocol

from tenants.cases.rules.deciding import Decision
from tenants.cases.rules.notices import NOTICE_WORKING_DAYS
from tenants.windows.rules import Reckoning
from tongban.catalog.rules.content import Limit, ProcedureKind, StepKind
from tongban.catalog.rules.snapshot import OfferingSnapshot
from tongban.exchange.rules import HandoffKind
from tongban.kernel.calendar import LimitUnit
from tongban.kernel.clocks import Clock, Move, Pause

PERMIT: Final = "01"
"""行政许可: the matter type that the limits below are for; others have their offering's own."""
EXTENSION_DAYS, JOINT_EXTENSION_DAYS = 10, 15
"""The most by which a permit's limit is extended, alone and in unified or joint handling
(行政许可法 42)."""
LOWER_REVIEW: Final = Limit(20, LimitUnit.WORKING_DAY)
"""Within which a lower body that reviews first reports up (行政许可法 43)."""
DELIVERY: Final = Limit(10, LimitUnit.WORKING_DAY)
"""Within which a permit is delivered once it was decided (行政许可法 44)."""
DEEMED_DELIVERY: Final = Limit(1, LimitUnit.WORKING_DAY)
"""Within which what was approved by default is delivered (a practice of local rules)."""
LONGEST_PROCEDURE: Final = 1000
"""The most working days that a special procedure is said to take."""


class Clocked(Protocol):
    """What of a case its clocks run from."""

    received_at: datetime | None
    notice_due_at: datetime | None
    accepted_at: datetime | None
    decided_at: datetime | None
    completed_at: datetime | None
    decision: Mapping[str, Any] | None
    route: Sequence[Mapping[str, str]]


class PauseKind(StrEnum):
    """特别程序: for what a limit stands still (行政许可法 45), and by a center's own terms."""

    HEARING = "hearing"
    TENDER = "tender"
    AUCTION = "auction"
    INSPECTION = "inspection"
    TESTING = "testing"
    QUARANTINE = "quarantine"
    APPRAISAL = "appraisal"
    EXPERT_REVIEW = "expert_review"
    HIGHER_AUTHORITY = "higher_authority"
    CONSULTATION = "consultation"


PAUSE_TEXTS: Final[Mapping[PauseKind, tuple[str, str]]] = {
    PauseKind.HEARING: ("听证", "Hearing"),
    PauseKind.TENDER: ("招标", "Tender"),
    PauseKind.AUCTION: ("拍卖", "Auction"),
    PauseKind.INSPECTION: ("检验", "Inspection"),
    PauseKind.TESTING: ("检测", "Testing"),
    PauseKind.QUARANTINE: ("检疫", "Quarantine"),
    PauseKind.APPRAISAL: ("鉴定", "Appraisal"),
    PauseKind.EXPERT_REVIEW: ("专家评审", "Expert review"),
    PauseKind.HIGHER_AUTHORITY: ("报上级机关审批", "With the higher authority"),
    PauseKind.CONSULTATION: ("疑难会商", "Consultation"),
}


@dataclass(frozen=True, slots=True)
class Stay:
    """One stretch for which the clock stands still, with what it rests on."""

    kind: PauseKind
    since: datetime
    reason: str
    document: str
    """The document that it rests on, by its number or name."""
    expected_days: int
    """How many working days it was said to take (行政许可法 45)."""
    until: datetime | None = None
    outcome: str = ""
    """What came of it, once it is over."""


@dataclass(frozen=True, slots=True)
class Extension:
    """The one extension that a limit may get, and who approved it."""

    limit: Limit
    at: datetime
    reason: str
    approver: Mapping[str, Any]
    """A ``Party``: a chief representative who does not handle the case."""


@dataclass(frozen=True, slots=True)
class Ledger:
    """All that happened to the clock of a case."""

    stays: tuple[Stay, ...] = ()
    extension: Extension | None = None

    @property
    def stands(self) -> Stay | None:
        """What the clock stands still for now, or None."""
        return self.stays[-1] if self.stays and self.stays[-1].until is None else None

    def suspended(self, stay: Stay) -> "Ledger":
        """Return the ledger with one more stay."""
        return replace(self, stays=(*self.stays, stay))

    def resumed(self, at: datetime, outcome: str) -> "Ledger":
        """Return the ledger with its last stay over."""
        *before, last = self.stays
        return replace(self, stays=(*before, replace(last, until=at, outcome=outcome)))

    def extended(self, extension: Extension) -> "Ledger":
        """Return the ledger with its one extension."""
        return replace(self, extension=extension)

    def clock(self, start: datetime, limit: Limit, *, is_extended: bool = True) -> Clock:
        """Return the clock of a limit that runs from ``start``: earlier stays don't concern it."""
        extension = self.extension if is_extended else None
        return Clock(
            start,
            limit.amount,
            limit.unit,
            tuple(
                Pause(max(stay.since, start), stay.until, stay.kind)
                for stay in self.stays
                if stay.until is None or stay.until > start
            ),
            extension.limit.amount if extension else 0,
            extension.limit.unit if extension else None,
        )

    def to_json(self) -> dict[str, Any]:
        """Return the plain JSON that the case and its events keep."""
        found: dict[str, Any] = {
            "stays": [
                {
                    "kind": stay.kind.value,
                    "since": stay.since.isoformat(),
                    "until": stay.until.isoformat() if stay.until else None,
                    "reason": stay.reason,
                    "document": stay.document,
                    "expected_days": stay.expected_days,
                    "outcome": stay.outcome,
                }
                for stay in self.stays
            ]
        }
        if self.extension is not None:
            extension = self.extension
            found["extension"] = {
                "amount": extension.limit.amount,
                "unit": extension.limit.unit.value,
                "at": extension.at.isoformat(),
                "reason": extension.reason,
                "approver": dict(extension.approver),
            }
        return found


def read_ledger(data: Mapping[str, Any]) -> Ledger:
    """Return the ledger whose ``to_json`` gave ``data``; an empty one for ``{}``."""
    extension = data.get("extension")
    return Ledger(
        stays=tuple(
            Stay(
                kind=PauseKind(stay["kind"]),
                since=datetime.fromisoformat(stay["since"]),
                until=datetime.fromisoformat(stay["until"]) if stay["until"] else None,
                reason=stay["reason"],
                document=stay["document"],
                expected_days=stay["expected_days"],
                outcome=stay["outcome"],
            )
            for stay in data.get("stays", ())
        ),
        extension=None
        if extension is None
        else Extension(
            limit=Limit(extension["amount"], LimitUnit(extension["unit"])),
            at=datetime.fromisoformat(extension["at"]),
            reason=extension["reason"],
            approver=extension["approver"],
        ),
    )


def longest_extension(offering: OfferingSnapshot) -> Limit | None:
    """Return by how much a limit may be extended at most, None where nothing provides for it.

    For a permit it is the law's; any other matter needs an extension among its offering's special
    procedures.
    """
    if offering.content.matter_type == PERMIT:
        is_joint = bool(offering.content.joint_departments)
        days = JOINT_EXTENSION_DAYS if is_joint else EXTENSION_DAYS
        return Limit(days, LimitUnit.WORKING_DAY)
    provided = (
        procedure.limit
        for procedure in offering.content.special_procedures
        if procedure.kind is ProcedureKind.EXTENSION and procedure.limit is not None
    )
    return next((limit for limit in provided if limit.unit is not LimitUnit.WORKING_HOUR), None)


@dataclass(frozen=True, slots=True)
class DueDates:
    """When the law's limit and the promise end; None where there is none, or while it stands."""

    statutory: datetime | None
    promised: datetime | None

    def as_changes(self) -> dict[str, Any]:
        """Return the fields of a case that an event sets."""
        return {"statutory_due_at": self.statutory, "promised_due_at": self.promised}


def due_dates(
    reckoning: Reckoning, accepted_at: datetime | None, offering: OfferingSnapshot, ledger: Ledger
) -> DueDates:
    """Derive both due dates of a case from its acceptance and all that happened to its clock."""

    def end(limit: Limit | None) -> datetime | None:
        if accepted_at is None or limit is None:
            return None
        return reckoning.end_of(ledger.clock(accepted_at, limit))

    return DueDates(end(offering.statutory_limit), end(offering.promised_limit))


@dataclass(frozen=True, slots=True)
class DueReason:
    """Which limit gave a due date, from when it runs, and every move that led there."""

    clock: str
    """``notice``, ``statutory``, ``promised``, ``step``, ``delivery`` or ``preliminary``."""
    step: str
    """The step of the procedure that it is for, or empty."""
    department: str
    """Whose step it is, where departments review; else empty."""
    started_at: datetime
    limit: Limit
    due_at: datetime | None
    """None while the clock stands still."""
    moves: tuple[Move, ...]
    days_off: tuple[date, ...]
    provisional_years: tuple[int, ...]
    """Years in it whose official holiday notice is still to come."""


@dataclass(frozen=True, slots=True)
class RunningClock:
    """One limit that a case is under."""

    name: str
    started_at: datetime
    limit: Limit
    step: str = ""
    department: str = ""
    is_extended: bool = False


@dataclass(frozen=True, slots=True)
class Stage:
    """A step of the procedure that a case is at, of one department or of all."""

    kind: StepKind
    since: datetime
    department: str = ""


def running_clocks(
    case: Clocked, offering: OfferingSnapshot, stages: Sequence[Stage]
) -> list[RunningClock]:
    """Return every limit that a case is under, which is at these ``stages`` once it is accepted.

    A lower center's own 20 days run while it holds a case of a higher center's, from receipt.
    """
    found = []
    if case.received_at is not None and case.notice_due_at is not None:
        told = Limit(NOTICE_WORKING_DAYS, LimitUnit.WORKING_DAY)
        found.append(RunningClock("notice", case.received_at, told))
        hops = case.route
        is_below = bool(hops) and hops[0]["kind"] == HandoffKind.UPWARD
        if is_below and offering.content.matter_type == PERMIT:
            found.append(RunningClock("preliminary", case.received_at, LOWER_REVIEW))
    if case.accepted_at is not None:
        if offering.statutory_limit is not None:
            found.append(
                RunningClock(
                    "statutory", case.accepted_at, offering.statutory_limit, is_extended=True
                )
            )
        found.append(
            RunningClock("promised", case.accepted_at, offering.promised_limit, is_extended=True)
        )
    return [*found, *_steps(case, offering, stages), *_delivery(case, offering)]


def _steps(
    case: Clocked, offering: OfferingSnapshot, stages: Sequence[Stage]
) -> Iterator[RunningClock]:
    """Yield the clocks of the steps that the case is at, where the offering gives them any."""
    if case.accepted_at is None or case.decided_at is not None:
        return
    for stage in stages or [Stage(StepKind.REVIEW, case.accepted_at)]:
        for step in offering.content.steps:
            if step.kind is stage.kind and step.limit is not None:
                yield RunningClock("step", stage.since, step.limit, step.name, stage.department)


def delivery_clock(case: Clocked, offering: OfferingSnapshot) -> RunningClock | None:
    """Return the limit within which the result of a decided case is delivered, None for none."""
    return next(_delivery(case, offering), None)


def _delivery(case: Clocked, offering: OfferingSnapshot) -> Iterator[RunningClock]:
    decided = case.decision or {}
    if case.decided_at is None or case.completed_at is not None or "revocation" in decided:
        return
    if decided.get("deemed"):
        yield RunningClock("delivery", case.decided_at, DEEMED_DELIVERY)
    elif decided.get("decision") == Decision.APPROVE and (offering.content.matter_type == PERMIT):
        yield RunningClock("delivery", case.decided_at, DELIVERY)
