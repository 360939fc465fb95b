"""The log of a case, as the API shows it."""

from datetime import datetime
from typing import Annotated, Self, cast

import strawberry
from strawberry.scalars import JSON

from schema.cases.types.parts import Party, center_of
from schema.context import ENGLISH
from schema.errors import BadRequestError
from schema.registry.types import Center
from tenants.cases import models, rules

EventsAfter = Annotated[
    str | None, strawberry.argument(description="The cursor behind which to go on; null: all.")
]


def place_of(cursor: str | None) -> int:
    """Return the place in a log that a cursor names, 0 for none. Raises: BadRequestError."""
    if cursor is None:
        return 0
    if not (cursor.isascii() and cursor.isdecimal() and len(cursor) <= _LONGEST):
        raise BadRequestError(reason="after", path=("after",))
    return int(cursor)


_LONGEST = 9


@strawberry.type(description="One event of a case's log; the same at every center that has it.")
class CaseEvent:
    cursor: str = strawberry.field(description="Its place in the log, for `after`.")
    epoch: int = strawberry.field(description="How often custody had changed, from 1.")
    sequence: int = strawberry.field(description="Its place in the log, from 1, without gaps.")
    name: str = strawberry.field(description="The stable name, such as `case.accepted`.")
    text: str = strawberry.field(description="The name for people, in the request's language.")
    at: datetime = strawberry.field(description="When it happened.")
    center: Center = strawberry.field(description="Where it was appended.")
    actor: Party = strawberry.field(description="Who acted.")
    on_behalf_of: Party | None = strawberry.field(description="For whom, where for another.")
    changes: JSON = strawberry.field(description="Fields of the case and their new values.")
    data: JSON = strawberry.field(description="The particulars of this event.")
    hash: str = strawberry.field(description="SM3 over this event and all before, hexadecimal.")

    @classmethod
    def of(cls, row: models.CaseEvent, *, language: str, to_staff: bool) -> Self:
        """Return the event as staff, or as an applicant, may see it."""
        chinese, english = rules.EVENTS.get(row.name, (row.name, row.name))
        return cls(
            cursor=str(row.sequence),
            epoch=row.epoch,
            sequence=row.sequence,
            name=row.name,
            text=english if language == ENGLISH else chinese,
            at=row.at_instant,
            center=center_of(row.center_code),
            actor=Party.of(row.actor),
            on_behalf_of=Party.of(row.on_behalf_of) if row.on_behalf_of else None,
            changes=cast("JSON", rules.shown_changes(row.changes)),
            data=cast("JSON", rules.shown_data(row.data, to_staff=to_staff)),
            hash=bytes(row.hash).hex(),
        )
