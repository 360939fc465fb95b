"""Preconditions between matters (前置条件): none cancelled, none unknown, none going round.

No two matters may wait for each other, however long the way (取消互为前置).
"""

from collections.abc import Collection, Iterator, Mapping

from tongban.catalog.rules.checks import Fault

CYCLE = "PRECONDITION_CYCLE"
CANCELLED = "PRECONDITION_CANCELLED"
UNKNOWN = "PRECONDITION_UNKNOWN"

Edges = Mapping[str, Collection[str]]
"""Matter → the matters whose results must be there before it is decided."""


def faults(
    code: str,
    *,
    edges: Edges,
    standing: Collection[str],
    cancelled: Collection[tuple[str, str]],
) -> Iterator[Fault]:
    """Yield what is wrong with the preconditions of the matter ``code``.

    ``edges`` holds its own and those of whatever it leads to; ``standing`` the matters that it may
    name; ``cancelled`` the pairs (matter, precondition) of the register.
    """
    for position, precondition in enumerate(edges.get(code, ())):
        path = ("preconditions", position)
        if (code, precondition) in cancelled:
            yield Fault(CANCELLED, path, precondition)
        elif precondition != code and precondition not in standing:
            yield Fault(UNKNOWN, path, precondition)
        elif way := _way_back(precondition, code, edges):
            yield Fault(CYCLE, path, " → ".join((code, *way)))


def _way_back(start: str, goal: str, edges: Edges) -> tuple[str, ...]:
    """Return a way from ``start`` to ``goal``, both included, or nothing."""
    came_from = {start: ""}
    waiting = [start]
    while waiting:
        code = waiting.pop()
        if code == goal:
            way = [code]
            while came_from[way[-1]]:
                way.append(came_from[way[-1]])
            return tuple(reversed(way))
        for following in edges.get(code, ()):
            if following not in came_from:
                came_from[following] = code
                waiting.append(following)
    return ()
