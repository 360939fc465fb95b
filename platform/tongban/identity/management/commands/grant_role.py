"""``tongban grant_role``: give or take platform roles from the command line."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from tongban.identity import queries
from tongban.identity.operations import administration
from tongban.kernel import actors
from tongban.kernel.context import SharedRole, shared_context
from tongban.kernel.errors import DomainError


class Command(BaseCommand):
    help = "授予或收回平台角色：tongban grant_role 登录名或手机号 角色 12位区划代码 [--revoke]"
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("account", help="登录名或手机号")
        parser.add_argument("role", type=actors.PlatformRole, choices=list(actors.PlatformRole))
        parser.add_argument("division", help="12 位行政区划代码；全国为 000000000000")
        parser.add_argument("--revoke", action="store_true", help="收回该角色")

    def handle(self, *args: Any, **options: Any) -> None:
        change = administration.revoke_role if options["revoke"] else administration.grant_role
        try:
            with shared_context(SharedRole.PLATFORM):
                change(
                    actor=actors.operator("grant_role"),
                    account=queries.find_account(options["account"]),
                    role=options["role"],
                    division_code=options["division"],
                    now=timezone.now(),
                )
        except DomainError as error:
            raise CommandError(error.message("zh-Hans")) from error
        verb = "已收回" if options["revoke"] else "已授予"
        self.stdout.write(f"{verb} {options['account']} {options['role']} {options['division']}")
