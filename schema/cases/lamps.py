"""红黄灯, live: the lamps of the cases that a center handles, as they change."""

from collections.abc import AsyncGenerator, Hashable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Final

import strawberry
from django.db.models import Count, Subquery, Window
from django.utils import timezone

from schema.cases.types.lamps import LampCase
from schema.context import Info
from schema.live import positions, streams
from schema.live.deliveries import Delivery
from tenants.cases import policies, queries
from tenants.cases.operations.log import LAMP_TOPIC
from tenants.cases.states import Lamp
from tongban.kernel.actors import Actor
from tongban.kernel.errors import ForbiddenError
from tongban.kernel.models import Ledger, LogEntry

if TYPE_CHECKING:  # their rows pass through; `types` alone looks into them
    from tenants.cases import models

SNAPSHOT: Final = "lamp.snapshot"
MOST_SHOWN: Final = 200
"""How many cases the snapshot lists; the query `cases` pages through any number by lamp."""

LampsAfter = Annotated[
    str | None,
    strawberry.argument(description="The cursor behind which to go on; null: the present state."),
]


@strawberry.type(description="One change of a lamp; or first the cases that are pressing.")
class LampEvent:
    name: str = strawberry.field(
        description="`case.lamp_changed`; `lamp.snapshot` comes first where no cursor is given."
    )
    at: datetime = strawberry.field(description="When it happened.")
    former: Lamp | None = strawberry.field(description="The lamp before; null for none.")
    lamp: Lamp | None = strawberry.field(
        description="The lamp from then on; null: it was decided, suspended or handed on."
    )
    case: LampCase | None = strawberry.field(
        description="The case as it is now; null in the snapshot."
    )
    pressing: list[LampCase] | None = strawberry.field(
        description="Of the snapshot: cases with a lamp, red ones first, at most 200."
    )
    lit_count: int | None = strawberry.field(
        description="Of the snapshot: how many cases have a lamp."
    )


@strawberry.type(description="One change on the center's board of lamps.")
class LampEventDelivery(Delivery):
    event: LampEvent = strawberry.field(description="What happened.")


class _LampEvents:
    """Changes of all lamps of a center; everybody who may see them sees the same."""

    topic = LAMP_TOPIC
    is_per_subject = False

    def load(self, entries: Sequence[LogEntry]) -> "list[tuple[LogEntry, models.Case]]":
        """Return each entry of the center's log with its case."""
        by_number = queries.cases_of({entry.subject for entry in entries})
        return [(entry, by_number[entry.subject]) for entry in entries]

    def deliver(
        self, loaded: "tuple[LogEntry, models.Case]", audience: Hashable
    ) -> LampEventDelivery:
        """Return a change as the API shows it."""
        del audience
        entry, row = loaded
        return LampEventDelivery(
            order=entry.position,
            cursor=positions.cursor_at(entry.position),
            event=LampEvent(
                name=entry.name,
                at=entry.at,
                former=_lamp(entry.data["former"]),
                lamp=_lamp(entry.data["lamp"]),
                case=LampCase.of(row),
                pressing=None,
                lit_count=None,
            ),
        )


LAMP_EVENTS: Final = _LampEvents()


def _lamp(text: str) -> Lamp | None:
    return Lamp(text) if text else None


class _Followed:
    """The lamps of the running center, as one actor sees them."""

    source = LAMP_EVENTS
    subject = ""
    audience: Hashable = None

    def __init__(self, actor: Actor) -> None:
        self._actor = actor

    def authorize(self) -> None:
        """Let through who works with cases here. Raises: ForbiddenError."""
        if not policies.may_read_cases(queries.membership_of(self._actor)):
            raise ForbiddenError

    def snapshot(self) -> LampEventDelivery:
        """Return what is lit, and the position of the center's log at that very instant."""
        position = positions.last()
        # One statement sees one state; where nothing is lit, an earlier position does no harm.
        rows = list(
            queries.lit_cases()
            .annotate(
                position=Subquery(Ledger.objects.values("log_position")[:1]),
                count=Window(Count("pk")),
            )
            .order_by("-lamp_rank", "-id")[:MOST_SHOWN]
        )
        if rows:
            position = rows[0].position
        return LampEventDelivery(
            order=position,
            cursor=positions.cursor_at(position),
            event=LampEvent(
                name=SNAPSHOT,
                at=timezone.now(),
                former=None,
                lamp=None,
                case=None,
                pressing=[LampCase.of(row) for row in rows],
                lit_count=rows[0].count if rows else 0,
            ),
        )

    def read(self, after: int, limit: int) -> list[LampEventDelivery]:
        """Return the changes behind a position. Raises: BadRequestError for one yet to come."""
        positions.require_past(after)
        entries = LogEntry.objects.filter(topic=self.source.topic, position__gt=after)
        page = list(entries.order_by("position")[:limit])
        return [self.source.deliver(loaded, None) for loaded in self.source.load(page)]


@strawberry.type
class LampsSubscription:
    @strawberry.subscription(
        description="Changes of the lamps (红黄灯) of cases that a center handles, to its staff."
    )
    def lamps(
        self, info: Info, after: LampsAfter = None
    ) -> AsyncGenerator[LampEventDelivery, None]:
        center = info.context.center
        position = None if after is None else positions.read(after, center.code if center else "")
        return streams.follow(info.context, _Followed(info.context.actor), position)
