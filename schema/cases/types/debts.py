"""容缺后补: what an accepted case still owes, as the API shows it."""

from datetime import datetime
from typing import Self

import strawberry

from schema.cases.types.parts import Party
from tenants.cases import rules, states


@strawberry.type(description="容缺后补: a material that an accepted case owed, or still owes.")
class CaseDebt:
    material_code: str = strawberry.field(description="The material's code within the matter.")
    name: str = strawberry.field(description="What the material is called.")
    opened_at: datetime = strawberry.field(description="Since when it is owed.")
    due_at: datetime = strawberry.field(description="Until when it is to come.")
    lamp: states.Lamp = strawberry.field(
        description="红黄灯 of this debt: how much of its time was used when it last changed."
    )
    is_open: bool = strawberry.field(description="Whether it keeps the result back.")
    arrived_at: datetime | None = strawberry.field(
        description="When the file came that waits for the center's look; null where none does."
    )
    returned: str | None = strawberry.field(
        description="Why what came last was not good enough; null where nothing was given back."
    )
    settled_at: datetime | None = strawberry.field(description="When what came was accepted.")
    settled_by: Party | None = strawberry.field(description="Who accepted it.")
    dropped_at: datetime | None = strawberry.field(
        description="Since when it is owed no more, though nothing came: the case has ended, or "
        "its offering asks for it no more."
    )

    @classmethod
    def of(cls, debt: rules.MaterialDebt) -> Self:
        """Return the debt as the API shows it."""
        return cls(
            material_code=debt.code,
            name=debt.name,
            opened_at=debt.opened_at,
            due_at=debt.due_at,
            lamp=debt.lamp,
            is_open=debt.is_open,
            arrived_at=debt.arrived_at,
            returned=debt.returned or None,
            settled_at=debt.settled_at,
            settled_by=Party.of(debt.settled_by) if debt.settled_by else None,
            dropped_at=debt.dropped_at,
        )
