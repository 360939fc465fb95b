"""The one way from the event loop into the synchronous domain.

The center is entered inside the worker thread and left before the thread is given back, so no
center outlives the read that it was entered for. Few threads, so few connections: whatever reads
here takes milliseconds and is bounded. What all subscribers wait for has threads of its own:
thousands who come back at once don't hold it up.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from typing import Final, TypeVar

from django.db import close_old_connections

from tongban.kernel.context import SharedRole, center_context, shared_context
from tongban.kernel.transactions import PLATFORM

Read = TypeVar("Read")

FOR_ONE: Final = ThreadPoolExecutor(max_workers=4, thread_name_prefix="one")
FOR_ALL: Final = ThreadPoolExecutor(max_workers=2, thread_name_prefix="all")


async def in_center(code: str, read: Callable[[], Read], pool: Executor = FOR_ONE) -> Read:
    """Return what ``read`` returns, run in the context of a center or of ``platform``."""
    if code == PLATFORM:  # signing in is what its log is read for
        return await _within(shared_context(SharedRole.SIGN_IN), read, pool)
    return await _within(center_context(code), read, pool)


async def outside(read: Callable[[], Read], pool: Executor = FOR_ONE) -> Read:
    """Return what ``read`` returns, run outside any context: it enters what it needs."""
    return await _within(nullcontext(), read, pool)


async def _within(
    context: AbstractContextManager[None], read: Callable[[], Read], pool: Executor
) -> Read:
    def run() -> Read:
        close_old_connections()
        with context:
            return read()

    return await asyncio.get_running_loop().run_in_executor(pool, run)
