"""What may be read of the registry: centers by code or host, divisions, delegations."""

import threading
import time
from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Q, QuerySet

from tongban.kernel import errors, roles
from tongban.kernel.context import SharedRole, current, shared_context
from tongban.registry import models, rules
from tongban.registry.adapters import tenant_schema

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
    by_code: Mapping[str, CenterRecord]
    by_host: Mapping[str, str]
    children: Mapping[str, tuple[str, ...]]


class CenterMap:
    """All centers in memory, read again when the registry's version number has grown.

    A change is seen after one second at the latest; what must be exact (whether intake is closed)
    is read in the operation's own transaction.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._map: _Map | None = None
        self._checked_at = 0.0

    def get(self) -> _Map:
        """Return the current map. Cost: nothing, once a second one primary-key look-up."""
        now = time.monotonic()
        if self._map is not None and now - self._checked_at < _CHECK_AFTER_SECONDS:
            return self._map
        with self._lock, _reading():
            number = models.RegistryVersion.objects.values_list("number", flat=True).get(id=1)
            if self._map is None or self._map.version != number:
                self._map = _load(number)
            self._checked_at = now
            return self._map

    def forget(self) -> None:
        """Make the next reader read all centers again (after a change by this process)."""
        self._map = None


def _reading() -> AbstractContextManager[None]:
    # A context whose transaction is open can't be left; centers and platform work may read here.
    running = current()
    if running and (running.center or running.role == roles.shared(SharedRole.PLATFORM)):
        return nullcontext()
    return shared_context(SharedRole.READER)


center_map = CenterMap()


def _load(number: int) -> _Map:
    fields = (
        *("code", "name", "level", "parent_id", "division_code", "status", "fingerprint"),
        *("founded_on", "onboarded_at"),
    )
    records = [
        CenterRecord(*row) for row in models.Center.objects.order_by("code").values_list(*fields)
    ]
    hosts = models.CenterDomain.objects.values_list("domain", "tenant__code")
    children: dict[str, list[str]] = {}
    for record in records:
        if record.parent_code:
            children.setdefault(record.parent_code, []).append(record.code)
    return _Map(
        version=number,
        by_code={record.code: record for record in records},
        by_host=dict(hosts),
        children={code: tuple(codes) for code, codes in children.items()},
    )


def find_center(code: str) -> CenterRecord | None:
    """Return the center with ``code``, ready or not, or None."""
    return center_map.get().by_code.get(code)


def center_of_host(host: str) -> CenterRecord | None:
    """Return the center that owns the host name, or None."""
    centers = center_map.get()
    code = centers.by_host.get(host)
    return centers.by_code.get(code) if code else None


def resolve_center(code: str) -> CenterRecord:
    """Return a center whose tenant schema can be entered; suspended ones can.

    Raises: CenterUnknownError, CenterUpgradingError.
    """
    record = find_center(code)
    if record is None or not record.fingerprint:
        raise errors.CenterUnknownError(center=code)
    if record.fingerprint != tenant_schema.current_fingerprint():
        raise errors.CenterUpgradingError(center=record.name)
    return record


def is_intake_open(code: str) -> bool:
    """Tell from the table itself whether a center takes in cases now, inside any context."""
    return models.Center.objects.filter(code=code, status=models.CenterStatus.ACTIVE).exists()


def ready_codes() -> list[str]:
    """Return the codes of all centers whose schema is current, for the relay's slow sweep."""
    current = tenant_schema.current_fingerprint()
    centers = center_map.get().by_code.values()
    return [record.code for record in centers if record.fingerprint == current]


def ancestors(code: str) -> tuple[CenterRecord, ...]:
    """Return the centers above ``code``, nearest first."""
    centers = center_map.get().by_code
    found = []
    record = centers.get(code)
    while record is not None and record.parent_code:
        record = centers.get(record.parent_code)
        if record is not None:
            found.append(record)
    return tuple(found)


def children(code: str) -> tuple[CenterRecord, ...]:
    """Return the centers directly below ``code``."""
    centers = center_map.get()
    return tuple(centers.by_code[child] for child in centers.children.get(code, ()))


def centers_within(division_code: str) -> QuerySet[models.Center]:
    """Return the centers of a division and below it, by code (needs a context that reads them)."""
    return models.Center.objects.filter(
        division_code__startswith=rules.significant_digits(division_code)
    ).order_by("code")


def delegation_for(
    *, district: str, matter_code: str, day: date
) -> models.JurisdictionDelegation | None:
    """Return the delegation by which a city handles a district's matter on ``day``, or None."""
    return (
        models.JurisdictionDelegation.objects.filter(
            Q(valid_to__isnull=True) | Q(valid_to__gt=day),
            district_code=district,
            matter_code=matter_code,
            valid_from__lte=day,
        )
        .order_by("valid_from")
        .last()
    )


def public_key(key_id: str, *, center_code: str, at: datetime | None = None) -> bytes | None:
    """Return the published key of a center, or None where this center never had it.

    With ``at`` the key must have been valid at that instant.
    """
    found = models.CenterKey.objects.filter(key_id=key_id, center_code=center_code)
    if at is not None:
        found = found.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=at), valid_from__lte=at)
    key = found.values_list("public_key", flat=True).first()
    return None if key is None else bytes(key)


def count_behind() -> int:
    """Count the centers whose schema is behind the migrations on disk (PLATFORM context)."""
    current = tenant_schema.current_fingerprint()
    return models.Center.objects.exclude(fingerprint__in=("", current)).count()


def count_by_status() -> dict[str, int]:
    """Count the centers by what they do at present."""
    counted = models.Center.objects.values_list("status").annotate(Count("id")).order_by()
    return dict.fromkeys(models.CenterStatus.values, 0) | dict(counted)


def count_unfinished() -> int:
    """Count the onboardings that are not finished (PLATFORM context)."""
    return models.Onboarding.objects.filter(finished_at=None).count()
