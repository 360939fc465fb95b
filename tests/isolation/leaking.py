"""Ways in which one piece of code could end up in another's center, each as a scenario.

A scenario returns what it read in the wrong place, so that it can be run on the product, where it
returns nothing, and on a product whose protection was taken out, where it must return something.
"""

import asyncio
from collections.abc import Callable
from typing import Any

from asgiref.sync import sync_to_async
from django.db import connection, connections, transaction

from tongban.kernel.context import center_context
from tongban.kernel.models import Ledger

FIRST, SECOND = "371400", "371722"
CODES = "SELECT code FROM kernel_ledger"
Leak = tuple[str, Any]


def coroutines() -> list[Leak]:
    """Let two tasks that share one connection interleave between entering and querying."""
    found: list[Leak] = []

    async def work(code: str) -> None:
        with center_context(code):
            for _ in range(5):
                await asyncio.sleep(0)
                ledger = await sync_to_async(Ledger.objects.get, thread_sensitive=True)()
                if ledger.code != code:
                    found.append((code, ledger.code))

    async def both() -> None:
        await asyncio.gather(work(FIRST), work(SECOND))
        await sync_to_async(connections.close_all, thread_sensitive=True)()

    asyncio.run(both())
    return found


def coroutines_with_cursors() -> list[Leak]:
    """Let two tasks keep a cursor each over an await, as a consumer that streams rows would."""
    found: list[Leak] = []

    def make() -> Any:
        return connection.cursor()  # of the thread that this runs in

    def read(cursor: Any) -> str:
        cursor.execute(CODES)
        return str(cursor.fetchone()[0])

    async def work(code: str) -> None:
        with center_context(code):
            cursor = await sync_to_async(make, thread_sensitive=True)()
            for _ in range(5):
                await asyncio.sleep(0)
                seen = await sync_to_async(read, thread_sensitive=True)(cursor)
                if seen != code:
                    found.append((code, seen))

    async def both() -> None:
        await asyncio.gather(work(FIRST), work(SECOND))
        await sync_to_async(connections.close_all, thread_sensitive=True)()

    asyncio.run(both())
    return found


def a_kept_cursor() -> list[Leak]:
    """Use a cursor again after another center was entered on the same connection."""
    with center_context(FIRST):
        cursor = connection.cursor()
        cursor.execute(CODES)
    with center_context(SECOND):
        between = Ledger.objects.get().code
    with center_context(FIRST):
        cursor.execute(CODES)
        seen = cursor.fetchone()[0]
    expected = {FIRST: seen, SECOND: between}
    return [(code, other) for code, other in expected.items() if code != other]


def a_savepoint_rolled_back() -> list[Leak]:
    """Enter a center behind a savepoint that is rolled back: what was applied is undone."""
    connection.set_autocommit(False)
    try:
        with center_context(FIRST):
            Ledger.objects.get()
            behind = transaction.savepoint()
        with center_context(SECOND):
            Ledger.objects.get()
            transaction.savepoint_rollback(behind)
            seen = Ledger.objects.get().code
    finally:
        connection.rollback()
        connection.set_autocommit(True)
    return [] if seen == SECOND else [(SECOND, seen)]


def a_closed_connection() -> list[Leak]:
    """Close the connection inside a center: a new session begins as the bare login."""
    with center_context(SECOND):
        Ledger.objects.get()
        connection.close()
        seen = Ledger.objects.get().code
    return [] if seen == SECOND else [(SECOND, seen)]


SCENARIOS: tuple[Callable[[], list[Leak]], ...] = (
    coroutines,
    coroutines_with_cursors,
    a_kept_cursor,
    a_savepoint_rolled_back,
    a_closed_connection,
)
