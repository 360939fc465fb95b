"""GraphQL requests made from the schema itself: every root field, every argument that names.

A value for an argument or an input's field is found by its name. Names of text, numbers and ids
are all listed: one that is new stops the proof until somebody says whether it can name what a
neighbour has.
"""

import uuid
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
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
DEPTH = 4
"""Of objects within objects, beside the root's own."""

Place = tuple[str, ...]

NAMES_NOTHING = frozenset(
    {
        *("first", "search", "reason", "text", "note", "purpose", "opinion", "name", "displayName"),
        *(
            "loginName",
            "password",
            "currentPassword",
            "secondFactor",
            "place",
            "hours",
            "contact",
            "department",
            "amount",
            "scope",
        ),
        *("secondLine", "address", "reviewBody", "court", "opening", "notes"),
        *("expectedVersion", "idempotencyKey", "resultName", "resultNumber", "receiverName"),
        *("conditionCode", "count", "device"),
        *("groundCode", "materialCode", "materialName", "matterType", "theme", "serviceObject"),
        *("level", "creditCode", "form", "files", "deadline", "statute", "article"),
        *("version", "from", "to", "title", "category", "authority", "result", "standardCount"),
        *("powerType", "basis", "power", "duty", "accountability", "feeStandard", "payer"),
        *("variant", "question", "option"),
        *("sectionName", "floor"),
        *("item", "quantity", "waiver", "receipt", "trackingNumber"),
        *("document", "statement", "outcome", "expectedDays", "urging", "reply"),
        *("rating", "tags", "noticeVersion", "value", "overrideReason", "reviewsOpen"),
        *("yellowPercent", "urgingReplyDays", "debtDays", "leaseMinutes"),
        *("commitmentDays", "commitment", "deed"),
        *("complaints", "windows", "bodyKind", "localCode", "lifeEvent"),
        *("material", "expectedDigest"),
        *("baseline", "demandedPercent", "revision", "title", "basis", "answer"),
        *("expectedDigest", "localCode", "mainItem"),
    }
)
"""Texts and figures; whatever they say, they point at nothing."""

BY_TYPE = {
    "Int": 1,
    "Float": 1.5,
    "Boolean": False,
    "Date": "2026-03-02",
    "DateTime": "2026-03-02T10:00:00+08:00",
    "Decimal": "1.00",
    "JSON": {},
}
BY_NAME = {
    "first": 4,
    "password": "獬豸-2026-獬豸",
    "groundCode": "NOT_COMPETENT",
    "materialCode": "M01",
    "opinion": "属实",
}


@dataclass(frozen=True)
class Root:
    """One root field."""

    kind: str
    name: str

    @property
    def definition(self) -> Any:
        root = CORE.query_type if self.kind == "query" else CORE.mutation_type
        return root.fields[self.name]

    def __str__(self) -> str:
        return self.name


def roots() -> list[Root]:
    """Return every root field that HTTP serves."""
    both = (("query", CORE.query_type), ("mutation", CORE.mutation_type))
    return [Root(kind, name) for kind, root in both for name in root.fields]


@dataclass(frozen=True)
class Request:
    """One operation, with the places in it where files go."""

    root: Root
    variables: Mapping[str, Any]
    said: str
    """What names a thing of somebody's, for the message of a failed test."""
    uploads: tuple[str, ...] = ()
    fields: str = ""
    """What is selected; all there is, where it is not said."""

    @property
    def operations(self) -> dict[str, Any]:
        wanted = {name: self.root.definition.args[name] for name in self.variables}
        declared = ", ".join(f"${name}: {argument.type}" for name, argument in wanted.items())
        passed = ", ".join(f"{name}: ${name}" for name in wanted)
        return {
            "query": f"{self.root.kind} {f'({declared})' if declared else ''} {{ {self.root.name}"
            f"{f'({passed})' if passed else ''}"
            f" {self.fields or selection(self.root.definition.type)} }}",
            "variables": self.variables,
        }

    def files(self) -> dict[str, SimpleUploadedFile]:
        """Return a fresh small file for each place that takes one."""
        return {
            place: SimpleUploadedFile("x.pdf", handing.PDF, "application/pdf")
            for place in self.uploads
        }


def selection(kind: GraphQLOutputType, around: tuple[str, ...] = ()) -> str:
    """Select all that can be selected without arguments, each type once on the way down."""
    named: Any = get_named_type(kind)
    if not is_composite_type(named):
        return ""
    fields: dict[str, Any] = getattr(named, "fields", {})
    chosen = [
        f"{name}{_page_of(one)} {selection(one.type, (*around, named.name))}"
        for name, one in fields.items()
        if not any(is_required_argument(argument) for argument in one.args.values())
        and get_named_type(one.type).name not in (*around, named.name)
        and (is_leaf_type(get_named_type(one.type)) or len(around) < DEPTH)
    ]
    return f"{{ {' '.join(chosen) or '__typename'} }}"


def _page_of(field: Any) -> str:
    return f"(first: {BY_NAME['first']})" if "first" in field.args else ""


def requests(root: Root, things: Mapping[str, Sequence[str]]) -> Iterator[Request]:
    """Yield the field asked with as little as it takes, then with each thing in each place.

    ``things`` maps names of arguments (or ``field.argument``) to what a neighbour has.
    """
    build = _Builder(root, things)
    yield build.request({})
    for place in build.naming():
        for thing in build.things_for(place):
            yield build.request({place: thing})


def unknown_names(things: Mapping[str, Sequence[str]]) -> set[str]:
    """Return ``field.argument`` of each leaf of which nobody has said what it can name."""
    return {
        f"{root.name}.{place[-1]}"
        for root in roots()
        for place, kind in _Builder(root, things).leaves()
        if get_named_type(kind).name in {"String", "ID", "UUID", "Int"}
        and place[-1] not in NAMES_NOTHING
        and not {place[-1], f"{root.name}.{place[-1]}"} & set(things)
    }


class _Builder:
    def __init__(self, root: Root, things: Mapping[str, Sequence[str]]) -> None:
        self._root, self._things = root, things

    def things_for(self, place: Place) -> Sequence[str]:
        of_this_field = self._things.get(f"{self._root.name}.{place[-1]}")
        return of_this_field or self._things.get(place[-1], ())

    def leaves(self) -> Iterator[tuple[Place, Any]]:
        for name, argument in self._root.definition.args.items():
            yield from self._leaves((name,), argument.type)

    def _leaves(self, place: Place, kind: Any) -> Iterator[tuple[Place, Any]]:
        named: Any = get_named_type(kind)
        if not isinstance(named, GraphQLInputObjectType):
            yield place, kind
            return
        for name, one in named.fields.items():
            yield from self._leaves((*place, name), one.type)

    def naming(self) -> list[Place]:
        """Return the places where something of a neighbour can be named."""
        return [place for place, _kind in self.leaves() if self.things_for(place)]

    def request(self, chosen: Mapping[Place, str]) -> Request:
        uploads: list[str] = []
        variables = {
            name: self._value((name,), argument.type, chosen, "variables", uploads)
            for name, argument in self._root.definition.args.items()
            if is_required_argument(argument) or name == "first" or _leads(chosen, (name,))
        }
        said = ", ".join(f"{'.'.join(place)}={thing}" for place, thing in chosen.items())
        return Request(self._root, variables, said, tuple(uploads))

    def _value(
        self, place: Place, kind: Any, chosen: Mapping[Place, str], at: str, uploads: list[str]
    ) -> Any:
        at = at if place[-1].isdecimal() else f"{at}.{place[-1]}"
        if isinstance(kind, GraphQLNonNull):
            return self._unwrapped(place, kind.of_type, chosen, at, uploads)
        return self._unwrapped(place, kind, chosen, at, uploads)

    def _unwrapped(
        self, place: Place, kind: Any, chosen: Mapping[Place, str], at: str, uploads: list[str]
    ) -> Any:
        if isinstance(kind, GraphQLList):
            inner = kind.of_type
            inner = inner.of_type if isinstance(inner, GraphQLNonNull) else inner
            return [self._unwrapped(place, inner, chosen, f"{at}.0", uploads)]
        if isinstance(kind, GraphQLInputObjectType):
            return {
                name: self._value((*place, name), one.type, chosen, at, uploads)
                for name, one in kind.fields.items()
                if is_required_input_field(one) or _leads(chosen, (*place, name))
            }
        if kind.name == "Upload":
            uploads.append(at)
            return None
        return self._leaf(place, kind, chosen)

    def _leaf(self, place: Place, kind: Any, chosen: Mapping[Place, str]) -> Any:
        if place in chosen:
            return chosen[place]
        if isinstance(kind, GraphQLEnumType):
            return next(iter(kind.values))
        if place[-1] == "idempotencyKey":
            return str(uuid.uuid4())
        things = self.things_for(place)
        return things[0] if things else BY_NAME.get(place[-1], BY_TYPE.get(kind.name, "x"))


def _leads(chosen: Collection[Place], place: Place) -> bool:
    return any(one[: len(place)] == place for one in chosen)
