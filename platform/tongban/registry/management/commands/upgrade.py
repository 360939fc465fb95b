"""``tongban upgrade``: bring the database to the migrations on disk and load shipped data."""

import time
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from tongban.kernel.context import SharedRole, shared_context
from tongban.registry.operations import load_divisions, migrate


class Command(BaseCommand):
    help = "迁移共享库表、中心库表模板和各中心，并装载随附的行政区划（以 provisioner 登录运行）"
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        started = time.perf_counter()

        def report(text: str) -> None:
            self.stdout.write(f"  {text}")
            self.stdout.flush()

        migrate.migrate_shared(report=report)
        migrate.ensure_script(now=timezone.now(), report=report)
        with shared_context(SharedRole.PLATFORM):
            rows = load_divisions.load_divisions()
        report(f"行政区划 {rows} 行")
        behind = migrate.migrate_centers(report=report)
        report(f"升级了 {behind} 个中心，用时 {time.perf_counter() - started:.1f} 秒")
