"""A case on the board of lamps."""

from datetime import datetime
from typing import Self

import strawberry

from tenants.cases import models, states


@strawberry.type(description="A case on the board of lamps: no personal data.")
class LampCase:
    number: str = strawberry.field(description="The number, canonical.")
    matter_name: str = strawberry.field(description="The matter's name.")
    department: str = strawberry.field(description="Who handles it, as the offering says.")
    state: states.State = strawberry.field(description="Where it stands.")
    lamp: states.Lamp | None = strawberry.field(description="Its lamp now; null for none.")
    promised_due_at: datetime | None = strawberry.field(
        description="The end of the promise, which the lamp shows; null while its clock stands."
    )

    @classmethod
    def of(cls, row: models.Case) -> Self:
        """Return the case as the board shows it."""
        return cls(
            number=row.number,
            matter_name=row.matter_name,
            department=row.offering["department"],
            state=states.State(row.state),
            lamp=states.Lamp(row.lamp) if row.lamp else None,
            promised_due_at=row.promised_due_at,
        )
