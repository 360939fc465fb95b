"""Revisions of matters: what is published anybody reads, what is in work those who work on it."""

from collections.abc import Collection

from django.db.models import Q, QuerySet

from tongban.catalog import models, policies
from tongban.catalog.rules.differences import Difference, differences
from tongban.catalog.states import IN_FORCE_ONCE
from tongban.kernel.actors import Actor
from tongban.registry import rules as registry_rules


def visible_revisions(
    *,
    actor: Actor,
    matter_code: str | None = None,
    issuer_code: str | None = None,
    statuses: Collection[str] = (),
    issuers: Collection[str] | None = None,
) -> QuerySet[models.MatterRevision]:
    """Return the revisions that the actor may see, each with its matter.

    Published ones, and those in work of the divisions whose catalog the actor works on. Of these
    issuers only, where ``issuers`` says so. Order them by (``matter``, ``number``).
    """
    found = models.MatterRevision.objects.select_related("matter").filter(_visible(actor))
    if matter_code is not None:
        found = found.filter(matter__code=matter_code)
    if issuer_code is not None:
        found = found.filter(matter__issuer_code=issuer_code)
    if issuers is not None:
        found = found.filter(matter__issuer_code__in=list(issuers))
    if statuses:
        found = found.filter(status__in=list(statuses))
    return found.defer("matter__search_names", "matter__search_text", "matter__search_terms")


def _visible(actor: Actor) -> Q:
    visible = Q(status__in=IN_FORCE_ONCE)
    for division in policies.catalog_divisions(actor):
        digits = registry_rules.significant_digits(division)
        visible |= Q(matter__issuer_code__startswith=digits)
    return visible


def compare_revisions(
    *,
    actor: Actor,
    matter_code: str,
    former: int,
    later: int,
    issuers: Collection[str] | None = None,
) -> tuple[Difference, ...] | None:
    """Return what differs between two revisions, None where the actor may not see one of them.

    One query.
    """
    found = visible_revisions(actor=actor, matter_code=matter_code, issuers=issuers)
    contents = {r.number: r.read() for r in found.filter(number__in=[former, later])}
    if former not in contents or later not in contents:
        return None
    return differences(contents[former], contents[later])
