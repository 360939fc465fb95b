"""``tongban catalog``: lists in and out, and what centers offer of what is published."""

import tempfile
from argparse import ArgumentParser
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import IO, Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from tongban.catalog.adapters import fault_table
from tongban.catalog.adapters.writers import FileFormat
from tongban.catalog.operations import deliver, export_list, import_matters, offer
from tongban.catalog.operations.plan_import import ImportReport, Report
from tongban.catalog.rules.reasons import explain
from tongban.catalog.rules.rows import KIND_NAMES, RowFault, SourceKind
from tongban.kernel import actors, calendar
from tongban.kernel.context import SharedRole, shared_context
from tongban.kernel.errors import DomainError

_SHOWN = 20
_TIMEOUT_MS = 120_000


class Command(BaseCommand):
    help = (
        "标准目录：starter 装载起步目录，import 导入目录或实施清单，export 导出，"
        "open 为中心开通实施清单"
    )
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        starter = actions.add_parser("starter", help="装载并发布随附的起步目录（可重复运行）")
        opening = actions.add_parser("open", help="为中心开通其级别的全部已发布事项（可重复运行）")
        opening.add_argument("centers", nargs="+", help="中心代码，例如 371400 371402 371402001")
        importing = actions.add_parser(
            "import",
            help="导入事项目录或实施清单：CSV（UTF-8、GB18030）、XLSX 或本项目的 JSON",
        )
        _add_import_arguments(importing)
        for parser_of_action in (starter, opening, importing):
            parser_of_action.add_argument(
                "--since", type=date.fromisoformat, help="自哪一天起施行（默认今天）"
            )
        _add_export_arguments(
            actions.add_parser("export", help="导出事项目录或实施清单；导出的文件可原样导入")
        )

    def handle(self, *args: Any, **options: Any) -> None:
        console = Console()
        actions = {
            "starter": self._starter,
            "open": self._open,
            "import": self._import,
            "export": self._export,
        }
        try:
            actions[options["action"]](console, options)
        except DomainError as error:
            raise CommandError(error.message("zh-Hans")) from error

    def _starter(self, console: Console, options: dict[str, Any]) -> None:
        with shared_context(SharedRole.CATALOG, statement_timeout_ms=_TIMEOUT_MS):
            result = import_matters.import_starter_catalog(
                actor=actors.operator("catalog"),
                effective_from=options["since"],
                now=timezone.now(),
            )
        self._show(console, result, None)

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
        with (
            path.open("rb") as delivered,
            _progress(console, "导入") as report,
            shared_context(SharedRole.CATALOG, statement_timeout_ms=_TIMEOUT_MS),
        ):
            result = deliver.import_list(
                actor=actors.operator("catalog"),
                delivered=delivered,
                kind=SourceKind.OFFERINGS if options["offerings"] else None,
                issuer_code=options["issuer"],
                publish=options["publish"],
                effective_from=options["since"],
                all_or_nothing=options["all_or_nothing"],
                dry_run=options["dry_run"],
                now=timezone.now(),
                report=report,
            )
        self._show(console, result, options["report"])
        if result.faults and (options["all_or_nothing"] or result.faulty_rows >= result.rows):
            raise CommandError("没有写入任何一行；请按上面的说明改正后再导入")

    def _export(self, console: Console, options: dict[str, Any]) -> None:
        path: Path = options["output"]
        file_format = options["format"] or path.suffix.lstrip(".").lower()
        if file_format not in set(FileFormat):
            raise CommandError("请用 --format csv、xlsx 或 json 说明格式，或让文件名以此结尾")
        on = calendar.local_day(timezone.now())
        lists_offerings = bool(options["center"]) or options["offerings"]
        if lists_offerings and not (options["center"] or options["within"]):
            raise CommandError("请用 --center 或 --within 说明导出哪些中心的实施清单")
        if lists_offerings and (options["drafts"] or options["issuer"]):
            raise CommandError("--drafts 和 --issuer 只用于事项目录，不用于实施清单")
        with (
            _written_whole(path) as out,
            _progress(console, "导出") as report,
            shared_context(SharedRole.CATALOG, statement_timeout_ms=_TIMEOUT_MS),
        ):
            if lists_offerings:
                number = export_list.export_offerings(
                    center_codes=options["center"],
                    within=options["within"],
                    file_format=FileFormat(file_format),
                    out=out,
                    on=on,
                    report=report,
                )
            else:
                number = export_list.export_matters(
                    actor=actors.operator("catalog"),
                    issuer_code=options["issuer"],
                    within=options["within"],
                    drafts=options["drafts"],
                    file_format=FileFormat(file_format),
                    out=out,
                    on=on,
                    report=report,
                )
        kind = SourceKind.OFFERINGS if lists_offerings else SourceKind.MATTERS
        console.print(f"{KIND_NAMES[kind]}：已导出 {number} 项到 {path}")

    def _show(self, console: Console, result: ImportReport, report: Path | None) -> None:
        if result.unread_columns:
            console.print(f"未采用的列：{'、'.join(result.unread_columns)}")
        published = f"，发布 {result.published}" if result.kind is SourceKind.MATTERS else ""
        console.print(
            f"{KIND_NAMES[result.kind]}：共 {result.rows} 行，新增 {result.created}，"
            f"更新 {result.updated}，未变 {result.unchanged}{published}，有误 {result.faulty_rows}"
            + ("" if result.written else "（未写入）")
        )
        drafts = {fault.row for fault in result.lacking}
        if drafts:
            console.print(f"{len(drafts)} 行缺少发布所需的要素，只能作为草稿")
        _print_faults(console, "有误的行（未导入）", result.faults)
        _print_faults(console, "草稿缺少的要素", result.lacking)
        _print_faults(console, "已导入，请核对", result.remarks)
        if report is not None:
            lists = (
                ("fault", result.faults),
                ("lacking", result.lacking),
                ("remark", result.remarks),
            )
            with _written_whole(report) as out:
                fault_table.write(out, ((kind, each) for kind, of in lists for each in of))
            console.print(f"逐行问题已写入 {report}")


def _add_import_arguments(importing: ArgumentParser) -> None:
    importing.add_argument("file", type=Path)
    importing.add_argument(
        "--offerings", action="store_true", help="文件须是实施清单（有“中心代码”列）"
    )
    importing.add_argument("--issuer", help="发布机关的 12 位区划代码；省略时取各行的区划代码")
    importing.add_argument("--dry-run", action="store_true", help="只检查，不写入")
    importing.add_argument(
        "--all-or-nothing", action="store_true", help="只要有一行有误就一行也不写入"
    )
    importing.add_argument(
        "--publish", action="store_true", help="发布通过全部检查的事项，其余仍为草稿"
    )
    importing.add_argument("--report", type=Path, help="把逐行问题写入该 CSV 文件")


def _add_export_arguments(exporting: ArgumentParser) -> None:
    exporting.add_argument("--issuer", help="只导出该发布机关（12 位区划代码）的事项")
    exporting.add_argument("--within", help="该区划及以下的发布机关的事项，或其中心的实施清单")
    exporting.add_argument("--center", nargs="+", default=(), help="这些中心的实施清单")
    exporting.add_argument("--offerings", action="store_true", help="与 --within 合用：实施清单")
    exporting.add_argument("--drafts", action="store_true", help="导出草稿，而不是现行事项")
    exporting.add_argument(
        "--format", choices=[each.value for each in FileFormat], help="省略时看文件名的后缀"
    )
    exporting.add_argument("-o", "--output", type=Path, required=True, help="写入的文件")


@contextmanager
def _progress(console: Console, what: str) -> Iterator[Report]:
    columns = (TextColumn(what), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as bar:
        task = bar.add_task("", total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


@contextmanager
def _written_whole(path: Path) -> Iterator[IO[bytes]]:
    """Give a file that takes its name only when it is complete."""
    if not path.parent.is_dir():
        raise CommandError(f"没有文件夹 {path.parent}")
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as out:
        try:
            yield out
            out.flush()
            Path(out.name).replace(path)
        except BaseException:
            Path(out.name).unlink()
            raise


def _print_faults(console: Console, title: str, faults: Sequence[RowFault]) -> None:
    if not faults:
        return
    table = Table("行", "列", "字段", "代码", "说明", title=f"{title}（{len(faults)} 条）")
    for fault in faults[:_SHOWN]:
        column = fault_table.title_of(fault.field)
        table.add_row(str(fault.row), column, fault.field, fault.code, explain(fault))
    console.print(table)
    if len(faults) > _SHOWN:
        console.print(f"其余 {len(faults) - _SHOWN} 条请用 --report 写入文件查看")
