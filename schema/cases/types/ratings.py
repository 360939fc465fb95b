"""Ratings of cases, as the API shows them to a center's staff."""

from datetime import datetime
from typing import Self

import strawberry

from schema.cases.types.parts import Party
from schema.scalars import opaque_id
from tenants.cases import models, rules


@strawberry.type(description="好差评: how an applicant found a case's handling, and what followed.")
class Rating:
    row: strawberry.Private[models.Rating]

    id: strawberry.ID = strawberry.field(description="Opaque.")
    number: int = strawberry.field(description="Its place among the ratings of the case, from 1.")
    case_number: str = strawberry.field(description="The case's number.")
    matter_name: str = strawberry.field(description="The case's matter.")
    level: rules.RatingLevel = strawberry.field(description="How the service was found.")
    channel: rules.RatingChannel = strawberry.field(description="By what it was given.")
    mode: rules.RatingMode = strawberry.field(description="At the counter or online.")
    tags: list[str] = strawberry.field(description="What was ticked.")
    text: str = strawberry.field(description="What was said, or empty.")
    window_name: str = strawberry.field(description="The window that entered it, or empty.")
    rated_at: datetime = strawberry.field(description="When.")
    due_at: datetime | None = strawberry.field(
        description="Until when a bad one is to be answered; null for others."
    )
    overdue_at: datetime | None = strawberry.field(description="Since when the answer is late.")
    answered_at: datetime | None = strawberry.field(description="When it was answered.")
    answer: str = strawberry.field(description="What was rectified, or empty.")
    appealed_at: datetime | None = strawberry.field(description="When it was appealed against.")
    appeal: str = strawberry.field(description="Why it is said to be wrong, or empty.")
    appeal_decided_at: datetime | None = strawberry.field(description="When that was decided.")
    appeal_decision: str = strawberry.field(description="The reasons of the decision, or empty.")
    is_void: bool = strawberry.field(description="Whether an appeal was upheld: it does not count.")

    @classmethod
    def of(cls, row: models.Rating) -> Self:
        """Return a rating, read with its case, as the API shows it."""
        return cls(
            row=row,
            id=opaque_id("Rating", row.pk),
            number=row.number,
            case_number=row.case.number,
            matter_name=row.matter_name,
            level=rules.RatingLevel(str(row.level)),
            channel=rules.RatingChannel(row.channel),
            mode=rules.RatingMode(row.mode),
            tags=list(row.tags),
            text=row.text,
            window_name=row.window_name,
            rated_at=row.rated_at,
            due_at=row.due_at,
            overdue_at=row.overdue_at,
            answered_at=row.answered_at,
            answer=row.answer,
            appealed_at=row.appealed_at,
            appeal=row.appeal,
            appeal_decided_at=row.appeal_decided_at,
            appeal_decision=row.appeal_decision,
            is_void=row.is_void,
        )

    @strawberry.field(description="Who answered, or null.")
    def answered_by(self) -> Party | None:
        return Party.of(self.row.answered_by) if self.row.answered_by else None

    @strawberry.field(description="Who appealed, or null.")
    def appealed_by(self) -> Party | None:
        return Party.of(self.row.appealed_by) if self.row.appealed_by else None


@strawberry.type(description="How a matter or window was rated at this center.")
class RatingFigures:
    code: str = strawberry.field(description="The matter's or window's code.")
    name: str = strawberry.field(description="Its name.")
    count: int = strawberry.field(description="How many ratings count.")
    average: float = strawberry.field(
        description="Of the national codes: 1 is the best, 5 the worst."
    )
    satisfied: int = strawberry.field(description="How many of them were 1, 2 or 3 (好评).")

    @classmethod
    def of(cls, found: rules.RatingFigures) -> Self:
        """Return the figures as the API shows them."""
        return cls(
            code=found.code,
            name=found.name,
            count=found.count,
            average=found.average,
            satisfied=found.satisfied,
        )
