"""kill -9 of web or worker at each commit, and between effect and mark: nothing lost or doubled."""

import os
import signal
import subprocess
import sys
import uuid
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tenants.cases import models as case_models
from tenants.handoffs import models as handoff_models
from tenants.handoffs.states import Direction, HandoffState
from tenants.staff.rules import CenterRole
from tests import database, handing, people
from tests.concurrency import dying
from tests.handing import COUNTY, FOOD, NOW, STATION
from tongban.exchange.models import CaseIndexRow
from tongban.kernel.context import SharedRole, center_context, shared_context
from tongban.kernel.models import OutboxMessage

NEVER = "never"
_DYING = Path(__file__).with_name("dying.py")
pytestmark = pytest.mark.slow

WEB_POINTS = ("before-commit:1", "after-commit:1")
WORKER_POINTS = (
    "before-commit:1",
    "after-commit:1",
    "before-mark:1",
    "after-mark:1",
    "before-commit:2",
    "before-mark:2",
    "after-mark:2",
)
SOON = NOW + timedelta(minutes=10)


class Played:
    """One case on its way from the station to the county, each step in a process of its own."""

    def __init__(self, url: str) -> None:
        self.url = url
        operator = people.account("killed-operator", name="站点操作员")
        people.member(STATION, operator, CenterRole.STATION_OPERATOR)
        clerk = people.account("killed-clerk", name="县窗口")
        people.member(COUNTY, clerk, CenterRole.CLERK)
        self.operator, self.clerk = people.token(operator, now=NOW), people.token(clerk, now=NOW)

    def survive(self, point: str, step: str, *arguments: str) -> Any:
        """Die once at the point, in a process of its own, then do the same step to its end."""
        if point != NEVER:
            died = subprocess.run(
                [sys.executable, "-W", "ignore", str(_DYING), point, step, *arguments],
                env={
                    **os.environ,
                    "TONGBAN_DATABASE_URL": self.url,
                    "PYTHONPATH": f"{database.PROJECT / 'platform'}:{database.PROJECT}",
                },
                capture_output=True,
                text=True,
                timeout=120,
                check=False,
            )
            assert died.returncode == -signal.SIGKILL, died.stderr
        return dying.STEPS[step](*arguments)


@pytest.fixture
def played(committed_db):
    return Played(committed_db)


def whole_way(played, *, submit=NEVER, relay=NEVER, accept=NEVER, back=NEVER, give=NEVER):
    submit_key, accept_key, return_key = (str(uuid.uuid4()) for _ in range(3))
    now, soon = NOW.isoformat(), SOON.isoformat()
    number = played.survive(submit, "submit_case", STATION, played.operator, FOOD, submit_key, now)
    played.survive(relay, "relay_all", soon, STATION, COUNTY)
    handoff = str(handing.handoff_at(COUNTY, number, Direction.INCOMING).id)
    played.survive(accept, "accept_handoff", COUNTY, played.clerk, handoff, accept_key, now)
    played.survive(back, "relay_all", soon, STATION, COUNTY)
    played.survive(give, "return_handoff", COUNTY, played.clerk, handoff, return_key, now)
    dying.relay_all(soon, STATION, COUNTY)
    return number


def check(number):
    """One case, one handoff on each side, the same gap-free log, nothing undelivered."""
    assert handing.log_of(STATION, number) == handing.log_of(COUNTY, number)
    names = [name for _epoch, _sequence, name, _hash in handing.log_of(STATION, number)]
    assert names == ["case.submitted", "case.offered", "case.handed_over", "case.returned"]
    for center in (STATION, COUNTY):
        with center_context(center):
            assert case_models.Case.objects.count() == 1
            assert handoff_models.Handoff.objects.get().state == HandoffState.RETURNED
            assert not OutboxMessage.objects.filter(settled_at=None).exists()
    assert handing.case_at(STATION, number).custodian_code == STATION
    with shared_context(SharedRole.PLATFORM):
        row = CaseIndexRow.objects.get()
        assert (row.number, row.custodian_code) == (number, STATION)


@pytest.mark.parametrize("point", WEB_POINTS)
@pytest.mark.parametrize("step", ["submit", "accept", "give"])
def test_a_killed_web_process(played, step, point):
    number = whole_way(played, **{step: point})
    check(number)


@pytest.mark.parametrize("point", WORKER_POINTS)
@pytest.mark.parametrize("step", ["relay", "back"])
def test_a_killed_worker(played, step, point):
    number = whole_way(played, **{step: point})
    check(number)
