"""Routing: who must decide a case, and over which centers it travels there. Pure calculation."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum


class HandoffKind(StrEnum):
    """Why one center hands a case to another."""

    ASSISTED_INTAKE = "assisted_intake"
    JOINT_CITY = "joint_city"
    DOWNWARD = "downward"
    UPWARD = "upward"


HANDOFF_TEXTS: Mapping[HandoffKind, str] = {
    HandoffKind.ASSISTED_INTAKE: "代收代办: taken in on the owner's behalf / assisted intake",
    HandoffKind.JOINT_CITY: "同城办理: the city handles a district's matter / joint-city handling",
    HandoffKind.DOWNWARD: "下转: to the lower center that is competent / downward",
    HandoffKind.UPWARD: "协助报批: to the higher center that decides / upward",
}


class RouteReason(StrEnum):
    """Why the owner of a route is who it is."""

    OFFERED_HERE = "offered_here"
    DELEGATED = "delegated"
    OFFERED_BY_COMPETENT = "offered_by_competent"
    OFFERED_ABOVE = "offered_above"
    SCOPE = "scope"


REASON_TEXTS: Mapping[RouteReason, str] = {
    RouteReason.OFFERED_HERE: "本中心办理 / the center offers it itself",
    RouteReason.DELEGATED: "同城办理，由市级办理 / the city handles it by delegation",
    RouteReason.OFFERED_BY_COMPETENT: "申请人所在地的中心办理 / its own center offers it",
    RouteReason.OFFERED_ABOVE: "上级中心办理 / a center above offers it",
    RouteReason.SCOPE: "跨区域通办 / open beyond the tree (通办范围)",
}


@dataclass(frozen=True, slots=True)
class Place:
    """A center as routing sees it."""

    code: str
    level: str
    """``city``, ``county`` or ``township``."""
    parent_code: str | None


@dataclass(frozen=True, slots=True)
class Offered:
    """That a center offers the matter, and to whom beyond its own counter."""

    assisted_intake: bool
    scope: str
    """通办范围: 1 全国, 2 跨省, 3 跨市, 4 跨县, 5 跨乡, 6 跨村, or empty."""


@dataclass(frozen=True, slots=True)
class Hop:
    """One handoff of the route."""

    kind: HandoffKind
    destination_code: str

    def as_json(self) -> dict[str, str]:
        """Return the hop as a case keeps it."""
        return {"kind": self.kind.value, "destination": self.destination_code}


class RoutingFault(StrEnum):
    """Why there is no route."""

    NOT_OFFERED = "not_offered"
    OUT_OF_SCOPE = "out_of_scope"
    NO_ASSISTED_INTAKE = "no_assisted_intake"


@dataclass(frozen=True, slots=True)
class Routing:
    """The outcome: an owner with the hops that lead to it, or a fault that names a center."""

    owner_code: str
    hops: tuple[Hop, ...] = ()
    reasons: tuple[RouteReason, ...] = ()
    fault: RoutingFault | None = None


def plan_route(
    *,
    start: Place,
    competent: Place,
    places: Mapping[str, Place],
    offers: Mapping[str, Offered],
    delegated_to: str | None,
) -> Routing:
    """Plan how a case that ``start`` takes in reaches whoever must decide it.

    ``competent`` is the county-level (or city) center of the applicant's address; ``places`` holds
    both and everything above them; ``offers`` says which of them offer the matter;
    ``delegated_to`` is the city that handles the matter for ``competent`` (同城办理), if any.
    """
    owner, reasons = _owner(start, competent, places, offers, delegated_to)
    if owner is None:
        return Routing(competent.code, fault=RoutingFault.NOT_OFFERED)
    path = _path(start, places[owner], places)
    if path is None:
        if not _open_beyond_tree(start, places[owner], offers[owner].scope):
            return Routing(owner, fault=RoutingFault.OUT_OF_SCOPE)
        reasons.append(RouteReason.SCOPE)
        path = (owner,)
    if path and start.level == "township" and not offers[owner].assisted_intake:
        return Routing(owner, fault=RoutingFault.NO_ASSISTED_INTAKE)
    hops = []
    here = start
    for code in path:
        there = places[code]
        hops.append(Hop(_kind(here, there, delegated=code == delegated_to), code))
        here = there
    return Routing(owner, tuple(hops), tuple(reasons))


def _owner(
    start: Place,
    competent: Place,
    places: Mapping[str, Place],
    offers: Mapping[str, Offered],
    delegated_to: str | None,
) -> tuple[str | None, list[RouteReason]]:
    if start.level == "township" and start.code in offers and competent.code == start.parent_code:
        return start.code, [RouteReason.OFFERED_HERE]
    if delegated_to is not None and delegated_to in offers:
        return delegated_to, [RouteReason.DELEGATED]
    if competent.code in offers:
        return competent.code, [RouteReason.OFFERED_BY_COMPETENT]
    above = competent.parent_code
    while above is not None:
        if above in offers:
            return above, [RouteReason.OFFERED_ABOVE]
        above = places[above].parent_code if above in places else None
    return None, []


def _path(start: Place, owner: Place, places: Mapping[str, Place]) -> tuple[str, ...] | None:
    """Return the centers from ``start`` (excluded) to ``owner`` along the tree, or None."""
    if start.code == owner.code:
        return ()
    up = _line(start, places)
    if owner.code in up:
        return tuple(up[: up.index(owner.code) + 1])
    down = _line(owner, places)
    if start.code in down:
        return (*reversed(down[: down.index(start.code)]), owner.code)
    return None


def _line(place: Place, places: Mapping[str, Place]) -> Sequence[str]:
    line = []
    code = place.parent_code
    while code is not None:
        line.append(code)
        code = places[code].parent_code if code in places else None
    return line


def _open_beyond_tree(start: Place, owner: Place, scope: str) -> bool:
    # 1 全国, 2 跨省, 3 跨市, 4 跨县, 5 跨乡, 6 跨村: each includes those after it.
    if not scope:
        return False
    if start.code[:4] == owner.code[:4]:
        return scope in "1234"
    if start.code[:2] == owner.code[:2]:
        return scope in "123"
    return scope in "12"


def _kind(here: Place, there: Place, *, delegated: bool) -> HandoffKind:
    if delegated:
        return HandoffKind.JOINT_CITY
    if here.level == "township":
        return HandoffKind.ASSISTED_INTAKE
    order = ("township", "county", "city")
    if order.index(there.level) > order.index(here.level):
        return HandoffKind.UPWARD
    if order.index(there.level) < order.index(here.level):
        return HandoffKind.DOWNWARD
    return HandoffKind.ASSISTED_INTAKE
