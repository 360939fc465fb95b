"""``tongban furnish_hall``: a window of the demonstration, with a clerk who sits there."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from tenants.windows.operations import furnish
from tongban.kernel.errors import DomainError


class Command(BaseCommand):
    help = "开设演示窗口（仅限演示库，TONGBAN_DEMO=1），在 demonstrate 之后运行"
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            is_new = furnish.furnish_hall(now=timezone.now())
        except DomainError as error:
            raise CommandError(error.message("zh-Hans")) from error
        self.stdout.write("已开设演示窗口" if is_new else "演示窗口已有")
