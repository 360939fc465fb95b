"""``tongban demonstrate``: one account for every kind of user, at work in the centers."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from tenants.staff.operations import demonstrate
from tongban.identity.operations import demonstration
from tongban.kernel import actors
from tongban.kernel.errors import DomainError
from tongban.registry import queries as registry


class Command(BaseCommand):
    help = "准备演示人员：每类用户一个账户，并聘任到各中心（仅限演示库，TONGBAN_DEMO=1）"
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("centers", nargs="*", help="中心代码；不写则为全部运行中的中心")
        parser.add_argument("--limit", type=int, default=500, help="最多多少个中心（默认 500）")

    def handle(self, *args: Any, **options: Any) -> None:
        console = Console()
        try:
            codes = options["centers"] or [
                record.code
                for record in registry.center_map.get().by_code.values()
                if record.is_active
            ]
            with Progress(console=console, transient=True) as bar:
                task = bar.add_task("聘任演示人员", total=None)
                members = demonstrate.demonstrate(
                    actor=actors.operator("demonstrate"),
                    centers=codes[: options["limit"]],
                    now=timezone.now(),
                    report=lambda done, total: bar.update(task, completed=done, total=total),
                )
        except DomainError as error:
            raise CommandError(error.message("zh-Hans")) from error
        table = Table(
            "登录名", "姓名", "身份", title=f"演示账户（密码 {demonstration.password()}）"
        )
        for person in demonstrate.PEOPLE:
            table.add_row(person.login_name, person.name, person.what)
        console.print(table)
        console.print(f"{len(codes)} 个中心，新聘任 {members} 人次")
