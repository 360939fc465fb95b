"""统一标准: what of a whole offering a center may say otherwise than the standard, and what not."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any

from tongban.catalog.rules.content import Limit, MatterContent
from tongban.catalog.rules.differences import differences
from tongban.catalog.rules.reading import read_content
from tongban.catalog.rules.shapes import ShapeError

ELEMENTS = frozenset(each.name for each in fields(MatterContent))
OWN = frozenset({"promised_limit", "department", "assisted_intake"})
"""Elements of the standard of which a center has a term of its own."""


class ClearableTerm(StrEnum):
    """A center's own term that can be taken back: then the standard's holds, or none."""

    PROMISED_LIMIT = "promised_limit"
    EFFECTIVE_TO = "effective_to"


@dataclass(frozen=True, slots=True)
class OwnWords:
    """What a center says otherwise than the standard; None where it says the same, or nothing."""

    promised_limit: Limit | None = None
    department: str | None = None
    assisted_intake: bool | None = None


class LockedError(ValueError):
    """An element that the standard sets is said otherwise."""

    def __init__(self, field: str) -> None:
        self.field = field
        """Its place, as differences name places: ``materials[M01].copies``."""
        self.element = field.partition(".")[0].partition("[")[0]
        """The element it belongs to."""
        super().__init__(field)


def own_words(standard: MatterContent, elements: Mapping[str, Any]) -> OwnWords:
    """Return what ``elements`` say otherwise than the standard and a center may say.

    ``elements`` are some or all of a content's, in the JSON form of contents; equal ones say
    nothing. Raises: LockedError for the first that differs and is the issuer's alone; ShapeError
    for one that is no element, or not what it must be.
    """
    for name in elements:
        if name not in ELEMENTS:
            raise ShapeError(name, "NOT_AN_ELEMENT", name)
    said = read_content({**standard.to_json(), **elements})
    found = differences(standard, said)
    for difference in found:
        locked = LockedError(difference.field)
        if locked.element not in OWN:
            raise locked
    if standard.promised_limit is not None and said.promised_limit is None:
        raise ShapeError("promised_limit", "MISSING")
    return OwnWords(
        **{
            name: getattr(said, name)
            for name in OWN
            if getattr(said, name) != getattr(standard, name)
        }
    )
