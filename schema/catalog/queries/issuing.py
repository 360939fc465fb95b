"""Whose publications are meant: a division's, named by its code or by its center."""

from typing import Annotated

import strawberry

from schema.context import Info, require_center
from tongban.catalog.rules import codes
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


def issuers_seen(
    info: Info, *, issuer: str | None = None, within: str | None = None
) -> list[str] | None:
    """Return whose matters a request may see, None for everybody's.

    Within a center's path those of its division and of all above it; ``within`` a division narrows
    them to the same of that one, ``issuer`` to one.
    """
    center = info.context.center
    seen = None if center is None else set(codes.issuers_above(center.division_code))
    if within is not None:
        above = set(codes.issuers_above(within)) if codes.is_division(within) else set()
        seen = above if seen is None else seen & above
    if issuer is not None:
        seen = {issuer} if seen is None else seen & {issuer}
    return None if seen is None else sorted(seen)
