"""What may be read of the registry: centers by code or host, divisions, delegations."""

from collections.abc import Collection
from datetime import date, datetime

from django.db.models import Q, QuerySet

from tongban.kernel import errors, pinyin, statements
from tongban.kernel.calendar import WorkCalendar
from tongban.registry import models, rules
from tongban.registry.adapters import tenant_schema
from tongban.registry.queries.centers import CenterRecord, center_map, record_of
from tongban.registry.queries.names import CenterName
from tongban.registry.queries.onboardings import (
    CenterProgress,
    access_onboarding,
    centers_of,
    count_behind,
    count_by_status,
    count_unfinished,
    progress_of,
    unfinished_onboardings,
)

__all__ = [
    "CenterName",
    "CenterProgress",
    "CenterRecord",
    "access_onboarding",
    "center_map",
    "centers_of",
    "count_behind",
    "count_by_status",
    "count_unfinished",
    "progress_of",
    "record_of",
    "unfinished_onboardings",
]


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
    return bool(_open_intake(code))


@statements.compiled
def _open_intake(code: str) -> QuerySet[models.Center]:
    found = models.Center.objects.filter(code=code, status=models.CenterStatus.ACTIVE)
    return found.only("code")


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
    found = _delegations(district, matter_code, day)
    return found[0] if found else None


@statements.compiled
def _delegations(
    district: str, matter_code: str, day: date
) -> QuerySet[models.JurisdictionDelegation]:
    lasting = models.JurisdictionDelegation.objects.filter(
        Q(valid_to__isnull=True) | Q(valid_to__gt=day),
        district_code=district,
        matter_code=matter_code,
        valid_from__lte=day,
    )
    return lasting.order_by("-valid_from")[:1]


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


def centers_named(
    beginnings: Collection[str], *, readings: Collection[str] = (), limit: int
) -> list[CenterName]:
    """Return the centers called by one of the ``beginnings`` or read as one of ``readings``.

    A beginning is one of a name, of its pinyin, of its initials or of the code, all normalized.
    At most ``limit``, those with the shortest names, from the map: no query.
    """
    return center_map.get().names.called(beginnings, readings=readings, limit=limit)


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
