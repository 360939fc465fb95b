"""Hostile documents: each is refused before a resolver runs, quickly, never as a fault of ours."""

import sys
import time

import pytest
from graphql import get_introspection_query

from schema import documents, limits
from schema.api import ApiSchema
from tests.graphql import trial
from tests.graphql.trial import ask

RESPONSE = "application/graphql-response+json"
PATIENCE = 0.5
"""Seconds of this thread's work; each of these takes some milliseconds."""


def nested(field, depth, inner="name"):
    return f"{{ {field} {{ " + "branch { " * (depth - 2) + inner + " }" * depth


def fragments(count, body, last="name", root="trunk"):
    """Chain fragments f0 … of which each contains the next as ``body`` says."""
    chain = " ".join(
        f"fragment f{n} on Trunk {{ {body.replace('NEXT', f'...f{n + 1}')} }}" for n in range(count)
    )
    return f"{{ {root} {{ ...f0 }} }} {chain} fragment f{count} on Trunk {{ {last} }}"


HOSTILE = {
    "depth": (nested("trunk", 15), "depth"),
    "depth by fragments": (fragments(13, "branch { NEXT }"), "depth"),
    "depth by inline fragments": (
        "{ trunk {" + " ... on Trunk { branch {" * 14 + " name " + "}}" * 14 + "} }",
        "depth",
    ),
    "inline fragments without end": ("{ " + "... { " * 120 + "__typename" + " }" * 121, "nesting"),
    "lists": ("{ trunk(x: " + "[" * 700 + "]" * 700 + ") { name } }", "nesting"),
    "a long chain of fragments": (fragments(90, "NEXT"), "nesting"),
    "fragments that double": (fragments(60, "NEXT NEXT"), "nesting"),
    "fragments that double and branch": (
        fragments(11, "a: branches { NEXT } branches { NEXT }"),
        "cost",
    ),
    "aliases": ("{ " + " ".join(f"a{n}: trunk {{ name }}" for n in range(16)) + " }", "aliases"),
    "aliases in fragments": (
        ("{ trunk { ...f ...g } } fragment f on Trunk { a: name b: name c: name d: name e: name"
        " f: name g: name h: name } fragment g on Trunk { i: name j: name k: name l: name m: name"
        " n: name o: name p: name }"),
        "aliases",
    ),
    "tokens": ("{ trunk { " + "name " * 1_500 + "} }", "tokens"),
    "comments": ("# x\n" * 1_501 + "{ trunk { name } }", "tokens"),
    "characters": ("{ trunk { name } } #" + "x" * limits.CHARACTERS, "characters"),
    "a long string": ('{ trunk(x: "' + "x" * limits.CHARACTERS + '") { name } }', "characters"),
    "cost of lists": (nested("trunk", 4, "branches { " * 5 + "name" + " }" * 5), "cost"),
    "cost of pages": (
        "{ divisions(first: 100) { edges { node { " + "branches { " * 3 + "name" + " }" * 6 + " }",
        "cost",
    ),
    "cost of a page by a fragment": (
        "{ divisions(first: 100) { ...page } } fragment page on TrunkConnection"
        " { edges { node { " + "branches { " * 3 + "name" + " }" * 6,
        "cost",
    ),
    "the same field again and again": ("{ trunk { " + "name " * 1_400 + "} }", "repetition"),
    "the same list again and again": ("{ " + "trunk { name } " * 350 + "}", "repetition"),
    "introspection by many names": (
        ("{ a: __schema { queryType { name } } b: __schema { queryType { name } }"
        ' c: __type(name: "Trunk") { name } }'),
        "introspections",
    ),
}  # fmt: skip

MALFORMED = {
    "brackets": "{ " * 700,
    "a circle": "{ trunk { ...a } } fragment a on Trunk { ...b } fragment b on Trunk { ...a }",
    "a circle in itself": "{ trunk { ...a } } fragment a on Trunk { branch { ...a } }",
    "a circle nobody uses": "{ trunk { name } } fragment a on Trunk { branch { ...a } }",
    "introspection without end": "{ __schema { types { fields { type { fields { type { fields"
    " { type { name } } } } } } } } }",
    "unknown fields": "{ " + " ".join(f"trunc{n}" for n in range(1_400)) + " }",
    "unknown arguments": "{ divisions(" + " ".join(f"firsd{n}: 1" for n in range(400)) + ") }",
    "variables nobody uses": (
        "query (" + " ".join(f"$v{n}: Int" for n in range(300)) + ") { trunk { name } }"
    ),
    "directives": "{ trunk { name " + "@include(if: true) " * 200 + "} }",
    "unknown fragments": "{ trunk { " + " ".join(f"...f{n}" for n in range(700)) + " } }",
    "two of one name": "query a { trunk { name } } query a { trunk { name } }",
    "an enormous number": "{ divisions(first: " + "9" * 5_000 + ") { totalCount } }",
    "a type of the schema": "type Query { x: Int }",
    "an empty selection": "{ trunk { } }",
    "an empty document": "   ",
    "a null character": "{ trunk \x00 { name } }",
    "a lone surrogate": '{ trunk(x: "\\uD800") { name } }',
    "control characters": '{ trunk(x: "\x07") { name } }',
}


@pytest.mark.parametrize("name", HOSTILE)
def test_over_a_limit(db, name):
    document, limit = HOSTILE[name]
    started = time.thread_time()
    response = ask(document, Accept=RESPONSE)
    assert time.thread_time() - started < PATIENCE
    assert response.status_code == 400
    [error] = response.answer["errors"]
    assert error["extensions"]["code"] == "COST_LIMIT"
    particulars = error["extensions"]["params"]
    assert particulars["limit"] == limit
    assert particulars["spent"] > particulars["allowed"]
    assert "data" not in response.answer


@pytest.mark.parametrize("name", MALFORMED)
def test_malformed(db, name):
    started = time.thread_time()
    response = ask(MALFORMED[name], Accept=RESPONSE)
    assert time.thread_time() - started < PATIENCE
    answer = response.answer
    if "errors" not in answer:
        pytest.fail("it was executed")
    assert response.status_code == 400
    assert {error["extensions"]["code"] for error in answer["errors"]} == {"BAD_REQUEST"}
    assert len(response.content) < 20_000


@pytest.mark.parametrize("first", [None, 0, -5, 10**12, "20", True, 1.5, [1]])
def test_sizes_of_pages_that_are_none(db, first):
    query = "query ($n: Int! = 3) { divisions(first: $n) { edges { node { name } } } }"
    response = ask(query, {"n": first}, Accept=RESPONSE)
    codes = {error["extensions"]["code"] for error in response.answer["errors"]}
    assert codes == {"BAD_REQUEST"}
    assert response.answer.get("data") is None


def test_what_is_just_within_the_limits(db):
    names = " ".join(f"a{n}: name" for n in range(15))
    assert "errors" not in ask(nested("trunk", 14)).answer
    assert "errors" not in ask(f"{{ trunk {{ {names} }} }}").answer
    assert "errors" not in ask(fragments(12, "branch { NEXT }")).answer
    assert "errors" not in ask("{ divisions(first: 100) { edges { node { name } } } }").answer


@pytest.mark.parametrize(
    ("query", "variables", "cost"),
    [
        ("{ trunk { name } }", {}, 10 + 1 + 1),
        ("{ __typename trunk { name } }", {}, 20 + 1 + 1 + 1),
        ("{ trunk { branches { name } } }", {}, 10 + 1 + 1 + 10),
        ("{ divisions { edges { node { name } } } }", {}, 10 + 1 + 1 + 20 * 2),
        ("{ divisions(first: 3) { edges { node { name } } } }", {}, 10 + 1 + 1 + 3 * 2),
        ("{ divisions { totalCount pageInfo { endCursor } } }", {}, 10 + 1 + 10 + 1 + 1),
        (
            "query ($n: Int = 5) { divisions(first: $n) { edges { cursor } } }",
            {},
            10 + 1 + 1 + 5,
        ),
        (
            "query ($n: Int!) { divisions(first: $n) { edges { cursor } } }",
            {"n": 7},
            10 + 1 + 1 + 7,
        ),
        (
            "{ divisions(first: 4) { ...p } } fragment p on TrunkConnection { edges { cursor } }",
            {},
            10 + 1 + 1 + 4,
        ),
    ],
)
def test_the_cost_is_told(db, query, variables, cost):
    told = ask(query, variables).answer["extensions"]["cost"]
    assert told["spent"] == cost
    assert told["limits"] == {"cost": 20_000, "depth": 14, "aliases": 15, "tokens": 1_500}


def test_the_same_document_with_other_variables_has_another_price(db):
    query = "query ($n: Int!) { divisions(first: $n) { edges { node { branches { name } } } } }"
    prices = [ask(query, {"n": n}).answer["extensions"]["cost"]["spent"] for n in (1, 50, 1)]
    assert prices == [10 + 1 + 1 + 12, 10 + 1 + 1 + 50 * 12, 10 + 1 + 1 + 12]


def test_introspection_is_for_development(db):
    query = get_introspection_query(input_value_deprecation=True)
    assert ask(query).answer["data"]["__schema"]["types"]
    closed = ApiSchema(trial.TrialQuery, introspection=False)
    for document in (query, '{ __type(name: "Trunk") { name } }'):
        with pytest.raises(documents.InvalidDocumentError):
            closed.documents.prepare(document)
    assert closed.documents.prepare("{ __typename trunk { __typename } }")


def test_hot_documents_are_parsed_once_and_the_cache_stays_small():
    cache = ApiSchema(trial.TrialQuery, introspection=True).documents
    hot = cache.prepare("{ trunk { name } }")
    for n in range(200):
        cache.prepare(f"{{ trunk {{ name }} }} # {n} {'x' * 5_000}")
        assert cache.prepare("{ trunk { name } }") is hot
    assert cache.kept_characters <= documents.KEPT_CHARACTERS


def test_nothing_hooks_into_resolving():
    """An extension with a resolve hook triples the time of every field."""
    for extension in trial.schema.get_extensions(sync=True):
        assert not extension._implements_resolve()


def test_a_document_refused_within_little_memory(db):
    before = sys.getrecursionlimit()
    for document, _limit in HOSTILE.values():
        ask(document)
    assert sys.getrecursionlimit() == before
    assert trial.schema.documents.kept_characters <= documents.KEPT_CHARACTERS
