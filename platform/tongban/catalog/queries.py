"""What may be read of the catalog: everything published, by everybody, in any context.

Drafts are read by the catalog's own operations only.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from tongban.catalog import errors, models
from tongban.catalog.rules import search as searching
from tongban.catalog.rules.content import Limit
from tongban.catalog.rules.snapshot import OfferingSnapshot
from tongban.catalog.states import IN_FORCE_ONCE, OfferingStatus
from tongban.kernel.calendar import LimitUnit

_UNREAD = ("matter__search_text", "matter__search_terms")


@dataclass(frozen=True, slots=True)
class MatterFilter:
    """What a list of matters is narrowed to; None and the empty collection narrow nothing."""

    service_line: str | None = None
    matter_type: str | None = None
    department: str | None = None
    theme: str | None = None
    level: str | None = None
    service_object: str | None = None
    codes: Collection[str] = ()


@dataclass(frozen=True, slots=True)
class OfferingFilter(MatterFilter):
    """What a list of offerings is narrowed to."""

    center_codes: Collection[str] = ()
    assisted_intake: bool | None = None


def in_force(on: date) -> QuerySet[models.MatterRevision]:
    """Return the revisions that are the standard on ``on``, each with its matter (one query)."""
    return (
        models.MatterRevision.objects.filter(
            Q(effective_to__isnull=True) | Q(effective_to__gt=on),
            status__in=IN_FORCE_ONCE,
            effective_from__lte=on,
        )
        .select_related("matter")
        .defer(*_UNREAD)
    )


def find_matters(
    *, on: date, search: str = "", where: MatterFilter | None = None
) -> QuerySet[models.MatterRevision]:
    """Return the matters in force on ``on`` that fit, as revisions; order them by ``matter``.

    ``search`` finds any part of name, short name, result, theme or local code, of one Chinese
    character or more; several words must all occur.
    """
    return in_force(on).filter(_matching("matter__", search, where or MatterFilter()))


def published_revision(*, code: str, on: date) -> models.MatterRevision | None:
    """Return the revision of a matter that is in force on ``on``, or None."""
    return in_force(on).filter(matter__code=code).first()


def find_offerings(
    *, on: date, search: str = "", where: OfferingFilter | None = None
) -> QuerySet[models.Offering]:
    """Return the offerings in use on ``on`` that fit, each with matter and revision (one query).

    Order them by (``matter``, ``center_code``), which is unique and indexed.
    """
    where = where or OfferingFilter()
    condition = _matching("matter__", search, where)
    if where.center_codes:
        condition &= Q(center_code__in=list(where.center_codes))
    if where.assisted_intake is not None:
        condition &= Q(assisted_intake=where.assisted_intake)
    return _with_standard(_offered(on).filter(condition))


def offering(*, code: str, on: date) -> models.Offering | None:
    """Return the offering with an 实施编码 that is in use on ``on``, or None."""
    return _with_standard(_offered(on).filter(code=code)).first()


def offering_for(*, center_code: str, matter_code: str, on: date) -> models.Offering | None:
    """Return what a center offers of a matter on ``on``, or None where it is not on its list."""
    found = _offered(on).filter(center_code=center_code, matter__code=matter_code)
    return _with_standard(found).first()


def offerings_among(
    *, matter_code: str, center_codes: Collection[str], on: date
) -> dict[str, models.Offering]:
    """Return which of the centers offer a matter on ``on``, by center code (one query).

    Matter and revision are not read with them: routing needs neither.
    """
    found = _offered(on).filter(matter__code=matter_code, center_code__in=list(center_codes))
    return {offering.center_code: offering for offering in found}


def pinned_offering(*, center_code: str, matter_code: str, on: date) -> OfferingSnapshot:
    """Return what a center offers of a matter on ``on``, whole and immutable, for a case to pin.

    Raises: NotOnListError when the center has no such offering in use.
    """
    found = offering_for(center_code=center_code, matter_code=matter_code, on=on)
    if found is None:
        raise errors.NotOnListError(path=("matter",), center=center_code, matter=matter_code)
    return snapshot_of(found)


def snapshot_of(offering: models.Offering) -> OfferingSnapshot:
    """Return the snapshot of an offering that was read with its matter and revision."""
    content = offering.revision.read()
    promised = promise_of(offering) or content.promised_limit
    assert promised is not None  # a revision without a promise is not published
    return OfferingSnapshot(
        center_code=offering.center_code,
        offering_code=offering.code,
        matter_code=offering.matter_id,
        revision_number=offering.revision.number,
        content_hash=offering.revision.content_hash,
        promised_limit=promised,
        assisted_intake=offering.assisted_intake,
        scope=offering.scope,
        on_the_spot=offering.on_the_spot,
        department=offering.department or content.department,
        place=offering.place,
        hours=offering.hours,
        contact=offering.contact,
        content=content,
    )


def promise_of(offering: models.Offering) -> Limit | None:
    """Return the center's own promise, None where it follows the standard's."""
    if offering.promised_amount is None:
        return None
    return Limit(offering.promised_amount, LimitUnit(offering.promised_unit))


def _offered(on: date) -> QuerySet[models.Offering]:
    return models.Offering.objects.filter(
        Q(effective_to__isnull=True) | Q(effective_to__gt=on),
        status=OfferingStatus.IN_USE,
        effective_from__lte=on,
    )


def _with_standard(offerings: QuerySet[models.Offering]) -> QuerySet[models.Offering]:
    return offerings.select_related("matter", "revision").defer(*_UNREAD)


def _matching(prefix: str, search: str, where: MatterFilter) -> Q:
    condition = Q()
    for word in searching.words(search):
        condition &= Q(
            **{
                f"{prefix}search_terms__contains": searching.needed_terms(word),
                f"{prefix}search_text__contains": word,
            }
        )
    for column in ("service_line", "matter_type", "department", "theme"):
        if (value := getattr(where, column)) is not None:
            condition &= Q(**{f"{prefix}{column}": value})
    for column, value in (("levels", where.level), ("service_objects", where.service_object)):
        if value is not None:
            condition &= Q(**{f"{prefix}{column}__contains": [value]})
    if where.codes:
        condition &= Q(**{f"{prefix}code__in": list(where.codes)})
    return condition
