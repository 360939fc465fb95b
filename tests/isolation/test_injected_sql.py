"""What SQL can do that an attacker gets into a statement of a center, or wholly dictates.

Each runs as an application's statement would: through Django's cursor, in a center's context.
"""

import pytest
from django.db import DatabaseError, connection, transaction

from tongban.kernel.context import ContextError, SharedRole, center_context, shared_context
from tongban.kernel.models import Ledger, OutboxMessage

OWN, NEIGHBOUR = "371402", "371722"
ROLE, OTHER = "tbtest_c371402", "tbtest_c371722"

INJECTED = (
    f"x'; SET ROLE {OTHER}; --",
    "x'; RESET ROLE; --",
    f"x'; SELECT * FROM c{NEIGHBOUR}.kernel_ledger; --",
    f"x' OR set_config('role', '{OTHER}', false) IS NOT NULL --",
    f"x' OR set_config('search_path', 'c{NEIGHBOUR}', false) IS NOT NULL --",
    "x' OR set_config('session_authorization', 'postgres', false) IS NOT NULL --",
    f"x' OR EXISTS (SELECT FROM c{NEIGHBOUR}.kernel_ledger) --",
    f"x' UNION SELECT number FROM c{NEIGHBOUR}.cases_case --",
    "x' OR EXISTS (SELECT FROM center_template.kernel_ledger) --",
    "x' OR EXISTS (SELECT FROM public.kernel_ledger) --",
    "x' OR EXISTS (SELECT FROM public.identity_account) --",
    "x' OR EXISTS (SELECT FROM public.exchange_caseindexrow) --",
    "x' OR EXISTS (SELECT FROM public.oauth2_provider_accesstoken) --",
    "x' OR EXISTS (SELECT FROM pg_authid) --",
    f"x' OR query_to_xml('SELECT * FROM c{NEIGHBOUR}.kernel_ledger', true, true, '') IS NULL --",
    "x' OR query_to_xml('SELECT * FROM kernel_ledger', true, true, '') IS NULL --",
    f"x' OR table_to_xml('c{NEIGHBOUR}.kernel_ledger', true, true, '') IS NULL --",
    "x' OR database_to_xml(true, true, '') IS NULL --",
    f"x' OR EXISTS (SELECT FROM ts_stat('SELECT NULL::tsvector FROM c{NEIGHBOUR}.cases_case')) --",
    f"x' OR nextval('c{NEIGHBOUR}.kernel_timer_id_seq') > 0 --",
    f"x' OR NULL::c{NEIGHBOUR}.kernel_ledger IS NULL --",
    "x' OR pg_read_file('/etc/passwd') IS NULL --",
    "x' OR pg_ls_dir('.') IS NULL --",
    "x' OR lo_create(0) > 0 --",
    "x' OR lo_import('/etc/passwd') > 0 --",
    "x' OR pg_advisory_lock(1) IS NULL --",
    "x' OR pg_logical_emit_message(false, 'x', 'y') IS NULL --",
    "x' OR set_limit(0.1) > 0 --",
    "x' OR dblink('', 'SELECT 1') IS NULL --",
    "x' INTO TEMPORARY planted --",
)
"""Values that end the literal they are put into."""

DICTATED = (
    f"SET ROLE {OTHER}",
    f"set local role {OTHER}",
    f"  SET ROLE {OTHER}",
    f"/* a note */ SET ROLE {OTHER}",
    f"-- a note\nSET ROLE {OTHER}",
    f";SET ROLE {OTHER}",
    "RESET ROLE",
    "RESET ALL",
    "DISCARD ALL",
    f"SET search_path = c{NEIGHBOUR}",
    "SET SESSION AUTHORIZATION DEFAULT",
    "SET statement_timeout = 0",
    f"DO $$ BEGIN EXECUTE 'SET ROLE {OTHER}'; END $$",
    f"PREPARE planted AS SELECT * FROM c{NEIGHBOUR}.kernel_ledger",
    "EXECUTE planted",
    "EXPLAIN ANALYZE EXECUTE planted",
    f"EXPLAIN ANALYZE SELECT * FROM c{NEIGHBOUR}.kernel_ledger",
    "EXPLAIN ANALYZE CREATE TABLE planted AS SELECT 1",
    f"EXPLAIN (COSTS off) SET ROLE {OTHER}",
    "DECLARE planted CURSOR WITH HOLD FOR SELECT 1",
    "COPY kernel_ledger TO PROGRAM 'id'",
    "COPY kernel_ledger TO STDOUT",
    "COPY kernel_timer FROM STDIN",
    "CREATE TEMPORARY TABLE planted ()",
    "CREATE TABLE planted ()",
    "SELECT 1 AS one INTO TEMPORARY planted",
    "LISTEN tongban",
    "UNLISTEN *",
    "LOAD 'auto_explain'",
    "CALL planted()",
    "BEGIN",
    "COMMIT",
    "ROLLBACK",
    "PREPARE TRANSACTION 'planted'",
    "LOCK TABLE kernel_ledger",
    "TRUNCATE kernel_ledger",
    "VACUUM",
    f"TABLE c{NEIGHBOUR}.kernel_ledger",
    f"WITH x AS (DELETE FROM c{NEIGHBOUR}.kernel_timer RETURNING *) SELECT * FROM x",
    f"(SELECT 1) UNION (SELECT 1 FROM c{NEIGHBOUR}.kernel_ledger)",
    f"UPDATE pg_settings SET setting = '{OTHER}' WHERE name = 'role'",
    f"MERGE INTO c{NEIGHBOUR}.kernel_timer USING (SELECT 1) s ON false WHEN MATCHED THEN DELETE",
    "UPDATE kernel_logentry SET name = name",
    "DELETE FROM kernel_auditentry",
    "INSERT INTO kernel_ledger (id, code) VALUES (1, 'x')",
    "DELETE FROM kernel_ledger",
    "INSERT INTO django_migrations (app, name, applied) VALUES ('x', 'y', now())",
    "SET CONSTRAINTS ALL DEFERRED; SET ROLE none",
)
"""Statements of which nothing is ours."""


def _session() -> tuple[object, ...] | None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_user, current_setting('search_path'),"
            " current_setting('statement_timeout')"
        )
        row: tuple[object, ...] | None = cursor.fetchone()
        return row


@pytest.mark.parametrize("value", INJECTED)
def test_injected_sql_reaches_nothing(db, value):
    with center_context(OWN):
        before = _session()
        assert before == (ROLE, "c371402, public", "15s")
        query = f"SELECT code FROM kernel_ledger WHERE code = '{value}'"
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(query)
        assert _session() == before


@pytest.mark.parametrize("statement", DICTATED)
@pytest.mark.parametrize("parameters", [None, []], ids=["bare", "with parameters"])
def test_a_dictated_statement_reaches_nothing(db, statement, parameters):
    with center_context(OWN):
        before = _session()
        with (
            pytest.raises((DatabaseError, ContextError)),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement, parameters)
        assert _session() == before
        assert Ledger.objects.get().code == OWN


@pytest.mark.parametrize("role", SharedRole)
def test_a_shared_context_is_held_alike(db, role):
    with shared_context(role):
        before = _session()
        for statement in (
            f"SET ROLE {OTHER}",
            f"SELECT * FROM c{NEIGHBOUR}.kernel_ledger",
            f"SELECT set_config('role', '{OTHER}', false)",
            "SELECT 1; SELECT 2",
        ):
            with pytest.raises((DatabaseError, ContextError)), transaction.atomic():
                connection.cursor().execute(statement)
        assert _session() == before


def test_many_at_once_are_held_alike(db):
    """``executemany`` goes over a pipeline, which also carries one statement each."""
    with center_context(OWN), connection.cursor() as cursor:
        for statement in ("SELECT %s; SET ROLE none", f"SET ROLE {OTHER} -- %s"):
            with pytest.raises((DatabaseError, ContextError)), transaction.atomic():
                cursor.executemany(statement, [[1], [2]])
        cursor.executemany(
            "INSERT INTO kernel_outboxmessage (destination, kind, key, payload, attempts,"
            " last_error) VALUES (%s, 'x', 'y', '{}', 0, '')",
            [["371400"], ["371700"]],
        )
        assert OutboxMessage.objects.count() == 2
        assert _session() == (ROLE, "c371402, public", "15s")


def test_a_copy_is_held_alike(db):
    with center_context(OWN), connection.cursor() as cursor, transaction.atomic():
        for statement in (
            f"COPY c{NEIGHBOUR}.kernel_ledger TO STDOUT",
            "COPY kernel_timer FROM STDIN",
        ):
            with pytest.raises(ContextError), cursor.copy(statement):
                pass


def test_harmless_statements_pass(db):
    """The positive control of what is refused above."""
    with center_context(OWN), connection.cursor() as cursor:
        for statement in (
            "SELECT 1",
            "\n  SELECT 1",
            "(SELECT 1) UNION (SELECT 2)",
            "WITH x AS (SELECT 1) SELECT * FROM x",
            "EXPLAIN SELECT * FROM kernel_ledger",
            "UPDATE kernel_ledger SET log_position = log_position",
            "DELETE FROM kernel_timer",
            "SAVEPOINT planted",
            "ROLLBACK TO SAVEPOINT planted",
            "RELEASE SAVEPOINT planted",
            "SET CONSTRAINTS ALL IMMEDIATE",
        ):
            cursor.execute(statement)
