"""Documents that ask any root field of the schema, with arguments made up by its types."""

import uuid
from collections.abc import Callable
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLOutputType,
    get_named_type,
    is_composite_type,
    is_leaf_type,
    is_required_argument,
    is_required_input_field,
)

from schema.root import schema
from tests import handing

CORE: Any = schema._schema
ROOTS = [
    (kind, name)
    for kind, root in (("query", CORE.query_type), ("mutation", CORE.mutation_type))
    for name in root.fields
]
DEPTH = 4
"""Of objects within objects, beside the root's own."""

Named = Callable[[str, str], Any]
"""Gives the value for a name and a scalar's name, or None to leave the choice (or the field)."""

_SAMPLES = {
    "String": "x",
    "ID": "x",
    "Int": 1,
    "Float": 1.5,
    "Boolean": True,
    "UUID": str(uuid.UUID(int=5)),
    "Date": "2026-03-02",
    "DateTime": "2026-03-02T10:00:00+08:00",
    "Time": "10:00:00",
    "Decimal": "1.00",
    "JSON": {},
}


class Asking:
    """The document and the variables that ask one root field, selecting all that it has."""

    def __init__(self, kind: str, name: str, named: Named) -> None:
        self._given = named
        self._files: list[str] = []
        root = CORE.query_type if kind == "query" else CORE.mutation_type
        field: GraphQLField = root.fields[name]
        wanted = {
            argument: definition
            for argument, definition in field.args.items()
            if is_required_argument(definition) or self._is_named(argument, definition.type)
        }
        variables = {
            argument: self._value(definition.type, argument, f"variables.{argument}")
            for argument, definition in wanted.items()
        }
        declared = ", ".join(f"${a}: {d.type}" for a, d in wanted.items())
        passed = ", ".join(f"{a}: ${a}" for a in wanted)
        self.operations = {
            "query": f"{kind} {f'({declared})' if declared else ''} {{"
            f" {name}{f'({passed})' if passed else ''} {selection(field.type)} }}",
            "variables": variables,
        }

    def files(self) -> dict[str, SimpleUploadedFile]:
        """Return a new small file for each place that wants one."""
        return {
            place: SimpleUploadedFile("x.pdf", handing.PDF, "application/pdf")
            for place in self._files
        }

    def _named(self, name: str, kind: str) -> Any:
        # A whole page would cost too much, and a made-up cursor would end each list at once.
        return {"first": 3, "after": None}.get(name, self._given(name, kind))

    def _is_named(self, name: str, kind: GraphQLInputType) -> bool:
        return self._named(name, get_named_type(kind).name) is not None

    def _value(self, kind: GraphQLInputType, name: str, place: str) -> Any:
        if isinstance(kind, GraphQLNonNull):
            return self._value(kind.of_type, name, place)
        if isinstance(kind, GraphQLList):
            return [self._value(kind.of_type, name, f"{place}.0")]
        if isinstance(kind, GraphQLEnumType):
            return next(iter(kind.values))
        if isinstance(kind, GraphQLInputObjectType):
            return {
                field: self._value(definition.type, field, f"{place}.{field}")
                for field, definition in kind.fields.items()
                if is_required_input_field(definition) or self._is_named(field, definition.type)
            }
        assert hasattr(kind, "name")
        if kind.name == "Upload":
            self._files.append(place)
            return None
        given = self._named(name, kind.name)
        return _SAMPLES[kind.name] if given is None else given


def selection(kind: GraphQLOutputType, around: tuple[str, ...] = ()) -> str:
    """Select all that can be selected without arguments, each type once on the way down."""
    named: Any = get_named_type(kind)
    if not is_composite_type(named):
        return ""
    fields: dict[str, Any] = getattr(named, "fields", {})
    chosen = [
        f"{name}{_short(field)} {selection(field.type, (*around, named.name))}"
        for name, field in fields.items()
        if not any(is_required_argument(argument) for argument in field.args.values())
        and get_named_type(field.type).name not in (*around, named.name)
        and (is_leaf_type(get_named_type(field.type)) or len(around) < DEPTH)
    ]
    return f"{{ {' '.join(chosen) or '__typename'} }}"


def _short(field: Any) -> str:
    """Ask for a short page of a list within: whole pages of all there is would cost too much."""
    return "(first: 3)" if "first" in field.args else ""
