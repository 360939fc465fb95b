"""``tongban directories``: published lists in from tables, and out to tables."""

import uuid
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from rich.console import Console

from tongban.catalog.adapters import directory_table
from tongban.catalog.operations import directories
from tongban.catalog.queries import directories as queries
from tongban.catalog.rules.directories import TITLES, DirectoryKind
from tongban.kernel import actors, calendar
from tongban.kernel.context import SharedRole, shared_context
from tongban.kernel.errors import DomainError


class Command(BaseCommand):
    help = "目录（清单）：draft 由 CSV 编制草稿（公布须由另一人进行），export 导出为 CSV"
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        titles = {kind.value: title for kind, title in TITLES.items()} | dict(
            queries.official_lists()
        )
        actions = parser.add_subparsers(dest="action", required=True)
        drafting = actions.add_parser("draft", help="由 CSV（UTF-8、GB18030）编制下一版草稿")
        exporting = actions.add_parser("export", help="导出为 CSV；导出的文件可原样编制")
        exporting.add_argument("--version-number", type=int, help="第几版（默认现行版）")
        for action in (drafting, exporting):
            action.add_argument("file", type=Path, help="文件")
            action.add_argument("--issuer", required=True, help="公布单位的 12 位区划代码")
            action.add_argument(
                "--kind",
                required=True,
                choices=list(titles),
                help=f"种类：{'，'.join(f'{kind} {title}' for kind, title in titles.items())}",
            )

    def handle(self, *args: Any, **options: Any) -> None:
        kind = options["kind"]
        known = {each.value: each for each in DirectoryKind}
        options["kind"] = known.get(kind, kind)
        try:
            {"draft": self._draft, "export": self._export}[options["action"]](options)
        except DomainError as error:
            faults = error.params.get("faults", ())
            rest = f"（共 {len(faults)} 处）" if len(faults) > 1 else ""
            raise CommandError(error.message("zh-Hans") + rest) from error

    def _draft(self, options: dict[str, Any]) -> None:
        path: Path = options["file"]
        if not path.is_file():
            raise CommandError(f"没有文件 {path}")
        with shared_context(SharedRole.CATALOG):
            drafted = directories.draft_directory(
                actor=actors.operator("directories"),
                issuer_code=options["issuer"],
                kind=options["kind"],
                entries=directory_table.read(path.read_bytes(), kind=options["kind"]),
                idempotency_key=uuid.uuid4(),
                now=timezone.now(),
            )
        Console().print(
            f"{drafted.title}第 {drafted.version} 版草稿已编制，共 {drafted.entry_count} 条；"
            "由目录发布人员公布"
        )

    def _export(self, options: dict[str, Any]) -> None:
        asked = {"issuer_code": options["issuer"], "kind": options["kind"]}
        version = options["version_number"]
        with shared_context(SharedRole.READER):
            if version is None:
                today = calendar.local_day(timezone.now())
                found = queries.directory_on(**asked, on=today)
            else:
                found = queries.access_directory(**asked, version=version)
            if found is None:
                raise CommandError("没有已公布的这一版")
            entries = queries.read_entries(found)
        with options["file"].open("wb") as out:
            directory_table.write(out, kind=options["kind"], entries=entries)
        Console().print(f"{found.title}第 {found.version} 版，{len(entries)} 条：{options['file']}")
