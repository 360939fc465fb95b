"""``tongban parked``: show the messages that wait for a person, or send one again."""

import uuid
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from rich.console import Console
from rich.table import Table

from tongban.exchange import queries
from tongban.exchange.operations import parking
from tongban.kernel import actors
from tongban.kernel.context import SharedRole, shared_context
from tongban.kernel.errors import DomainError


class Command(BaseCommand):
    help = "列出多次投递失败而搁置的消息；排除故障后用 --release 重新投递"
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--release", type=uuid.UUID, help="重新投递该消息")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["release"]:
            try:
                parking.release_message(
                    actor=actors.operator("parked"),
                    message_id=options["release"],
                    now=timezone.now(),
                )
            except DomainError as error:
                raise CommandError(error.message("zh-Hans")) from error
            self.stdout.write("已重新投递。")
            return
        table = Table("消息", "从", "到", "类型", "办件", "搁置时间", "原因")
        with shared_context(SharedRole.PLATFORM):
            for row in queries.parked_messages():
                table.add_row(
                    str(row.message_id), row.origin, row.destination, row.kind, row.key,
                    timezone.localtime(row.parked_at).strftime("%Y-%m-%d %H:%M"), row.error,
                )  # fmt: skip
        Console().print(table)
