"""``tongban audit``: check the audit logs of all centers, or seal their heads."""

from argparse import ArgumentParser
from collections.abc import Sequence
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
)
from rich.table import Table

from tongban.audit import errors, rules
from tongban.audit.operations import seal, verify
from tongban.kernel.context import SharedRole, center_context, shared_context
from tongban.kernel.errors import DomainError
from tongban.kernel.transactions import PLATFORM
from tongban.registry import queries as registry

_SHOWN = 50


class Command(BaseCommand):
    help = "审计日志：verify 逐条核验各哈希链与封存的链首，seal 立即把审计链首封存到数据库之外"
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        verifying = actions.add_parser("verify", help="核验；有任何不符时以非零状态结束")
        verifying.add_argument(
            "--since-seal",
            action="store_true",
            help="只核验最后一次封存之后的审计（供每日例行）",
        )
        sealing = actions.add_parser("seal", help="封存链首；请把封存目录另行复制到他处保管")
        for action in (verifying, sealing):
            action.add_argument(
                "schemas", nargs="*", help="中心代码，或 platform（平台自身）；省略时为全部"
            )

    def handle(self, *args: Any, **options: Any) -> None:
        console = Console()
        try:
            codes = _codes(options["schemas"])
            if options["action"] == "seal":
                _seal(console, codes)
            else:
                _verify(console, codes, since_seal=options["since_seal"])
        except DomainError as error:
            raise CommandError(error.message("zh-Hans")) from error


def _codes(wanted: Sequence[str]) -> list[str]:
    known = [PLATFORM, *registry.ready_codes()]
    for code in wanted:
        if code not in known:
            raise errors.AuditSchemaUnknownError(center=code)
    return list(wanted) or known


def _entered(code: str) -> Any:
    if code == PLATFORM:
        return shared_context(SharedRole.PLATFORM)
    return center_context(code)


def _seal(console: Console, codes: Sequence[str]) -> None:
    sealed = 0
    for code in codes:
        with _entered(code):
            sealed += seal.seal_head(code=code, now=timezone.now())
    console.print(f"已封存 {sealed} 个链首；其余 {len(codes) - sealed} 个自上次封存后没有新记录。")


def _verify(console: Console, codes: Sequence[str], *, since_seal: bool) -> None:
    verdicts = []
    columns = (TextColumn("核验 {task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, TimeElapsedColumn(), console=console, transient=True) as bar:
        every = bar.add_task("全部中心", total=len(codes))
        for code in codes:
            one = bar.add_task(code, total=None)
            with _entered(code):
                verdicts.append(_verify_one(bar, one, code, since_seal=since_seal))
            bar.remove_task(one)
            bar.advance(every)
    entries = sum(verdict.entries for verdict in verdicts)
    chains = sum(verdict.chains for verdict in verdicts)
    unsealed = [verdict.code for verdict in verdicts if verdict.entries and not verdict.seals]
    console.print(f"核验了 {len(verdicts)} 条审计链、{entries} 条记录，")
    console.print(f"以及 {chains} 条办件和用印链。")
    if unsealed:
        console.print(
            f"{len(unsealed)} 条链尚未封存过：被整体改写的链看不出来（请运行 tongban audit seal）。"
        )
    faults = sum(verdict.faults for verdict in verdicts)
    if not faults:
        console.print("[green]没有发现不符。[/green]")
        return
    _show(console, verdicts)
    raise CommandError(f"记录有 {faults} 处不符：请保全现场，并报告安全管理员和审计员。")


def _verify_one(bar: Progress, task: TaskID, code: str, *, since_seal: bool) -> verify.Verdict:
    verdict = verify.verify_log(
        code=code,
        since_seal=since_seal,
        report=lambda done, total: bar.update(task, completed=done, total=total),
    )
    if code != PLATFORM and not since_seal:
        verify.verify_chains(
            verdict,
            report=lambda kind, done: bar.update(
                task, description=f"{code} {rules.CHAINS[kind]}", completed=done, total=None
            ),
        )
    verify.note_check(verdict, now=timezone.now())
    return verdict


def _show(console: Console, verdicts: Sequence[verify.Verdict]) -> None:
    rows = [
        (verdict.code, "审计日志", _place(finding), finding.kind.name, rules.TEXTS[finding.kind])
        for verdict in verdicts
        for finding in verdict.findings
    ]
    rows += [
        (verdict.code, f"{rules.CHAINS[kind]} {chain.name}", str(chain.broken), "BROKEN",
         "自此处起与写入时不符：被改动、删除、插入或截去")
        for verdict in verdicts
        for kind, chain in verdict.broken
    ]  # fmt: skip
    table = Table("中心", "记录", "序号", "代码", "说明", title=f"不符（{len(rows)} 处）")
    for row in rows[:_SHOWN]:
        table.add_row(*row)
    console.print(table)


def _place(finding: rules.Finding) -> str:
    return "–".join(str(n) for n in dict.fromkeys((finding.sequence, finding.last)))
