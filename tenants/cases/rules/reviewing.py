"""并联审查: the review tasks of a case, a review and a verification for each department in it."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from tenants.cases.rules.clocks import Ledger, Stage
from tenants.cases.rules.deciding import ReviewKind
from tenants.cases.rules.lamps import MOMENT, lamp_clock, yellow_from
from tenants.cases.states import Lamp
from tenants.windows.rules import Reckoning
from tongban.catalog.rules.content import StepKind
from tongban.catalog.rules.snapshot import OfferingSnapshot
from tongban.kernel.clocks import Clock

_STEPS: Mapping[ReviewKind, StepKind] = {
    ReviewKind.REVIEW: StepKind.REVIEW,
    ReviewKind.VERIFICATION: StepKind.VERIFICATION,
}


class ReviewStanding(Protocol):
    """What of a review task tells whose it is, and how it stands."""

    department: str
    kind: str
    recorded_at: datetime | None
    due_soon_at: datetime | None
    due_at: datetime | None


@dataclass(frozen=True, slots=True)
class ReviewTerms:
    """Whose a review task is, and until when."""

    department: str
    kind: ReviewKind
    due_soon_at: datetime | None
    """From when on its lamp is yellow; None where it never is."""
    due_at: datetime | None
    """None while the clock of the case stands still."""

    def as_json(self) -> dict[str, Any]:
        """Return the plain JSON that events keep."""
        return {
            "department": self.department,
            "kind": self.kind.value,
            "due_soon_at": self.due_soon_at,
            "due_at": self.due_at,
        }


def departments_of(offering: OfferingSnapshot) -> tuple[str, ...]:
    """Return the departments that review a case: the liable one, then those that take part."""
    return tuple(dict.fromkeys((offering.department, *offering.content.joint_departments)))


def review_terms(
    reckoning: Reckoning,
    offering: OfferingSnapshot,
    *,
    accepted_at: datetime,
    ledger: Ledger,
    reviewed: Mapping[str, datetime],
) -> list[ReviewTerms]:
    """Return the tasks of a case, ``reviewed`` by some of its departments already.

    None waits for another department's (取消互为前置). A step's limit is the same for all of them:
    a review's runs from the acceptance, a verification's from the own department's review.
    Without one, and at the latest, a task is due when the promise is.
    """
    promise = lamp_clock(accepted_at, offering.promised_limit, ledger)
    starts = {ReviewKind.REVIEW: dict.fromkeys(departments_of(offering), accepted_at)}
    starts[ReviewKind.VERIFICATION] = dict(reviewed)
    return [
        ReviewTerms(department, kind, *_span(reckoning, promise, *clocks))
        for department in departments_of(offering)
        for kind in ReviewKind
        for clocks in [_step_clocks(offering, ledger, kind, starts[kind].get(department))]
    ]


def _step_clocks(
    offering: OfferingSnapshot, ledger: Ledger, kind: ReviewKind, start: datetime | None
) -> list[Clock]:
    if start is None:
        return []
    return [
        ledger.clock(start, step.limit, is_extended=False)
        for step in offering.content.steps
        if step.kind is _STEPS[kind] and step.limit is not None
    ]


def _span(reckoning: Reckoning, *clocks: Clock) -> tuple[datetime | None, datetime | None]:
    """Return from when on the clock that ends first is yellow, and when it ends."""
    ends = {clock: reckoning.end_of(clock) for clock in clocks}
    if None in ends.values():
        return None, None
    first = min(ends, key=lambda clock: ends[clock] or clock.latest)
    return yellow_from(reckoning, first), ends[first]


def review_lamp(task: ReviewStanding, now: datetime) -> Lamp | None:
    """Return the lamp of a task of a case whose clock runs; None once it is recorded."""
    if task.recorded_at is not None or task.due_at is None:
        return None
    if now > task.due_at:
        return Lamp.RED
    is_yellow = task.due_soon_at is not None and now >= task.due_soon_at
    return Lamp.YELLOW if is_yellow else Lamp.GREEN


def late_from(
    task: ReviewStanding, *, liable: str, promised_due_at: datetime | None
) -> datetime | None:
    """Return when a task turns red, None where it never does.

    Nor does what is due when the promise is, of the ``liable`` department: the case's own lamp
    tells.
    """
    if task.recorded_at is not None or task.due_at is None:
        return None
    if task.department == liable and task.due_at == promised_due_at:
        return None
    return task.due_at + MOMENT


def unrecorded(tasks: Iterable[ReviewStanding], kind: ReviewKind) -> list[str]:
    """Return the departments of which nothing of this kind is recorded."""
    return [task.department for task in tasks if task.kind == kind and task.recorded_at is None]


def stages(tasks: Collection[ReviewStanding], *, accepted_at: datetime) -> list[Stage]:
    """Return what a case under review is at: what each department is to do, or the decision."""
    found, recorded = [], [accepted_at]
    for department in dict.fromkeys(task.department for task in tasks):
        since = accepted_at
        for kind in ReviewKind:
            at = _recorded_at(tasks, department, kind)
            if at is None:
                found.append(Stage(_STEPS[kind], since, department))
                break
            since = at
        recorded.append(since)
    if tasks and not found:
        return [Stage(StepKind.DECISION, max(recorded))]
    return found


def _recorded_at(
    tasks: Iterable[ReviewStanding], department: str, kind: ReviewKind
) -> datetime | None:
    found = (task for task in tasks if (task.department, task.kind) == (department, kind))
    return next((task.recorded_at for task in found), None)
