"""Two people at one directory at once: one outcome, one version, one draft."""

import uuid
from datetime import UTC, date, datetime

import pytest

from tests.concurrency.test_case_races import race
from tests.operations.test_catalog_directories import CITY, EDITOR, PUBLISHER, holder, power
from tongban.catalog import errors, models
from tongban.catalog.operations import directories, standards
from tongban.catalog.rules.directories import DirectoryKind
from tongban.catalog.rules.standards import StandardText
from tongban.catalog.states import DirectoryStatus
from tongban.kernel.actors import PlatformRole
from tongban.kernel.context import SharedRole, shared_context
from tongban.kernel.models import AuditEntry, LogEntry

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
OTHER = holder(22, PlatformRole.CATALOG_PUBLISHER)
ABOUT = {"issuer_code": CITY, "kind": DirectoryKind.POWERS, "now": NOW}


def draft(actor=EDITOR, **said):
    with shared_context(SharedRole.CATALOG):
        return directories.draft_directory(
            actor=actor,
            entries=[power()],
            idempotency_key=uuid.uuid4(),
            **ABOUT,
            **said,
        )


def publish(actor, version=1):
    with shared_context(SharedRole.CATALOG):
        return directories.publish_directory(
            actor=actor, version=version, idempotency_key=uuid.uuid4(), **ABOUT
        )


@pytest.mark.parametrize("times", range(3))
def test_of_two_publishers_one_publishes(committed_db, times):
    draft()
    ended = race([lambda: publish(PUBLISHER), lambda: publish(OTHER)], threads=2)
    published = [one for one in ended if isinstance(one, models.Directory)]
    refused = [one for one in ended if isinstance(one, errors.DirectoryPublishedError)]
    assert (len(published), len(refused)) == (1, 1)
    with shared_context(SharedRole.CATALOG):
        row = models.Directory.objects.get()
        assert (row.status, row.published_by) == ("published", published[0].published_by)
        assert AuditEntry.objects.filter(action="directory.publish").count() == 1
        assert LogEntry.objects.filter(name="directory.published").count() == 1


@pytest.mark.parametrize("times", range(3))
def test_of_an_edit_and_a_publication_the_publication_has_what_was_read(committed_db, times):
    draft()
    edited, published = race(
        [
            lambda: draft(expected_version=1),
            lambda: publish(PUBLISHER),
        ],
        threads=2,
    )
    with shared_context(SharedRole.CATALOG):
        rows = list(models.Directory.objects.order_by("version"))
    assert isinstance(published, models.Directory)
    assert rows[0].status == DirectoryStatus.PUBLISHED
    if isinstance(edited, models.Directory):
        assert (len(rows), rows[0].draft_version) == (1, 2)
    else:
        assert edited.code == "STALE_VERSION"
        assert (len(rows), rows[0].draft_version) == (1, 1)


def test_eight_editors_leave_one_draft_that_names_them_all(committed_db):
    editors = [holder(n, PlatformRole.CATALOG_EDITOR) for n in range(30, 38)]
    race([lambda editor=editor: draft(editor) for editor in editors], threads=8)
    with shared_context(SharedRole.CATALOG):
        row = models.Directory.objects.get()
    assert (row.version, row.draft_version) == (1, 8)
    assert row.editors == sorted(editor.key for editor in editors)


def test_versions_of_a_standard_of_work_never_overlap(committed_db):
    def put(day):
        with shared_context(SharedRole.CATALOG):
            return standards.publish_work_standard(
                actor=PUBLISHER,
                issuer_code=CITY,
                standard=StandardText("DZZW-001", "规范", "服务提供", "首问负责"),
                effective_from=date(2026, 3, day),
                idempotency_key=uuid.uuid4(),
                now=NOW,
            )

    ended = race([lambda day=day: put(day) for day in range(1, 9)], threads=8)
    with shared_context(SharedRole.CATALOG):
        rows = list(models.WorkStandard.objects.order_by("version"))
    assert len(rows) == sum(isinstance(one, models.WorkStandard) for one in ended) >= 1
    assert [row.version for row in rows] == list(range(1, len(rows) + 1))
    assert [row.effective_to for row in rows] == [
        *(row.effective_from for row in rows[1:]),
        None,
    ]
    assert all(isinstance(one, models.WorkStandard | errors.WorkStandardDayError) for one in ended)
