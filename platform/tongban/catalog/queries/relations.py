"""How matters hang together: preconditions in force, those cancelled, and what may be named."""

from collections.abc import Collection
from datetime import date

from django.db import connection
from django.db.models import Q, QuerySet

from tongban.catalog import models
from tongban.catalog.queries import standing
from tongban.catalog.rules import codes
from tongban.catalog.states import IN_FORCE_ONCE

# From the given matters on, all that hangs on them: of each what stands on the day or later.
_EDGES = """
WITH RECURSIVE edge AS (
  SELECT r.matter_code, p.code AS precondition
    FROM catalog_matterrevision r
    CROSS JOIN LATERAL jsonb_array_elements_text(r.content -> 'preconditions') AS p (code)
   WHERE r.matter_code = ANY (%(codes)s) AND r.status IN ('published', 'superseded')
     AND (r.effective_to IS NULL OR r.effective_to > %(since)s)
  UNION
  SELECT r.matter_code, p.code
    FROM edge
    JOIN catalog_matterrevision r ON r.matter_code = edge.precondition
    CROSS JOIN LATERAL jsonb_array_elements_text(r.content -> 'preconditions') AS p (code)
   WHERE r.status IN ('published', 'superseded')
     AND (r.effective_to IS NULL OR r.effective_to > %(since)s)
)
SELECT matter_code, array_agg(precondition) FROM edge GROUP BY matter_code
"""


def preconditions_from(matter_codes: Collection[str], *, since: date) -> dict[str, list[str]]:
    """Return the preconditions of these matters and of all that they lead to (one query).

    Of each matter those that stand on ``since`` or are to stand later.
    """
    with connection.cursor() as cursor:
        cursor.execute(_EDGES, {"codes": list(matter_codes), "since": since})
        return dict(cursor.fetchall())


def standing_among(matter_codes: Collection[str], *, issuer_code: str, on: date) -> frozenset[str]:
    """Return which of the matters are in force on ``on`` and are the issuer's or those above it.

    Not those that a release ends later: whoever waits for them would wait for ever. One query.
    """
    found = standing.lasting_from(on).filter(
        matter__code__in=list(matter_codes),
        matter__issuer_code__in=codes.issuers_above(issuer_code),
    )
    return frozenset(found.values_list("matter__code", flat=True))


def waiting_for(
    matter_codes: Collection[str], *, issuer_code: str, since: date
) -> QuerySet[models.MatterRevision, str]:
    """Return the names of an issuer's other matters that have some of these as preconditions.

    On ``since``, or by what is put out for a day after it. One query.
    """
    waiting = models.MatterRevision.objects.filter(
        Q(effective_to__isnull=True) | Q(effective_to__gt=since),
        status__in=IN_FORCE_ONCE,
        matter__issuer_code=issuer_code,
        content__preconditions__has_any_keys=list(matter_codes),
    ).exclude(matter__code__in=matter_codes)
    return waiting.order_by("matter").values_list("matter__name", flat=True).distinct()


def cancelled_preconditions(*, issuer_code: str) -> QuerySet[models.CancelledPrecondition]:
    """Return the register of what binds a division: its own entries and those of all above it."""
    return models.CancelledPrecondition.objects.filter(
        issuer_code__in=codes.issuers_above(issuer_code)
    )
