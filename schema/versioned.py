"""Which root fields show nothing but the catalog, and which version of it they show.

A root field says so itself, by ``metadata=VERSIONED``; what says nothing is nobody's to keep.
"""

import hashlib
from collections.abc import Iterator, Mapping
from datetime import date
from functools import lru_cache
from typing import Any, Final

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLField,
    GraphQLSchema,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
)

from schema.context import RequestContext
from tongban.catalog.queries.clock import catalog_clock
from tongban.registry import queries as registry

_KEY: Final = "versioned"
VERSIONED: Final[Mapping[str, Any]] = {_KEY: True}
"""Of a root field: what it shows follows from the catalog's version, its arguments, the center,
the language and the day; beside the catalog it reads centers as the registry's map keeps them."""


def version_of(context: RequestContext) -> str:
    """Return the version of the catalog that a request is answered from, opaque.

    It changes with every change that readers can see, with every change of a center, and with the
    day: what was published ahead is in force from midnight (Asia/Shanghai). Cost: none, but once a
    second a look-up or two.
    """
    return _version(catalog_clock.get(), registry.centers_digest(), context)


def version_at_hand(context: RequestContext) -> str | None:
    """Return the version if this process knows it without looking, else None."""
    catalog, centers = catalog_clock.at_hand(), registry.centers_digest_at_hand()
    return _version(catalog, centers, context) if catalog and centers else None


def _version(catalog: str, centers: str, context: RequestContext) -> str:
    return _digest(catalog, centers, context.today())


@lru_cache(maxsize=4)
def _digest(catalog: str, centers: str, day: date) -> str:
    text = f"{catalog} {centers} {day.isoformat()}"
    return hashlib.sha256(text.encode()).hexdigest()[:24]


def is_marked(field: GraphQLField) -> bool:
    """Tell whether a root field says that it shows nothing but the catalog."""
    definition = field.extensions.get("strawberry-definition")
    return bool(definition and definition.metadata.get(_KEY))


def is_versioned(
    schema: GraphQLSchema,
    operation: OperationDefinitionNode,
    fragments: Mapping[str, FragmentDefinitionNode],
) -> bool:
    """Tell whether all root fields of a valid operation show nothing but the catalog."""
    root = schema.query_type
    if operation.operation is not OperationType.QUERY or root is None:
        return False
    names = set(_root_fields(operation.selection_set, fragments)) - {"__typename"}
    return bool(names) and all(
        name in root.fields and is_marked(root.fields[name]) for name in names
    )


def _root_fields(
    selections: SelectionSetNode, fragments: Mapping[str, FragmentDefinitionNode]
) -> Iterator[str]:
    for node in selections.selections:
        if isinstance(node, FieldNode):
            yield node.name.value
        elif isinstance(node, FragmentSpreadNode):
            yield from _root_fields(fragments[node.name.value].selection_set, fragments)
        else:
            yield from _root_fields(node.selection_set, fragments)  # type: ignore[attr-defined] # inline
