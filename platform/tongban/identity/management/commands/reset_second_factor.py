"""``tongban reset_second_factor``: for whom no security administrator can help."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from tongban.identity import errors, queries
from tongban.identity.operations import second_factors
from tongban.kernel import actors
from tongban.kernel.context import SharedRole, shared_context
from tongban.kernel.errors import DomainError


class Command(BaseCommand):
    help = "解除账户的两步验证绑定并收回其全部令牌（唯一的安全管理员丢失设备时使用）"
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("account", help="登录名或手机号")
        parser.add_argument("--reason", required=True, help="原因，记入审计日志")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with shared_context(SharedRole.PLATFORM):
                account = queries.find_account(options["account"])
                if account is None:
                    raise errors.AccountNotFoundError
                had_one = second_factors.reset_second_factor(
                    account_id=account.account_id,
                    actor=actors.operator("reset_second_factor"),
                    data={"reason": options["reason"]},
                    now=timezone.now(),
                )
        except DomainError as error:
            raise CommandError(error.message("zh-Hans")) from error
        self.stdout.write("已解除" if had_one else "该账户没有绑定两步验证")
