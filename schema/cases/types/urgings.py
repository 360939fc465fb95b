"""Urgings of cases, as the API shows them to a center's staff."""

from datetime import datetime
from typing import Self

import strawberry

from schema.cases.types.parts import Party
from schema.scalars import opaque_id
from tenants.cases import models, states


@strawberry.type(description="督办: that those who handle a case were urged, and their reply.")
class Urging:
    row: strawberry.Private[models.Urging]

    id: strawberry.ID = strawberry.field(description="Opaque.")
    number: int = strawberry.field(description="Its place among the urgings of the case, from 1.")
    case_number: str = strawberry.field(description="The case's number.")
    matter_name: str = strawberry.field(description="The case's matter.")
    state: states.State = strawberry.field(description="Where the case stands now.")
    text: str = strawberry.field(description="What was said.")
    urged_at: datetime = strawberry.field(description="When.")
    reply_due_at: datetime = strawberry.field(description="Until when a reply is due.")
    escalated_at: datetime | None = strawberry.field(
        description="Since when it is the supervisor's: no reply came, or the limit itself is over."
    )
    replied_at: datetime | None = strawberry.field(description="When it was answered.")
    reply: str = strawberry.field(description="What was answered, or empty.")

    @classmethod
    def of(cls, row: models.Urging) -> Self:
        """Return an urging, read with its case, as the API shows it."""
        return cls(
            row=row,
            id=opaque_id("Urging", row.pk),
            number=row.number,
            case_number=row.case.number,
            matter_name=row.case.matter_name,
            state=states.State(row.case.state),
            text=row.text,
            urged_at=row.urged_at,
            reply_due_at=row.reply_due_at,
            escalated_at=row.escalated_at,
            replied_at=row.replied_at,
            reply=row.reply,
        )

    @strawberry.field(description="Who urged; the system where a limit was over.")
    def by(self) -> Party:
        return Party.of(self.row.by)

    @strawberry.field(description="Who answered, or null.")
    def replied_by(self) -> Party | None:
        return Party.of(self.row.replied_by) if self.row.replied_by else None
