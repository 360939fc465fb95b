"""Which lamp a case shows after an event, and the timers that must be set then.

Each event that touches a clock passes through here, whoever wrote it: so lamps and timers follow
acceptance, stays, extension, rebase, decision and custody alike, and no operation can forget them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from tenants.cases import models, rules
from tenants.cases.states import Lamp, State
from tenants.windows import queries as hall
from tongban.catalog.rules.snapshot import read_snapshot
from tongban.kernel import context
from tongban.kernel.transactions import Work

LAMP_TIMER: Final = "case.lamp"
NOTICE_TIMER: Final = "case.notice_due"
DEBT_TIMER: Final = "case.debt_due"
COMMITMENT_TIMER: Final = "case.commitment_due"
REPLY_TIMER: Final = "case.urging_due"
RECTIFICATION_TIMER: Final = "case.rectification_due"
FINDING_TIMER: Final = "case.finding_due"

_FIELDS: Final = (
    "state",
    "accepted_at",
    "notice_due_at",
    "ledger",
    "offering",
    "custodian_code",
    "debts",
    "commitments",
)
CONCERNS: Final = frozenset({*_FIELDS, "statutory_due_at", "promised_due_at", "lamp"})
"""Fields of which a change may change the lamp, or when something is due."""


@dataclass(frozen=True, slots=True)
class Timing:
    """What a case shows, and when its timers are to fire; None for a timer that it has not."""

    lamp: str
    lamp_at: datetime | None
    notice_at: datetime | None
    debt_at: datetime | None
    commitment_at: datetime | None


def after(case: models.Case, changes: Mapping[str, Any], now: datetime) -> Timing:
    """Return the timing of a case once ``changes`` are made to it.

    Only its own timer turns a lamp red, since more follows from that (``lamps.change_lamp``): an
    event of another kind that finds a limit over leaves yellow, and the timer due at once.
    """
    fields = {name: changes.get(name, getattr(case, name)) for name in _FIELDS}
    if fields["custodian_code"] != context.current_center():
        return Timing(case.lamp, None, None, None, None)
    due = fields["notice_due_at"]
    is_awaited = fields["state"] == State.SUBMITTED and due is not None
    notice_at = due + rules.MOMENT if is_awaited else None
    debt_at = next_at(rules.read_debts(fields["debts"]))
    commitment_at = next_at(rules.read_commitments(fields["commitments"]))
    showing = _showing(fields, now)
    lamp = showing.lamp.value if showing.lamp else ""
    is_news = lamp == Lamp.RED and case.lamp != Lamp.RED and changes.get("lamp") != Lamp.RED
    if is_news:
        return Timing(Lamp.YELLOW.value, now, notice_at, debt_at, commitment_at)
    return Timing(lamp, showing.next_at, notice_at, debt_at, commitment_at)


def next_at(entries: Sequence[rules.MaterialDebt | rules.Commitment]) -> datetime | None:
    """Return when the lamp of the next of these entries changes, None where none does."""
    return min((due for entry in entries if (due := entry.next_at)), default=None)


def showing_of(case: models.Case, now: datetime) -> rules.Showing:
    """Return the lamp that the locked ``case`` shows at ``now``, and when the next one follows."""
    return _showing({name: getattr(case, name) for name in _FIELDS}, now)


def _showing(fields: Mapping[str, Any], now: datetime) -> rules.Showing:
    if not rules.is_lit(fields):
        return rules.DARK
    clock = rules.lamp_clock(
        fields["accepted_at"],
        read_snapshot(fields["offering"]).promised_limit,
        rules.read_ledger(fields["ledger"]),
    )
    return rules.showing(hall.reckoning(), clock, now)


def set_timers(work: Work, case: models.Case, timing: Timing, *, former: Timing) -> None:
    """Set, move or remove the timers of the locked ``case``; ``former`` says which it may have."""
    if timing.lamp_at is not None:
        work.schedule(kind=LAMP_TIMER, key=case.number, fires_at=timing.lamp_at)
    elif former.lamp_at is not None:
        work.cancel_timer(kind=LAMP_TIMER, key=case.number)
    if timing.notice_at is not None:
        work.schedule(kind=NOTICE_TIMER, key=case.number, fires_at=timing.notice_at)
    elif former.notice_at is not None:
        work.cancel_timer(kind=NOTICE_TIMER, key=case.number)
    if timing.debt_at is not None:
        work.schedule(kind=DEBT_TIMER, key=case.number, fires_at=timing.debt_at)
    elif former.debt_at is not None:
        work.cancel_timer(kind=DEBT_TIMER, key=case.number)
    if timing.commitment_at is not None:
        work.schedule(kind=COMMITMENT_TIMER, key=case.number, fires_at=timing.commitment_at)
    elif former.commitment_at is not None:
        work.cancel_timer(kind=COMMITMENT_TIMER, key=case.number)
    follow_ratings(work, case)
    follow_urgings(work, case)


def follow_ratings(work: Work, case: models.Case) -> None:
    """Set the timers of bad ratings that wait for an answer where the ``case`` is held, else none.

    No statement where none waits.
    """
    if not any(mark.is_open for mark in rules.read_marks(case.ratings)):
        return
    for row in case.rated.filter(answered_at=None, overdue_at=None, is_void=False):
        key = f"{case.number}-{row.number}"
        if row.due_at is None:
            continue
        if case.custodian_code == context.current_center():
            work.schedule(
                kind=RECTIFICATION_TIMER,
                key=key,
                fires_at=row.due_at + rules.MOMENT,
                payload={"number": case.number, "rating": row.number},
            )
        else:
            work.cancel_timer(kind=RECTIFICATION_TIMER, key=key)


def follow_urgings(work: Work, case: models.Case) -> None:
    """Set the timers of urgings that wait for a reply where the ``case`` is held, else none.

    No statement where none waits.
    """
    if not case.urgings_open:
        return
    for row in case.urgings.filter(replied_at=None, escalated_at=None):
        key = f"{case.number}-{row.number}"
        if case.custodian_code == context.current_center():
            work.schedule(
                kind=REPLY_TIMER,
                key=key,
                fires_at=row.reply_due_at + rules.MOMENT,
                payload={"number": case.number, "urging": row.number},
            )
        else:
            work.cancel_timer(kind=REPLY_TIMER, key=key)


def present(case: models.Case) -> Timing:
    """Return which timers the ``case`` may have as it stands, with any instant for each."""
    now = case.accepted_at or case.submitted_at
    is_timed = case.custodian_code == context.current_center()
    return Timing(
        case.lamp,
        now if case.lamp and is_timed else None,
        case.notice_due_at if is_timed else None,
        next_at(rules.read_debts(case.debts)) if is_timed else None,
        next_at(rules.read_commitments(case.commitments)) if is_timed else None,
    )
