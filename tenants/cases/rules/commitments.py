"""告知承诺: what an applicant committed to instead of proving it, and what was found of it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from tenants.cases.rules import limits
from tenants.cases.states import Lamp, State
from tenants.windows.rules import Reckoning

OWED_WHEN_BROKEN: Final = frozenset(
    {State.ACCEPTED, State.IN_REVIEW, State.SUSPENDED, State.APPROVED}
)
"""States in which the proof itself is then owed: the result has not left."""


class CommitmentState(StrEnum):
    """What the verification of a commitment found."""

    PENDING = "pending"
    KEPT = "kept"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class Commitment:
    """That the applicant committed to a fact in writing, in place of one material.

    Its term begins with the acceptance, at the center that decides, which verifies it.
    """

    code: str
    name: str
    notice: str
    """What the applicant was told before committing, as it was shown."""
    made_at: datetime
    made_by: Mapping[str, Any]
    entered_by: Mapping[str, Any] | None
    """Who entered it for the applicant; None where the applicant did."""
    paper: str
    """The number of the paper (告知承诺书) that has it in writing."""
    yellow_at: datetime | None = None
    due_at: datetime | None = None
    """Until when it is to be verified; None before the acceptance."""
    lamp: Lamp = Lamp.GREEN
    state: CommitmentState = CommitmentState.PENDING
    verified_at: datetime | None = None
    verified_by: Mapping[str, Any] | None = None
    reason: str = ""
    """By what it was found kept or not, for the applicant."""
    cured_at: datetime | None = None
    """Since when the proof itself is there, after it was found not kept."""
    dropped_at: datetime | None = None
    """Since when nobody has to verify it: the case has ended, or it may stand no more."""

    @property
    def is_pending(self) -> bool:
        """Whether somebody has to verify it, once the case is accepted."""
        return self.state is CommitmentState.PENDING and self.dropped_at is None

    @property
    def stands(self) -> bool:
        """Whether it stands for its material."""
        return self.state is not CommitmentState.BROKEN and self.dropped_at is None

    @property
    def is_ground(self) -> bool:
        """Whether it was found not kept and nothing has made that good."""
        return self.state is CommitmentState.BROKEN and self.cured_at is None

    @property
    def next_at(self) -> datetime | None:
        """When its lamp changes next."""
        if not self.is_pending or self.yellow_at is None or self.due_at is None:
            return None
        return limits.next_lamp_at(self.lamp, yellow_at=self.yellow_at, due_at=self.due_at)

    def lamp_at(self, now: datetime) -> Lamp:
        """Return the lamp that shows how much of its term is used."""
        if self.yellow_at is None or self.due_at is None:
            return self.lamp
        return limits.lamp_at(now, yellow_at=self.yellow_at, due_at=self.due_at)


def started(
    commitments: Sequence[Commitment], reckoning: Reckoning, now: datetime
) -> list[Commitment]:
    """Return the commitments with a term for those that have none yet."""
    yellow_at, due_at = limits.term(reckoning, reckoning.terms.commitment_days, now)
    return [
        replace(each, yellow_at=yellow_at, due_at=due_at)
        if each.is_pending and each.due_at is None
        else each
        for each in commitments
    ]


def read_commitments(listed: Sequence[Mapping[str, Any]]) -> list[Commitment]:
    """Return the commitments that a case keeps, in the order in which they were made."""
    return [
        Commitment(**{**limits.fields_of(each, _INSTANTS), "state": CommitmentState(each["state"])})
        for each in listed
    ]


_INSTANTS = ("made_at", "yellow_at", "due_at", "verified_at", "cured_at", "dropped_at")


def commitment_changes(commitments: Sequence[Commitment]) -> dict[str, Any]:
    """Return what of a case follows from its commitments, as its events keep it."""
    return {
        "commitments": [limits.as_json(each) for each in commitments],
        "commitments_pending": sum(each.is_pending for each in commitments),
    }


def standing(listed: Sequence[Mapping[str, Any]]) -> frozenset[str]:
    """Return the codes of the materials for which a commitment of the case stands."""
    return frozenset(each.code for each in read_commitments(listed) if each.stands)


def lapsed(
    commitments: Sequence[Commitment], now: datetime, *, but: Iterable[str] = ()
) -> list[Commitment]:
    """Return the commitments with each pending one dropped, but those for the materials ``but``."""
    kept = set(but)
    return [
        replace(each, dropped_at=now) if each.is_pending and each.code not in kept else each
        for each in commitments
    ]


def cured(commitments: Sequence[Commitment], code: str, now: datetime) -> list[Commitment]:
    """Return the commitments with those made good whose proof came after they were broken."""
    return [
        replace(each, cured_at=now) if each.is_ground and each.code == code else each
        for each in commitments
    ]
