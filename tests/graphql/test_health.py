"""What whoever runs the processes asks them."""

import re
from datetime import timedelta

import psycopg
import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone
from psycopg.conninfo import make_conninfo

from tongban.exchange.operations.sweep import Sweeper
from tongban.kernel.context import SharedRole, center_context, shared_context
from tongban.kernel.models import OutboxMessage
from tongban.registry import models

SAMPLE = re.compile(r'[a-z_]+(?:\{[a-z_]+="[^"]*"(?:,[a-z_]+="[^"]*")*\})? -?[0-9.]+')


def test_alive_needs_no_database():
    response = Client().get("/healthz")
    assert (response.status_code, response.json()) == (200, {"status": "ok"})
    assert "no-cache" in response["Cache-Control"]


def test_ready(db):
    response = Client().get("/readyz")
    assert response.status_code == 200
    assert response.json() == {
        "status": "ok",
        "database": True,
        "migrations": True,
        "centersBehind": 0,
        "relayLagSeconds": None,
        "relaySweptSeconds": None,
        "relayPending": 0,
        "relayParked": 0,
        "retentionOldestSeconds": None,
        "retentionNever": 9,
    }


def test_centers_behind_and_the_relays_lag_are_told(db):
    with shared_context(SharedRole.PLATFORM):
        models.Center.objects.filter(code="371425").update(fingerprint="old")
    with center_context("371722"):
        message = OutboxMessage.objects.create(
            destination="371425", kind="case.event", key="x", payload={"files": []}
        )
        OutboxMessage.objects.filter(id=message.id).update(
            created_at=timezone.now() - timedelta(seconds=90)
        )
    Sweeper(clock=timezone.now).sweep(nudged=set)
    told = Client().get("/readyz").json()
    assert told["status"] == "ok"
    assert told["centersBehind"] == 1
    assert 89 < told["relayLagSeconds"] < 120
    assert told["relaySweptSeconds"] < 30
    assert told["relayPending"] == 1


def test_not_ready_without_a_database(committed_db):
    connection.close()
    name = connection.settings_dict["NAME"]
    connection.settings_dict["NAME"] = "nothing"
    try:
        response = Client().get("/readyz")
        measured = Client().get("/metrics")
    finally:
        connection.close()
        connection.settings_dict["NAME"] = name
    assert response.status_code == 503
    assert response.json() == {"status": "not ready", "database": False}
    assert "tongban_database_up 0" in measured.content.decode()


def test_not_ready_before_the_migrations(committed_db, administrator):
    own = make_conninfo(administrator, dbname=connection.settings_dict["NAME"])
    with psycopg.connect(own) as admin:
        admin.execute("DELETE FROM public.django_migrations WHERE app = 'registry'")
    response = Client().get("/readyz")
    assert response.status_code == 503
    assert response.json()["migrations"] is False


def test_measures(db):
    client = Client()
    client.post("/graphql", "{}", content_type="application/json")
    text = client.get("/metrics").content.decode()
    for line in text.splitlines():
        assert line.startswith("# TYPE ") or SAMPLE.fullmatch(line), line
    assert 'tongban_centers{status="active"} 8' in text
    assert "tongban_onboardings_unfinished 0" in text
    assert re.search(r'tongban_errors_total\{process="\d+",code="BAD_REQUEST"\} [1-9]', text)
    assert re.search(r'answer_seconds_bucket\{process="\d+",le="\+Inf"\} [1-9]', text)


@pytest.mark.parametrize(
    ("address", "headers", "status"),
    [
        ("127.0.0.1", {}, 404),  # behind a second proxy everybody seems to come from here
        ("127.0.0.1", {"Authorization": "Bearer secret"}, 200),
        ("198.51.100.7", {}, 404),
        ("198.51.100.7", {"Authorization": "Bearer secret"}, 200),
        ("198.51.100.7", {"Authorization": "Bearer "}, 404),
        ("198.51.100.7", {"Authorization": "Bearer wrong"}, 404),
        ("198.51.100.7", {"Authorization": "secret"}, 404),
    ],
)
def test_measures_are_shown_to_the_token_that_is_configured(db, settings, address, headers, status):
    settings.METRICS_TOKEN = "secret"
    client = Client(REMOTE_ADDR=address)
    assert client.get("/metrics", headers=headers).status_code == status


@pytest.mark.parametrize(
    ("address", "headers", "status"),
    [
        ("127.0.0.1", {}, 200),
        ("::1", {}, 200),
        ("198.51.100.7", {}, 404),
        ("", {}, 404),
        ("", {"X-Forwarded-For": "198.51.100.7"}, 404),
        ("", {"X-Forwarded-For": "127.0.0.1"}, 200),
        ("198.51.100.7", {"X-Forwarded-For": "127.0.0.1"}, 404),
        ("127.0.0.1", {"X-Forwarded-For": "198.51.100.7"}, 404),
        ("127.0.0.1", {"X-Forwarded-For": "127.0.0.1, 198.51.100.7"}, 404),
    ],
)
def test_measures_are_shown_to_this_machine(db, settings, address, headers, status):
    settings.METRICS_TOKEN = ""
    client = Client(REMOTE_ADDR=address)
    assert client.get("/metrics", headers=headers).status_code == status


def test_without_a_token_configured_none_fits(db, settings):
    settings.METRICS_TOKEN = ""
    client = Client(REMOTE_ADDR="198.51.100.7")
    for header in ("Bearer ", "Bearer", ""):
        assert client.get("/metrics", headers={"Authorization": header}).status_code == 404
