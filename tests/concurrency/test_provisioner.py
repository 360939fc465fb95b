"""The provisioner as a process: woken by a request, resumed after a kill, past one fault."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

import psycopg
import pytest
from django.utils import timezone

from tests import database
from tongban.kernel import actors
from tongban.kernel.context import SharedRole, shared_context
from tongban.registry import errors, models
from tongban.registry.operations import onboard, provision

REGISTRAR = actors.operator("test")


@contextmanager
def provisioner(url: str) -> Iterator[subprocess.Popen[str]]:
    named = psycopg.conninfo.conninfo_to_dict(url)
    process = subprocess.Popen(
        [sys.executable, "-m", "tongban.config.command", "provision"],
        env={
            **os.environ,
            "PYTHONPATH": f"{database.PROJECT / 'platform'}:{database.PROJECT}",
            "TONGBAN_DATABASE_URL": database.url_of(
                "provisioner", str(named["dbname"]), host=str(named["host"])
            ),
        },
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        assert any(line == "provisioner ready\n" for line in process.stdout)
        yield process
    finally:
        process.kill()
        process.communicate()


def request(*roots: str, townships: bool = False):
    with shared_context(SharedRole.PLATFORM):
        return onboard.request_onboarding(
            actor=REGISTRAR,
            roots=roots,
            as_of=date(2021, 12, 31),
            with_counties=False,
            with_townships=townships,
            now=timezone.now(),
        ).id


def steps(url: str, onboarding_id) -> list[tuple[str, str, bool, str]]:
    with shared_context(SharedRole.PLATFORM):
        rows = models.OnboardingStep.objects.filter(onboarding_id=onboarding_id)
        return [
            (s.center_code, s.name, s.finished_at is not None, s.error)
            for s in rows.order_by("position")
        ]


def wait(condition, seconds: float = 30.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "did not happen in time"
        time.sleep(0.05)


def is_finished(onboarding_id) -> bool:
    with shared_context(SharedRole.PLATFORM):
        return models.Onboarding.objects.get(id=onboarding_id).finished_at is not None


def test_a_request_is_carried_out_at_once_and_a_fault_of_one_stops_no_other(
    committed_db, administrator
):
    admin_url = psycopg.conninfo.make_conninfo(
        administrator, dbname=psycopg.conninfo.conninfo_to_dict(committed_db)["dbname"]
    )
    with psycopg.connect(admin_url, autocommit=True) as admin:
        admin.execute("CREATE SCHEMA c371424")  # in the way of 临邑县's own
        with provisioner(committed_db):
            broken = request("371424")
            whole = request("371426")
            wait(lambda: is_finished(whole))
            failed = steps(committed_db, broken)
            assert [done for _c, _n, done, _e in failed] == [False] * len(failed)
            assert "already exists" in failed[0][3]
            with shared_context(SharedRole.READER):
                assert models.Center.objects.get(code="371426").status == "active"
                assert models.Center.objects.get(code="371424").status == "onboarding"
            admin.execute("DROP SCHEMA c371424")
            with shared_context(SharedRole.PLATFORM):
                with pytest.raises(errors.OnboardingNotFoundError):
                    provision.retry_onboarding(
                        actor=actors.ANONYMOUS, onboarding_id=broken, now=timezone.now()
                    )
                provision.retry_onboarding(
                    actor=REGISTRAR, onboarding_id=broken, now=timezone.now()
                )
            wait(lambda: is_finished(broken))
            assert all(done and not error for _c, _n, done, error in steps(committed_db, broken))


@pytest.mark.slow
def test_a_killed_provisioner_goes_on_where_it_stood(committed_db):
    with provisioner(committed_db) as process:
        onboarding_id = request("371722", townships=True)
        wait(lambda: any(done for _c, _n, done, _e in steps(committed_db, onboarding_id)))
        process.kill()
        process.wait()
    before = [done for _c, _n, done, _e in steps(committed_db, onboarding_id)]
    assert True in before
    assert False in before
    with provisioner(committed_db):
        wait(lambda: is_finished(onboarding_id))
    assert all(done for _c, _n, done, _e in steps(committed_db, onboarding_id))
    with shared_context(SharedRole.PLATFORM):
        below = models.Center.objects.filter(parent__code="371722")
        assert {center.status for center in below} == {"active"}
        keys = models.CenterKey.objects.filter(center_code__startswith="371722")
        assert keys.count() == below.count() + 1
