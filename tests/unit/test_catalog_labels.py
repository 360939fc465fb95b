"""Places in a content have names for people, and no name of a program is among them."""

import re
import typing
from collections.abc import Iterator
from dataclasses import fields, is_dataclass

import pytest

from tongban.catalog.rules import content, labels


def places(kind: type, prefix: str = "") -> Iterator[str]:
    """Yield all places of a content, with one position in each list."""
    hints = typing.get_type_hints(kind, vars(content))
    for each in fields(kind):
        hint, place = hints[each.name], f"{prefix}{each.name}"
        yield place
        inner = [a for a in typing.get_args(hint) or (hint,) if isinstance(a, type)]
        position = "[2]" if typing.get_origin(hint) is tuple else ""
        for found in filter(is_dataclass, inner):
            yield from places(found, f"{place}{position}.")


@pytest.mark.parametrize("place", sorted(set(places(content.MatterContent))))
def test_every_place_has_a_name_for_people(place):
    said = labels.place_of(place)
    assert not re.search(r"[A-Za-z_\[\]]", said.replace("1+1+X", ""))
    assert said.count("第3项") == place.count("[2]")


def test_a_place_is_said_from_the_outside_in():
    assert labels.place_of("materials[2].basis") == "申报材料第3项的依据"
    assert labels.place_of("questions[0].options[1].code") == "情形引导第1项的选项第2项的编码"
    assert labels.place_of("elements") == "elements"
