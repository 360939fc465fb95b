"""Two publishers at once: one outcome, nothing half done; a kill costs a release nothing."""

import os
import signal
import subprocess
import sys
import uuid
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tests import publishing
from tests.concurrency.test_case_races import race
from tests.publishing import CITY, DAY, LEVELS, NOW, a_matter, published, reviewed
from tongban.catalog import errors, models
from tongban.catalog.operations import publish, reach
from tongban.kernel.actors import PlatformRole
from tongban.kernel.context import SharedRole, shared_context
from tongban.kernel.errors import DomainError
from tongban.kernel.models import AuditEntry, Timer

SECOND = publishing.person(113, PlatformRole.CATALOG_PUBLISHER, CITY)


def ready(name: str, **changes: Any) -> models.MatterRevision:
    with shared_context(SharedRole.CATALOG):
        return reviewed(a_matter(name, levels=LEVELS, **changes), issuer=CITY, local_code=name)


def out(*revisions: models.MatterRevision, **options: Any) -> models.Release:
    with shared_context(SharedRole.CATALOG):
        return published(*revisions, issuer=CITY, **options)


@pytest.mark.parametrize("times", range(3))
def test_of_two_publishers_of_one_revision_one_publishes(committed_db, times):
    shared, own = ready("共有"), [ready("甲"), ready("乙")]
    results = race(
        [
            lambda: out(shared, own[0]),
            lambda: out(own[1], shared, by=SECOND),
        ],
        threads=2,
    )
    done = [result for result in results if isinstance(result, models.Release)]
    refused = [result for result in results if isinstance(result, DomainError)]
    assert (len(done), len(refused)) == (1, 1)
    assert isinstance(refused[0], errors.RevisionNotPublishableError)
    with shared_context(SharedRole.CATALOG):
        release = models.Release.objects.get(issuer_code=CITY)
        assert release.items.count() == 2
        standing = models.MatterRevision.objects.filter(matter__issuer_code=CITY)
        assert sorted(standing.values_list("status", flat=True)) == [
            "published", "published", "reviewed",
        ]  # fmt: skip
        assert AuditEntry.objects.filter(action="release.publish", object_key=f"{CITY}/1").count()


@pytest.mark.parametrize("times", range(3))
def test_two_publishers_never_close_a_circle(committed_db, times):
    with shared_context(SharedRole.CATALOG):
        codes = []
        for name in ("甲", "乙"):
            revision = reviewed(a_matter(name), issuer=CITY, local_code=name)
            published(revision, issuer=CITY)
            codes.append(revision.matter_id)
        revisions = [
            reviewed(
                replace(publishing.standard(code), preconditions=(other,)),
                issuer=CITY,
                code=code,
            )
            for code, other in (codes, codes[::-1])
        ]
    results = race([lambda: out(revisions[0]), lambda: out(revisions[1], by=SECOND)], threads=2)
    assert sorted(type(result).__name__ for result in results) == [
        "PreconditionCycleError",
        "Release",
    ]


def test_of_a_publication_and_a_withdrawal_each_is_whole(committed_db):
    first = ready("甲")
    release = out(first, since=DAY + timedelta(days=9))

    def withdraw() -> models.Release:
        with shared_context(SharedRole.CATALOG):
            return publish.withdraw_release(
                actor=publishing.publisher(CITY),
                issuer_code=CITY,
                number=release.number,
                idempotency_key=uuid.uuid4(),
                now=NOW,
            )

    def reach_one() -> object:
        return publishing.reach_all(release)

    race([withdraw, reach_one], threads=2)
    publishing.reach_all(release)
    with shared_context(SharedRole.CATALOG):
        release.refresh_from_db()
        first.refresh_from_db()
        assert (release.status, first.status) == ("withdrawn", "reviewed")
        assert not models.Offering.objects.filter(matter__code=first.matter_id).exists()


KILLED = """
import os, signal, sys, django
django.setup()
from tests import publishing
from tongban.catalog.operations import opening, reach
from tongban.kernel.context import SharedRole, shared_context
reach.MOST_CENTERS = 2
opened = opening.open_offerings
batches = []
def dying(*arguments, **options):
    found = opened(*arguments, **options)
    batches.append(1)
    if len(batches) == 2:
        os.kill(os.getpid(), signal.SIGKILL)
    return found
reach.opening.open_offerings = dying
with shared_context(SharedRole.PLATFORM):
    while reach.reach_centers(issuer_code=publishing.CITY, number=1, now=publishing.NOW):
        pass
"""


def test_a_killed_worker_costs_a_release_nothing(committed_db, monkeypatch):
    revision = ready("甲")
    release = out(revision)
    environment = {**os.environ, "TONGBAN_DATABASE_URL": committed_db}
    environment["PYTHONPATH"] = os.pathsep.join(sys.path)
    killed = subprocess.run([sys.executable, "-c", KILLED], env=environment, check=False)
    assert killed.returncode == -signal.SIGKILL
    with shared_context(SharedRole.CATALOG):
        release.refresh_from_db()
        assert (release.reached, release.last_center) == (2, "371402")
        offered = models.Offering.objects.filter(matter__code=revision.matter_id)
        assert sorted(offered.values_list("center_code", flat=True)) == ["371400", "371402"]
        assert Timer.objects.filter(key=f"{CITY}/1", fired_at=None).exists()
    monkeypatch.setattr(reach, "MOST_CENTERS", 2)
    publishing.reach_all(release)
    with shared_context(SharedRole.CATALOG):
        release.refresh_from_db()
        assert (release.status, release.reached, release.opened) == ("reached", 5, 3)
        assert offered.count() == 3
