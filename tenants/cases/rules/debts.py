"""容缺受理: what an accepted case still lacks, until when, and what became of it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from tenants.cases.rules import limits
from tenants.cases.states import Lamp, State
from tenants.windows.rules import Reckoning
from tongban.kernel.clocks import Clock

ENDS_DEBTS: Final = frozenset(
    {State.REFUSED, State.REJECTED, State.WITHDRAWN, State.TERMINATED, State.REVOKED}
)
"""States in which nothing is asked for any more."""


@dataclass(frozen=True, slots=True)
class MaterialDebt:
    """A material that may follow after acceptance, and that an accepted case still lacks.

    It is settled once somebody of the center that decides has accepted what came: any file would
    otherwise let the result leave.
    """

    code: str
    name: str
    opened_at: datetime
    yellow_at: datetime
    due_at: datetime
    lamp: Lamp = Lamp.GREEN
    arrived_at: datetime | None = None
    """When the latest file came that nobody has looked at yet."""
    returned: str = ""
    """Why what came was not good enough, for the applicant; empty where it was not looked at."""
    settled_at: datetime | None = None
    settled_by: Mapping[str, Any] | None = None
    dropped_at: datetime | None = None
    """Since when it is owed no more: it is asked for no more, or the case has ended."""

    @property
    def is_open(self) -> bool:
        """Whether it keeps the result back."""
        return self.settled_at is None and self.dropped_at is None

    @property
    def waits_for_a_look(self) -> bool:
        """Whether something came of it that nobody of the center has looked at yet."""
        return self.is_open and self.arrived_at is not None

    @property
    def next_at(self) -> datetime | None:
        """When its lamp changes next: not while what came waits for the center."""
        if not self.is_open or self.arrived_at is not None:
            return None
        return limits.next_lamp_at(self.lamp, yellow_at=self.yellow_at, due_at=self.due_at)

    def lamp_at(self, now: datetime) -> Lamp:
        """Return the lamp that shows how much of its time is used."""
        return limits.lamp_at(now, yellow_at=self.yellow_at, due_at=self.due_at)


def owed(
    materials: Iterable[tuple[str, str]], reckoning: Reckoning, *, promise: Clock, now: datetime
) -> list[MaterialDebt]:
    """Return the debts of these materials (code and name), due within the center's own terms.

    Never after the promise of the decision: the applicant would wait for nobody but themselves.
    """
    days = reckoning.terms.debt_days
    yellow_at, due_at = limits.term(reckoning, days, now, at_latest=promise)
    return [MaterialDebt(code, name, now, yellow_at, due_at) for code, name in materials]


def read_debts(listed: Sequence[Mapping[str, Any]]) -> list[MaterialDebt]:
    """Return the debts that a case keeps, in the order in which they arose."""
    return [MaterialDebt(**limits.fields_of(debt, _INSTANTS)) for debt in listed]


_INSTANTS = ("opened_at", "yellow_at", "due_at", "arrived_at", "settled_at", "dropped_at")


def debt_changes(debts: Sequence[MaterialDebt]) -> dict[str, Any]:
    """Return what of a case follows from its debts, as its events keep it."""
    listed = [limits.as_json(debt) for debt in debts]
    return {"debts": listed, "debts_open": sum(debt.is_open for debt in debts)}


def dropped(
    debts: Sequence[MaterialDebt], now: datetime, *, but: Iterable[str] = ()
) -> list[MaterialDebt]:
    """Return the debts with each open one dropped, but those of the materials ``but``."""
    kept = set(but)
    return [
        replace(debt, dropped_at=now) if debt.is_open and debt.code not in kept else debt
        for debt in debts
    ]


def arrived(
    debts: Sequence[MaterialDebt], codes: Iterable[str], now: datetime
) -> list[MaterialDebt]:
    """Return the debts with those marked of which a file came."""
    came = set(codes)
    return [
        replace(debt, arrived_at=now) if debt.is_open and debt.code in came else debt
        for debt in debts
    ]


def came_to_nothing(debts: Sequence[MaterialDebt], code: str) -> list[MaterialDebt]:
    """Return the debts with what came of a material taken back: it was infected."""
    return [
        replace(debt, arrived_at=None, returned="文件检出恶意代码，请重新提交。")
        if debt.code == code and debt.waits_for_a_look
        else debt
        for debt in debts
    ]
