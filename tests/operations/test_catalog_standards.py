"""The library of standards of work: versions that follow each other, and their acceptance."""

import uuid
from datetime import UTC, date, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.operations.test_catalog_directories import CITY, EDITOR, PUBLISHER, holder
from tongban.catalog import errors, models
from tongban.catalog.operations import standards
from tongban.catalog.operations.standards import Acceptance
from tongban.catalog.queries import standards as queries
from tongban.catalog.rules.search import MAX_WORDS
from tongban.catalog.rules.standards import StandardText
from tongban.kernel import actors
from tongban.kernel.actors import Actor, PlatformRole
from tongban.kernel.models import AuditEntry, LogEntry

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
DAY = date(2026, 3, 2)


def publish(number="DZZW-001", *, actor=PUBLISHER, day=None, key=None, **said):
    text = {"title": "窗口服务规范", "category": "服务提供", "text": "首问负责，一次告知。"} | said
    return standards.publish_work_standard(
        actor=actor,
        issuer_code=CITY,
        standard=StandardText(number=number, **text),
        effective_from=day,
        idempotency_key=key or uuid.uuid4(),
        now=NOW,
    )


def accept(*, actor=PUBLISHER, key=None, **said):
    terms = {
        "accepted_on": DAY,
        "authority": "国家标准化管理委员会",
        "level": "国家级",
        "result": "合格",
    }
    return standards.record_acceptance(
        actor=actor,
        issuer_code=CITY,
        acceptance=Acceptance(**(terms | said)),
        idempotency_key=key or uuid.uuid4(),
        now=NOW,
    )


def written() -> tuple[int, ...]:
    tables = (models.WorkStandard, models.StandardsAcceptance, AuditEntry, LogEntry)
    return tuple(table.objects.count() for table in tables)


def in_force(on: date, **where) -> list[tuple[str, int]]:
    found = queries.list_standards(on=on, issuer_code=CITY, **where).order_by("number")
    return [(row.number, row.version) for row in found]


def test_the_old_version_closes_as_the_new_one_opens(catalog):
    first = publish(day=date(2014, 1, 1))
    second = publish(title="窗口服务规范（修订）", day=date(2026, 3, 10))
    first.refresh_from_db()
    assert (first.version, first.effective_to) == (1, date(2026, 3, 10))
    assert (second.version, second.effective_to) == (2, None)
    assert in_force(date(2013, 12, 31)) == []
    assert in_force(date(2026, 3, 9)) == [("DZZW-001", 1)]
    assert in_force(date(2026, 3, 10)) == [("DZZW-001", 2)]
    seen = {"issuer_code": CITY, "number": "DZZW-001", "on": DAY}
    assert queries.standard(version=None, **seen) == first
    assert queries.standard(version=2, **seen) == second
    assert [row.version for row in queries.versions_of(second)] == [1, 2]
    audited = AuditEntry.objects.filter(action="work_standard.publish", object_type="work_standard")
    assert [entry.object_key.rpartition("/")[2] for entry in audited.order_by("sequence")] == [
        "1",
        "2",
    ]
    assert LogEntry.objects.filter(name="work_standard.published").count() == 2


def test_a_version_begins_after_the_former_one(catalog):
    publish(day=DAY)
    before = written()
    with pytest.raises(errors.WorkStandardDayError):
        publish(day=DAY)
    assert written() == before
    assert models.WorkStandard.objects.get().effective_to is None


@pytest.mark.parametrize(
    "said",
    [
        {"number": ""},
        {"number": "有 空格"},
        {"number": "长" * 41},
        {"title": " "},
        {"title": "长" * 201},
        {"category": ""},
        {"text": ""},
        {"text": "\0"},
        {"text": "长" * 100_001},
    ],
)
def test_what_can_not_be_kept_is_refused(catalog, said):
    before = written()
    with pytest.raises(errors.WorkStandardTextError) as caught:
        publish(**said)
    assert caught.value.path == tuple(said)
    assert written() == before


@pytest.mark.parametrize(
    "actor",
    [
        actors.ANONYMOUS,
        Actor(account_id=9, kind="person"),
        EDITOR,
        holder(9, PlatformRole.CATALOG_PUBLISHER, division="371700000000"),
        holder(9, PlatformRole.CATALOG_PUBLISHER, division="371402000000"),
    ],
)
def test_only_publishers_of_the_division_write(catalog, actor):
    before = written()
    with pytest.raises(errors.WorkStandardNotAllowedError):
        publish(actor=actor)
    with pytest.raises(errors.WorkStandardNotAllowedError):
        accept(actor=actor)
    assert written() == before


def test_the_same_key_is_effective_once(catalog):
    key = uuid.uuid4()
    assert publish(key=key).pk == publish(key=key).pk
    key = uuid.uuid4()
    assert accept(key=key).pk == accept(key=key).pk
    assert models.WorkStandard.objects.count() == models.StandardsAcceptance.objects.count() == 1


def test_more_than_seven_hundred_are_found_and_accepted(catalog):
    models.WorkStandard.objects.bulk_create(
        models.WorkStandard(
            issuer_code=CITY,
            number=f"DZZW-{n:03}",
            version=1,
            title=f"标准{n}",
            category="岗位工作" if n % 2 else "服务保障",
            text=f"第{n}号岗位 首问负责",
            effective_from=date(2014, 1, 1),
            published_at=NOW,
            published_by="test",
        )
        for n in range(1, 721)
    )
    assert queries.list_standards(on=DAY, issuer_code=CITY).count() == 720
    assert len(in_force(DAY, category="岗位工作")) == 360
    assert in_force(DAY, search="第71号 首问") == [("DZZW-071", 1)]
    assert in_force(DAY, search="dzzw-70") == [(f"DZZW-70{n}", 1) for n in range(10)]
    assert in_force(DAY, search="%") == []
    with CaptureQueriesContext(connection) as captured:
        list(queries.list_standards(on=DAY, issuer_code=CITY).order_by("number")[:100])
    assert len(captured) == 1
    recorded = accept(accepted_on=date(2014, 12, 1))
    assert (recorded.standard_count, recorded.level) == (720, "国家级")
    assert accept(accepted_on=date(2013, 1, 1), standard_count=712).standard_count == 712
    found = queries.list_acceptances(issuer_code=CITY).order_by("-accepted_on")
    assert [row.standard_count for row in found] == [720, 712]
    assert not queries.list_acceptances(issuer_code="371700000000").exists()


@pytest.mark.parametrize(
    "said",
    [
        {"accepted_on": date(2026, 3, 3)},
        {"authority": ""},
        {"level": "长" * 41},
        {"result": "\0"},
        {"standard_count": -1},
    ],
)
def test_an_impossible_acceptance_is_refused(catalog, said):
    before = written()
    with pytest.raises(errors.AcceptanceInvalidError):
        accept(**said)
    assert written() == before


def test_an_acceptance_is_recorded_once(catalog):
    accept()
    before = written()
    with pytest.raises(errors.AcceptanceRecordedError):
        accept(result="不合格")
    assert written() == before


@pytest.mark.parametrize("search", ["章 " * 20_000, " ".join(map(chr, range(0x4E00, 0x6E00)))])
def test_a_search_of_very_many_words_is_no_more_work(catalog, search):
    """Anybody may ask: the statement doesn't grow with what is asked."""
    with CaptureQueriesContext(connection) as asked:
        assert list(queries.list_standards(on=DAY, search=search)) == []
    assert asked[0]["sql"].count("LIKE") <= 3 * MAX_WORDS
