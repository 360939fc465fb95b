"""Rights on tables, declared by each app beside its tables and applied after each migration.

An app's config may carry ``shared_grants``: role → {table: verbs}. Roles not named get nothing.
"""

from collections.abc import Iterator

from django.apps import apps

from tongban.kernel import roles
from tongban.kernel.context import SharedRole
from tongban.kernel.models import AppendOnlyModel

READ = "SELECT"
APPEND = "SELECT, INSERT"
WORK = "SELECT, INSERT, UPDATE, DELETE"

KERNEL_TABLES = {
    "kernel_ledger": "SELECT, UPDATE",
    "kernel_logentry": APPEND,
    "kernel_auditentry": APPEND,
    "kernel_outboxmessage": "SELECT, INSERT, UPDATE",
    "kernel_inboxmessage": APPEND,
    "kernel_timer": WORK,
    "kernel_idempotencyrecord": WORK,
}

Grants = dict[SharedRole, dict[str, str]]


def shared_statements() -> Iterator[str]:
    """Yield the GRANT and REVOKE statements of the shared schema; its owner executes them."""
    everybody = ", ".join(f'"{roles.shared(role)}"' for role in SharedRole)
    yield f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {everybody}"
    yield f"REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM {everybody}"
    yield f'GRANT ALL ON ALL TABLES IN SCHEMA public TO "{roles.shared(SharedRole.PLATFORM)}"'
    for role in (SharedRole.SIGN_IN, SharedRole.CATALOG, SharedRole.PLATFORM):
        yield f'GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO "{roles.shared(role)}"'
    for role in (SharedRole.SIGN_IN, SharedRole.CATALOG):
        for table, verbs in KERNEL_TABLES.items():
            yield f'GRANT {verbs} ON public.{table} TO "{roles.shared(role)}"'
    for config in apps.get_app_configs():
        grants: Grants = getattr(config, "shared_grants", {})
        for role, tables in grants.items():
            for table, verbs in tables.items():
                yield f'GRANT {verbs} ON public.{table} TO "{roles.shared(role)}"'
    for table in append_only_tables():
        if table.startswith("kernel_"):
            platform = roles.shared(SharedRole.PLATFORM)
            yield f'REVOKE UPDATE, DELETE, TRUNCATE ON public.{table} FROM "{platform}"'


def tenant_statements(code: str) -> Iterator[str]:
    """Yield the GRANT statements of a tenant schema; its owner executes them."""
    schema, data = roles.schema_name(code), roles.center_data(code)
    yield f'GRANT USAGE ON SCHEMA "{schema}" TO "{data}"'
    yield f'GRANT {WORK} ON ALL TABLES IN SCHEMA "{schema}" TO "{data}"'
    yield f'GRANT USAGE ON ALL SEQUENCES IN SCHEMA "{schema}" TO "{data}"'
    for table in append_only_tables():
        yield f'REVOKE UPDATE, DELETE ON "{schema}".{table} FROM "{data}"'
    yield f'REVOKE INSERT, DELETE ON "{schema}".kernel_ledger FROM "{data}"'
    yield f'REVOKE INSERT, UPDATE, DELETE ON "{schema}".django_migrations FROM "{data}"'


def append_only_tables() -> list[str]:
    """List the tables of tenant schemas from which nothing may be changed or taken away."""
    return sorted(
        model._meta.db_table
        for model in apps.get_models()
        if issubclass(model, AppendOnlyModel)
    )
