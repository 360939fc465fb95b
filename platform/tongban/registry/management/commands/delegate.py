"""``tongban delegate``: let a city handle matters of its districts (同城办理)."""

from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from tongban.kernel import actors
from tongban.kernel.context import SharedRole, shared_context
from tongban.kernel.errors import DomainError
from tongban.registry.operations import delegate


class Command(BaseCommand):
    help = "同城办理：例如 tongban delegate 371402 371471 371472 --to 371400 --matters 370110100101"
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("districts", nargs="+", help="区中心代码")
        parser.add_argument("--to", required=True, help="承办的市中心代码")
        parser.add_argument("--matters", nargs="+", required=True, help="事项基本编码")
        parser.add_argument(
            "--since", type=date.fromisoformat, default=None, help="自哪一天起（默认今天）"
        )
        parser.add_argument("--basis", default="市政府同城办理规定", help="依据的文件")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with shared_context(SharedRole.PLATFORM):
                report = delegate.delegate_jurisdiction(
                    actor=actors.operator("delegate"),
                    city_code=options["to"],
                    district_codes=options["districts"],
                    matter_codes=options["matters"],
                    basis=options["basis"],
                    valid_from=options["since"] or timezone.localdate(),
                    now=timezone.now(),
                )
        except DomainError as error:
            raise CommandError(error.message("zh-Hans")) from error
        self.stdout.write(f"新增 {report.created} 条，已有 {report.standing} 条")
