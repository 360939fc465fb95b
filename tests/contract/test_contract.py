"""The files that app developers build from are what the code says, whole and described."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLObjectType,
    OperationDefinitionNode,
    get_nullable_type,
    is_non_null_type,
    is_specified_scalar_type,
    parse,
)

from schema.documents import Document
from schema.root import schema
from tests.graphql.client import OPERATIONS

TESTS = Path(__file__).resolve().parents[1]
CONTRACT = OPERATIONS.parent
NAMES = sorted(path.stem for path in OPERATIONS.glob("*.graphql"))
TYPES = [
    kind
    for name, kind in sorted(schema._schema.type_map.items())
    if not name.startswith("__") and not is_specified_scalar_type(kind)
]


def test_nothing_drifted(contract):
    assert list(contract.drift(contract.rendered())) == []


def test_no_breaking_change_goes_unannounced(contract):
    assert list(contract.unannounced(contract.rendered()["schema.graphql"])) == []


def test_a_breaking_change_is_found_and_may_be_announced(contract, tmp_path, monkeypatch):
    monkeypatch.setattr(contract, "CONTRACT", tmp_path)
    monkeypatch.setattr(contract, "PROJECT", tmp_path)
    changelog = tmp_path / "CHANGELOG.md"
    changelog.write_text("Nothing.")
    assert list(contract.unannounced("type Query { a: Int }")) == []  # nothing is released yet
    (tmp_path / "released.graphql").write_text(
        "type Query { a(x: Int): Int b: B } type B { c: Int } enum E { F G } input I { j: Int }"
    )
    current = """
        type Query { a: Int b: B d: E } type B { c: String! } enum E { F }
        input I { j: Int k: Int! }
    """
    prefix = "breaks clients and is not in CHANGELOG.md: "
    changes = [fault.removeprefix(prefix) for fault in contract.unannounced(current)]
    assert sorted(changes) == [
        "A required field I.k was added.",
        "Argument Query.a(x:) was removed.",
        "Enum value E.G was removed.",
        "Field B.c changed type from Int to String!.",
    ]
    changelog.write_text("\n".join(f"- {change}" for change in changes))
    assert list(contract.unannounced(current)) == []
    more = list(contract.unannounced(current.replace("b: B", "")))
    assert more == [f"{prefix}Field Query.b was removed."]


@pytest.mark.parametrize("kind", TYPES, ids=lambda kind: kind.name)
def test_everything_has_a_description(kind):
    def described(what: Any, name: str) -> None:
        text = what.description
        assert text, f"{name} has no description"
        assert text == text.strip(), name

    described(kind, kind.name)
    if isinstance(kind, GraphQLObjectType | GraphQLInputObjectType):
        for name, field in kind.fields.items():
            described(field, f"{kind.name}.{name}")
            for argument, definition in getattr(field, "args", {}).items():
                described(definition, f"{kind.name}.{name}({argument}:)")
    elif isinstance(kind, GraphQLEnumType):
        for name, value in kind.values.items():
            described(value, f"{kind.name}.{name}")


def test_every_mutation_takes_one_input_and_answers_with_a_payload():
    mutation = schema._schema.mutation_type
    assert mutation is not None
    for name, field in mutation.fields.items():
        assert list(field.args) == ["input"], name
        payload: Any = schema._schema.type_map[str(field.type).rstrip("!")]
        assert payload.name.endswith("Payload"), name
        assert str(field.type).endswith("!"), name
        errors = str(payload.fields["errors"].type)
        assert re.fullmatch(r"\[\w+Error!\]!", errors), name
        for other, part in payload.fields.items():
            is_object = isinstance(get_nullable_type(part.type), GraphQLObjectType)
            assert not (is_object and is_non_null_type(part.type)), f"{payload.name}.{other}"


def test_every_unbounded_list_is_paged():
    for kind in TYPES:
        if isinstance(kind, GraphQLObjectType) and kind.name.endswith("Connection"):
            assert {"edges", "pageInfo", "totalCount"} <= set(kind.fields), kind.name
        for name, field in getattr(kind, "fields", {}).items():
            if str(getattr(field, "type", "")).rstrip("!").endswith("Connection"):
                assert {"first", "after"} <= set(field.args), f"{kind.name}.{name}"


def test_there_is_no_node_field():
    """Its loader would be a door beside each feature's own (Relay's default loads anything)."""
    query = schema._schema.query_type
    assert query is not None
    assert not {"node", "nodes"} & set(query.fields)


@pytest.mark.parametrize("name", NAMES)
def test_a_shipped_operation_is_valid_and_within_the_limits(name):
    text = (OPERATIONS / f"{name}.graphql").read_text().strip()
    [definition] = [
        node for node in parse(text).definitions if isinstance(node, OperationDefinitionNode)
    ]
    assert definition.name is not None
    assert definition.name.value == name
    assert text.startswith("# "), "its first line says what it is for"
    document: Document = schema.documents.prepare(text)
    largest = dict.fromkeys(document.page_variables, 100)
    assert document.price(document.operation(name), largest) <= 20_000


def test_every_shipped_operation_is_executed_by_a_test():
    written = "\n".join(path.read_text() for path in TESTS.rglob("*.py") if path != Path(__file__))
    assert [name for name in NAMES if f'"{name}"' not in written] == []


def test_a_stored_operation_is_executed_by_its_id(contract):
    entries = contract.manifest()["operations"]
    assert [entry["name"] for entry in entries] == NAMES
    assert len({entry["id"] for entry in entries}) == len(NAMES)
    assert json.loads((CONTRACT / "manifest.json").read_text())["operations"] == entries


def test_codes_are_told_with_both_texts(contract):
    entries = json.loads(contract.rendered()["error_codes.json"])["errors"]
    codes = {(entry["feature"], entry["code"]): entry for entry in entries}
    for code in ("UNAUTHENTICATED", "FORBIDDEN", "CENTER_REQUIRED", "CENTER_UNKNOWN",
                 "CENTER_SUSPENDED", "CENTER_UPGRADING", "BAD_REQUEST", "COST_LIMIT",
                 "RATE_LIMITED", "TIMEOUT", "INTERNAL"):  # fmt: skip
        assert codes["request", code]["where"] == "errors"
    assert codes["request", "CENTER_UNKNOWN"]["httpStatus"] == 404
    assert codes["registry", "DIVISION_NOT_FOUND"] == {
        "code": "DIVISION_NOT_FOUND",
        "feature": "registry",
        "where": "payload.errors",
        "zh": "{as_of} 没有代码为“{code}”的行政区划。",
        "en": "There was no division {code} on {as_of}.",
        "params": ["asOf", "code"],
    }
    for entry in entries:
        assert re.search("[一-鿿]", entry["zh"]), entry
        assert re.search("[A-Za-z]{2}", entry["en"]), entry


def test_every_code_of_the_schema_is_in_the_list(contract):
    listed = {
        entry["code"] for entry in json.loads(contract.rendered()["error_codes.json"])["errors"]
    }
    for kind in TYPES:
        if isinstance(kind, GraphQLEnumType) and kind.name.endswith("ErrorCode"):
            assert set(kind.values) <= listed, kind.name
