"""Responses that are given again without Django: the very same ones, to the very same requests."""

import gc
import io
import tracemalloc
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from django.core import signals
from django.db import close_old_connections
from django.test import Client

from schema import kept, stored, wsgi
from schema.context import running_clock
from schema.measures import measures
from schema.rates import buckets
from tests import people
from tests.database import SET_UP
from tests.graphql.client import operation
from tests.graphql.keeping import no_database
from tests.people import NOW
from tongban.catalog import models
from tongban.catalog.queries.clock import CHECK_AFTER_SECONDS, catalog_clock
from tongban.kernel.context import SharedRole, shared_context
from tongban.registry import models as registry
from tongban.registry.queries import center_map

OFFERING = {"id": stored.key_of(operation("Offering").strip())}
OFFERING["variables"] = f'{{"code": "3714020004{SET_UP}"}}'
ME = {"id": stored.key_of(operation("Me").strip())}
MATTERS = {"id": stored.key_of(operation("Matters").strip()), "variables": '{"search": "企业"}'}
VERSION = {"id": stored.key_of(operation("CatalogVersion").strip())}


@dataclass
class Front:
    """The application in front, and how often Django was asked."""

    application: kept.KeptResponses
    asked: list[str]

    def get(self, query: dict[str, str] = OFFERING, *, path: str = "/graphql", **said: Any) -> Any:
        environ = {
            "REQUEST_METHOD": "GET", "PATH_INFO": path, "QUERY_STRING": urlencode(query),
            "SERVER_NAME": "localhost", "SERVER_PORT": "80", "HTTP_HOST": "localhost",
            "REMOTE_ADDR": "203.0.113.9", "wsgi.url_scheme": "http", "wsgi.input": io.BytesIO(),
            "wsgi.errors": io.StringIO(), **said,
        }  # fmt: skip
        began: list[Any] = []
        with running_clock(lambda: said.pop("now", NOW)):
            body = self.application(
                environ, lambda status, headers, _fault=None: began.extend((status, headers))
            )
            return began[0], dict(began[1]), b"".join(body)


@pytest.fixture
def front(db) -> Iterator[Front]:
    asked: list[str] = []
    django = wsgi.Handler()

    def counted(environ, start_response):
        asked.append(environ["PATH_INFO"])
        return django(environ, start_response)

    kept.bodies.forget()
    # As Django's own test client does: the transaction of the test outlives its requests.
    signals.request_started.disconnect(close_old_connections)
    yield Front(kept.KeptResponses(counted), asked)
    signals.request_started.connect(close_old_connections)


def test_the_application_that_is_served_has_it():
    assert isinstance(wsgi.application, kept.KeptResponses)


def test_the_second_request_is_answered_as_the_first_without_django(front):
    first = front.get()
    assert first[0] == "200 OK"
    before = sum(measures._times)
    with no_database():
        assert front.get() == first
        status, headers, body = front.get(HTTP_IF_NONE_MATCH=first[1]["ETag"])
    assert len(front.asked) == 1
    assert (status, body) == ("304 Not Modified", b"")
    same = {name: value for name, value in first[1].items() if not name.startswith("Content-")}
    assert headers == same
    assert {"ETag", "Cache-Control", "Vary", "X-Frame-Options"} <= set(headers)
    assert sum(measures._times) == before + 2


def test_what_django_says_to_a_304_is_said(front):
    known = front.get()[1]["ETag"]
    again = front.get(HTTP_IF_NONE_MATCH=known)
    front.application.kept.forget()
    assert front.get(HTTP_IF_NONE_MATCH=known) == again
    assert len(front.asked) == 2


@pytest.mark.parametrize("listed", ["W/{0}", '"x", {0}', "*"])
def test_forms_of_if_none_match(front, listed):
    known = front.get()[1]["ETag"]
    assert front.get(HTTP_IF_NONE_MATCH=listed.format(known))[0].startswith("304")


@pytest.mark.parametrize("listed", ["", "x", '"x"', "{0}x", '"' * 9000])
def test_hostile_headers_get_the_whole_answer(front, listed):
    first = front.get()
    assert front.get(HTTP_IF_NONE_MATCH=listed.format(first[1]["ETag"])) == first


@pytest.mark.parametrize(
    "said",
    [
        {"HTTP_ACCEPT_LANGUAGE": "en"},
        {"HTTP_ACCEPT": "application/graphql-response+json"},
        {"HTTP_ACCEPT_ENCODING": "gzip"},
        {"HTTP_HOST": "127.0.0.1"},
        {"path": "/c/371402/graphql"},
        {"path": "/c/371722/graphql"},
        {"query": {**OFFERING, "variables": '{"code": "x"}'}},
        {"query": {"variables": OFFERING["variables"], "id": OFFERING["id"]}},
        {"HTTP_AUTHORIZATION": "Bearer x"},
        {"HTTP_ORIGIN": "https://app.example"},
        {"REQUEST_METHOD": "HEAD"},
        {"REQUEST_METHOD": "POST"},
        {"HTTP_HOST": "evil.example"},
        {"query": ME},
        {"query": {"id": "unknown"}},
    ],
)
def test_another_request_is_another_matter(front, said):
    front.get()
    front.get(**said)
    assert len(front.asked) == 2


@pytest.mark.parametrize(
    "said",
    [{"HTTP_HOST": "evil.example"}, {"query": ME}, {"query": {"id": "unknown"}},
     {"path": "/c/379999/graphql"}, {"path": "/healthz"}, {"HTTP_ACCEPT": "text/csv"}],
)  # fmt: skip
def test_what_is_no_answer_of_the_catalog_is_not_kept(front, said):
    for _time in range(2):
        front.get(**said)
    assert len(front.asked) == 2
    assert front.application.kept.bytes == 0


@pytest.mark.parametrize("charset", ["gbk", "utf-16", "cp037", "zlib", "x"])
def test_a_charset_that_a_sender_names_poisons_nothing(front, charset):
    """Answers are kept by the bytes of the query string, so everybody's are read alike."""
    poisoned = front.get(MATTERS, CONTENT_TYPE=f"text/plain; charset={charset}")
    kept.bodies.forget()
    front.application.kept.forget()
    whole = front.get(MATTERS)
    assert "企业" in whole[2].decode()
    assert poisoned == whole
    sent_otherwise = Client(headers={"Content-Type": "text/plain; charset=gbk"})
    kept.bodies.forget()
    with running_clock(lambda: NOW):
        assert sent_otherwise.get("/graphql", MATTERS).content == whole[2]


@pytest.mark.parametrize("kind", ["", ";", "; ;=", "a/b; a*=x''y", "a/b; charset*=zlib''y", "长"])
def test_a_hostile_content_type_is_no_matter(front, kind):
    assert front.get(CONTENT_TYPE=kind.encode().decode("latin-1")) == front.get()


def test_what_somebody_is_answered_is_not_kept(front):
    token = people.token(people.account("reader"))
    for _time in range(2):
        status, headers, _ = front.get(HTTP_AUTHORIZATION=f"Bearer {token}")
        assert (status, headers["Cache-Control"]) == ("200 OK", "private, no-cache")
    assert len(front.asked) == 2
    assert front.application.kept.bytes == 0


def test_a_change_is_seen_after_a_second_at_the_latest(front, monkeypatch):
    known = front.get()[1]["ETag"]
    with shared_context(SharedRole.CATALOG):
        models.Offering.objects.filter(center_code="371402").update(place="五楼")
    # As if a second had passed.
    at, version = catalog_clock._known or (0.0, "")
    monkeypatch.setattr(catalog_clock, "_known", (at - CHECK_AFTER_SECONDS, version))
    status, headers, body = front.get(HTTP_IF_NONE_MATCH=known)
    assert status == "200 OK"
    assert headers["ETag"] != known
    assert "五楼" in body.decode()
    assert front.get()[2] == body
    assert len(front.asked) == 2


def test_a_second_without_a_change_costs_one_look(front):
    first = front.get()
    catalog_clock.forget()
    assert front.get() == first  # by Django, which looks
    with no_database():
        assert front.get() == first
    assert len(front.asked) == 2


def test_midnight_is_seen_at_once(front):
    front.get()
    front.get(now=NOW + timedelta(days=1))
    assert len(front.asked) == 2


def test_a_center_that_falls_behind_or_loses_its_host_is_seen(front):
    asked = {"path": "/c/371402/graphql"}
    assert front.get(**asked)[0] == "200 OK"
    with shared_context(SharedRole.PLATFORM):
        registry.Center.objects.filter(code="371402").update(fingerprint="old")
    center_map.forget()
    assert front.get(**asked)[0].startswith("503")
    with shared_context(SharedRole.PLATFORM):
        registry.CenterDomain.objects.create(
            domain="127.0.0.1", tenant_id=registry.Center.objects.get(code="371722").pk
        )
    center_map.forget()
    before = front.get(HTTP_HOST="127.0.0.1")
    with shared_context(SharedRole.PLATFORM):
        registry.CenterDomain.objects.all().delete()
    center_map.forget()
    assert front.get(HTTP_HOST="127.0.0.1")[1]["ETag"] != before[1]["ETag"]


def test_it_counts_requests_as_django_does(front, settings):
    buckets.forget()
    settings.RATE_ANONYMOUS = "0.001/5"
    statuses = [front.get()[0] for _time in range(7)]
    assert statuses[:5] == ["200 OK"] * 5
    assert {status[:3] for status in statuses[5:]} == {"429"}
    assert front.get(REMOTE_ADDR="127.0.0.1", HTTP_X_FORWARDED_FOR="203.0.113.9")[0][:3] == "429"
    assert front.get(REMOTE_ADDR="203.0.113.10")[0] == "200 OK"
    buckets.forget()


def test_what_is_kept_is_bounded_in_bytes():
    store: kept.KeptBytes[bytes] = kept.KeptBytes(most=20_000)
    for number in range(100):
        store.put(number, b"x" * 1_000, 1_000)
        assert store.bytes <= 20_000
    assert store.get(99) == b"x" * 1_000
    assert store.get(0) is None
    for number in range(89, 99):
        assert store.get(number) is not None
    store.put("new", b"y" * 1_000, 1_000)
    assert store.get(88) is None
    for number in range(3):
        store.put(f"more {number}", b"", 1_000)
    assert store.get(99) is None  # used longest ago
    store.put("long", b"", kept.LONGEST + 1)
    assert store.get("long") is None
    before = store.bytes
    store.put("new", b"z", 1_000)
    assert (store.get("new"), store.bytes) == (b"z", before)
    store.forget()
    assert store.bytes == 0


def test_many_that_ask_differently_fill_no_memory(front):
    front.application.kept = kept.KeptBytes(most=50_000)
    for number in range(60):
        assert front.get(HTTP_ACCEPT_LANGUAGE=f"zh;q=0.{number}")[0] == "200 OK"
    assert front.application.kept.bytes <= 50_000


def test_what_is_counted_is_what_it_takes(front):
    """Small answers, which headers and objects outweigh, don't take more than they count for."""
    store = front.application.kept
    front.get(VERSION)
    gc.collect()
    tracemalloc.start()
    try:
        counted, taken = store.bytes, tracemalloc.get_traced_memory()[0]
        for number in range(100):
            said = f"zh;q=0.{number:03}"
            front.get(VERSION, HTTP_ACCEPT_LANGUAGE=said, REMOTE_ADDR=f"10.0.0.{number}")
        gc.collect()
        assert tracemalloc.get_traced_memory()[0] - taken < (store.bytes - counted) * 1.1
    finally:
        tracemalloc.stop()
