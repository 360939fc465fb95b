"""``tongban register_client``: an app of people, or a station's machine."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from tongban.identity.operations import administration
from tongban.kernel import actors
from tongban.kernel.context import SharedRole, shared_context
from tongban.kernel.errors import DomainError


class Command(BaseCommand):
    help = "登记应用（app，授权码 + PKCE）或站点终端（machine，绑定一个中心，密钥只显示一次）"
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        kinds = parser.add_subparsers(dest="kind", required=True)
        app = kinds.add_parser("app", help="手机或网页应用")
        app.add_argument("client_id", help="应用标识，例如 dezhou-pocket")
        app.add_argument("--redirect", nargs="+", required=True, help="回调地址（RFC 8252）")
        machine = kinds.add_parser("machine", help="站点自助终端等")
        machine.add_argument("center", help="中心代码")
        for kind in (app, machine):
            kind.add_argument("--name", required=True, help="授权页上显示的名称")

    def handle(self, *args: Any, **options: Any) -> None:
        actor, now = actors.operator("register_client"), timezone.now()
        try:
            with shared_context(SharedRole.PLATFORM):
                if options["kind"] == "app":
                    client = administration.register_app(
                        actor=actor,
                        client_id=options["client_id"],
                        name=options["name"],
                        redirect_uris=tuple(options["redirect"]),
                        now=now,
                    )
                    self.stdout.write(f"client_id {client.client_id}")
                    return
                client, secret = administration.register_machine(
                    actor=actor, center_code=options["center"], name=options["name"], now=now
                )
        except DomainError as error:
            raise CommandError(error.message("zh-Hans")) from error
        self.stdout.write(f"client_id {client.client_id}\nclient_secret {secret}")
