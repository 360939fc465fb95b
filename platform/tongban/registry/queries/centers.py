"""All centers as every process keeps them in memory."""

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from tongban.kernel import crypto
from tongban.kernel.calendar import WorkCalendar
from tongban.kernel.context import reading_context
from tongban.registry import models
from tongban.registry.queries.names import CenterNames

_CHECK_AFTER_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class CenterRecord:
    """A center as every process keeps it in its map."""

    code: str
    name: str
    level: str
    parent_code: str | None
    division_code: str
    status: str
    fingerprint: str
    founded_on: date | None = None
    onboarded_at: datetime | None = None

    @property
    def is_active(self) -> bool:
        """Whether the center takes in cases."""
        return self.status == models.CenterStatus.ACTIVE


@dataclass(frozen=True, slots=True)
class _Map:
    version: int
    digest: str
    by_code: Mapping[str, CenterRecord]
    by_host: Mapping[str, str]
    children: Mapping[str, tuple[str, ...]]
    names: CenterNames
    calendar: WorkCalendar


class CenterMap:
    """All centers in memory, read again when the registry's version number has grown.

    A change is seen after one second at the latest; what must be exact (whether intake is closed)
    is read in the operation's own transaction.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._map: _Map | None = None
        self._checked_at = 0.0

    def at_hand(self) -> _Map | None:
        """Return the map if it was checked within the second, without looking."""
        is_fresh = time.monotonic() - self._checked_at < _CHECK_AFTER_SECONDS
        return self._map if is_fresh else None

    def get(self) -> _Map:
        """Return the current map. Cost: nothing, once a second one primary-key look-up."""
        found = self.at_hand()
        if found is not None:
            return found
        now = time.monotonic()
        with self._lock, reading_context():
            number = models.RegistryVersion.objects.values_list("number", flat=True).get(id=1)
            if self._map is None or self._map.version != number:
                self._map = _load(number)
            self._checked_at = now
            return self._map

    def recheck(self) -> None:
        """Make the next reader look whether the registry has changed."""
        self._checked_at = 0.0

    def forget(self) -> None:
        """Make the next reader read all centers again (after a change by this process)."""
        self._map = None


center_map = CenterMap()


def record_of(center: models.Center) -> CenterRecord:
    """Return a center's row as the map keeps it."""
    return CenterRecord(
        code=center.code,
        name=center.name,
        level=center.level,
        parent_code=center.parent_id,
        division_code=center.division_code,
        status=center.status,
        fingerprint=center.fingerprint,
        founded_on=center.founded_on,
        onboarded_at=center.onboarded_at,
    )


def _load(number: int) -> _Map:
    centers = list(models.Center.objects.order_by("code"))
    records = [record_of(center) for center in centers]
    hosts = models.CenterDomain.objects.values_list("domain", "tenant__code")
    children: dict[str, list[str]] = {}
    for record in records:
        if record.parent_code:
            children.setdefault(record.parent_code, []).append(record.code)
    return _Map(
        version=number,
        digest=crypto.sha256_hex(repr((records, sorted(hosts))).encode()),
        by_code={record.code: record for record in records},
        by_host=dict(hosts),
        children={code: tuple(codes) for code, codes in children.items()},
        names=CenterNames(centers),
        calendar=WorkCalendar(
            overrides=dict(models.CalendarDay.objects.values_list("day", "is_working")),
            settled_years=frozenset(models.SettledYear.objects.values_list("year", flat=True)),
        ),
    )
