"""kill -9 of ``tongban onboard`` at each of its commits: it resumes and ends as if undisturbed."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from tests import database, schemas
from tests.isolation import meant, walls
from tongban.catalog.models import Offering
from tongban.kernel import signing
from tongban.kernel.context import SharedRole, center_context, shared_context
from tongban.kernel.models import AuditEntry, Ledger, SigningKey
from tongban.registry import models, queries

_COMMAND = Path(__file__).with_name("dying_command.py")
COUNTY, TOWN = "371426", "371426101"
REQUEST = ("onboard", COUNTY, TOWN, "--as-of", "2021-12-31")
RESUME = ("onboard", "--resume")


class Clone:
    """A database of the test's own, onboarded by processes that may die."""

    def __init__(self, url: str, administrator: str) -> None:
        self.name, self.host = (str(conninfo_to_dict(url)[key]) for key in ("dbname", "host"))
        self.admin_url = make_conninfo(administrator, dbname=self.name)

    def start(self, point: str, *arguments: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-W", "ignore", str(_COMMAND), point, *arguments],
            env={
                **os.environ,
                "PYTHONPATH": f"{database.PROJECT / 'platform'}:{database.PROJECT}",
                "TONGBAN_DATABASE_URL": database.url_of("provisioner", self.name, host=self.host),
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def run(self, point: str, *arguments: str, dies: bool = False) -> str:
        """Run a command to its end, or to the kill that is meant; return what it said."""
        process = self.start(point, *arguments)
        told, _ = process.communicate(timeout=120)
        assert process.returncode == (-signal.SIGKILL if dies else 0), told
        queries.center_map.forget()
        return told

    def assert_whole(self, code: str, *, undisturbed: str) -> None:
        """The center is as one that was onboarded in peace: schema, roles, rights, first rows."""
        with psycopg.connect(self.admin_url) as admin:
            assert schemas.described(admin, f"c{code}") == schemas.described(
                admin, f"c{undisturbed}"
            )
            assert walls.violations(admin) == []
        with center_context(code):
            assert Ledger.objects.get().code == code
            key = SigningKey.objects.get()
        with shared_context(SharedRole.READER):
            center = models.Center.objects.get(code=code)
            assert (center.status, center.fingerprint != "") == ("active", True)
            published = models.CenterKey.objects.get(center_code=code)
            offered = Offering.objects.filter(center_code=code)
            as_elsewhere = Offering.objects.filter(center_code=undisturbed)
            assert offered.count() == as_elsewhere.count() > 0
        assert published.key_id == key.key_id
        signing.forget_keys()
        with center_context(code):
            signed = signing.sign_statement({"kind": "test"})
        assert signing.is_genuine(signed, public_key=bytes(published.public_key))

    def assert_no_orphans(self) -> None:
        """No schema and no role is left that belongs to no center, and no step is open."""
        with psycopg.connect(self.admin_url) as admin, shared_context(SharedRole.PLATFORM):
            ready = models.Center.objects.exclude(fingerprint="")
            codes = set(ready.values_list("code", flat=True))
            assert {schema[1:] for schema in meant.center_schemas(admin)} == codes
            rights = admin.execute(
                "SELECT DISTINCT rolname FROM pg_shdepend d JOIN pg_roles r ON r.oid = d.refobjid"
                " JOIN pg_database b ON b.oid = d.dbid AND b.datname = current_database()"
                " WHERE rolname ~ '_c[0-9]'"
            ).fetchall()
            assert {name for (name,) in rights} == {
                role
                for code in codes
                for role in (meant.data_role(f"c{code}"), meant.owner_role(f"c{code}"))
            }
            assert not models.Onboarding.objects.filter(finished_at=None).exists()
            assert not models.OnboardingStep.objects.filter(finished_at=None).exists()


@pytest.fixture
def clone(committed_db, administrator):
    return Clone(committed_db, administrator)


def steps() -> list[bool]:
    with shared_context(SharedRole.PLATFORM):
        ends = models.OnboardingStep.objects.filter(center_code__in=[COUNTY, TOWN])
        return [step.finished_at is not None for step in ends.order_by("position")]


def test_a_kill_in_the_middle_of_a_schema_leaves_nothing_of_it(clone):
    """Its roles, its tables, its key and its mark commit together."""
    clone.run("before-commit:2", *REQUEST, dies=True)
    assert steps() == [False] * len(steps()) != []
    with psycopg.connect(clone.admin_url) as admin:
        assert f"c{COUNTY}" not in meant.center_schemas(admin)
    assert "2 个中心就绪" in clone.run("never", *RESUME)
    clone.assert_whole(COUNTY, undisturbed="371402")
    clone.assert_whole(TOWN, undisturbed="371402001")
    clone.assert_no_orphans()


@pytest.mark.slow
def test_a_kill_at_every_commit_ends_as_if_undisturbed(clone):
    """Each run dies at a commit, before it and then after it, and the next goes on.

    A step that a feature registered commits its own effect before the step's mark: where a death
    brought no step to its end, the next comes one commit later.
    """
    clone.run("before-commit:1", *REQUEST, dies=True)
    assert steps() == []
    clone.run("after-commit:1", *REQUEST, dies=True)
    assert steps() == [False] * len(steps()) != []
    commit = 1
    while not all(steps()):
        done = sum(steps())
        clone.run(f"before-commit:{commit}", *RESUME, dies=True)
        assert sum(steps()) == done
        clone.run(f"after-commit:{commit}", *RESUME, dies=True)
        commit = 1 if sum(steps()) > done else commit + 1
        assert (sum(steps()) - done, commit) in {(1, 1), (0, 2)}
    clone.run("never", *RESUME)
    clone.assert_whole(COUNTY, undisturbed="371402")
    clone.assert_whole(TOWN, undisturbed="371402001")
    clone.assert_no_orphans()
    assert "没有未完成的接入" in clone.run("never", *RESUME)
    with shared_context(SharedRole.PLATFORM):
        asked = AuditEntry.objects.filter(action="centers.onboard", data__roots=[COUNTY, TOWN])
        assert asked.count() == 1


@pytest.mark.slow
def test_two_that_onboard_the_same_at_once_make_it_once(clone):
    """The command line and the provisioner's process may take up the same request."""
    clone.run("after-commit:1", *REQUEST, dies=True)
    both = [clone.start("never", *RESUME) for _ in range(2)]
    told = [process.communicate(timeout=120)[0] for process in both]
    assert [process.returncode for process in both] == [0, 0], told
    queries.center_map.forget()
    clone.assert_whole(COUNTY, undisturbed="371402")
    clone.assert_whole(TOWN, undisturbed="371402001")
    clone.assert_no_orphans()


@pytest.mark.parametrize("arguments", [("onboard",), ("onboard", "--resume", COUNTY)])
def test_resuming_names_no_center_and_beginning_names_one(arguments):
    from django.core.management import CommandError, call_command

    with pytest.raises(CommandError, match="--resume"):
        call_command(*arguments)
