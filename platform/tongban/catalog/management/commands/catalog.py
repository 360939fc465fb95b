"""``tongban catalog``: bring in a directory of matters, and let centers offer what is published."""

import csv
from argparse import ArgumentParser
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from tongban.catalog.adapters import sources
from tongban.catalog.operations import import_matters, offer
from tongban.catalog.operations.plan_import import ImportReport
from tongban.catalog.rules.rows import RowFault
from tongban.kernel import actors
from tongban.kernel.context import SharedRole, shared_context
from tongban.kernel.errors import DomainError

_SHOWN = 20


class Command(BaseCommand):
    help = "标准目录：starter 装载起步目录，import 导入目录文件，open 为中心开通实施清单"
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        starter = actions.add_parser("starter", help="装载并发布随附的起步目录（可重复运行）")
        opening = actions.add_parser("open", help="为中心开通其级别的全部已发布事项（可重复运行）")
        opening.add_argument("centers", nargs="+", help="中心代码，例如 371400 371402 371402001")
        importing = actions.add_parser(
            "import", help="导入目录文件：本项目的 JSON，或中文/英文表头的 CSV（UTF-8 或 GB18030）"
        )
        importing.add_argument("file", type=Path)
        importing.add_argument("--issuer", help="发布机关的 12 位区划代码；省略时取各行的区划代码")
        importing.add_argument("--dry-run", action="store_true", help="只检查，不写入")
        importing.add_argument(
            "--all-or-nothing", action="store_true", help="只要有一行有误就一行也不写入"
        )
        importing.add_argument(
            "--publish", action="store_true", help="发布通过全部检查的事项，其余仍为草稿"
        )
        for parser_of_action in (starter, opening, importing):
            parser_of_action.add_argument(
                "--since", type=date.fromisoformat, help="自哪一天起施行（默认今天）"
            )
        importing.add_argument("--report", type=Path, help="把逐行问题写入该 CSV 文件")

    def handle(self, *args: Any, **options: Any) -> None:
        console = Console()
        try:
            if options["action"] == "open":
                self._open(console, options)
            elif options["action"] == "starter":
                with shared_context(SharedRole.CATALOG):
                    result = import_matters.import_starter_catalog(
                        actor=actors.operator("catalog"),
                        effective_from=options["since"],
                        now=timezone.now(),
                    )
                self._show(console, result, None)
            else:
                self._import(console, options)
        except DomainError as error:
            raise CommandError(error.message("zh-Hans")) from error

    def _open(self, console: Console, options: dict[str, Any]) -> None:
        with shared_context(SharedRole.CATALOG):
            opened = offer.open_default_offerings(
                actor=actors.operator("catalog"),
                center_codes=options["centers"],
                effective_from=options["since"],
                now=timezone.now(),
            )
        for code, number in opened.items():
            console.print(f"{code}：新开通 {number} 项")

    def _import(self, console: Console, options: dict[str, Any]) -> None:
        path: Path = options["file"]
        if not path.is_file():
            raise CommandError(f"没有文件 {path}")
        source = sources.read(path.read_bytes())
        if source.unread_columns:
            console.print(f"未识别的列（已忽略）：{'、'.join(source.unread_columns)}")
        columns = (TextColumn("导入"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        with (
            Progress(*columns, console=console) as bar,
            shared_context(SharedRole.CATALOG, statement_timeout_ms=120_000),
        ):
            task = bar.add_task("", total=len(source.rows))
            result = import_matters.import_matters(
                actor=actors.operator("catalog"),
                issuer_code=options["issuer"],
                source=source,
                publish=options["publish"],
                effective_from=options["since"],
                all_or_nothing=options["all_or_nothing"],
                dry_run=options["dry_run"],
                now=timezone.now(),
                report=lambda done, total: bar.update(task, completed=done, total=total),
            )
        self._show(console, result, options["report"])
        if result.faults and (options["all_or_nothing"] or len(result.faults) >= result.rows):
            raise CommandError("没有写入任何事项")

    def _show(self, console: Console, result: ImportReport, report: Path | None) -> None:
        faulty = len({fault.row for fault in result.faults})
        console.print(
            f"共 {result.rows} 行：新增 {result.created}，更新 {result.updated}，"
            f"未变 {result.unchanged}，发布 {result.published}，有误 {faulty}"
            + ("" if result.written else "（未写入）")
        )
        drafts = {fault.row for fault in result.lacking}
        if drafts:
            console.print(f"{len(drafts)} 行缺少发布所需的要素，只能作为草稿")
        _print_faults(console, "有误的行", result.faults)
        _print_faults(console, "草稿缺少的要素", result.lacking)
        if report is not None:
            _write_report(report, result)
            console.print(f"逐行问题已写入 {report}")


def _print_faults(console: Console, title: str, faults: Sequence[RowFault]) -> None:
    if not faults:
        return
    table = Table("行", "字段", "代码", "说明", title=f"{title}（{len(faults)} 条）")
    for fault in faults[:_SHOWN]:
        table.add_row(str(fault.row), fault.field, fault.code, fault.reason)
    console.print(table)
    if len(faults) > _SHOWN:
        console.print(f"其余 {len(faults) - _SHOWN} 条请用 --report 写入文件查看")


def _write_report(path: Path, result: ImportReport) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["row", "kind", "field", "code", "reason"])
        for kind, faults in (("fault", result.faults), ("lacking", result.lacking)):
            writer.writerows([f.row, kind, f.field, f.code, f.reason] for f in faults)
