"""``tongban calendar``: enter the official holiday notice of a year, or a single day."""

from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from tongban.kernel import actors
from tongban.kernel.context import SharedRole, shared_context
from tongban.kernel.errors import DomainError
from tongban.registry.adapters import calendar_file
from tongban.registry.operations import calendars


class Command(BaseCommand):
    help = "工作日历：例如 tongban calendar import 2027.csv --year 2027 --basis 放假通知文号"
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        steps = parser.add_subparsers(dest="step", required=True)
        whole = steps.add_parser("import", help="录入一年的放假通知（每行：日期,休或班）")
        whole.add_argument("file", type=Path, help="CSV 文件，UTF-8")
        whole.add_argument("--year", type=int, required=True, help="哪一年")
        single = steps.add_parser("set", help="录入一天")
        single.add_argument("day", type=date.fromisoformat, help="日期，例如 2027-02-06")
        single.add_argument("work", choices=("off", "on"), help="off 休息，on 上班")
        for step in (whole, single):
            step.add_argument("--basis", required=True, help="依据的通知或文件")

    def handle(self, *args: Any, **options: Any) -> None:
        is_whole = options["step"] == "import"
        try:
            if is_whole:
                days = calendar_file.read(options["file"].read_bytes(), year=options["year"])
            else:
                days = {options["day"]: options["work"] == "on"}
            with shared_context(SharedRole.PLATFORM):
                report = calendars.set_days(
                    actor=actors.operator("calendar"),
                    days=days,
                    basis=options["basis"],
                    settled_year=options["year"] if is_whole else None,
                    now=timezone.now(),
                )
        except DomainError as error:
            raise CommandError(error.message("zh-Hans")) from error
        except OSError as error:
            raise CommandError(f"读不了“{options['file']}”：{error.strerror}") from error
        self.stdout.write(
            f"变动 {report.changed} 天，未变 {report.unchanged} 天；"
            f"已通知 {report.told} 个中心重算在办件的期限"
        )
