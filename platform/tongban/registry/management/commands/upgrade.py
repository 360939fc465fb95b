"""``tongban upgrade``: bring the database to the migrations on disk and load shipped data."""

import time
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from tongban.registry.operations import provision


class Command(BaseCommand):
    help = "迁移共享库表、中心库表模板和各中心，并装载随附的行政区划（以 provisioner 登录运行）"
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        started = time.perf_counter()

        def report(text: str) -> None:
            self.stdout.write(f"  {text}")
            self.stdout.flush()

        provision.upgrade(clock=timezone.now, report=report)
        report(f"数据库就绪，用时 {time.perf_counter() - started:.1f} 秒")
