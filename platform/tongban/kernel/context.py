"""Whose data a piece of code works on: the one door into a center's tenant schema.

The context is explicit and belongs to the running task, not to a thread or a connection: the
database backend compares it before every statement with what the session has applied, so two
coroutines that share a connection can't reach into each other's center.
"""

import contextlib
import inspect
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from enum import StrEnum

from tongban.kernel import roles


class ContextError(RuntimeError):
    """Code asked for data in a way that could mix two centers; a fault of ours, never of a user."""


class SharedRole(StrEnum):
    """Roles of the shared schema, each with the grants that its work needs and no more."""

    READER = "reader"
    SIGN_IN = "signin"
    CATALOG = "catalog"
    PLATFORM = "platform"


@dataclass(frozen=True, slots=True)
class DatabaseContext:
    """What a session must have applied: a database role, a search path and time-outs."""

    role: str
    schemas: tuple[str, ...]
    center: str | None = None
    statement_timeout_ms: int = 15_000
    is_owner: bool = False


_current: ContextVar[DatabaseContext | None] = ContextVar("tongban_context", default=None)


def current() -> DatabaseContext | None:
    """Return the context that the running task is in, or None outside any."""
    return _current.get()


def current_center() -> str:
    """Return the code of the center that the running task is in.

    Raises: ContextError outside a center.
    """
    context = _current.get()
    if context is None or context.center is None:
        raise ContextError("no center context")
    return context.center


@contextmanager
def center_context(code: str, *, statement_timeout_ms: int = 15_000) -> Iterator[None]:
    """Let the block work on the tenant schema of center ``code``, as its role.

    The caller has resolved the center (``registry.queries.resolve_center``), which also refuses
    one whose migrations are behind. Raises: ContextError while a transaction of another context
    is open on this connection (at the first statement).
    """
    schema = roles.schema_name(code)
    with _entered(
        DatabaseContext(
            role=roles.center_data(code),
            schemas=(schema, "public"),
            center=code,
            statement_timeout_ms=statement_timeout_ms,
        )
    ):
        yield


@contextmanager
def shared_context(role: SharedRole, *, statement_timeout_ms: int = 15_000) -> Iterator[None]:
    """Let the block work on the shared schema, in one of its roles."""
    with _entered(
        DatabaseContext(
            role=roles.shared(role),
            schemas=("public",),
            statement_timeout_ms=statement_timeout_ms,
        )
    ):
        yield


@contextmanager
def reading_context() -> Iterator[None]:
    """Let the block read the shared tables that everybody reads, inside any context or none.

    A context whose transaction is open can't be left, and a center's and the platform's own may
    read them; everywhere else the block works as the reader.
    """
    running = current()
    if running and (running.center or running.role == roles.shared(SharedRole.PLATFORM)):
        yield
        return
    with shared_context(SharedRole.READER):
        yield


@contextmanager
def owner_context(schema: str) -> Iterator[None]:
    """Let the provisioner work as the owner of ``schema`` (migrations only).

    Only the provisioner's login may enter it: PostgreSQL refuses every other.
    """
    owner = roles.shared_owner() if schema == "public" else roles.schema_owner(schema)
    path = ("public",) if schema == "public" else (schema, "public")
    with _entered(DatabaseContext(role=owner, schemas=path, statement_timeout_ms=0, is_owner=True)):
        yield


@contextmanager
def _entered(context: DatabaseContext) -> Iterator[None]:
    _refuse_async_generators()
    token = _current.set(context)
    try:
        yield
    finally:
        running = _current.get()
        _current.reset(token)
        if running is not context:
            _current.set(None)
            raise ContextError("contexts were left in another order than they were entered")


def _refuse_async_generators() -> None:
    """Raise ContextError when an asynchronous generator is about to enter a context.

    Its ``yield`` would leave whoever iterates over it in the generator's context. A generator of
    the ordinary kind would too, but context managers are written as such: a test reads the code.
    """
    frame = sys._getframe(1)  # noqa: SLF001 - the documented way to a caller's frame
    while frame.f_code.co_filename in {__file__, contextlib.__file__} and frame.f_back is not None:
        frame = frame.f_back
    if frame.f_code.co_flags & inspect.CO_ASYNC_GENERATOR:
        raise ContextError("an asynchronous generator would leave its context to its caller")
