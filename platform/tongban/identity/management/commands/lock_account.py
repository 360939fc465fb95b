"""``tongban lock_account``: lock an account at once, or open it again."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from tongban.identity import errors, queries
from tongban.identity.operations import administration
from tongban.kernel import actors
from tongban.kernel.context import SharedRole, shared_context
from tongban.kernel.errors import DomainError


class Command(BaseCommand):
    help = "停用账户并立即收回其全部令牌，或用 --unlock 重新启用"
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("account", help="登录名或手机号")
        parser.add_argument("--reason", required=True, help="原因，记入审计日志")
        parser.add_argument("--unlock", action="store_true", help="重新启用")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with shared_context(SharedRole.PLATFORM):
                account = queries.find_account(options["account"])
                if account is None:
                    raise errors.AccountNotFoundError
                administration.set_account_lock(
                    actor=actors.operator("lock_account"),
                    account_id=account.account_id,
                    locked=not options["unlock"],
                    reason=options["reason"],
                    now=timezone.now(),
                )
        except DomainError as error:
            raise CommandError(error.message("zh-Hans")) from error
        self.stdout.write(f"{options['account']} 已{'启用' if options['unlock'] else '停用'}")
