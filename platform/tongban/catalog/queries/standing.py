"""What may be read of the catalog: everything published, by everybody, in any context.

Drafts are read by the catalog's own operations only.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, F, FilteredRelation, OuterRef, Q, QuerySet

from tongban.catalog import errors, models
from tongban.catalog.queries.guides import PRECONDITION_NAMES, names_of
from tongban.catalog.queries.history import HISTORY, history_of
from tongban.catalog.rules import checks
from tongban.catalog.rules.content import Limit, MatterContent, Variant
from tongban.catalog.rules.snapshot import OfferingSnapshot
from tongban.catalog.states import IN_FORCE_ONCE, OfferingStatus, RevisionStatus
from tongban.kernel import statements
from tongban.kernel.calendar import LimitUnit

UNREAD = ("matter__search_names", "matter__search_text", "matter__search_terms")
"""Columns of a matter that only searches read."""
OF_STANDARD = (
    "id", "number", "status", "effective_from", "effective_to", "content", "content_hash",
)  # fmt: skip
"""What an offering reads of the revision in force, under names that begin with ``standard_``."""


@dataclass(frozen=True, slots=True)
class MatterFilter:
    """What a list of matters is narrowed to; None and the empty collection narrow nothing."""

    service_line: str | None = None
    matter_type: str | None = None
    department: str | None = None
    theme: str | None = None
    level: str | None = None
    service_object: str | None = None
    life_event: str | None = None
    codes: Collection[str] = ()
    issuers: Collection[str] | None = None
    """Only what these divisions issued: with none of them nothing."""


@dataclass(frozen=True, slots=True)
class OfferingFilter(MatterFilter):
    """What a list of offerings is narrowed to."""

    center_codes: Collection[str] = ()
    assisted_intake: bool | None = None


def in_force(on: date) -> QuerySet[models.MatterRevision]:
    """Return the revisions that are the standard on ``on``, each with its matter (one query)."""
    return (
        models.MatterRevision.objects.filter(standing_on("", on))
        .select_related("matter")
        .defer(*UNREAD)
    )


def lasting_from(on: date) -> QuerySet[models.MatterRevision]:
    """Return what is in force on ``on`` of the matters that no release ends later (one query)."""
    last = models.MatterRevision.objects.filter(
        matter=OuterRef("matter"), status=RevisionStatus.PUBLISHED
    )
    return in_force(on).filter(Exists(last))


def with_names(revisions: QuerySet[models.MatterRevision]) -> QuerySet[models.MatterRevision]:
    """Read the history of the matters along, and the names of those they have as preconditions."""
    return revisions.annotate(
        **{PRECONDITION_NAMES: names_of("content"), HISTORY: history_of("matter_id")}
    )


def standing_on(prefix: str, on: date) -> Q:
    """Return the condition of being the standard on ``on``, of revisions behind ``prefix``."""
    return Q(
        Q(**{f"{prefix}effective_to__isnull": True}) | Q(**{f"{prefix}effective_to__gt": on}),
        **{
            f"{prefix}status__in": IN_FORCE_ONCE,
            f"{prefix}effective_from__lte": on,
        },
    )


def find_matters(*, on: date, where: MatterFilter | None = None) -> QuerySet[models.MatterRevision]:
    """Return the matters in force on ``on`` that fit, as revisions; order them by ``matter``."""
    return with_names(in_force(on).filter(narrowed("matter__", where or MatterFilter())))


def published_revision(
    *, code: str, on: date, issuers: Collection[str] | None = None
) -> models.MatterRevision | None:
    """Return the revision of a matter in force on ``on``, or None; of these issuers where given."""
    where = MatterFilter(codes=(code,), issuers=issuers)
    return with_names(in_force(on).filter(narrowed("matter__", where))).first()


def find_offerings(*, on: date, where: OfferingFilter | None = None) -> QuerySet[models.Offering]:
    """Return the offerings in use on ``on`` that fit, each with matter and revision (one query).

    Order them by (``matter``, ``center_code``), which is unique and indexed.
    """
    where = where or OfferingFilter()
    condition = narrowed("matter__", where)
    if where.center_codes:
        condition &= Q(center_code__in=list(where.center_codes))
    offered = with_standard(_offered(on), on)
    if where.assisted_intake is not None:
        assisted = Q(assisted_intake=True, standard_content__assisted_intake=True)
        condition &= assisted if where.assisted_intake else ~assisted
    return offered.filter(condition)


def offering(
    *, code: str, on: date, issuers: Collection[str] | None = None
) -> models.Offering | None:
    """Return the offering with an 实施编码 in use on ``on``, or None; of these issuers if given."""
    found = _offered(on).filter(narrowed("matter__", MatterFilter(issuers=issuers)), code=code)
    return with_standard(found, on).first()


def offering_for(*, center_code: str, matter_code: str, on: date) -> models.Offering | None:
    """Return what a center offers of a matter on ``on``, or None where it is not on its list."""
    found = _offered(on).filter(center_code=center_code, matter__code=matter_code)
    return with_standard(found, on).first()


def lock_offering(*, center_code: str, matter_code: str, on: date) -> models.Offering | None:
    """Lock what a center has of a matter, in use or not, and return it with the standard of ``on``.

    None where it has nothing, or where no standard is in force.
    """
    found = models.Offering.objects.filter(center_code=center_code, matter__code=matter_code)
    return with_standard(found, on).select_for_update(of=("self",)).first()


def offerings_among(
    *, matter_code: str, center_codes: Collection[str], on: date
) -> dict[str, models.Offering]:
    """Return which of the centers offer a matter on ``on``, by center code (one query)."""
    found = _offered_among(matter_code, list(center_codes), on)
    return {offering.center_code: offering for offering in found}


@statements.compiled
def _offered_among(
    matter_code: str, center_codes: list[str], on: date
) -> QuerySet[models.Offering]:
    found = _offered(on).filter(matter__code=matter_code, center_code__in=center_codes)
    return with_standard(found, on).defer("declared")


def pinned_offering(*, center_code: str, matter_code: str, on: date) -> OfferingSnapshot:
    """Return what a center offers of a matter on ``on``, whole and immutable, for a case to pin.

    Raises: NotOnListError when the center has no such offering in use.
    """
    found = offering_for(center_code=center_code, matter_code=matter_code, on=on)
    if found is None:
        raise errors.NotOnListError(path=("matter",), center=center_code, matter=matter_code)
    return snapshot_of(found)


def snapshot_of(offering: models.Offering) -> OfferingSnapshot:
    """Return the snapshot of an offering that was read with its standard."""
    revision = standard_of(offering)
    content = revision.read()
    return OfferingSnapshot(
        center_code=offering.center_code,
        offering_code=offering.code,
        matter_code=offering.matter_id,
        revision_number=revision.number,
        content_hash=revision.content_hash,
        promised_limit=promise_of(offering, content),
        assisted_intake=is_assisted(offering),
        scope=offering.scope,
        on_the_spot=offering.on_the_spot,
        department=offering.department or content.department,
        place=offering.place,
        hours=offering.hours,
        contact=offering.contact,
        content=content,
    )


def standard_of(offering: models.Offering) -> models.MatterRevision:
    """Return the revision in force that an offering was read with, its matter set."""
    revision = models.MatterRevision(
        matter=offering.matter,
        **{name: getattr(offering, f"standard_{name}") for name in OF_STANDARD},
    )
    for name in (PRECONDITION_NAMES, HISTORY):
        setattr(revision, name, getattr(offering, f"standard_{name}"))
    return revision


def is_assisted(offering: models.Offering) -> bool:
    """Tell whether stations take it in: the center opened it, and the standard allows it."""
    allowed: bool = offering.standard_content.get("assisted_intake", False)  # type: ignore[attr-defined]  # read with it
    return offering.assisted_intake and allowed


def promise_of(
    offering: models.Offering, standard: MatterContent, variant: Variant | None = None
) -> Limit:
    """Return the promise that holds: the center's own while it is not longer than the standard's.

    The standard's is the variant's where that is quicker. So a promise that a newer standard
    undercuts gives way to it.
    """
    promised = (variant and variant.promised_limit) or standard.promised_limit
    assert promised is not None  # a revision without a promise is not published
    if offering.promised_amount is None:
        return promised
    own = Limit(offering.promised_amount, LimitUnit(offering.promised_unit))
    return promised if checks.exceeds(own, promised) else own


def _offered(on: date) -> QuerySet[models.Offering]:
    return models.Offering.objects.filter(
        Q(effective_to__isnull=True) | Q(effective_to__gt=on),
        status=OfferingStatus.IN_USE,
        effective_from__lte=on,
    )


def with_standard(offerings: QuerySet[models.Offering], on: date) -> QuerySet[models.Offering]:
    """Read the revision in force along; what has none in force is offered no more."""
    return (
        offerings.select_related("matter")
        .annotate(
            standard=FilteredRelation(
                "matter__revisions", condition=standing_on("matter__revisions__", on)
            )
        )
        .filter(standard__isnull=False)
        .annotate(**{f"standard_{name}": F(f"standard__{name}") for name in OF_STANDARD})
        .annotate(
            **{
                f"standard_{PRECONDITION_NAMES}": names_of("standard__content"),
                f"standard_{HISTORY}": history_of("matter_id"),
            }
        )
        .defer(*UNREAD)
    )


def narrowed(prefix: str, where: MatterFilter) -> Q:
    """Return the condition of a filter on matters, which stand behind ``prefix``."""
    condition = Q()
    for column in ("service_line", "matter_type", "department", "theme"):
        if (value := getattr(where, column)) is not None:
            condition &= Q(**{f"{prefix}{column}": value})
    listed = {
        "levels": where.level,
        "service_objects": where.service_object,
        "life_events": where.life_event,
    }
    for column, value in listed.items():
        if value is not None:
            condition &= Q(**{f"{prefix}{column}__contains": [value]})
    if where.codes:
        condition &= Q(**{f"{prefix}code__in": list(where.codes)})
    if where.issuers is not None:
        condition &= Q(**{f"{prefix}issuer_code__in": list(where.issuers)})
    return condition
