"""Publishing, calling back, reaching, onboarding and importing at once: the end is as in a row."""

import io
import uuid
from dataclasses import replace
from datetime import timedelta
from typing import Any

from tests import publishing
from tests.concurrency.test_case_races import race
from tests.concurrency.test_release_races import out, ready
from tests.publishing import CITY, DAY, NOW, published, publisher, reach_all, reviewed
from tongban.catalog import errors, models
from tongban.catalog.operations import deliver, offer, publish
from tongban.catalog.rules.content import MatterLevel
from tongban.exchange.operations import timers
from tongban.kernel import actors
from tongban.kernel.context import SharedRole, shared_context
from tongban.kernel.errors import DomainError
from tongban.kernel.models import AuditEntry
from tongban.kernel.transactions import PLATFORM

AHEAD = DAY + timedelta(days=9)
COUNTY = "371425"


def offered(code: str) -> list[tuple[Any, ...]]:
    found = models.Offering.objects.filter(matter__code=code).order_by("center_code")
    return list(found.values_list("center_code", "effective_from", "effective_to", "closed_for"))


def moved(code: str, **options: Any) -> models.Release:
    with shared_context(SharedRole.CATALOG):
        content = replace(publishing.standard(code), levels=(MatterLevel.CITY,))
        revision = reviewed(content, issuer=CITY, code=code)
        return published(revision, issuer=CITY, **options)


def test_a_center_that_is_onboarded_between_releases_misses_nothing(committed_db):
    first = ready("甲")
    reach_all(out(first))
    code = first.matter_id
    with shared_context(SharedRole.CATALOG):
        models.Offering.objects.filter(center_code=COUNTY).delete()  # it is onboarded in the race
    second = ready("乙")

    def onboard() -> object:
        with shared_context(SharedRole.CATALOG):
            return offer.open_default_offerings(
                actor=actors.operator("onboarding"), center_codes=[COUNTY], now=NOW
            )

    def work() -> object:
        return timers.fire_timers(PLATFORM, clock=lambda: NOW)

    calls = [onboard, lambda: moved(code, since=AHEAD), lambda: out(second), work, work]
    assert not [each for each in race(calls, threads=5) if isinstance(each, DomainError)]
    while work():
        pass
    with shared_context(SharedRole.CATALOG):
        leaving = [row[2] for row in offered(code)]
        assert leaving == [None, AHEAD, AHEAD]
        assert len({row[3] for row in offered(code)}) == 2
        assert [row[0] for row in offered(second.matter_id)] == ["371400", "371402", COUNTY]
        own = models.Release.objects.filter(issuer_code=CITY)
        assert set(own.values_list("status", flat=True)) == {"reached"}


def test_a_release_called_back_while_another_follows_is_whole(committed_db):
    first = ready("甲")
    reach_all(out(first))
    code = first.matter_id
    ahead = moved(code, since=AHEAD)

    def withdraw() -> models.Release:
        with shared_context(SharedRole.CATALOG):
            return publish.withdraw_release(
                actor=publisher(CITY),
                issuer_code=CITY,
                number=ahead.number,
                idempotency_key=uuid.uuid4(),
                now=NOW,
            )

    def follow() -> models.Release:
        with shared_context(SharedRole.CATALOG):
            content = replace(publishing.standard(code), visits=2)
            revision = reviewed(content, issuer=CITY, code=code)
            return published(revision, issuer=CITY, since=AHEAD)

    def work() -> object:
        return timers.fire_timers(PLATFORM, clock=lambda: NOW)

    withdrawn, _followed, _worked = race([withdraw, follow, work], threads=3)
    while work():
        pass
    with shared_context(SharedRole.CATALOG):
        ahead.refresh_from_db()
        is_withdrawn = isinstance(withdrawn, models.Release)
        assert is_withdrawn or isinstance(withdrawn, errors.ReleaseWithdrawError)
        assert (ahead.status == "withdrawn") is is_withdrawn
        counties = {row[2] for row in offered(code) if row[0] != "371400"}
        assert counties == ({None} if is_withdrawn else {AHEAD})


def test_one_list_that_is_imported_twice_at_once_counts_once(committed_db):
    rows = [f"地方{n},{CITY},事项{n},行政许可" for n in range(30)]
    raw = "\n".join(["事项地方编码,区划代码,事项名称,事项类型", *rows]).encode()

    def bring_in() -> Any:
        with shared_context(SharedRole.CATALOG):
            return deliver.import_list(
                actor=actors.operator("test"), delivered=io.BytesIO(raw), now=NOW
            )

    told = AuditEntry.objects.filter(action="matters.import")
    with shared_context(SharedRole.CATALOG):
        before = told.count()
    reports = race([bring_in] * 4, threads=4)
    assert sorted(each.created for each in reports) == [0, 0, 0, 30]
    assert sorted(each.unchanged for each in reports) == [0, 30, 30, 30]
    with shared_context(SharedRole.CATALOG):
        matters = models.StandardMatter.objects.filter(local_code__startswith="地方")
        assert matters.count() == 30
        drafts = models.MatterRevision.objects.filter(matter__in=matters.values("code"))
        assert drafts.count() == 30
        assert told.count() == before + 1


def test_an_import_never_writes_over_what_is_published_beside_it(committed_db):
    revision = ready("甲")
    code = revision.matter_id
    raw = f"基本编码,区划代码,事项名称,事项类型\n{code},{CITY},改名,行政许可".encode()
    with shared_context(SharedRole.CATALOG):
        kind = publishing.a_matter().matter_type
    raw = raw.replace("行政许可".encode(), kind.encode())

    def bring_in() -> Any:
        with shared_context(SharedRole.CATALOG):
            return deliver.import_list(
                actor=actors.operator("test"), delivered=io.BytesIO(raw), now=NOW
            )

    release, report = race([lambda: out(revision), bring_in], threads=2)
    assert isinstance(release, models.Release)
    with shared_context(SharedRole.CATALOG):
        revision.refresh_from_db()
        assert (revision.status, revision.read().name) == ("published", "甲")
        drafts = models.MatterRevision.objects.filter(matter__code=code, status="draft")
        assert drafts.count() == report.updated
        assert [fault.code for fault in report.faults] in ([], ["UNDER_REVIEW"])
