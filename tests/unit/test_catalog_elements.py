"""No element of a content is kept from the API."""

import dataclasses
from typing import Any

from strawberry.utils.str_converters import to_camel_case

from schema.catalog.types import Guide, Matter, RequiredMaterial
from schema.root import schema
from tongban.catalog.rules.content import Material, MatterContent

SHOWN_AS = {
    "fee": ("isCharged", "fees", "feeWaivers"),
    "x_package": ("joinsSetUp",),
}
"""Elements that the API calls otherwise."""
OF_THE_MATTER = frozenset({
    "name", "matter_type", "short_name", "service_line", "department", "theme", "service_objects",
    "levels", "assisted_intake", "legal_bases", "x_package", "life_events", "power_item",
    "power_source", "entrusted_department", "joint_departments", "questions",
})  # fmt: skip
"""What describes the matter beside the guide: the guide to it need not repeat it."""


def fields(kind: type) -> set[str]:
    shown: Any = schema._schema.type_map[kind.__name__]
    return set(shown.fields)


def names(content: type, *, without: frozenset[str] = frozenset()) -> set[str]:
    return {
        shown
        for each in dataclasses.fields(content)
        if each.name not in without
        for shown in SHOWN_AS.get(each.name, (to_camel_case(each.name),))
    }


def test_a_matter_shows_every_element():
    assert names(MatterContent) <= fields(Matter)


def test_the_guide_shows_every_element_of_an_application():
    assert names(MatterContent, without=OF_THE_MATTER) <= fields(Guide)


def test_a_material_shows_every_element():
    assert names(Material, without=frozenset({"basis"})) | {"legalBasis"} <= fields(
        RequiredMaterial
    )
