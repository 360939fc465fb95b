"""One context at a time, and nothing outside one."""

import asyncio

import psycopg
import pytest
from asgiref.sync import sync_to_async
from django.db import connection, transaction

from tongban.kernel import context
from tongban.kernel.context import ContextError, SharedRole, center_context, shared_context
from tongban.kernel.models import Ledger


def test_a_query_outside_any_context_is_refused(db):
    with pytest.raises(ContextError):
        Ledger.objects.get()


def test_each_center_sees_its_own_ledger(db):
    for code in ("371400", "371722"):
        with center_context(code):
            assert Ledger.objects.get().code == code
    with shared_context(SharedRole.PLATFORM):
        assert Ledger.objects.get().code == "platform"


def test_a_transaction_keeps_its_context(db):
    with center_context("371400"), transaction.atomic():
        assert Ledger.objects.get().code == "371400"
        with center_context("371722"), pytest.raises(ContextError):
            Ledger.objects.get()
        assert Ledger.objects.get().code == "371400"


def test_coroutines_on_one_connection_do_not_leak(db):
    """Reproduces the leak of a tenant kept on the connection: two tasks interleave at an await."""
    seen: dict[str, list[str]] = {"371400": [], "371722": []}

    async def read(code: str) -> None:
        with center_context(code):
            for _ in range(5):
                await asyncio.sleep(0)
                ledger = await sync_to_async(Ledger.objects.get, thread_sensitive=True)()
                seen[code].append(ledger.code)

    async def both() -> None:
        await asyncio.gather(read("371400"), read("371722"))

    asyncio.run(both())
    assert seen == {"371400": ["371400"] * 5, "371722": ["371722"] * 5}


def test_the_database_itself_refuses_a_neighbour(db):
    with center_context("371400"), connection.cursor() as cursor:
        with pytest.raises(Exception, match="permission denied"), transaction.atomic():
            cursor.execute("SELECT * FROM c371722.kernel_ledger")
        with pytest.raises(Exception, match="multiple commands"), transaction.atomic():
            cursor.execute("SELECT 1; SET ROLE tbtest_c371722")


def test_nobody_connects_as_the_administrator(administrator):
    host = psycopg.conninfo.conninfo_to_dict(administrator)["host"]
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(f"postgresql://postgres@/postgres?host={host}")


def test_current_center_needs_a_context():
    with pytest.raises(ContextError):
        context.current_center()
