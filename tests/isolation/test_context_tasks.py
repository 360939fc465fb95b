"""Threads, tasks and generators: a context belongs to the running task, and to nobody after it."""

import ast
import asyncio
import contextvars
import threading
from contextlib import asynccontextmanager

import pytest
from asgiref.sync import sync_to_async
from django.db import connections

from tests import database
from tongban.kernel.context import (
    ContextError,
    SharedRole,
    center_context,
    current,
    current_center,
    shared_context,
)
from tongban.kernel.models import Ledger

A, B = "371400", "371722"


def code() -> str:
    return Ledger.objects.get().code


def _in_thread(function):
    result: list[object] = []

    def run() -> None:
        try:
            result.append(function())
        except Exception as error:  # noqa: BLE001 - whatever it is goes back to the test
            result.append(error)
        finally:
            connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    return result[0]


def test_a_thread_begins_outside_any_context(bare_db):
    with center_context(A):
        assert isinstance(_in_thread(code), ContextError)
        assert _in_thread(lambda: contextvars.copy_context().run(current)) is None
        copied = contextvars.copy_context()
        assert _in_thread(lambda: copied.run(code)) == A


def test_threads_work_side_by_side(bare_db):
    barrier = threading.Barrier(4)
    seen: dict[str, set[str]] = {}

    def work(center: str) -> None:
        try:
            barrier.wait()
            with center_context(center):
                seen[center] = {code() for _ in range(20)}
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work, args=[c]) for c in database.CENTERS[:4]]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == {center: {center} for center in database.CENTERS[:4]}


@pytest.mark.parametrize("sensitive", [True, False])
def test_a_unit_of_synchronous_work_keeps_the_context_of_its_task(bare_db, sensitive):
    def read() -> str:
        try:
            return code()
        finally:
            if not sensitive:
                connections.close_all()

    async def work(center: str) -> list[str]:
        with center_context(center):
            return [await sync_to_async(read, thread_sensitive=sensitive)() for _ in range(3)]

    async def all_of_them() -> list[list[str]]:
        answers = await asyncio.gather(*(work(c) for c in (A, B, A, B)))
        await sync_to_async(connections.close_all, thread_sensitive=True)()
        return answers

    assert asyncio.run(all_of_them()) == [[A] * 3, [B] * 3, [A] * 3, [B] * 3]


def test_a_task_takes_the_context_along_and_gives_none_back(bare_db):
    async def main() -> tuple[str, str]:
        async def child() -> str:
            with center_context(B):
                await asyncio.sleep(0)
                return current_center()

        with center_context(A):
            task = asyncio.create_task(child())
            await asyncio.sleep(0)
            return current_center(), await task

    assert asyncio.run(main()) == (A, B)


def test_an_asynchronous_generator_enters_no_context():
    """Between its yields its consumer, and every task that it starts, would be in its center."""

    async def rows():
        with center_context(B):
            yield current_center()

    @asynccontextmanager
    async def entered():
        with shared_context(SharedRole.PLATFORM):
            yield

    async def main() -> None:
        with center_context(A):
            with pytest.raises(ContextError, match="generator"):
                async for _ in rows():
                    pass
            with pytest.raises(ContextError, match="generator"):
                async with entered():
                    pass
            assert current_center() == A

    asyncio.run(main())


def test_contexts_left_in_another_order_are_left_for_good():
    def rows():
        with center_context(B):
            yield

    held = rows()
    with pytest.raises(ContextError, match="order"), center_context(A):
        next(held)
    assert current() is None
    with pytest.raises(ContextError, match="order"):
        held.close()
    assert current() is None


def _entering(node: ast.With | ast.AsyncWith) -> bool:
    names = {"center_context", "shared_context", "owner_context"}
    return any(
        isinstance(part, ast.Name | ast.Attribute)
        and (part.id if isinstance(part, ast.Name) else part.attr) in names
        for item in node.items
        for part in ast.walk(item.context_expr)
    )


def _yields_in_contexts(source: str) -> list[int]:
    """Find generators that keep a context over a yield, but for context managers."""
    found = []
    for function in ast.walk(ast.parse(source)):
        if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        if any("contextmanager" in ast.dump(decorator) for decorator in function.decorator_list):
            continue
        found += [
            inner.lineno
            for block in ast.walk(function)
            if isinstance(block, ast.With | ast.AsyncWith) and _entering(block)
            for inner in ast.walk(block)
            if isinstance(inner, ast.Yield | ast.YieldFrom)
        ]
    return found


def test_no_generator_keeps_a_context_over_a_yield():
    for folder in ("platform", "tenants", "schema", "infra"):
        for path in (database.PROJECT / folder).rglob("*.py"):
            assert _yields_in_contexts(path.read_text()) == [], path
    planted = "def rows():\n  with context.center_context('371400'):\n    yield 1\n"
    assert _yields_in_contexts(planted) == [3]
    assert _yields_in_contexts(f"@contextmanager\n{planted}") == []
