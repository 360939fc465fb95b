"""``tongban retention``: show what was kept long enough, and delete it before its night."""

from argparse import ArgumentParser
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from tongban.exchange import queries
from tongban.exchange.operations import retention
from tongban.exchange.operations.contexts import context_of
from tongban.kernel import actors, ports
from tongban.kernel.calendar import ZONE
from tongban.kernel.context import SharedRole, shared_context
from tongban.kernel.transactions import PLATFORM
from tongban.registry import queries as registry

_SHOWN = 200
Counts = dict[tuple[str, str], int]
"""(Code of the schema, kind) → rows."""


class Command(BaseCommand):
    help = (
        "按保存期限清理到期记录（审计日志、办件及其过程记录除外）。后台进程每夜自动清理；"
        "--dry-run 只查看，并列出各中心最近一次自动清理"
    )
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="只统计，不删除")
        parser.add_argument(
            "schemas", nargs="*", help="中心代码，或 platform（平台自身）；省略时为全部"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        console, now = Console(), timezone.now()
        codes = _codes(options["schemas"])
        counts = _count(console, codes, now)
        is_dry = options["dry_run"]
        _show(console, counts, "到期可清理" if is_dry else "开始清理")
        if is_dry:
            _show_runs(console, codes)
        if is_dry or not counts:
            return
        gone = _delete(console, counts, now)
        console.print(f"已清理 {gone} 条，每批均已记入审计日志。")


def _codes(wanted: Sequence[str]) -> list[str]:
    known = [PLATFORM, *registry.ready_codes()]
    for code in wanted:
        if code not in known:
            raise CommandError(f"没有代码为“{code}”的已开通中心。")
    return list(wanted) or known


def _bar(console: Console) -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    return Progress(*columns, TimeElapsedColumn(), console=console, transient=True)


def _count(console: Console, codes: Sequence[str], now: datetime) -> Counts:
    counts: Counts = {}
    with _bar(console) as bar:
        task = bar.add_task("统计", total=len(codes))
        for code in codes:
            with context_of(code):
                for kind in retention.kinds_at(code):
                    if rows := retention.count_old(kind, now=now):
                        counts[code, kind] = rows
            bar.advance(task)
    return counts


def _delete(console: Console, counts: Counts, now: datetime) -> int:
    gone = 0
    with _bar(console) as bar:
        task = bar.add_task("清理", total=sum(counts.values()))
        for code, kind in counts:
            bar.update(task, description=f"{code} {retention.title_of(kind)}")
            with context_of(code):
                actor = actors.operator("retention")
                while rows := retention.delete_batch(actor=actor, kind=kind, now=now):
                    gone += rows
                    bar.advance(task, rows)
    return gone


def _show(console: Console, counts: Counts, title: str) -> None:
    totals: Counter[str] = Counter()
    for (_code, kind), rows in counts.items():
        totals[kind] += rows
    per_kind = Table("种类", "代码", "保存天数", "条数", title=title)
    for kind in (*ports.retained, *ports.leftovers):
        days = str(retention.days_of(kind))
        per_kind.add_row(retention.title_of(kind), kind, days, str(totals[kind]))
    console.print(per_kind)
    if not counts:
        console.print("没有到期的记录。")
        return
    per_center = Table("中心", "种类", "条数")
    for (code, kind), found in list(counts.items())[:_SHOWN]:
        per_center.add_row(code, retention.title_of(kind), str(found))
    console.print(per_center)
    if len(counts) > _SHOWN:
        console.print(f"另有 {len(counts) - _SHOWN} 行未列出。")


def _show_runs(console: Console, codes: Sequence[str]) -> None:
    with shared_context(SharedRole.PLATFORM):
        runs = [run for run in queries.retention_runs() if run.code in codes]
    table = Table("中心", "完成于", "清理", title="最近一次自动清理，最久的在前")
    for code in sorted(set(codes) - {run.code for run in runs})[:_SHOWN]:
        table.add_row(code, "尚未运行", "")
    for run in runs[:_SHOWN]:
        deleted = "，".join(f"{kind} {rows}" for kind, rows in sorted(run.deleted.items()))
        table.add_row(run.code, f"{run.ran_at.astimezone(ZONE):%Y-%m-%d %H:%M}", deleted or "无")
    console.print(table)
