"""The six unifications (六统一): where a center's own list says otherwise than the standard.

名称、数量、条件、材料、时限、收费 are one in a city and its counties. What a center declares is
kept beside its offering in one comparable form (declared elements); the standard of the day is
brought into the same form.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from tongban.catalog.rules import checks, reading
from tongban.catalog.rules.content import Limit, MatterContent
from tongban.catalog.rules.shapes import Reader
from tongban.kernel import crypto

CONTENT_KEYS = ("name", "conditions", "materials", "statutory_limit", "promised_limit", "fee")
"""Elements of a content that a center's list may declare, under these keys."""


class Unified(StrEnum):
    """What the six unifications are about; the number (数量) is that of the matters offered."""

    NAME = "name"
    NUMBER = "number"
    CONDITIONS = "conditions"
    MATERIALS = "materials"
    LIMITS = "limits"
    FEE = "fee"


UNIFICATION: Mapping[str, Unified] = {
    "name": Unified.NAME,
    "conditions": Unified.CONDITIONS,
    "materials": Unified.MATERIALS,
    "statutory_limit": Unified.LIMITS,
    "promised_limit": Unified.LIMITS,
    "fee": Unified.FEE,
}
"""Declared element → the unification that it is measured by."""


@dataclass(frozen=True, slots=True)
class Deviation:
    """One field in which a center's list differs: ``fee.items[工本费].amount`` and the like."""

    element: str
    field: str
    declared: Any
    """As plain JSON; None where the center's list has nothing of it."""
    standard: Any
    """As plain JSON; None where the standard has nothing of it."""

    @property
    def unification(self) -> Unified:
        """The unification that it concerns."""
        return UNIFICATION[self.element]


def declared_elements(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return the comparable form of what a center's list declares, to be kept with its offering.

    ``data`` has some of ``CONTENT_KEYS`` in the shape of a content's JSON; a key that is absent is
    not declared, while ``null`` and the empty list declare that there is nothing. Legal bases,
    notes and everything else that is not unified are left aside.
    Raises: ShapeError that names the first element which is not what it must be.
    """
    at = Reader(data)
    if "name" in data:
        at.text("name", required=True, longest=200)
    read = reading.read_content({"name": "-", "matter_type": "00", **_given(data)})
    said = comparable(read)
    return {key: said[key] for key in CONTENT_KEYS if key in data}


def _given(data: Mapping[str, Any]) -> dict[str, Any]:
    return {key: data[key] for key in CONTENT_KEYS if key in data}


def comparable(content: MatterContent) -> dict[str, Any]:
    """Return the unified elements of a content in the form in which they are compared."""
    return {
        "name": content.name,
        "conditions": [condition.text for condition in content.conditions],
        "materials": [
            {
                "name": material.name,
                "necessity": material.necessity.value,
                "kind": material.kind.value,
                "copies": material.copies,
            }
            for material in content.materials
        ],
        "statutory_limit": _limit(content.statutory_limit),
        "promised_limit": _limit(content.promised_limit),
        "fee": {
            "charged": content.fee.charged,
            "items": [
                {
                    "name": item.name,
                    "standard": item.standard,
                    "amount": crypto.plain_json(item.amount),
                }
                for item in content.fee.items
            ],
        },
    }


def _limit(limit: Limit | None) -> dict[str, Any] | None:
    return {"amount": limit.amount, "unit": limit.unit.value} if limit else None


def deviations(declared: Mapping[str, Any], content: MatterContent) -> list[Deviation]:
    """List the fields in which declared elements differ from the standard.

    Conditions, materials and items of a fee are held against each other by their text or name, not
    by their order. A promise deviates only where it is longer than the standard's: a shorter one is
    what the standard leaves to a center.
    """
    standard = comparable(content)
    found: list[Deviation] = []
    for element in CONTENT_KEYS:
        if element in declared:
            own, theirs = declared[element], standard[element]
            found += [
                Deviation(element, field, mine, other)
                for field, mine, other in _differing(element, own, theirs)
            ]
    return found


_Differing = Iterator[tuple[str, Any, Any]]


def _differing(element: str, own: Any, standard: Any) -> _Differing:
    if element == "conditions":
        yield from _texts("conditions", own, standard)
    elif element == "materials":
        yield from _named("materials", own, standard)
    elif element == "fee":
        if own["charged"] != standard["charged"]:
            yield "fee.charged", own["charged"], standard["charged"]
        yield from _named("fee.items", own["items"], standard["items"])
    elif element == "promised_limit":
        if _is_longer(own, standard):
            yield element, own, standard
    elif own != standard:
        yield element, own, standard


def _is_longer(own: Any, standard: Any) -> bool:
    if own is None or standard is None:
        return bool(own != standard)
    mine, theirs = (reading.read_limit(Reader(limit)) for limit in (own, standard))
    assert mine  # both were read by it before
    assert theirs
    return checks.exceeds(mine, theirs)


def _texts(field: str, own: Sequence[str], standard: Sequence[str]) -> _Differing:
    for text in dict.fromkeys(own):
        if text not in standard:
            yield f"{field}[{text[:40]}]", text, None
    for text in dict.fromkeys(standard):
        if text not in own:
            yield f"{field}[{text[:40]}]", None, text


def _named(
    field: str, own: Sequence[Mapping[str, Any]], standard: Sequence[Mapping[str, Any]]
) -> _Differing:
    """Compare things by name; of one that both have, field by field."""
    mine, theirs = _by_name(own), _by_name(standard)
    for name in dict.fromkeys((*theirs, *mine)):
        place = f"{field}[{name}]"
        one, other = mine.get(name), theirs.get(name)
        if one is None or other is None:
            yield place, one, other
            continue
        for key in one:
            # An amount that the standard doesn't fix is the locality's to set.
            is_open = key == "amount" and other[key] is None
            if one[key] != other[key] and not is_open:
                yield f"{place}.{key}", one[key], other[key]


def _by_name(things: Sequence[Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
    """Return the things by their (shortened) name; a second of the same name gets a number."""
    named: dict[str, Mapping[str, Any]] = {}
    for thing in things:
        name, number = thing["name"][:40], 1
        while (key := name if number == 1 else f"{name} {number}") in named:
            number += 1
        named[key] = thing
    return named
