"""One context at a time, whatever tasks, threads, transactions and connections do."""

from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction
from django.db.backends.postgresql.base import DatabaseWrapper as Backend
from django_tenants.utils import schema_context, tenant_context

from tests.isolation import leaking
from tongban.kernel import context as contexts
from tongban.kernel.context import (
    ContextError,
    SharedRole,
    center_context,
    current,
    current_center,
    owner_context,
    shared_context,
)
from tongban.kernel.models import IdempotencyRecord, Ledger
from tongban.kernel.postgresql.base import DatabaseWrapper, ExtendedCursor
from tongban.kernel.transactions import unit_of_work
from tongban.registry.models import Center

A, B = "371400", "371722"


def code() -> str:
    return Ledger.objects.get().code


# --- the leaks, and that they are seen when the protection is taken out ----------------------


@pytest.mark.parametrize("scenario", leaking.SCENARIOS, ids=lambda s: s.__name__)
def test_nothing_leaks(bare_db, scenario):
    assert scenario() == []


def test_a_context_kept_with_the_connection_is_seen_to_leak(bare_db, monkeypatch):
    """The leak of django-tenants itself: two coroutines set their tenant, await, and query."""
    kept: list[contexts.DatabaseContext] = []

    @contextmanager
    def set_tenant(context):
        kept[:] = [context]
        yield

    monkeypatch.setattr(contexts, "_entered", set_tenant)
    monkeypatch.setattr(contexts, "current", lambda: kept[0])
    assert leaking.coroutines() != []


def test_a_backend_that_trusts_what_was_applied_is_seen_to_leak(bare_db, monkeypatch):
    """A session that is entered once and believed from then on."""
    enter = DatabaseWrapper.enter_context

    def once(self):
        if self._applied is None:
            enter(self)

    monkeypatch.setattr(DatabaseWrapper, "enter_context", once)
    assert leaking.coroutines() != []
    assert leaking.a_kept_cursor() != []


def test_entering_when_a_cursor_is_made_is_seen_to_leak(bare_db, monkeypatch):
    """django-tenants' own place for it; a cursor kept over an await goes past it."""

    def enter(self, _cursor=None):
        self.enter_context()

    monkeypatch.setattr(ExtendedCursor, "_enter_context", lambda _self: None)
    monkeypatch.setattr(DatabaseWrapper, "_handle_search_path", enter)
    assert leaking.coroutines() == []
    assert leaking.coroutines_with_cursors() != []
    assert leaking.a_kept_cursor() != []


def test_a_rollback_that_is_not_noticed_is_seen_to_leak(bare_db, monkeypatch):
    monkeypatch.setattr(DatabaseWrapper, "savepoint_rollback", Backend.savepoint_rollback)
    assert leaking.a_savepoint_rolled_back() != []


# --- nesting and transactions ----------------------------------------------------------------


def test_contexts_nest_and_come_back(bare_db):
    with center_context(A):
        assert code() == A
        with center_context(B):
            assert code() == B
            with shared_context(SharedRole.PLATFORM):
                assert code() == "platform"
            assert code() == B
        assert (code(), current_center()) == (A, A)
    assert current() is None


def test_an_error_leaves_the_context_it_came_through(bare_db):
    with pytest.raises(ZeroDivisionError), center_context(A):
        _ = 1 / 0
    assert current() is None


def test_each_context_brings_its_time_out(bare_db):
    with connection.cursor() as cursor:
        for limit, shown in ((15_000, "15s"), (0, "0"), (250, "250ms")):
            with center_context(A, statement_timeout_ms=limit):
                cursor.execute(_TIMEOUTS)
                assert cursor.fetchone() == (shown, "10s", "1min")


_TIMEOUTS = (
    "SELECT current_setting('statement_timeout'), current_setting('lock_timeout'),"
    " current_setting('idle_in_transaction_session_timeout')"
)


def test_a_transaction_admits_no_second_context(bare_db):
    with center_context(A), transaction.atomic():
        assert code() == A
        for other in (center_context(B), shared_context(SharedRole.PLATFORM)):
            with other, pytest.raises(ContextError, match="another context"):
                code()
        with center_context(A, statement_timeout_ms=1), pytest.raises(ContextError):
            code()
        assert code() == A


def test_a_unit_of_work_admits_no_second_context(bare_db):
    with center_context(A), unit_of_work():
        code()
        with center_context(B), pytest.raises(ContextError), unit_of_work():
            pytest.fail("joined a neighbour's work")
        with pytest.raises(ContextError), owner_context("public"):
            code()


def test_a_failed_statement_is_followed_by_the_right_context(bare_db):
    with center_context(A):
        code()
    with center_context(B):
        with pytest.raises(DatabaseError), transaction.atomic():
            connection.cursor().execute("SELECT 1/0")
        assert code() == B
        with transaction.atomic():
            with pytest.raises(DatabaseError), transaction.atomic():
                connection.cursor().execute("SELECT 1/0")
            assert code() == B


def test_a_commit_that_the_server_answers_with_a_rollback_is_noticed(bare_db):
    """Swallowing an error inside a transaction is a fault; it must not become a leak."""
    with center_context(A):
        code()
    with center_context(B):
        connection.set_autocommit(False)
        try:
            connection.cursor().execute("SAVEPOINT planted")
            connection.savepoint_rollback("planted")
            code()
            with pytest.raises(DatabaseError):
                connection.cursor().execute("SELECT 1/0")
            connection.commit()
        finally:
            connection.set_autocommit(True)
        assert code() == B


def test_a_session_that_the_server_ended_begins_anew_in_the_context(bare_db, administrator):
    with center_context(B):
        code()
        pid = connection.connection.info.backend_pid
        with psycopg.connect(administrator, autocommit=True) as admin:
            admin.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])
        with pytest.raises(DatabaseError):
            code()
        connection.close_if_unusable_or_obsolete()
        assert code() == B
    connection.close()
    with pytest.raises(ContextError):
        code()


def test_nothing_works_outside_a_context(bare_db):
    for attempt in (
        code,
        lambda: list(Center.objects.all()),
        lambda: connection.cursor().execute("SELECT 1"),
        lambda: connection.cursor().executemany("SELECT %s", [[1]]),
        lambda: connection.cursor().copy("COPY (SELECT 1) TO STDOUT").__enter__(),
        lambda: unit_of_work().__enter__(),
        current_center,
    ):
        with pytest.raises(ContextError):
            attempt()


def test_a_query_works_where_it_is_run_not_where_it_was_written(bare_db):
    with center_context(A):
        lazy, rows = Ledger.objects.all(), Ledger.objects.iterator()
    with center_context(B):
        assert [ledger.code for ledger in lazy] == [B]
        assert next(rows).code == B
    with pytest.raises(ContextError):
        list(lazy.all())


def test_a_statement_whose_plan_is_kept_reads_the_center_that_is_entered(bare_db):
    """A plan is kept by the connection, which goes from center to center."""
    for _ in range(2):
        for center in (A, B):
            for _ in range(12):  # more than it takes to keep a plan, and one for any values
                with center_context(center), transaction.atomic():
                    assert code() == center
    with center_context(A), connection.cursor() as cursor:
        cursor.execute("SELECT generic_plans FROM pg_prepared_statements")
        assert any(plans for (plans,) in cursor.fetchall())
    with shared_context(SharedRole.PLATFORM), transaction.atomic():
        assert code() == "platform"
    # On the same path, in a role that has no right to it.
    with shared_context(SharedRole.READER), pytest.raises(DatabaseError), transaction.atomic():
        code()


def test_rows_that_were_read_stay_what_they_are(bare_db):
    """A cursor holds its answer in the process: nothing is fetched later, in another's role."""
    with center_context(A):
        cursor = connection.cursor()
        cursor.execute(leaking.CODES)
    with center_context(B):
        assert code() == B
        assert cursor.fetchall() == [(A,)]


def test_a_cursor_of_the_server_is_refused(bare_db):
    with center_context(A), pytest.raises(ContextError, match="outlive"):
        connection.chunked_cursor()


def test_an_object_read_in_one_center_is_not_written_to_another(db):
    """Saving it elsewhere finds no such row, or makes one there: it never reaches back."""
    with center_context(A):
        ledger = Ledger.objects.get()
    with center_context(B):
        ledger.log_position = 7
        ledger.save(update_fields=["log_position"])
        assert Ledger.objects.get().log_position == 7
    with center_context(A):
        assert Ledger.objects.get().log_position != 7


@pytest.mark.parametrize(
    "wrong", ["", "371", "3714000", "c371400", "371400'", '371400"', "３７１４００", "371400\n"]
)
def test_a_center_is_named_by_digits_only(wrong):
    with pytest.raises(ValueError, match="not a center code"), center_context(wrong):
        pytest.fail("entered")


def test_a_center_that_is_not_there_is_not_entered(bare_db):
    with center_context("999999"), pytest.raises(DatabaseError, match="does not exist"):
        code()
    with center_context(A):
        assert code() == A


def test_the_application_can_not_enter_as_an_owner(bare_db):
    for schema in ("public", "c371400", "center_template"):
        with owner_context(schema), pytest.raises(DatabaseError, match="permission denied"):
            code()


# --- the doors of django-tenants -------------------------------------------------------------


def test_the_doors_of_django_tenants_are_shut(bare_db):
    with shared_context(SharedRole.READER):
        center = Center.objects.get(code=B)
    backend: Any = connection
    for attempt in (
        lambda: backend.set_tenant(center),
        lambda: backend.set_schema("c371722"),
        lambda: tenant_context(center).__enter__(),
        lambda: schema_context("c371722").__enter__(),
        center.activate,
    ):
        with pytest.raises(ContextError, match="center_context"):
            attempt()
    with center_context(A):
        backend.set_schema_to_public()
        assert code() == A


def test_what_a_refused_context_wanted_to_write_is_not_there(db):
    with center_context(A), transaction.atomic():
        code()
        with center_context(B), pytest.raises(ContextError):
            IdempotencyRecord.objects.create(
                actor="x",
                operation="y",
                key="0190a3c8-0000-7000-8000-000000000000",
                input_digest="",
            )
    for center in (A, B):
        with center_context(center):
            assert not IdempotencyRecord.objects.exists()
