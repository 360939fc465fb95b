"""Whose publications are meant: a division's, named by its code or by its center."""

from typing import Annotated

import strawberry

from schema.context import Info, require_center
from tongban.registry import queries as registry

Issuer = Annotated[
    str | None,
    strawberry.argument(
        description="The division that publishes, 12 digits. Where neither it nor a center is "
        "given: that of the request's center."
    ),
]
OfCenter = Annotated[
    str | None,
    strawberry.argument(description="The code of a center, for its division instead."),
]
UNKNOWN = ""
"""The division of a center that doesn't exist: it publishes nothing."""


def issuer_of(info: Info, issuer: str | None, center: str | None) -> str | None:
    """Return the division that is meant, None for all of them."""
    if issuer is not None:
        return issuer
    if center is not None:
        record = registry.find_center(center)
        return record.division_code if record else UNKNOWN
    here = info.context.center
    return here.division_code if here else None


def one_issuer_of(info: Info, issuer: str | None, center: str | None) -> str:
    """Return the division that is meant. Raises: CenterRequiredError where none is."""
    found = issuer_of(info, issuer, center)
    return require_center(info).division_code if found is None else found
