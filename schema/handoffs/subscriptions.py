"""A center's inbox and outbox, live."""

import uuid
from collections.abc import AsyncGenerator, Hashable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Final

import strawberry
from django.db.models import Count, Subquery, Window
from django.utils import timezone

from schema.context import Info
from schema.handoffs.types import Handoff
from schema.live import positions, streams
from schema.live.deliveries import Delivery
from tenants.handoffs import policies, queries, states
from tenants.staff import queries as staff
from tongban.kernel.actors import Actor
from tongban.kernel.errors import ForbiddenError
from tongban.kernel.models import Ledger, LogEntry

if TYPE_CHECKING:  # their rows pass through; `types` alone looks into them
    from tenants.handoffs import models

SNAPSHOT: Final = "handoff.snapshot"
MOST_OPEN: Final = 200
"""How many open handoffs the snapshot lists; the query `handoffs` pages through any number."""

HandoffsAfter = Annotated[
    str | None,
    strawberry.argument(description="The cursor behind which to go on; null: the present state."),
]


@strawberry.type(description="One change of a handoff; or first the open ones.")
class HandoffEvent:
    name: str = strawberry.field(
        description="The stable name, such as `handoff.accepted`; `handoff.snapshot` comes first."
    )
    at: datetime = strawberry.field(description="When it happened.")
    state: states.HandoffState | None = strawberry.field(
        description="The state that the handoff came to then; null in the snapshot."
    )
    handoff: Handoff | None = strawberry.field(
        description="The handoff as it is now; null in the snapshot."
    )
    open: list[Handoff] | None = strawberry.field(
        description="Of the snapshot: handoffs without an answer, latest first, at most 200."
    )
    open_count: int | None = strawberry.field(description="Of the snapshot: how many are open.")


@strawberry.type(description="One change in the center's inbox or outbox.")
class HandoffEventDelivery(Delivery):
    event: HandoffEvent = strawberry.field(description="What happened.")


class _HandoffEvents:
    """Changes of all handoffs of a center; everybody who may see them sees the same."""

    topic = "handoff"
    is_per_subject = False

    def load(self, entries: Sequence[LogEntry]) -> "list[tuple[LogEntry, models.Handoff]]":
        """Return each entry of the center's log with its handoff."""
        by_id = queries.logged_handoffs({uuid.UUID(entry.subject) for entry in entries})
        return [(entry, by_id[uuid.UUID(entry.subject)]) for entry in entries]

    def deliver(
        self, loaded: "tuple[LogEntry, models.Handoff]", audience: Hashable
    ) -> HandoffEventDelivery:
        """Return a change as the API shows it."""
        del audience
        entry, row = loaded
        return HandoffEventDelivery(
            order=entry.position,
            cursor=positions.cursor_at(entry.position),
            event=HandoffEvent(
                name=entry.name,
                at=entry.at,
                state=states.HandoffState(entry.data["state"]),
                handoff=Handoff.of(row),
                open=None,
                open_count=None,
            ),
        )


HANDOFF_EVENTS: Final = _HandoffEvents()


class _Followed:
    """The handoffs of the running center, as one actor sees them."""

    source = HANDOFF_EVENTS
    subject = ""
    audience: Hashable = None

    def __init__(self, actor: Actor) -> None:
        self._actor = actor

    def authorize(self) -> None:
        """Let through who works with handoffs here. Raises: ForbiddenError."""
        if not policies.may_see(staff.membership_of(self._actor)):
            raise ForbiddenError

    def snapshot(self) -> HandoffEventDelivery:
        """Return what is open, and the position of the center's log at that very instant."""
        position = positions.last()
        # One statement sees one state; where nothing is open, an earlier position does no harm.
        rows = list(
            queries.find_handoffs(actor=self._actor)
            .filter(state__in=states.OPEN)
            .annotate(
                position=Subquery(Ledger.objects.values("log_position")[:1]),
                count=Window(Count("pk")),
            )
            .order_by("-id")[:MOST_OPEN]
        )
        if rows:
            position = rows[0].position
        return HandoffEventDelivery(
            order=position,
            cursor=positions.cursor_at(position),
            event=HandoffEvent(
                name=SNAPSHOT,
                at=timezone.now(),
                state=None,
                handoff=None,
                open=[Handoff.of(row) for row in rows],
                open_count=rows[0].count if rows else 0,
            ),
        )

    def read(self, after: int, limit: int) -> list[HandoffEventDelivery]:
        """Return the changes behind a position. Raises: BadRequestError for one yet to come."""
        positions.require_past(after)
        entries = LogEntry.objects.filter(topic=self.source.topic, position__gt=after)
        page = list(entries.order_by("position")[:limit])
        return [self.source.deliver(loaded, None) for loaded in self.source.load(page)]


@strawberry.type
class HandoffsSubscription:
    @strawberry.subscription(
        description="Changes in the center's own inbox and outbox, to members who work them."
    )
    def handoff_events(
        self, info: Info, after: HandoffsAfter = None
    ) -> AsyncGenerator[HandoffEventDelivery, None]:
        center = info.context.center
        position = None if after is None else positions.read(after, center.code if center else "")
        return streams.follow(info.context, _Followed(info.context.actor), position)
