"""What a center answers for, as the API shows it to those who supervise it."""

from datetime import datetime
from typing import Self

import strawberry

from schema.cases.types.parts import Party
from schema.context import ENGLISH, Info
from schema.scalars import opaque_id
from tenants.cases import models, rules, states


@strawberry.type(
    description="问题记录: what went wrong with a case under this center, or was attempted and "
    "refused, and the reply. It names no person."
)
class Finding:
    row: strawberry.Private[models.Finding]

    id: strawberry.ID = strawberry.field(description="Opaque.")
    number: int = strawberry.field(
        description="Its place among the findings of the case here, from 1."
    )
    case_number: str = strawberry.field(description="The case's number.")
    matter_name: str = strawberry.field(description="The case's matter.")
    state: states.State = strawberry.field(description="Where the case stands now.")
    code: str = strawberry.field(description="The stable code, such as `OVERDUE`.")
    dimension: rules.Dimension = strawberry.field(description="流程、效率或收费.")
    found_at: datetime = strawberry.field(description="When it was found.")
    action: str = strawberry.field(
        description="What was attempted and refused, such as `decide_case`; else empty."
    )
    refusal: str = strawberry.field(description="The code by which it was refused; else empty.")
    attempts: int = strawberry.field(description="How often it was attempted until the reply.")
    department_code: str = strawberry.field(
        description="The liable department's code in the register, or empty."
    )
    department_name: str = strawberry.field(description="The liable department, or empty.")
    window_code: str = strawberry.field(description="The window where it was, or empty.")
    reply_due_at: datetime = strawberry.field(description="Until when a reply is due.")
    escalated_at: datetime | None = strawberry.field(
        description="Since when it is the supervisor's: no reply came, or it is late by itself."
    )
    replied_at: datetime | None = strawberry.field(description="When it was answered.")
    reply: str = strawberry.field(description="What was answered, or empty.")

    @classmethod
    def of(cls, row: models.Finding) -> Self:
        """Return a finding, read with its case, as the API shows it."""
        return cls(
            row=row,
            id=opaque_id("Finding", row.pk),
            case_number=row.case.number,
            matter_name=row.case.matter_name,
            state=states.State(row.case.state),
            dimension=rules.Dimension(row.dimension),
            **{name: getattr(row, name) for name in _AS_THEY_ARE},
        )

    @strawberry.field(description="What it says, in the request's language.")
    def text(self, info: Info) -> str:
        kind = rules.FINDINGS[self.code]
        return kind.text_en if info.context.language == ENGLISH else kind.text_zh

    @strawberry.field(description="Whether it was only attempted: the case was not changed.")
    def was_refused(self) -> bool:
        return self.row.place is None

    @strawberry.field(description="The urging of the case whose reply answers it, or null.")
    def urging(self) -> int | None:
        return _place(self.row, "urging")

    @strawberry.field(description="The rating of the case whose rectification answers it, or null.")
    def rating(self) -> int | None:
        return _place(self.row, "rating")

    @strawberry.field(description="Who answered, or null.")
    def replied_by(self) -> Party | None:
        return Party.of(self.row.replied_by) if self.row.replied_by else None


_AS_THEY_ARE = (
    *("number", "code", "found_at", "action", "refusal", "attempts", "department_code"),
    *("department_name", "window_code", "reply_due_at", "escalated_at", "replied_at", "reply"),
)


def _place(row: models.Finding, kind: str) -> int | None:
    answered, _, place = row.answered_with.partition(" ")
    return int(place) if answered == kind else None
