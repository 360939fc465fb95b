"""Rights on tables, declared by each app beside its tables and applied after each migration.

An app's config may carry ``shared_grants``: role → {table: verbs}. Roles not named get nothing. It
may name in ``tenant_functions`` what its migrations add to a center's schema beside tables.
"""

from collections.abc import Collection, Iterator

from django.apps import apps
from django.conf import settings

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
    platform = roles.shared(SharedRole.PLATFORM)
    yield f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {everybody}"
    yield f"REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM {everybody}"
    yield f'GRANT {WORK} ON ALL TABLES IN SCHEMA public TO "{platform}"'
    yield f'GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO "{platform}"'
    yield from _migrations_are_read_only("public", platform)
    for table in append_only_tables(settings.SHARED_APPS):
        yield f'REVOKE UPDATE, DELETE ON public.{table} FROM "{platform}"'
    sequences = _sequences()
    for role, tables in _declared().items():
        for table, verbs in tables.items():
            yield f'GRANT {verbs} ON public.{table} TO "{roles.shared(role)}"'
            if "INSERT" in verbs and table in sequences:
                yield f'GRANT USAGE ON public.{sequences[table]} TO "{roles.shared(role)}"'


def tenant_statements(code: str) -> Iterator[str]:
    """Yield the GRANT and REVOKE statements of a tenant schema; its owner executes them."""
    schema, data = roles.schema_name(code), roles.center_data(code)
    yield f'REVOKE ALL ON ALL TABLES IN SCHEMA "{schema}" FROM "{data}"'
    yield f'REVOKE ALL ON ALL SEQUENCES IN SCHEMA "{schema}" FROM "{data}"'
    yield f'GRANT USAGE ON SCHEMA "{schema}" TO "{data}"'
    yield f'GRANT {WORK} ON ALL TABLES IN SCHEMA "{schema}" TO "{data}"'
    yield f'GRANT USAGE ON ALL SEQUENCES IN SCHEMA "{schema}" TO "{data}"'
    yield from _migrations_are_read_only(schema, data)
    for table in append_only_tables(settings.TENANT_APPS):
        yield f'REVOKE UPDATE, DELETE ON "{schema}".{table} FROM "{data}"'
    yield f'REVOKE INSERT, DELETE ON "{schema}".kernel_ledger FROM "{data}"'
    for function in _tenant_functions():
        yield f'REVOKE ALL ON FUNCTION "{schema}".{function} FROM PUBLIC'
        yield f'GRANT EXECUTE ON FUNCTION "{schema}".{function} TO "{data}"'


def append_only_tables(app_names: Collection[str]) -> list[str]:
    """List the tables of these apps from which nothing may be changed or taken away."""
    return sorted(
        model._meta.db_table
        for model in apps.get_models()
        if issubclass(model, AppendOnlyModel)
        and apps.get_app_config(model._meta.app_label).name in app_names
    )


def _migrations_are_read_only(schema: str, role: str) -> Iterator[str]:
    yield f'REVOKE INSERT, UPDATE, DELETE ON "{schema}".django_migrations FROM "{role}"'
    yield f'REVOKE ALL ON "{schema}".django_migrations_id_seq FROM "{role}"'


def _tenant_functions() -> Iterator[str]:
    """Yield the functions of a tenant schema, which its work calls and nobody else."""
    for config in apps.get_app_configs():
        yield from getattr(config, "tenant_functions", ())


def _declared() -> Grants:
    declared: Grants = {
        role: dict(KERNEL_TABLES) for role in (SharedRole.SIGN_IN, SharedRole.CATALOG)
    }
    for config in apps.get_app_configs():
        for role, tables in getattr(config, "shared_grants", {}).items():
            declared.setdefault(role, {}).update(tables)
    return declared


def _sequences() -> dict[str, str]:
    """Map each table whose rows are numbered to the sequence that numbers them."""
    return {
        model._meta.db_table: f"{model._meta.db_table}_{model._meta.pk.column}_seq"
        for model in apps.get_models(include_auto_created=True)
        if model._meta.pk is not None and model._meta.pk.get_internal_type().endswith("AutoField")
    }
