"""GraphQL over HTTP: media types, statuses, bodies, who asks, and of which center."""

import gzip
import json
import zlib

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.test import Client, RequestFactory

from schema import stored
from schema.context import running_clock
from schema.view import GraphQLEndpoint
from tests import people
from tests.graphql import trial
from tests.graphql.client import codes, execute, headers_of, send
from tests.graphql.trial import answered, ask, post
from tests.people import NOW
from tongban.identity.operations import administration
from tongban.kernel.context import SharedRole, shared_context
from tongban.registry import models
from tongban.registry.queries import center_map

RESPONSE = "application/graphql-response+json"
HELLO = {"query": "{ trunk { name } }"}
DATA = {"trunk": {"name": "t"}}


def fault(response):
    return response.answer["errors"][0]["extensions"]["code"]


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        (None, "application/json"),
        ("*/*", "application/json"),
        ("application/json", "application/json"),
        (RESPONSE, RESPONSE),
        (f"{RESPONSE}, application/json;q=0.9", RESPONSE),
        (f"{RESPONSE};q=0.1, application/json", "application/json"),
    ],
)
def test_the_media_type_of_an_answer(db, accept, kind):
    response = post(HELLO, **({"Accept": accept} if accept else {}))
    assert response.status_code == 200
    assert response["Content-Type"] == f"{kind}; charset=utf-8"
    assert response["Cache-Control"] == "no-store"
    assert {"Accept", "Accept-Language", "Authorization"} <= set(response["Vary"].split(", "))
    assert response.answer["data"] == DATA


def test_an_answer_in_no_acceptable_type(db):
    response = post(HELLO, Accept="text/csv")
    assert (response.status_code, fault(response)) == (406, "BAD_REQUEST")


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("{", "BAD_REQUEST"),
        ("{ nothing }", "BAD_REQUEST"),
        ("query ($n: Int!) { divisions(first: $n) { totalCount } }", "BAD_REQUEST"),
        ("query a { __typename } query b { __typename }", "BAD_REQUEST"),
        ("subscription { nothing }", "BAD_REQUEST"),
        ("fragment f on TrialQuery { __typename }", "BAD_REQUEST"),
        ("{ " + "trunk { branch " * 14 + "{ name }" + "}" * 15, "COST_LIMIT"),
    ],
)
def test_a_document_that_can_not_run(db, query, code):
    for accept, status in ((RESPONSE, 400), ("application/json", 200)):
        response = ask(query, Accept=accept)
        assert response.status_code == status
        assert fault(response) == code
        assert "data" not in response.answer


def test_a_failing_field_leaves_the_rest(db, caplog):
    response = ask("{ trunk { name } brokenSoftly }", Accept=RESPONSE)
    assert response.status_code == 200
    assert response.answer["data"] == DATA | {"brokenSoftly": None}
    assert response.answer["errors"][0]["path"] == ["brokenSoftly"]


def test_a_field_that_must_not_be_null_fails(db, caplog):
    response = ask("{ broken }", Accept=RESPONSE)
    assert response.status_code == 200
    assert response.answer["data"] is None


@pytest.mark.parametrize(
    "content_type",
    ["text/plain", "application/x-www-form-urlencoded", "application/graphql", "", "x",
     "application/json; charset=utf-16", "multipart/mixed; boundary=x"],
)  # fmt: skip
def test_content_types_that_are_not_read(db, content_type):
    response = post(HELLO, content_type)
    assert (response.status_code, fault(response)) == (415, "BAD_REQUEST")


@pytest.mark.parametrize(
    "body",
    [
        b" ", b"{", b"[", b"null", b"1", b'"x"', b"[]", b"{}", b'{"query": 1}', b'{"query": ""}',
        b'{"query": null}', b'{"query": ["{ a }"]}', b'[{"query": "{ __typename }"}]',
        b'{"query": "{ __typename }", "variables": []}',
        b'{"query": "{ __typename }", "variables": "{}"}',
        b'{"query": "{ __typename }", "operationName": 1}',
        b'{"query": "{ __typename }", "extensions": []}',
        b'{"query": "{ __typename }", "variables": {"x": NaN}}',
        b'{"query": "{ __typename }", "id": 5}',
        b'{"query": "{ __typename }", "id": "0000"}',
        b'{"id": "0000"}',
        b'{"extensions": {"persistedQuery": {"version": 1, "sha256Hash": "0000"}}}',
        b'{"query": "{ __typename }"} trailing',
        b"\xff\xfe\x00", '{"query": "{ __typename }"}'.encode("utf-16"),
        b"[" * 100_000, b'{"query":' * 50_000,
    ],
)  # fmt: skip
def test_bodies_that_are_no_request(db, body):
    response = post(body)
    assert (response.status_code, fault(response)) == (400, "BAD_REQUEST")


def test_a_body_over_the_limit(db, settings):
    response = post(b" " * (settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1))
    assert (response.status_code, fault(response)) == (413, "BAD_REQUEST")


def test_a_gzipped_body(db):
    body = gzip.compress(json.dumps(HELLO).encode())
    assert post(body, **{"Content-Encoding": "gzip"}).answer["data"] == DATA


@pytest.mark.parametrize(
    ("body", "encoding", "status"),
    [
        (gzip.compress(b" " * 50_000_000), "gzip", 413),
        (gzip.compress(json.dumps(HELLO).encode())[:-9], "gzip", 400),
        (gzip.compress(json.dumps(HELLO).encode()) * 2, "gzip", 400),
        (json.dumps(HELLO).encode(), "gzip", 400),
        (gzip.compress(gzip.compress(json.dumps(HELLO).encode())), "gzip", 400),
        (zlib.compress(json.dumps(HELLO).encode()), "deflate", 415),
        (gzip.compress(gzip.compress(json.dumps(HELLO).encode())), "gzip, gzip", 415),
    ],
    ids=["bomb", "cut", "two", "plain", "twice", "deflate", "list"],
)
def test_compressed_bodies_that_are_refused(db, body, encoding, status):
    response = post(body, **{"Content-Encoding": encoding})
    assert (response.status_code, fault(response)) == (status, "BAD_REQUEST")


def test_a_large_answer_is_gzipped_where_that_is_accepted(db):
    client = Client(headers={"Accept-Encoding": "gzip"})
    body = json.dumps({"query": "{ divisions(first: 100) { edges { node { code name } } } }"})
    response = client.post("/graphql", body, content_type="application/json")
    assert response["Content-Encoding"] == "gzip"
    assert len(json.loads(gzip.decompress(response.content))["data"]["divisions"]["edges"]) == 100
    small = client.post("/graphql", '{"query": "{ __typename }"}', content_type="application/json")
    assert "Content-Encoding" not in small


@pytest.mark.parametrize("method", ["put", "delete", "patch"])
def test_methods_that_are_not_served(db, method):
    assert getattr(Client(), method)("/graphql").status_code == 405


def test_a_document_by_get(db):
    request = RequestFactory().get("/graphql", {"query": "{ trunk { name } }"})
    response = answered(request)
    assert (response.status_code, fault(response)) == (400, "BAD_REQUEST")


@pytest.fixture
def manifest(settings, tmp_path):
    """A manifest of two operations of the trial schema."""
    documents = {
        "trunk": "query Trunk($first: Int!) { divisions(first: $first) { edges { cursor } } }",
        "keep": 'mutation Keep { keep(input: {note: "x"}) { names } }',
    }
    path = tmp_path / "manifest.json"
    path.write_text(
        json.dumps(
            {"operations": [{"id": stored.key_of(t), "body": t} for t in documents.values()]}
        )
    )
    settings.STORED_OPERATIONS = path
    stored.forget()
    yield {name: stored.key_of(text) for name, text in documents.items()} | {"text": documents}
    stored.forget()


def test_a_stored_query_by_get(db, manifest):
    for key in (manifest["trunk"], f"sha256:{manifest['trunk']}"):
        request = RequestFactory().get("/graphql", {"id": key, "variables": '{"first": 2}'})
        assert len(answered(request).answer["data"]["divisions"]["edges"]) == 2
    extensions = json.dumps({"persistedQuery": {"version": 1, "sha256Hash": manifest["trunk"]}})
    request = RequestFactory().get(
        "/graphql", {"extensions": extensions, "variables": '{"first": 2}'}
    )
    assert len(answered(request).answer["data"]["divisions"]["edges"]) == 2


@pytest.mark.parametrize(
    "query",
    [{"id": "keep"}, {"id": "unknown"}, {}, {"id": "trunk", "variables": "{"},
     {"id": "trunk", "variables": "[]"}, {"extensions": "{}"}, {"id": ""}],
)  # fmt: skip
def test_gets_that_are_refused(db, manifest, query):
    query = {name: manifest.get(value, value) for name, value in query.items()}
    response = answered(RequestFactory().get("/graphql", query, headers={"Accept": RESPONSE}))
    assert (response.status_code, fault(response)) == (400, "BAD_REQUEST")


def test_nothing_but_stored_operations_where_so_configured(db, manifest, settings):
    settings.STORED_OPERATIONS_ONLY = True
    assert post({"id": manifest["keep"]}).answer["data"] == {"keep": {"names": []}}
    assert post({"query": manifest["text"]["keep"]}).answer["data"] == {"keep": {"names": []}}
    refused = post(HELLO)
    assert (refused.status_code, fault(refused)) == (400, "BAD_REQUEST")


def test_graphiql_is_for_development(db, settings):
    def page():
        return Client(headers={"Accept": "text/html,*/*;q=0.8"}).get("/graphql")

    assert page().status_code == 406
    settings.DEBUG = True
    shown = page()
    assert shown.status_code == 200
    assert b"graphiql.min.js" in shown.content


def test_an_unknown_center(db):
    for code in ("999999", "37140", "c371400", "371400;", "37140０"):
        response = send({"query": "{ __typename }"}, center=code)
        assert response.status_code == 404
        assert codes(response.json()) == ["CENTER_UNKNOWN"]


def test_a_center_that_is_behind(db):
    with shared_context(SharedRole.PLATFORM):
        models.Center.objects.filter(code="371425").update(fingerprint="old")
    center_map.forget()
    response = send({"query": "{ __typename }"}, center="371425")
    assert response.status_code == 503
    assert response["Retry-After"] == "15"
    assert codes(response.json()) == ["CENTER_UPGRADING"]
    assert execute("{ __typename }", center="371400")["data"]


def test_a_center_by_its_own_domain(db, settings):
    settings.ALLOWED_HOSTS = ["zwfw.shanxian.example", "other.example"]
    with shared_context(SharedRole.PLATFORM):
        center = models.Center.objects.get(code="371722")
        models.CenterDomain.objects.create(domain="zwfw.shanxian.example", tenant=center)
    center_map.forget()
    seen = []

    class Watching(GraphQLEndpoint):
        def _executed(self, operation, context, allowed):
            seen.append(context.center and context.center.code)
            return super()._executed(operation, context, allowed)

    view = Watching.as_view(schema=trial.schema)
    for host in ("zwfw.shanxian.example", "zwfw.shanxian.example:8443", "other.example"):
        request = RequestFactory().post(
            "/graphql", json.dumps(HELLO), "application/json", headers={"Host": host}
        )
        assert view(request).status_code == 200
    assert seen == ["371722", "371722", None]


@pytest.mark.parametrize(
    "header", ["Bearer", "Bearer ", "Bearer x", "Basic eDp5", "x", "", "Bearer " + "x" * 5_000]
)
def test_tokens_that_say_nothing(db, header):
    response = post(HELLO, Authorization=header)
    assert (response.status_code, fault(response)) == (401, "UNAUTHENTICATED")
    assert response["WWW-Authenticate"].startswith("Bearer")
    assert "data" not in response.answer


def test_a_cookie_authenticates_nobody(db):
    person = people.account("citizen")
    with shared_context(SharedRole.SIGN_IN):
        session = SessionStore()
        session["_auth_user_id"] = str(person.account_id)
        session.save()
    client = Client()
    client.cookies["sessionid"] = str(session.session_key)
    with running_clock(lambda: NOW):
        response = client.post(
            "/graphql",
            json.dumps({"query": '{ onboarding(id: "x") { id } }'}),
            content_type="application/json",
        )
    assert codes(response.json()) == ["UNAUTHENTICATED"]
    assert "Set-Cookie" not in response


def test_a_machine_works_in_its_own_center_alone(db, machine):
    allowed = send(
        {"query": "{ __typename }"}, center="371722101", headers=headers_of(token=machine)
    )
    assert allowed.status_code == 200
    response = send({"query": "{ __typename }"}, center="371722", headers=headers_of(token=machine))
    assert response.status_code == 403
    assert codes(response.json()) == ["FORBIDDEN"]
    assert send({"query": "{ __typename }"}, headers=headers_of(token=machine)).status_code == 200


@pytest.fixture
def machine(db):
    """The token of the machine of 郭村镇's station."""
    with shared_context(SharedRole.PLATFORM):
        client, _secret = administration.register_machine(
            actor=people.OPERATOR, center_code="371722101", name="一体机", now=NOW
        )
    return people.machine_token(client)


def test_cross_origin_requests_by_configured_origins(db, settings):
    settings.CORS_ALLOWED_ORIGINS = ["https://app.example"]

    def preflight(origin):
        return Client().options(
            "/c/371400/graphql",
            headers={
                "Origin": origin,
                "Access-Control-Request-Method": "POST",
                "Access-Control-Request-Headers": "authorization, graphql-require-preflight",
            },
        )

    allowed = preflight("https://app.example")
    assert allowed["Access-Control-Allow-Origin"] == "https://app.example"
    assert "graphql-require-preflight" in allowed["Access-Control-Allow-Headers"]
    assert "Access-Control-Allow-Credentials" not in allowed
    assert "Access-Control-Allow-Origin" not in preflight("https://evil.example")


def test_too_many_requests_of_one_address(db, settings):
    settings.RATE_ANONYMOUS = "0.01/3"
    for _ in range(3):
        assert post(HELLO).status_code == 200
    refused = post(HELLO)
    assert (refused.status_code, fault(refused)) == (429, "RATE_LIMITED")
    assert int(refused["Retry-After"]) > 50
    assert "data" not in refused.answer


def test_the_rate_is_of_the_caller_not_of_the_proxy(db, settings):
    settings.RATE_ANONYMOUS = "0.01/1"
    for address in ("198.51.100.1", "198.51.100.2", "10.0.0.9, 198.51.100.3"):
        assert post(HELLO, **{"X-Forwarded-For": address}).status_code == 200
    assert post(HELLO, **{"X-Forwarded-For": "10.0.0.8, 198.51.100.3"}).status_code == 429
    settings.TRUSTED_PROXIES = ["10.0.0.1"]
    assert post(HELLO, **{"X-Forwarded-For": "198.51.100.4"}).status_code == 200
    assert post(HELLO, **{"X-Forwarded-For": "198.51.100.5"}).status_code == 429


@pytest.mark.parametrize(
    ("addresses", "status"),
    [
        (("2001:db8::1", "2001:db8:0:0:ffff::2"), 429),
        (("2001:db8::1", "2001:db8:0:1::1"), 200),
        (("::ffff:198.51.100.7", "198.51.100.7"), 429),
        (("::ffff:198.51.100.7", "::ffff:198.51.100.8"), 200),
    ],
)
def test_a_whole_network_of_ipv6_is_one_caller(db, settings, addresses, status):
    settings.RATE_ANONYMOUS = "0.01/1"
    first, second = addresses
    assert post(HELLO, **{"X-Forwarded-For": first}).status_code == 200
    assert post(HELLO, **{"X-Forwarded-For": second}).status_code == status


def test_guessing_tokens_is_limited_and_a_good_token_is_counted_by_itself(db, settings):
    settings.RATE_ANONYMOUS = "0.01/2"
    token = people.token(people.account("citizen"))
    statuses = [post(HELLO, Authorization=f"Bearer guess{n}").status_code for n in range(4)]
    assert statuses == [401, 401, 429, 429]
    assert post(HELLO, Authorization=f"Bearer {token}").status_code == 200


def test_a_query_string_of_too_many_parts_is_a_bad_request(db):
    response = Client().get("/graphql?" + "&".join(f"a{number}=1" for number in range(1_001)))
    assert response.status_code == 400
    assert response.json()["errors"][0]["extensions"]["code"] == "BAD_REQUEST"
