"""What changes for a case that leaves one pinned offering for another."""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any

from tongban.catalog.rules.content import Condition, Fee, Limit, Material
from tongban.catalog.rules.snapshot import OfferingSnapshot


class Change(StrEnum):
    """What became of one material."""

    ADDED = "added"
    DROPPED = "dropped"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class MaterialChange:
    """A material of one code, as it was asked for and as it is asked for from now on."""

    change: Change
    former: Material | None
    material: Material | None

    @property
    def code(self) -> str:
        """The code that both bear."""
        found = self.material or self.former
        assert found is not None  # a change has one side at least
        return found.code


@dataclass(frozen=True, slots=True)
class Differences:
    """Everything in which two offerings of one matter differ, by what a case feels of it."""

    materials: tuple[MaterialChange, ...]
    conditions_added: tuple[str, ...]
    conditions_dropped: tuple[str, ...]
    former_statutory: Limit | None
    statutory: Limit | None
    former_promised: Limit
    promised: Limit
    former_fee: Fee
    fee: Fee
    elements: tuple[str, ...]
    """Names of all elements that differ, those above included, as the catalog's JSON calls them."""

    @property
    def touches_review(self) -> bool:
        """Whether a review under the former offering no longer says what it must say now."""
        return bool({"materials", "conditions", "legal_bases"} & set(self.elements))


def differences(former: OfferingSnapshot, offering: OfferingSnapshot) -> Differences:
    """Return in what ``offering`` differs from ``former``, in the order of its elements."""
    was, is_now = set(map(_said, former.conditions)), set(map(_said, offering.conditions))
    return Differences(
        materials=tuple(_materials(former.materials, offering.materials)),
        conditions_added=tuple(
            dict.fromkeys(text for text in map(_said, offering.conditions) if text not in was)
        ),
        conditions_dropped=tuple(
            dict.fromkeys(text for text in map(_said, former.conditions) if text not in is_now)
        ),
        former_statutory=former.statutory_limit,
        statutory=offering.statutory_limit,
        former_promised=former.promised_limit,
        promised=offering.promised_limit,
        former_fee=former.fee,
        fee=offering.fee,
        elements=tuple(_elements(former, offering)),
    )


def _said(condition: Condition) -> str:
    return condition.text


def _materials(
    former: Iterable[Material], materials: Iterable[Material]
) -> Iterable[MaterialChange]:
    before = {material.code: material for material in former}
    for material in materials:
        was = before.pop(material.code, None)
        if was is None:
            yield MaterialChange(Change.ADDED, None, material)
        elif was != material:
            yield MaterialChange(Change.CHANGED, was, material)
    for dropped in before.values():
        yield MaterialChange(Change.DROPPED, dropped, None)


_BOOKKEEPING = frozenset({"content", "content_hash", "revision_number"})


def _elements(former: OfferingSnapshot, offering: OfferingSnapshot) -> Iterable[str]:
    """Yield the names of the elements that differ, of the standard's first, each once."""
    found = [*_differing(former.content, offering.content), *_differing(former, offering)]
    found += [
        name
        for name in ("materials", "conditions")
        if getattr(former, name) != getattr(offering, name)
    ]
    return dict.fromkeys(name for name in found if name not in _BOOKKEEPING)


def _differing(one: Any, other: Any) -> Iterable[str]:
    for each in fields(one):
        if getattr(one, each.name) != getattr(other, each.name):
            yield each.name
