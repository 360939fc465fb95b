"""Messages with real workers: killed at each commit, racing, with no transaction while sending."""

import os
import signal
import subprocess
import sys
from datetime import timedelta
from functools import partial
from pathlib import Path

import psycopg
import pytest
from django.db import connection

from tenants.messages import models, rules
from tenants.messages.operations import sending
from tenants.messages.states import MessageState
from tests import database
from tests.casework import Desk
from tests.concurrency import dying
from tests.concurrency.test_case_races import race
from tests.operations.test_messages import running_gateway
from tongban.kernel.context import center_context

_DYING = Path(dying.__file__)
POINTS = {
    "before-commit:1": 0,  # about to claim
    "after-commit:1": 0,  # claimed, not sent
    "before-commit:2": 1,  # sent, not marked
    "after-commit:2": 1,  # marked
}
"""Where a worker dies → how many messages had left by then."""


@pytest.fixture
def gateway(settings):
    with running_gateway(settings) as served:
        yield served


@pytest.fixture
def desk(committed_db):
    return Desk()


def waiting(desk):
    with center_context(desk.center):
        return models.Message.objects.filter(state=MessageState.WAITING).count()


@pytest.mark.slow
@pytest.mark.parametrize("point", POINTS)
def test_a_killed_worker_loses_and_doubles_nothing(committed_db, desk, gateway, point):
    desk.submitted()
    died = subprocess.run(
        [
            *(sys.executable, "-W", "ignore", str(_DYING), point),
            *("send_messages", desk.center, desk.now.isoformat()),
        ],
        env={
            **os.environ,
            "TONGBAN_DATABASE_URL": committed_db,
            "TONGBAN_SMS_URL": gateway.url,
            "PYTHONPATH": f"{database.PROJECT / 'platform'}:{database.PROJECT}",
        },
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert died.returncode == -signal.SIGKILL, died.stderr
    assert len(gateway.sent) == POINTS[point]
    dying.send_messages(desk.center, (desk.now + rules.LEASE).isoformat())
    assert len(gateway.sent) == 1
    assert waiting(desk) == 0


def test_two_workers_send_each_message_once(desk, gateway):
    for _ in range(6):
        desk.submitted()

    def work():
        with center_context(desk.center):
            return sending.send_waiting(clock=lambda: desk.now)

    results = race([partial(work) for _ in range(4)], threads=4)
    assert sum(results) == 6, results
    assert len(gateway.requests) == len(gateway.sent) == 6
    assert waiting(desk) == 0


def test_no_transaction_is_open_while_the_gateway_is_asked(desk, gateway, administrator):
    desk.submitted()
    name = connection.settings_dict["NAME"]
    seen = []

    def look():
        with psycopg.connect(administrator, autocommit=True) as other:
            seen.extend(
                other.execute(
                    "SELECT state, xact_start FROM pg_stat_activity WHERE datname = %s", [name]
                ).fetchall()
            )

    gateway.meanwhile = look
    with center_context(desk.center):
        assert sending.send_waiting(clock=lambda: desk.now + timedelta(seconds=1)) == 1
    assert seen
    assert {started for _state, started in seen} == {None}
