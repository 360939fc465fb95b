"""``tongban provision``: migrate, then carry out onboardings as they are requested."""

import time
import uuid
from typing import Any

import structlog
from django.core.management.base import BaseCommand
from django.utils import timezone

from tongban.kernel.listening import open_listener
from tongban.kernel.transactions import PLATFORM
from tongban.registry.operations import onboard, provision

POLL_SECONDS = 5.0
_GATHER_SECONDS = 0.2
"""Several commits of the platform in a row need one look only."""
_ONE_AT_A_TIME = 7_355_608
"""The advisory lock of provisioners: a second one waits until the first has ended."""

_log = structlog.get_logger(__name__)


class Command(BaseCommand):
    help = "升级数据库并持续办理接入申请（以 provisioner 登录运行，同一时刻只有一个在工作）"
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        # A kill at any point is safe: each step commits together with its mark.
        with open_listener() as listener:
            listener.execute("SELECT pg_advisory_lock(%s)", [_ONE_AT_A_TIME])
            provision.upgrade(clock=timezone.now, report=self._say)
            self._say("provisioner ready")
            while True:
                provision.carry_out_requests(clock=timezone.now, report=_report, failed=_failed)
                for notice in listener.notifies(timeout=POLL_SECONDS):
                    if notice.payload == PLATFORM:
                        time.sleep(_GATHER_SECONDS)
                        break

    def _say(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()


def _report(step: onboard.Progress) -> None:
    _log.info(
        "onboarding_step",
        center=step.center_code,
        step=step.step,
        done=step.done,
        total=step.total,
        seconds=round(step.seconds, 3),
    )


def _failed(onboarding_id: uuid.UUID) -> None:
    _log.exception("onboarding_failed", onboarding=str(onboarding_id))
