"""``tongban onboard``: make centers ready from the command line (provisioner login)."""

from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from tongban.kernel import actors
from tongban.kernel.context import SharedRole, shared_context
from tongban.kernel.errors import DomainError
from tongban.registry import queries
from tongban.registry.operations import onboard


class Command(BaseCommand):
    help = "接入政务服务中心：例如 tongban onboard 371400 --counties --townships --as-of 2021-12-31"
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("roots", nargs="*", help="中心代码：市县 6 位，乡镇 9 位")
        parser.add_argument("--counties", action="store_true", help="连同所辖县（市、区）")
        parser.add_argument("--townships", action="store_true", help="连同所辖乡镇（街道）")
        parser.add_argument(
            "--as-of", type=date.fromisoformat, default=None, help="按哪一天的行政区划（默认今天）"
        )
        parser.add_argument(
            "--resume", action="store_true", help="继续所有未完成的接入，包括失败过的"
        )
        parser.add_argument("--dry-run", action="store_true", help="只列出将要接入的中心")

    def handle(self, *args: Any, **options: Any) -> None:
        console = Console()
        if options["resume"] == bool(options["roots"]):
            raise CommandError("请给出中心代码，或者用 --resume 继续未完成的接入")
        if options["resume"]:
            self._resume(console)
            return
        request = {
            "roots": options["roots"],
            "as_of": options["as_of"] or timezone.localdate(),
            "with_counties": options["counties"],
            "with_townships": options["townships"],
        }
        try:
            if options["dry_run"]:
                self._show_plan(console, request)
                return
            with shared_context(SharedRole.PLATFORM):
                onboarding = onboard.request_onboarding(
                    actor=actors.operator("onboard"), now=timezone.now(), **request
                )
        except DomainError as error:
            raise CommandError(error.message("zh-Hans")) from error
        self._run(console, onboarding.id)

    def _show_plan(self, console: Console, request: dict[str, Any]) -> None:
        with shared_context(SharedRole.PLATFORM):
            planned = onboard.plan_onboarding(**request)
        table = Table("代码", "名称", "级别", "上级", title=f"将接入 {len(planned)} 个中心")
        for center in planned:
            table.add_row(center.code, center.name, center.level, center.parent_code or "—")
        console.print(table)

    def _resume(self, console: Console) -> None:
        with shared_context(SharedRole.PLATFORM):
            unfinished = queries.unfinished_onboardings(with_failed=True)
        if not unfinished:
            console.print("没有未完成的接入")
        for onboarding_id in unfinished:
            self._run(console, onboarding_id)

    def _run(self, console: Console, onboarding_id: Any) -> None:
        seconds: dict[str, float] = {}
        columns = (
            TextColumn("接入"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.description}"),
            TimeElapsedColumn(),
        )  # fmt: skip
        with Progress(*columns, console=console) as bar:
            task = bar.add_task("", total=None)

            def report(step: onboard.Progress) -> None:
                seconds[step.step] = seconds.get(step.step, 0.0) + step.seconds
                bar.update(
                    task, total=step.total, completed=step.done, description=step.center_code
                )

            centers = onboard.run_onboarding(
                onboarding_id=onboarding_id, clock=timezone.now, report=report
            )
        steps = "，".join(f"{name} {spent:.1f} 秒" for name, spent in seconds.items())
        console.print(f"{centers} 个中心就绪。{steps}")
