"""The domain's enumerations as GraphQL enums, each value with its description."""

from collections.abc import Mapping
from enum import Enum
from typing import Any, TypeVar

import strawberry
from django.db.models import Choices

Values = TypeVar("Values", bound=type[Enum])


def describe(
    values: Values,
    description: str,
    *,
    name: str | None = None,
    texts: Mapping[Any, str] | None = None,
) -> Values:
    """Make an enumeration of the domain a GraphQL enum and return it.

    A value's description is its label; ``texts`` gives it by value for a plain ``StrEnum``.
    Fields are annotated with the domain's class itself and may hold the stored value.
    """
    if "__strawberry_definition__" not in vars(values):
        strawberry.enum(values, name=name)
    # Two features may show the same enumeration: a second definition would clash with the first.
    definition = values.__strawberry_definition__  # type: ignore[attr-defined] # set just above
    definition.description = definition.description or description
    for value in definition.values:
        member = values(value.value)
        label = member.label if isinstance(member, Choices) else (texts or {})[member.value]
        value.description = value.description or label
    return values
