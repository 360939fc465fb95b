"""A change that a center proposes: some elements of a content, as they should be."""

import dataclasses
from collections.abc import Mapping
from typing import Any

from tongban.catalog.rules.content import MatterContent
from tongban.catalog.rules.reading import read_content
from tongban.catalog.rules.shapes import ShapeError

ELEMENTS = tuple(element.name for element in dataclasses.fields(MatterContent))
"""What may be proposed, by the names that contents have in JSON."""


def with_elements(content: MatterContent, elements: Mapping[str, Any]) -> MatterContent:
    """Return the content with the given elements in place of its own, each of them whole.

    Raises: ShapeError that names the first element which is unknown, or not what it must be.
    """
    for name in elements:
        if name not in ELEMENTS:
            raise ShapeError(name, "UNKNOWN_ELEMENT", name)
    return read_content({**content.to_json(), **elements})
