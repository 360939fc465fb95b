"""Django's PostgreSQL backend, entering one center at a time (on top of django-tenants).

One round trip sets role, search path and time-outs when the running task's context differs from
what the session has applied: this is looked at before every statement, since coroutines share
connections and cursors. Every statement goes over the extended protocol, which carries one
statement only, so injected SQL can't append ``SET ROLE``; and it begins with a verb that reads or
writes rows, so SQL that is wholly an attacker's can't be ``SET ROLE`` either. What transactions
repeat is prepared: PostgreSQL plans it anew by itself where the search path is another.
"""

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.db.utils import ProgrammingError
from django.utils.asyncio import async_unsafe
from psycopg.pq import ExecStatus, TransactionStatus

from tongban.kernel import context as contexts

if TYPE_CHECKING:  # what the two bases come to, where they have no types of their own
    import psycopg
    from django.db.backends.postgresql.base import DatabaseWrapper as Backend

    ServerBindingCursor = psycopg.Cursor[Any]
else:
    from django.db.backends.postgresql.base import ServerBindingCursor
    from django_tenants.postgresql_backend.base import DatabaseWrapper as Backend

_IDLE_IN_TRANSACTION_TIMEOUT_MS = 60_000
_LOCK_TIMEOUT_MS = 10_000

# EXPLAIN takes nothing but statements about rows. None of these changes the session.
_ROWS = re.compile(
    rb"[\s(]*(?:SELECT|WITH|INSERT|UPDATE|DELETE|MERGE|EXPLAIN|SAVEPOINT|RELEASE|ROLLBACK TO"
    rb"|SET CONSTRAINTS)\b",
    re.IGNORECASE,
)


class ExtendedCursor(ServerBindingCursor):
    """A cursor that never uses the simple protocol, so one call is one statement about rows.

    Migrations, which run as an owner in the provisioner alone, may hold several in one, of any
    kind.
    """

    wrapper: "DatabaseWrapper | None" = None
    """Set on the cursors that Django gives out; its own look after the connection."""

    def executemany(self, query: Any, params_seq: Iterable[Any], **kwargs: Any) -> None:
        self._enter_context()  # a pipeline, which begins next, would not let it
        super().executemany(query, params_seq, **kwargs)

    def _start_query(self, query: Any = None) -> Any:
        self._enter_context()  # before the transaction begins: its rollback must not undo it
        yield from super()._start_query(query)

    def _enter_context(self) -> None:
        if self.wrapper is not None:
            self.wrapper.enter_context()

    def _get_prepared(self, query: Any, prepare: bool | None = None) -> Any:
        # In a transaction rows are found by their keys: any value is served by the same plan.
        # What stands in none is a list or a search, planned for the values that it is given.
        is_kept = self.wrapper is not None and self.wrapper.in_atomic_block and not _is_migrating()
        return super()._get_prepared(query, prepare if is_kept else False)

    def _send_prepare(self, name: bytes, query: Any) -> None:
        _require_rows(query)
        super()._send_prepare(name, query)

    def _execute_send(self, query: Any, *, force_extended: bool = False, **kwargs: Any) -> None:
        is_migrating = _is_migrating()
        if not is_migrating:
            _require_rows(query)
        super()._execute_send(query, force_extended=force_extended or not is_migrating, **kwargs)


def _is_migrating() -> bool:
    context = contexts.current()
    return context is not None and context.is_owner


def _require_rows(query: Any) -> None:
    """Raise ContextError for a statement that is not about rows."""
    if _ROWS.match(query.query) is None:
        raise contexts.ContextError("a statement that is not about rows")


class DatabaseWrapper(Backend):
    """A connection that works only inside the context of the running task."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._applied: contexts.DatabaseContext | None = None
        self._bound: tuple[object, contexts.DatabaseContext] | None = None
        self._is_connecting = False
        super().__init__(*args, **kwargs)

    @property
    def schema_name(self) -> str:
        """The schema of the running task's context; django-tenants' router asks for it."""
        context = contexts.current()
        return context.schemas[0] if context else "public"

    @schema_name.setter
    def schema_name(self, name: str | None) -> None:
        """django-tenants' constructor assigns it; the context alone decides."""

    def set_tenant(self, tenant: Any, include_public: bool = True) -> None:
        """Refuse any other door than ``center_context``.

        django-tenants keeps the tenant on the connection, which coroutines share: that leaks.
        """
        del include_public
        if tenant.schema_name != "public":
            raise contexts.ContextError("enter a center through center_context")

    def get_connection_params(self) -> dict[str, Any]:
        return {**super().get_connection_params(), "cursor_factory": ExtendedCursor}

    def create_cursor(self, name: str | None = None) -> ExtendedCursor:
        if name is not None:
            raise contexts.ContextError("a cursor of the server would outlive its context")
        cursor: ExtendedCursor = super().create_cursor()
        cursor.wrapper = self
        return cursor

    def init_connection_state(self) -> None:
        # Django asks for the version and sets the time zone here, as the login itself.
        self._applied = None
        self._is_connecting = True
        try:
            super().init_connection_state()
        finally:
            self._is_connecting = False

    def close(self) -> None:
        self._applied = None
        super().close()

    @async_unsafe
    def commit(self) -> None:
        if self.connection.pgconn.transaction_status == TransactionStatus.INERROR:
            self._applied = None  # the server will answer a failed transaction with a rollback
        super().commit()

    @async_unsafe
    def rollback(self) -> None:
        # SET is transactional: what this transaction applied is undone with it.
        self._applied = None
        super().rollback()

    @async_unsafe
    def savepoint_rollback(self, sid: str) -> None:
        try:
            super().savepoint_rollback(sid)
        finally:
            self._applied = None

    def _handle_search_path(self, cursor: Any = None) -> None:
        """django-tenants enters here, when a cursor is made; statements enter by themselves."""

    def enter_context(self) -> None:
        """Make the session work in the running task's context, ahead of a statement.

        Raises: ContextError outside any, and in another than the open transaction's.
        """
        if self._is_connecting:
            return
        context = contexts.current()
        if context is None:
            raise contexts.ContextError("a query outside any context")
        self._refuse_second_context(context)
        if context != self._applied:
            self._apply(context)

    def _refuse_second_context(self, context: contexts.DatabaseContext) -> None:
        # The transaction that a test case wraps around itself is nobody's work.
        outermost = next(
            (b for b in self.atomic_blocks if not getattr(b, "_from_testcase", False)), None
        )
        if outermost is None:
            self._bound = None
        elif self._bound is None or self._bound[0] is not outermost:
            self._bound = (outermost, context)
        elif self._bound[1] != context:
            raise contexts.ContextError("a transaction of another context is open")

    def _apply(self, context: contexts.DatabaseContext) -> None:
        pgconn = self.connection.pgconn
        if pgconn.transaction_status == TransactionStatus.INERROR:
            return  # only a rollback can follow, and it needs no role
        path = ", ".join(_quoted(name) for name in context.schemas)
        result = pgconn.exec_(
            f"SET ROLE {_quoted(context.role)}; SET search_path = {path};"
            f" SET statement_timeout = {context.statement_timeout_ms};"
            f" SET lock_timeout = {_LOCK_TIMEOUT_MS};"
            f" SET idle_in_transaction_session_timeout = {_IDLE_IN_TRANSACTION_TIMEOUT_MS}".encode()
        )
        if result.status != ExecStatus.COMMAND_OK:
            self._applied = None
            raise ProgrammingError(result.error_message.decode(errors="replace").strip())
        self._applied = context


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
