"""待办, live: what waits at a window, as it comes, is taken and goes."""

from collections.abc import AsyncGenerator, Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Final

import strawberry
from django.db.models import Count, Subquery, Window
from django.utils import timezone

from schema.cases.types.tasks import Task
from schema.context import Info
from schema.live import positions, streams
from schema.live.deliveries import Delivery
from tenants.cases import policies, queries, rules
from tenants.cases.operations.waiting import TASK_TOPIC
from tenants.windows import errors as window_errors
from tenants.windows import queries as hall
from tenants.windows.rules import WindowScope
from tongban.kernel.actors import Actor
from tongban.kernel.errors import ForbiddenError
from tongban.kernel.models import Ledger, LogEntry

if TYPE_CHECKING:  # their rows pass through; `types` alone looks into them
    from tenants.cases import models

SNAPSHOT: Final = "queue.snapshot"
MOST_SHOWN: Final = 200
"""How many tasks the snapshot lists; the query `workQueue` pages through any number."""


@strawberry.type(description="One change at a window's queue; or first what waits there now.")
class QueueEvent:
    name: str = strawberry.field(
        description="`task.opened`, `task.claimed`, `task.released`, `task.reassigned`, "
        "`task.lapsed` (its lease was over), `task.due_moved`, `task.moved` (its `windowCode` was "
        "closed: it is gone there, and lies where others find it now), `task.closed`; "
        "`queue.snapshot` comes first where no cursor is given."
    )
    at: datetime = strawberry.field(description="When it happened.")
    task: Task | None = strawberry.field(
        description="The task as it was left by that, a closed one as it was before; null in the "
        "snapshot."
    )
    waiting: list[Task] | None = strawberry.field(
        description="Of the snapshot: what waits, the most pressing first, at most 200."
    )
    waiting_count: int | None = strawberry.field(
        description="Of the snapshot: how much waits in all."
    )


@strawberry.type(description="One change at a window's queue.")
class QueueEventDelivery(Delivery):
    event: QueueEvent = strawberry.field(description="What happened.")


@dataclass(frozen=True, slots=True)
class _Audience:
    """Who is shown the same of a queue."""

    window: str
    own_number: bytes = b""
    """Hash of the own verified number: nobody follows the handling of an own application."""


@dataclass(frozen=True, slots=True)
class _Loaded:
    entry: LogEntry
    case: "models.Case"
    scopes: Mapping[str, WindowScope]
    """What each open window is for, as it is now."""

    def lies_at(self, window: str) -> bool:
        said = self.entry.data
        if self.entry.name == "task.moved" and said["window"] == window:
            return True  # it is gone there
        code = said["window"] if said["window"] in self.scopes else ""  # its window was closed
        where = rules.Whereabouts(said["kind"], said["department"], said["matter"], code)
        scope = self.scopes.get(window)
        return scope is not None and rules.lies_at(where, scope)


class _QueueEvents:
    """Changes of all tasks of a center; each window's followers see what lies there."""

    topic = TASK_TOPIC
    is_per_subject = False

    def load(self, entries: Sequence[LogEntry]) -> list[_Loaded]:
        """Return each entry of the center's log with its case, in two statements."""
        by_number = queries.cases_of({entry.subject for entry in entries})
        scopes = hall.scopes()
        return [_Loaded(entry, by_number[entry.subject], scopes) for entry in entries]

    def deliver(self, loaded: _Loaded, audience: Hashable) -> QueueEventDelivery | None:
        """Return a change as the API shows it; None where it is not at the audience's window."""
        assert isinstance(audience, _Audience)  # _Followed makes no other
        entry = loaded.entry
        is_own = audience.own_number == bytes(loaded.case.applicant_id_hash)
        if is_own or not loaded.lies_at(audience.window):
            return None
        return QueueEventDelivery(
            order=entry.position,
            cursor=positions.cursor_at(entry.position),
            event=QueueEvent(
                name=entry.name,
                at=entry.at,
                task=Task.told(entry.data, loaded.case),
                waiting=None,
                waiting_count=None,
            ),
        )


QUEUE_EVENTS: Final = _QueueEvents()


class _Followed:
    """The queue of one window, as one actor sees it."""

    source = QUEUE_EVENTS
    subject = ""

    def __init__(self, actor: Actor, window: str) -> None:
        self._actor = actor
        self._window = window
        own = actor.applicant_hash if actor.real_name else None
        self.audience: Hashable = _Audience(window, own or b"")

    def authorize(self) -> None:
        """Let through who works with cases here. Raises: ForbiddenError, WindowNotFoundError."""
        if not policies.may_read_cases(queries.membership_of(self._actor)):
            raise ForbiddenError
        if hall.scope_at(self._window) is None:
            raise window_errors.WindowNotFoundError(path=("window",))

    def snapshot(self) -> QueueEventDelivery:
        """Return what waits, and the position of the center's log at that very instant."""
        position, now = positions.last(), timezone.now()
        # One statement sees one state; where nothing waits, an earlier position does no harm.
        rows = list(
            queries.find_tasks(actor=self._actor, window=self._window, is_mine=False, now=now)
            .annotate(
                position=Subquery(Ledger.objects.values("log_position")[:1]),
                count=Window(Count("pk")),
            )
            .order_by("pressing_at", "id")[:MOST_SHOWN]
        )
        if rows:
            position = rows[0].position
        return QueueEventDelivery(
            order=position,
            cursor=positions.cursor_at(position),
            event=QueueEvent(
                name=SNAPSHOT,
                at=now,
                task=None,
                waiting=[Task.of(row, now) for row in rows],
                waiting_count=rows[0].count if rows else 0,
            ),
        )

    def read(self, after: int, limit: int) -> list[QueueEventDelivery]:
        """Return at least ``limit`` changes behind a position, or all that there are.

        Raises: BadRequestError for a position yet to come.
        """
        positions.require_past(after)
        found: list[QueueEventDelivery] = []
        while len(found) < limit:
            entries = LogEntry.objects.filter(topic=self.source.topic, position__gt=after)
            page = list(entries.order_by("position")[:limit])
            told = (self.source.deliver(each, self.audience) for each in self.source.load(page))
            found += [delivery for delivery in told if delivery is not None]
            if len(page) < limit:
                break
            after = page[-1].position
        return found


@strawberry.type
class QueuesSubscription:
    @strawberry.subscription(
        description="What waits at a window (待办), as it comes, is taken and goes; to the "
        "center's staff."
    )
    def window_queue(
        self,
        info: Info,
        window: Annotated[str, strawberry.argument(description="The window's code.")],
        after: Annotated[
            str | None,
            strawberry.argument(
                description="The cursor behind which to go on; null: first what waits now."
            ),
        ] = None,
    ) -> AsyncGenerator[QueueEventDelivery, None]:
        center = info.context.center
        position = None if after is None else positions.read(after, center.code if center else "")
        return streams.follow(info.context, _Followed(info.context.actor, window), position)
