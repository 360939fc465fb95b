"""Which answers are tagged: those alone that follow from the catalog and the request."""

import json
from typing import Any

import pytest
import strawberry
from django.conf import settings as django_settings
from django.test import Client, RequestFactory
from graphql import FieldNode, OperationDefinitionNode, parse

from schema import kept, stored
from schema.api import ApiSchema
from schema.context import Info, running_clock
from schema.root import schema as product
from schema.versioned import VERSIONED, is_marked
from schema.view import GraphQLEndpoint
from tests import people
from tests.graphql.client import headers_of
from tests.graphql.trial import TrialMutation

CORE: Any = product._schema
ROOTS = CORE.query_type.fields
SHOWN = {
    *("catalogVersion", "matters", "matter", "offerings", "offering"),
    *("catalogMeasures", "centerMeasures", "reduction"),
    *("directories", "directory", "directoryDifferences", "approvalsBalance"),
    *("officialLists", "officialList", "officialListDifferences"),
    *("workStandards", "workStandard", "standardsAcceptances"),
    *("rounds", "round", "releases", "release", "cancelledPreconditions"),
}
"""Root fields that show nothing but the catalog; every other is nobody's to keep."""


def test_who_may_be_kept_is_said_here_too():
    assert {name for name, field in ROOTS.items() if is_marked(field)} == SHOWN


@strawberry.type(description="Something.")
class Thing:
    name: str = strawberry.field(description="Its name.")

    @strawberry.field(description="Follows from who asks.")
    def own(self, info: Info) -> str:
        return info.context.actor.key

    @strawberry.field(description="Follows from the time.")
    def expires(self, info: Info) -> str:
        return info.context.now().isoformat()

    @strawberry.field(description="Follows from the day.")
    def day(self, info: Info) -> str:
        return info.context.today().isoformat()

    @strawberry.field(description="A fault.")
    def broken(self) -> str | None:
        raise LookupError


@strawberry.type
class ThingQuery:
    @strawberry.field(description="Of the catalog.", metadata=VERSIONED)
    def thing(self) -> Thing:
        return Thing(name="t")

    @strawberry.field(description="Of nobody knows what.")
    def other(self) -> Thing:
        return Thing(name="o")


trial = GraphQLEndpoint.as_view(schema=ApiSchema(ThingQuery, TrialMutation, introspection=True))


@pytest.fixture
def ask(db, settings, tmp_path):
    """GET a document of the trial schema, stored for the purpose."""
    kept.bodies.forget()

    def asked(text: str, **headers: str):
        path = tmp_path / "manifest.json"
        path.write_text(json.dumps({"operations": [{"id": stored.key_of(text), "body": text}]}))
        settings.STORED_OPERATIONS = path
        stored.forget()
        with running_clock(lambda: people.NOW):
            return trial(
                RequestFactory().get("/graphql", {"id": stored.key_of(text)}, headers=headers)
            )

    yield asked
    stored.forget()


@pytest.mark.parametrize(
    "text",
    ["{ thing { name } }", "{ thing { name day } }", "{ a: thing { name } b: thing { name } }",
     "{ __typename thing { name } }", "{ ...f } fragment f on ThingQuery { thing { name } }",
     "{ ... { thing { name } } }", "{ ... on ThingQuery @include(if: true) { thing { day } } }"],
)  # fmt: skip
def test_what_follows_from_the_catalog_is_tagged(ask, text):
    first = ask(text)
    assert first.status_code == 200
    assert ask(text, **{"If-None-Match": first["ETag"]}).status_code == 304


@pytest.mark.parametrize(
    "text",
    ["{ other { name } }", "{ thing { name } other { name } }",
     "{ thing { name expires } }", "{ thing { name broken } }", "{ __typename }",
     "{ ...f } fragment f on ThingQuery { ...g } fragment g on ThingQuery { other { name } }",
     "{ thing { name } ... { other { name } } }",
     "{ thing { name } __schema { queryType { name } } }", "{ thing { nothing } }", "{"],
)  # fmt: skip
def test_what_follows_from_anything_else_is_not(ask, text, caplog):
    for headers in ({}, {"If-None-Match": "*"}):
        response = ask(text, **headers)
        assert response.status_code == 200 or "errors" in json.loads(response.content)
        assert "ETag" not in response
        assert response["Cache-Control"] == "no-store"
    assert kept.bodies.bytes == 0


def test_what_follows_from_who_asks_is_tagged_for_nobody_alone(ask):
    """Everybody without a token is answered alike, and never what somebody is answered."""
    text = "{ thing { name own } }"
    nobodys = ask(text)
    assert json.loads(nobodys.content)["data"]["thing"]["own"] == "anonymous"
    assert ask(text, **{"If-None-Match": nobodys["ETag"]}).status_code == 304
    somebody = people.token(people.account("reader"))
    for listed in (nobodys["ETag"], "*"):
        headers = {**headers_of(token=somebody), "If-None-Match": listed}
        answer = ask(text, **headers)
        assert answer.status_code == 200
        assert json.loads(answer.content)["data"]["thing"]["own"] != "anonymous"
        assert "ETag" not in answer
        assert answer["Cache-Control"] == "no-store"


def test_a_mutation_is_no_get_however_it_is_asked(ask):
    response = ask('mutation { keep(input: {note: "x"}) { names } }', **{"If-None-Match": "*"})
    assert response.status_code == 400
    assert "ETag" not in response


def _manifest():
    return json.loads(django_settings.STORED_OPERATIONS.read_text())["operations"]


def _shows_the_catalog(body: str) -> bool:
    (operation,) = (d for d in parse(body).definitions if isinstance(d, OperationDefinitionNode))
    nodes = operation.selection_set.selections
    return all(isinstance(node, FieldNode) and node.name.value in SHOWN for node in nodes)


PRIVATE = [
    (entry["name"], entry["id"], entry["body"])
    for entry in _manifest()
    if entry["type"] == "query" and not _shows_the_catalog(entry["body"])
]


@pytest.mark.parametrize(("name", "key", "body"), PRIVATE, ids=[name for name, _, _ in PRIVATE])
def test_no_other_shipped_query_is_ever_tagged(db, name, key, body):
    token = people.token(people.account("reader", id_number=people.id_number()))
    for path in ("/graphql", "/c/371402/graphql"):
        for variables in ("{}", json.dumps({"number": "371402000261124000011", "code": "371402"})):
            with running_clock(lambda: people.NOW):
                response = Client(headers=headers_of(token=token)).get(
                    path, {"id": key, "variables": variables}, headers={"If-None-Match": "*"}
                )
            assert response.status_code in {200, 400}
            assert "ETag" not in response
            assert response["Cache-Control"] == "no-store"
            assert "catalogVersion" not in response.json().get("extensions", {})


def test_another_build_has_other_tags(db, monkeypatch):
    from tests.graphql.keeping import tag

    known = tag("CatalogVersion")
    kept.bodies.forget()
    monkeypatch.setattr(django_settings, "SECRET_KEY", "another" * 10)
    assert tag("CatalogVersion") != known


def test_pages_elsewhere_may_read_the_tag(db, settings):
    settings.CORS_ALLOWED_ORIGINS = ["https://app.example"]
    response = Client(headers={"Origin": "https://app.example"}).get("/healthz")
    assert "etag" in response["Access-Control-Expose-Headers"].lower()
    asked = Client(
        headers={"Origin": "https://app.example", "Access-Control-Request-Method": "GET"}
    ).options("/graphql")
    assert "if-none-match" in asked["Access-Control-Allow-Headers"].lower()
