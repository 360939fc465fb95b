"""What may be read of the registry: centers by code or host, divisions, delegations."""

import threading
import time
import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Max, Min, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Length

from tongban.kernel import crypto, errors, pinyin
from tongban.kernel.actors import Actor
from tongban.kernel.calendar import WorkCalendar
from tongban.kernel.context import reading_context
from tongban.registry import models, policies, rules
from tongban.registry.adapters import tenant_schema
from tongban.registry.errors import OnboardingNotFoundError

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
    records = [record_of(center) for center in models.Center.objects.order_by("code")]
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
        calendar=WorkCalendar(
            overrides=dict(models.CalendarDay.objects.values_list("day", "is_working")),
            settled_years=frozenset(models.SettledYear.objects.values_list("year", flat=True)),
        ),
    )


def work_calendar() -> WorkCalendar:
    """Return the working days of all centers: published, and as entered since.

    Cost: nothing, once a second one primary-key look-up.
    """
    return center_map.get().calendar


def latest_work_calendar() -> WorkCalendar:
    """Return the working days as they are in the table now (one primary-key look-up)."""
    center_map.recheck()
    return center_map.get().calendar


def find_center(code: str) -> CenterRecord | None:
    """Return the center with ``code``, ready or not, or None."""
    return center_map.get().by_code.get(code)


def center_of_host(host: str) -> CenterRecord | None:
    """Return the center that owns the host name, or None."""
    centers = center_map.get()
    code = centers.by_host.get(host)
    return centers.by_code.get(code) if code else None


def centers_digest() -> str:
    """Return a digest of all centers as the map keeps them; it changes with any of them."""
    return center_map.get().digest


def centers_digest_at_hand() -> str | None:
    """Return the digest if the map was checked within the second, without looking."""
    found = center_map.at_hand()
    return found.digest if found else None


def name_of(code: str) -> str:
    """Return a center's name, or the code itself where there is no such center."""
    record = find_center(code)
    return record.name if record else code


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


def delegated_matters(*, districts: Collection[str], day: date) -> dict[str, frozenset[str]]:
    """Return the codes of the matters that a city handles for each district on ``day`` (one query).

    Districts of which no matter is delegated are left out.
    """
    found = models.JurisdictionDelegation.objects.filter(
        Q(valid_to__isnull=True) | Q(valid_to__gt=day),
        district_code__in=list(districts),
        valid_from__lte=day,
    )
    delegated: dict[str, set[str]] = {}
    for district, matter in found.values_list("district_code", "matter_code"):
        delegated.setdefault(district, set()).add(matter)
    return {district: frozenset(matters) for district, matters in delegated.items()}


def public_key(key_id: str, *, center_code: str, at: datetime | None = None) -> bytes | None:
    """Return the published key of a center, or None where this center never had it.

    With ``at`` the key must have been valid at that instant.
    """
    found = models.CenterKey.objects.filter(key_id=key_id, center_code=center_code)
    if at is not None:
        found = found.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=at), valid_from__lte=at)
    key = found.values_list("public_key", flat=True).first()
    return None if key is None else bytes(key)


def list_centers(
    *, level: str | None, within: str | None, search: str = ""
) -> QuerySet[models.Center]:
    """Return the centers of a level, and of a division and below it, where these are given.

    ``search`` finds the beginning of a name, of its pinyin, of its initials or of the code.
    """
    centers = models.Center.objects.all() if within is None else centers_within(within)
    if search.strip():
        centers = centers.filter(_begins(pinyin.normalize(search).replace(" ", "")))
    return centers if level is None else centers.filter(level=level)


@dataclass(frozen=True, slots=True)
class CenterName:
    """How a center is called, in the forms in which people write it."""

    code: str
    name: str
    pinyin: str
    initials: str


def centers_named(
    beginnings: Collection[str], *, readings: Collection[str] = (), limit: int
) -> list[CenterName]:
    """Return the centers called by one of the ``beginnings`` or read as one of ``readings``.

    A beginning is one of a name, of its pinyin, of its initials or of the code, all normalized.
    At most ``limit``, those with the shortest names. One query by index.
    """
    condition = Q(name_pinyin__in=list(readings)) if readings else Q(pk__in=())
    for beginning in beginnings:
        condition |= _begins(beginning)
    rows = (
        models.Center.objects.filter(condition)
        .order_by(Length("name"), "code")
        .values_list("code", "name", "name_pinyin", "name_initials")[:limit]
    )
    return [CenterName(code, pinyin.normalize(name), *read) for code, name, *read in rows]


def _begins(text: str) -> Q:
    if not text:
        return Q(pk__in=())
    if pinyin.is_chinese(text):
        columns = ["name"]
    else:
        columns = ["code"] if text.isdecimal() else ["name_pinyin", "name_initials", "name"]
    condition = Q()
    for column in columns:
        # A range uses the index; LIKE does not under this collation.
        condition |= Q(**{f"{column}__gte": text, f"{column}__lt": f"{text}\U0010ffff"})
    return condition


def list_divisions(
    *, within: str | None, level: str | None, day: date
) -> QuerySet[models.Division]:
    """Return the divisions as they stood on ``day``: all, or a division and what is below it.

    Ordered by ``code``, which is unique on a day, a division comes right before what it contains.
    """
    divisions = models.Division.objects.as_of(day)
    if within is not None:
        # A range of codes uses the index; LIKE does not under this collation.
        first = rules.significant_digits(within)
        divisions = divisions.filter(code__gte=first, code__lt=f"{first}:")
    return divisions if level is None else divisions.filter(level=level)


def access_onboarding(*, actor: Actor, onboarding_id: uuid.UUID) -> models.Onboarding:
    """Return an onboarding that the actor asked for or is a registrar over (PLATFORM context).

    Raises: OnboardingNotFoundError, alike for a missing and a foreign one.
    """
    onboarding = models.Onboarding.objects.filter(id=onboarding_id).first()
    if onboarding is None or not (
        onboarding.requested_by == actor.key
        or all(policies.may_register(actor, root) for root in onboarding.roots)
    ):
        raise OnboardingNotFoundError
    return onboarding


def centers_of(onboarding: models.Onboarding) -> QuerySet[models.Center]:
    """Return the centers that an onboarding makes ready, parents first."""
    steps = models.OnboardingStep.objects.filter(
        onboarding=onboarding, center_code=OuterRef("code")
    )
    position = steps.order_by("position").values("position")[:1]
    return (
        models.Center.objects.alias(place=Subquery(position))
        .filter(place__isnull=False)
        .order_by("place")
    )


@dataclass(frozen=True, slots=True)
class CenterProgress:
    """How far one center of an onboarding has come."""

    code: str
    done: int
    total: int
    failure: str


def progress_of(onboarding: models.Onboarding) -> list[CenterProgress]:
    """Return how far each center of an onboarding has come, in the order they are carried out."""
    steps = (
        models.OnboardingStep.objects.filter(onboarding=onboarding)
        .values("center_code")
        .annotate(
            place=Min("position"),
            done=Count("finished_at"),
            total=Count("id"),
            failure=Max("error"),
        )
        .order_by("place")
    )
    return [
        CenterProgress(row["center_code"], row["done"], row["total"], row["failure"])
        for row in steps
    ]


def count_behind() -> int:
    """Count the centers whose schema is behind the migrations on disk (PLATFORM context)."""
    current = tenant_schema.current_fingerprint()
    return models.Center.objects.exclude(fingerprint__in=("", current)).count()


def count_by_status() -> dict[str, int]:
    """Count the centers by what they do at present."""
    counted = models.Center.objects.values_list("status").annotate(Count("id")).order_by()
    return dict.fromkeys(models.CenterStatus.values, 0) | dict(counted)


def unfinished_onboardings(*, with_failed: bool) -> list[uuid.UUID]:
    """Return the onboardings that are not finished, oldest first (PLATFORM context)."""
    unfinished = models.Onboarding.objects.filter(finished_at=None).order_by("requested_at")
    if not with_failed:
        unfinished = unfinished.exclude(steps__error__gt="")
    return list(unfinished.values_list("id", flat=True))


def count_unfinished() -> int:
    """Count the onboardings that are not finished (PLATFORM context)."""
    return models.Onboarding.objects.filter(finished_at=None).count()
