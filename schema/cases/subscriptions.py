"""What happens to a case, live."""

from collections.abc import AsyncGenerator, Hashable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

import strawberry
from django.utils import timezone

from schema.cases.types.case import Viewer
from schema.cases.types.events import CaseEvent, place_of
from schema.cases.types.parts import Party, center_of
from schema.context import ENGLISH, Info
from schema.live import streams
from schema.live.deliveries import Delivery
from tenants.cases import queries, rules
from tongban.kernel import context, crypto
from tongban.kernel.actors import Actor
from tongban.kernel.models import LogEntry

if TYPE_CHECKING:  # their rows pass through; `types` alone looks into them
    from tenants.cases import models

SNAPSHOT = "case.snapshot"


@strawberry.type(description="One event of a case, or first its present state.")
class CaseEventDelivery(Delivery):
    event: CaseEvent = strawberry.field(
        description=(
            "What happened. Without `after` the first is named `case.snapshot`: its `changes` hold "
            "every field that events change, so state = snapshot, then each event's `changes`."
        )
    )


@dataclass(frozen=True, slots=True)
class _Audience:
    """Who is shown the same of a case."""

    language: str
    to_staff: bool


class _CaseEvents:
    """Events of cases."""

    topic = "case"
    is_per_subject = True

    def load(self, entries: Sequence[LogEntry]) -> "Sequence[models.CaseEvent | None]":
        """Return the event of each entry of the center's log, None of a draft that is no more."""
        return queries.logged_events([(entry.subject, entry.data["sequence"]) for entry in entries])

    def deliver(
        self, loaded: "models.CaseEvent | None", audience: Hashable
    ) -> CaseEventDelivery | None:
        """Return the event as the audience sees it, None where there is nothing left to see."""
        assert isinstance(audience, _Audience)  # _Followed makes no other
        if loaded is None:
            return None
        event = CaseEvent.of(loaded, language=audience.language, to_staff=audience.to_staff)
        return CaseEventDelivery(order=loaded.sequence, cursor=event.cursor, event=event)


CASE_EVENTS = _CaseEvents()


class _Followed:
    """One case, as one actor sees it."""

    source = CASE_EVENTS

    def __init__(self, actor: Actor, number: str, language: str) -> None:
        self._actor = actor
        self._number = number
        self._language = language
        self.subject = ""
        self.audience: Hashable = _Audience(language, to_staff=False)

    def authorize(self) -> None:
        """Find the case among those that the actor may see. Raises: CaseNotFoundError."""
        self._access()

    def snapshot(self) -> CaseEventDelivery:
        """Return the case's present state as if it were an event."""
        case = self._access()
        return CaseEventDelivery(
            order=case.sequence, cursor=str(case.sequence), event=_snapshot(case, self._language)
        )

    def read(self, after: int, limit: int) -> list[CaseEventDelivery]:
        """Return the events behind a sequence number."""
        events = queries.events_after(self._access(), after)[:limit]
        found = [self.source.deliver(event, self.audience) for event in events]
        return [delivery for delivery in found if delivery is not None]

    def _access(self) -> "models.Case":
        viewer = Viewer.of(self._actor)
        case = queries.access_as(self._actor, viewer.membership, self._number)
        self.subject = case.number
        self.audience = _Audience(self._language, viewer.reads_as_staff(case))
        return case


def _snapshot(case: "models.Case", language: str) -> CaseEvent:
    here = context.current_center()
    fields = {name: getattr(case, name) for name in (*rules.MIRRORED, *rules.CORRECTED)}
    changes: Any = crypto.plain_json(rules.shown_changes(fields))
    nothing: Any = {}
    return CaseEvent(
        cursor=str(case.sequence),
        epoch=case.epoch,
        sequence=case.sequence,
        name=SNAPSHOT,
        text="Present state" if language == ENGLISH else "当前状态",
        at=timezone.now(),
        center=center_of(here),
        actor=Party.of(rules.Party(role="system", name="", center_code=here).as_json()),
        on_behalf_of=None,
        changes=changes,
        data=nothing,
        hash=bytes(case.head_hash).hex(),
    )


@strawberry.type
class CaseSubscription:
    @strawberry.subscription(
        description=(
            "The events of one case, from any center that has it. A cursor, also one of "
            "`Case.events`, stays good when custody changes."
        )
    )
    def case_events(
        self,
        info: Info,
        number: Annotated[str, strawberry.argument(description="The case number.")],
        after: Annotated[
            str | None,
            strawberry.argument(
                description="The cursor behind which to go on; null: first the present state."
            ),
        ] = None,
    ) -> AsyncGenerator[CaseEventDelivery, None]:
        place = None if after is None else place_of(after)
        return streams.follow(
            info.context, _Followed(info.context.actor, number, info.context.language), place
        )
