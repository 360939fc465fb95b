"""Who handles a matter after a decision of a clean-up round (保留、取消、下放、承接、合并)."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from tongban.catalog.rules.content import MatterLevel
from tongban.catalog.states import MatterChange, RoundDecision

DOWNWARDS = (MatterLevel.CITY, MatterLevel.COUNTY, MatterLevel.TOWNSHIP)

CHANGES: Mapping[RoundDecision, MatterChange | None] = {
    RoundDecision.KEEP: None,
    RoundDecision.CANCEL: MatterChange.CANCELLED,
    RoundDecision.DELEGATE: MatterChange.DELEGATED,
    RoundDecision.TAKE_OVER: MatterChange.TAKEN_OVER,
    RoundDecision.MERGE: MatterChange.MERGED,
}
"""What a decision does to the matter when the round is closed."""

ENDING = frozenset({RoundDecision.CANCEL, RoundDecision.MERGE})
"""Decisions after which the matter is there no more."""

MOVING = frozenset({RoundDecision.DELEGATE, RoundDecision.TAKE_OVER})
"""Decisions after which others handle the matter."""


@dataclass(frozen=True, slots=True)
class Decided:
    """One decision of a round; ``target`` is the level or the matter that it leads to."""

    decision: RoundDecision
    target: str = ""


def levels_after(
    decided: Decided, levels: Collection[MatterLevel]
) -> tuple[MatterLevel, ...] | None:
    """Return the levels that handle a matter after the decision, from the top down.

    Delegated, none above the target handles it any more (要求下放的一律下放); taken over, the
    target does as well. None where the decision moves nothing.
    """
    if decided.decision in ENDING:
        return ()
    handling = set(levels)
    if decided.decision in MOVING:
        target = MatterLevel(decided.target)
        handling.add(target)
        if decided.decision == RoundDecision.DELEGATE:
            handling -= set(DOWNWARDS[: DOWNWARDS.index(target)])
        if handling == set(levels):
            return None
    return tuple(level for level in DOWNWARDS if level in handling)


def merge_fault(
    matter: str, target: str, others: Mapping[str, Decided], *, is_standing: bool
) -> str | None:
    """Return why a matter can't be merged into another, None where it can.

    ``others`` are the round's decisions by matter, ``is_standing`` tells whether the target is in
    force. What takes others in neither ends nor is merged itself, so there is no chain or cycle.
    """
    if target == matter:
        return "ITSELF"
    if not is_standing:
        return "NOT_IN_FORCE"
    decided = others.get(target)
    if decided and decided.decision in ENDING:
        return "TARGET_ENDS"
    return "TAKES_OTHERS_IN" if takes_others_in(matter, others) else None


def takes_others_in(matter: str, decisions: Mapping[str, Decided]) -> bool:
    """Tell whether a round merges any matter into ``matter``."""
    return any(
        decided.decision == RoundDecision.MERGE and decided.target == matter
        for decided in decisions.values()
    )
