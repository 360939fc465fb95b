"""What differs between two contents, element by element: the same in releases, rounds, proposals.

Materials, variants and questions are told apart by their codes, other elements of lists by what
they are called. A basis is compared by its statute and article, not by its place.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tongban.catalog.rules.content import MatterContent

_CODES: Mapping[str, str] = {"materials": "code", "variants": "serial", "questions": "code"}
"""Lists whose elements have codes of their own → the code's name."""
_NAMES: Mapping[str, tuple[str, ...]] = {
    "legal_bases": ("statute", "article"),
    "conditions": ("text",),
    "steps": ("name",),
    "special_procedures": ("name",),
    "intermediary_services": ("name",),
    "fee.items": ("name",),
    "fee.waivers": ("text",),
}
"""Other lists of elements → what tells these apart."""

Json = Any
Element = dict[str, Json]


@dataclass(frozen=True, slots=True)
class Difference:
    """One element that is not what it was, in the JSON form of contents.

    ``field`` is its place: ``name``, ``fee.charged``, ``materials[M01].copies``, ``conditions[2]``
    (from 0, where the elements have no codes). ``before`` or ``after`` is None where it was, or is,
    not there.
    """

    field: str
    before: Json
    after: Json

    def to_json(self) -> Element:
        """Return the difference as releases keep it."""
        return {"field": self.field, "before": self.before, "after": self.after}


def differences(before: MatterContent, after: MatterContent) -> tuple[Difference, ...]:
    """Return what differs between two contents, in the order of the elements."""
    old, new = _flat(before), _flat(after)
    return tuple(
        difference
        for field in dict.fromkeys((*new, *old))
        for difference in _between(field, old.get(field), new.get(field))
    )


def _flat(content: MatterContent) -> Element:
    """Return the content's JSON with the fee's parts beside the rest and bases by their names."""
    said = content.to_json()
    bases = [f"{basis.statute}{basis.article}" for basis in content.legal_bases]
    fee = said.pop("fee")
    said |= {f"fee.{name}": value for name, value in fee.items()}
    for field in (*_CODES, *_NAMES):
        said[field] = [_with_basis(element, bases) for element in said.get(field) or ()]
    return said


def _with_basis(element: Element, bases: Sequence[str]) -> Element:
    place = element.get("basis")
    if place is None or place >= len(bases):
        return element
    return {**element, "basis": bases[place]}


def _between(field: str, before: Json, after: Json) -> Iterator[Difference]:
    if field in _CODES or field in _NAMES:
        yield from _between_lists(field, before, after)
    elif before != after:
        yield Difference(field, before, after)


def _between_lists(
    field: str, before: Sequence[Element], after: Sequence[Element]
) -> Iterator[Difference]:
    old, new = _by_identity(field, before), _by_identity(field, after)
    for identity in dict.fromkeys((*new, *old)):
        (was_at, was), (is_at, now) = old.get(identity, ("", None)), new.get(identity, ("", None))
        place = f"{field}[{is_at or was_at}]"
        if was is None or now is None:
            yield Difference(place, was, now)
            continue
        for name in dict.fromkeys((*now, *was)):
            if was.get(name) != now.get(name):
                yield Difference(f"{place}.{name}", was.get(name), now.get(name))


def _by_identity(
    field: str, elements: Sequence[Element]
) -> dict[tuple[Json, ...], tuple[str, Element]]:
    """Return place and element by what tells it apart; of equal ones the n-th is compared."""
    found: dict[tuple[Json, ...], tuple[str, Element]] = {}
    for position, element in enumerate(elements):
        names = (_CODES[field],) if field in _CODES else _NAMES[field]
        identity = tuple(element.get(name) for name in names)
        repeated = sum(known[:-1] == identity for known in found)
        place = str(element[_CODES[field]]) if field in _CODES else str(position)
        found[(*identity, repeated)] = (place, element)
    return found
