"""Bringing the database to the migrations on disk: shared schema, template, then each center."""

from collections.abc import Callable
from datetime import datetime

from django.core.management import call_command
from django.core.management.commands.migrate import Command as DjangoMigrate
from django.db import connection, transaction
from django.db.models import F

from tongban.kernel import grants, roles
from tongban.kernel.context import SharedRole, owner_context, shared_context
from tongban.kernel.models import Ledger
from tongban.kernel.transactions import PLATFORM
from tongban.registry import models
from tongban.registry.adapters import tenant_schema

Report = Callable[[str], None]


def migrate_shared(*, report: Report) -> None:
    """Migrate the shared schema and set the rights of its roles (provisioner only)."""
    report("迁移共享库表…")
    with owner_context("public"):
        # Django's own: the one of django-tenants would go on to every tenant schema.
        call_command(DjangoMigrate(), interactive=False, verbosity=0)
        with transaction.atomic(), connection.cursor() as cursor:
            for statement in grants.shared_statements():
                cursor.execute(statement)
    with shared_context(SharedRole.PLATFORM):
        Ledger.objects.get_or_create(id=1, defaults={"code": PLATFORM})
        models.RegistryVersion.objects.get_or_create(id=1)


def ensure_script(*, now: datetime, report: Report) -> str:
    """Return the DDL script of the current migrations, rendering it once (provisioner only)."""
    current = tenant_schema.current_fingerprint()
    with shared_context(SharedRole.PLATFORM):
        kept = models.SchemaScript.objects.filter(fingerprint=current).first()
        if kept is not None:
            return kept.script
    report("生成中心库表模板…")
    tenant_schema.create_template()
    tenant_schema.migrate(roles.TEMPLATE_SCHEMA)
    script = tenant_schema.render_script()
    with shared_context(SharedRole.PLATFORM):
        models.SchemaScript.objects.get_or_create(
            fingerprint=current, defaults={"script": script, "rendered_at": now}
        )
    return script


def migrate_centers(*, report: Report) -> int:
    """Migrate each center that is behind, and return how many were (provisioner only).

    A center that is current costs nothing: one query finds those that are behind.
    """
    current = tenant_schema.current_fingerprint()
    with shared_context(SharedRole.PLATFORM):
        behind = list(
            models.Center.objects.exclude(fingerprint=current)
            .exclude(fingerprint="")
            .order_by("code")
            .values_list("code", flat=True)
        )
    for number, code in enumerate(behind, start=1):
        report(f"升级 {code}（{number}/{len(behind)}）…")
        schema = roles.schema_name(code)
        tenant_schema.migrate(schema)
        with owner_context(schema), transaction.atomic(), connection.cursor() as cursor:
            for statement in grants.tenant_statements(code):
                cursor.execute(statement)
        with shared_context(SharedRole.PLATFORM), transaction.atomic():
            models.Center.objects.filter(code=code).update(fingerprint=current)
            bump_version()
    return len(behind)


def bump_version() -> None:
    """Invalidate every process's map of centers, in the transaction that changes a center."""
    models.RegistryVersion.objects.update(number=F("number") + 1)
