"""Whole lists, row by row, as files hold them: matters of issuers, offerings of centers."""

from collections.abc import Collection, Iterator
from datetime import date
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from tongban.catalog import models
from tongban.catalog.queries.standing import in_force
from tongban.catalog.rules.content import Limit
from tongban.catalog.rules.rows import OfferingRow, SourceRow
from tongban.catalog.rules.terms import DAYS, LONGEST
from tongban.catalog.states import IN_FORCE_ONCE, IN_WORK, OfferingStatus
from tongban.kernel import paging
from tongban.kernel.calendar import LimitUnit
from tongban.registry import rules as registry_rules

BATCH = 500
_ORDER = ("center_code", "matter_id")

_AS_THEY_ARE = (
    *LONGEST, "scope", "credit_code", "windows", "assisted_intake", "on_the_spot", *DAYS,
)  # fmt: skip


def issued(
    *, issuer_code: str | None, within: str | None, on: date, drafts: bool = False
) -> QuerySet[models.MatterRevision]:
    """Return what is in force on ``on``, or the drafts: of one issuer, of a tree, or of all.

    Whoever reads drafts has decided on authority.
    """
    work = models.MatterRevision.objects.filter(status__in=IN_WORK).select_related("matter")
    found = work if drafts else in_force(on)
    if issuer_code is not None:
        found = found.filter(matter__issuer_code=issuer_code)
    if within is not None:
        digits = registry_rules.significant_digits(within)
        found = found.filter(matter__issuer_code__startswith=digits)
    return found


def matter_rows(revisions: QuerySet[models.MatterRevision]) -> Iterator[SourceRow]:
    """Yield revisions of different matters as rows, by matter code; a statement for each 500."""
    last = ""
    while batch := list(revisions.filter(matter__code__gt=last).order_by("matter")[:BATCH]):
        for revision in batch:
            matter = revision.matter
            yield SourceRow(
                number=revision.number,
                content=revision.read(),
                code=matter.code,
                local_code=matter.local_code,
                main_item=matter.main_item,
                issuer_code=matter.issuer_code,
            )
        last = batch[-1].matter.code


def offered_by(*, center_codes: Collection[str], on: date) -> QuerySet[models.Offering]:
    """Return what centers have on their lists from ``on``, in use or paused, of what stands."""
    not_over = Q(effective_to__isnull=True) | Q(effective_to__gt=on)
    standing = models.MatterRevision.objects.filter(
        not_over, matter=OuterRef("matter"), status__in=IN_FORCE_ONCE
    )
    return models.Offering.objects.filter(
        not_over, Exists(standing), center_code__in=list(center_codes)
    )


def offering_rows(offerings: QuerySet[models.Offering]) -> Iterator[OfferingRow]:
    """Yield offerings as rows, by center and matter code; a statement for each 500."""
    named = offerings.annotate(
        **{
            name: F(f"matter__{column}")
            for name, column in (
                ("standard_name", "name"),
                ("matter_local_code", "local_code"),
                ("issuer_code", "issuer_code"),
            )
        }
    ).order_by(*_ORDER)
    following = named
    while batch := list(following[:BATCH]):
        yield from map(_row, batch)
        last = batch[-1]
        following = named.filter(paging.behind(_ORDER, (last.center_code, last.matter_id)))


def _row(offering: Any) -> OfferingRow:
    limit = None
    if offering.promised_amount is not None:
        limit = Limit(offering.promised_amount, LimitUnit(offering.promised_unit))
    return OfferingRow(
        number=offering.id,
        center_code=offering.center_code,
        matter_code=offering.matter_id,
        matter_local_code=offering.matter_local_code,
        issuer_code=offering.issuer_code,
        offering_code=offering.code,
        standard_name=offering.standard_name,
        terms={
            "status": OfferingStatus(offering.status),
            "promised_limit": limit,
            **{name: getattr(offering, name) for name in _AS_THEY_ARE},
        },
        declared=offering.declared,
    )
