"""A tenant schema made by the script is what Django's migrations make; one behind is migrated."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.db import connection, connections
from django.db.migrations.loader import MigrationLoader
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from tests import database, schemas
from tests.graphql import client
from tests.isolation import walls
from tongban.kernel.context import center_context
from tongban.kernel.errors import CenterUpgradingError
from tongban.kernel.models import Ledger
from tongban.registry import queries
from tongban.registry.adapters import tenant_schema
from tongban.registry.operations import migrate

BEHIND = "371722"
ARRAY_OF_TEXT = re.compile(r"\(ARRAY\[([^]]*)\]\)::text\[\]")


@pytest.fixture
def admin(administrator) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(make_conninfo(administrator, dbname=database.CLONE)) as connection:
        yield connection
        connection.rollback()


def canonical(admin: psycopg.Connection[Any], schema: str) -> dict[str, str]:
    """Describe a schema, with lists of texts in the form that they have after a dump.

    PostgreSQL writes ``x IN ('a', 'b')`` down as a cast of the list, and reads that back as a list
    of casts; the two are the same constant when a plan is made.
    """

    def cast_each(found: re.Match[str]) -> str:
        return "ARRAY[" + ", ".join(f"({part})::text" for part in found[1].split(", ")) + "]"

    parts = schemas.described(admin, schema)
    return {key: ARRAY_OF_TEXT.sub(cast_each, text) for key, text in parts.items()}


@pytest.mark.parametrize("code", database.CENTERS)
def test_the_script_makes_what_the_migrations_make(admin, code):
    migrated, made = canonical(admin, "center_template"), canonical(admin, f"c{code}")
    assert made == migrated
    assert len(made) > 500


def test_the_script_says_which_migrations_it_stands_for(admin):
    loader = MigrationLoader(None, ignore_no_migrations=True)
    labels = {app.rsplit(".", 1)[1] for app in settings.TENANT_APPS}
    on_disk = sorted(f"{app}.{name}" for app, name in loader.disk_migrations if app in labels)
    for code in database.CENTERS:
        assert canonical(admin, f"c{code}")["migrations"].split() == on_disk


@pytest.mark.parametrize(
    "change",
    [
        "ALTER TABLE c371402.kernel_timer ADD COLUMN planted int",
        "ALTER TABLE c371402.kernel_timer ALTER COLUMN kind TYPE varchar(65)",
        "ALTER TABLE c371402.kernel_timer ALTER COLUMN payload DROP NOT NULL",
        "ALTER TABLE c371402.kernel_timer ALTER COLUMN kind SET DEFAULT 'x'",
        "ALTER TABLE c371402.kernel_ledger DROP CONSTRAINT kernel_ledger_single_row",
        "DROP INDEX c371402.kernel_timer_due",
        "ALTER SEQUENCE c371402.kernel_timer_id_seq CACHE 20",
        "ALTER TABLE c371402.kernel_timer ENABLE ROW LEVEL SECURITY",
        "CREATE STATISTICS c371402.planted ON kind, key FROM c371402.kernel_timer",
        (
            "CREATE TRIGGER planted BEFORE UPDATE ON c371402.kernel_timer FOR EACH ROW"
            " EXECUTE FUNCTION suppress_redundant_updates_trigger()"
        ),
        "CREATE FUNCTION c371402.planted() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "DELETE FROM c371402.django_migrations WHERE app = 'kernel'",
        "CREATE VIEW c371402.planted AS SELECT 1 AS one",
    ],
)
def test_the_comparison_sees_a_difference(admin, change):
    admin.execute(change)
    assert canonical(admin, "c371402") != canonical(admin, "center_template")


@contextmanager
def as_provisioner() -> Iterator[None]:
    """Let this process work with the login that migrates."""
    application = {key: connection.settings_dict[key] for key in ("USER", "PASSWORD")}
    connections.close_all()
    connection.settings_dict.update(
        USER=f"{database.INSTANCE}_provisioner", PASSWORD=database.PROVISIONERS_PASSWORD
    )
    try:
        yield
    finally:
        connections.close_all()
        connection.settings_dict.update(application)


def upgrade() -> list[str]:
    told: list[str] = []
    with as_provisioner():
        assert migrate.migrate_centers(report=told.append) == len(told)
    queries.center_map.forget()
    return told


def test_a_center_that_is_behind_waits_until_it_is_migrated(committed_db, administrator):
    """As after a deploy that brought a new app: its tables are made, the others stay."""
    name = str(conninfo_to_dict(committed_db)["dbname"])
    with psycopg.connect(make_conninfo(administrator, dbname=name), autocommit=True) as admin:
        before = canonical(admin, f"c{BEHIND}")
        for (table,) in admin.execute(
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND relname LIKE 'handoffs\\_%%'"
            " AND relnamespace = %s::regnamespace",
            [f"c{BEHIND}"],
        ).fetchall():
            admin.execute(f"DROP TABLE c{BEHIND}.{table} CASCADE")
        admin.execute(f"DELETE FROM c{BEHIND}.django_migrations WHERE app = 'handoffs'")
        admin.execute(f"UPDATE c{BEHIND}.kernel_ledger SET log_position = 41")
        admin.execute(
            "UPDATE public.registry_center SET fingerprint = 'of the last release' WHERE code = %s",
            [BEHIND],
        )
        admin.execute("UPDATE public.registry_registryversion SET number = number + 1")
        queries.center_map.forget()
        with pytest.raises(CenterUpgradingError):
            queries.resolve_center(BEHIND)
        assert BEHIND not in queries.ready_codes()
        answer = client.execute("{ __typename }", center=BEHIND)
        assert client.codes(answer) == ["CENTER_UPGRADING"]
        assert client.codes(client.execute("{ __typename }", center="371402")) == []

        assert upgrade() == [f"升级 {BEHIND}（1/1）…"]

        assert queries.resolve_center(BEHIND).fingerprint == tenant_schema.current_fingerprint()
        assert client.codes(client.execute("{ __typename }", center=BEHIND)) == []
        assert canonical(admin, f"c{BEHIND}") == before
        assert walls.violations(admin) == []
        with center_context(BEHIND):
            assert Ledger.objects.get().log_position == 41
        assert upgrade() == []
