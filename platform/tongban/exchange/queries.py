"""Routes, the state of the relay, and the index of cases."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Min, Q, QuerySet

from tongban.catalog import queries as catalog
from tongban.catalog.rules.snapshot import OfferingSnapshot
from tongban.exchange import errors, models, rules
from tongban.kernel.actors import Actor
from tongban.kernel.models import OutboxMessage
from tongban.kernel.transactions import PLATFORM
from tongban.registry import queries as registry


@dataclass(frozen=True, slots=True)
class Route:
    """Who must decide, with that center's offering, and the handoffs that lead there."""

    owner_code: str
    offering: OfferingSnapshot
    hops: tuple[rules.Hop, ...]
    reasons: tuple[rules.RouteReason, ...]


def explain_route(*, center_code: str, matter_code: str, address_division: str, day: date) -> Route:
    """Return how a case of this matter, taken in at ``center_code``, reaches its owner.

    ``address_division`` is the applicant's 12-digit division, or empty for that of the center.
    Cost: two queries. Raises: MatterNotOfferedError, RouteOutOfScopeError,
    AssistedIntakeNotOfferedError, AddressUnknownError.
    """
    start = _place(center_code)
    competent = _competent(start, address_division)
    places = _with_ancestors(start, competent)
    offered = catalog.offerings_among(matter_code=matter_code, center_codes=list(places), on=day)
    delegation = registry.delegation_for(district=competent.code, matter_code=matter_code, day=day)
    routing = rules.plan_route(
        start=start,
        competent=competent,
        places=places,
        offers={
            code: rules.Offered(catalog.is_assisted(offering), offering.scope)
            for code, offering in offered.items()
        },
        delegated_to=delegation.city_code if delegation else None,
    )
    _raise_fault(routing, matter_code)
    offering = catalog.snapshot_of(offered[routing.owner_code])
    return Route(routing.owner_code, offering, routing.hops, routing.reasons)


def _raise_fault(routing: rules.Routing, matter_code: str) -> None:
    if routing.fault is rules.RoutingFault.NOT_OFFERED:
        raise errors.MatterNotOfferedError(path=("matter",), matter=matter_code)
    name = registry.name_of(routing.owner_code)
    if routing.fault is rules.RoutingFault.OUT_OF_SCOPE:
        raise errors.RouteOutOfScopeError(path=("addressDivision",), center=name)
    if routing.fault is rules.RoutingFault.NO_ASSISTED_INTAKE:
        raise errors.AssistedIntakeNotOfferedError(path=("matter",), center=name)


def _place(code: str) -> rules.Place:
    record = registry.find_center(code)
    if record is None:
        raise errors.AddressUnknownError(path=("addressDivision",), code=code)
    return rules.Place(record.code, record.level, record.parent_code)


def _competent(start: rules.Place, address_division: str) -> rules.Place:
    """Return the county-level center of the address; a city's own where no county is named."""
    if not address_division:
        if start.level == "township" and start.parent_code:
            return _place(start.parent_code)
        return start
    record = registry.find_center(address_division[:6])
    if record is None:
        raise errors.AddressUnknownError(path=("addressDivision",), code=address_division)
    return rules.Place(record.code, record.level, record.parent_code)


def _with_ancestors(*places: rules.Place) -> Mapping[str, rules.Place]:
    known = {place.code: place for place in places}
    for place in places:
        for above in registry.ancestors(place.code):
            known[above.code] = rules.Place(above.code, above.level, above.parent_code)
    return known


def pending_messages(now: datetime) -> QuerySet[OutboxMessage]:
    """Return this schema's messages that can be delivered now, in the order they were written.

    A message waits behind an earlier one of its key that is parked or being retried.
    """
    waiting = Q(next_attempt_at__isnull=True) | Q(next_attempt_at__lte=now)
    unsettled = OutboxMessage.objects.filter(settled_at__isnull=True)
    blocked = unsettled.filter(Q(parked_at__isnull=False) | Q(next_attempt_at__gt=now))
    return (
        unsettled.filter(waiting, parked_at__isnull=True)
        .exclude(key__in=blocked.values("key"))
        .order_by("id")
    )


def waiting_messages() -> tuple[datetime | None, int]:
    """Return when this schema's oldest undelivered message was written, and how many wait."""
    found = OutboxMessage.objects.filter(settled_at__isnull=True).aggregate(
        oldest=Min("created_at"), count=Count("id")
    )
    return found["oldest"], found["count"]


@dataclass(frozen=True, slots=True)
class RelayHealth:
    """What the last sweep over all centers found."""

    swept_at: datetime | None
    """When it ended; None before the first."""
    oldest_pending_at: datetime | None
    pending: int
    parked: int


def relay_health() -> RelayHealth:
    """Return the state of the relay (PLATFORM context), in two queries."""
    state = models.RelayState.objects.first()
    parked = parked_messages().count()
    if state is None:
        return RelayHealth(None, None, 0, parked)
    return RelayHealth(state.swept_at, state.oldest_pending_at, state.pending, parked)


def retention_runs() -> list[models.RetentionRun]:
    """Return the last nightly retention of each schema, the oldest first (PLATFORM context)."""
    return list(models.RetentionRun.objects.order_by("ran_at", "code"))


@dataclass(frozen=True, slots=True)
class RetentionHealth:
    """How the nightly retention stands, of all schemas that the worker visits."""

    oldest_at: datetime | None
    """When it last ran where that is the longest ago; None where it never ran."""
    never: int
    """In how many of them it has not run yet."""


def retention_health() -> RetentionHealth:
    """Return how the nightly retention stands (PLATFORM context), in one query."""
    visited = {PLATFORM, *registry.ready_codes()}
    found = models.RetentionRun.objects.filter(code__in=visited).aggregate(
        oldest=Min("ran_at"), count=Count("code")
    )
    return RetentionHealth(found["oldest"], len(visited) - found["count"])


def my_items(actor: Actor) -> QuerySet[models.CaseIndexRow]:
    """Return the cases of the person who acts, over all centers (PLATFORM or READER context).

    Order them by (-``updated_at``, ``number``). An actor without a verified name has none.
    """
    if actor.applicant_hash is None:
        return models.CaseIndexRow.objects.none()
    return models.CaseIndexRow.objects.filter(applicant_id_hash=actor.applicant_hash)


def parked_messages() -> QuerySet[models.ParkedMessage]:
    """Return the messages that wait for a person, latest first (PLATFORM context)."""
    return models.ParkedMessage.objects.filter(released_at__isnull=True).order_by("-parked_at")
