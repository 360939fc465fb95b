"""How a due date came about, as the API shows it."""

from datetime import date, datetime
from typing import Self

import strawberry

from schema.cases.types.enums import DueClock
from schema.catalog.types import TimeLimit
from tenants.cases import rules
from tongban.kernel import clocks


@strawberry.type(description="One step from the start of a limit to its end.")
class DueMove:
    kind: clocks.MoveKind = strawberry.field(description="What moved the end.")
    due_before: datetime = strawberry.field(
        description="Where the limit ended before; of the first, where it begins."
    )
    due_after: datetime | None = strawberry.field(
        description="Where it ends by this move; null while the clock stands still."
    )
    days: list[date] = strawberry.field(description="The days that it is about.")
    pause: rules.PauseKind | None = strawberry.field(
        description="Of a pause: the special procedure that it was for."
    )
    is_provisional: bool = strawberry.field(
        description="Whether it reaches a year whose official holiday notice is still to come."
    )

    @classmethod
    def of(cls, move: clocks.Move, provisional_years: tuple[int, ...]) -> Self:
        """Return the move as the API shows it."""
        years = {(move.due_after or move.due_before).year, *(day.year for day in move.days)}
        return cls(
            kind=move.kind,
            due_before=move.due_before,
            due_after=move.due_after,
            days=list(move.days),
            pause=rules.PauseKind(move.ground) if move.ground else None,
            is_provisional=not years.isdisjoint(provisional_years),
        )


@strawberry.type(description="Which limit gave a due date, and every move that led there.")
class DueExplanation:
    clock: DueClock = strawberry.field(description="Which limit.")
    step: str = strawberry.field(description="Of a step's limit, what the step is called.")
    department: str | None = strawberry.field(
        description="Of a review's or verification's limit, whose it is, as `ReviewTask` has it; "
        "null for others."
    )
    started_at: datetime = strawberry.field(
        description="From when it runs; that day itself is not counted."
    )
    limit: TimeLimit = strawberry.field(description="How long it is.")
    due_at: datetime | None = strawberry.field(
        description="When it ends, at the end of office hours; null while it stands still."
    )
    moves: list[DueMove] = strawberry.field(
        description="From the start to the end: each begins where the one before ended."
    )
    days_off: list[date] = strawberry.field(description="Days off between, which moved the end.")
    is_provisional: bool = strawberry.field(
        description="Whether the official holiday notice of a year in it is still to come."
    )
    provisional_years: list[int] = strawberry.field(description="Those years.")

    @classmethod
    def of(cls, reason: rules.DueReason) -> Self:
        """Return the explanation as the API shows it."""
        return cls(
            clock=DueClock(reason.clock),
            step=reason.step,
            department=reason.department or None,
            started_at=reason.started_at,
            limit=TimeLimit.of(reason.limit),
            due_at=reason.due_at,
            moves=[DueMove.of(move, reason.provisional_years) for move in reason.moves],
            days_off=list(reason.days_off),
            is_provisional=bool(reason.provisional_years),
            provisional_years=list(reason.provisional_years),
        )
