"""How matters hang together: preconditions in force, those cancelled, and what may be named."""

from collections.abc import Collection
from datetime import date

from django.db import connection
from django.db.models import QuerySet

from tongban.catalog import models
from tongban.catalog.queries import standing
from tongban.catalog.rules import codes

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

    One query.
    """
    found = standing.in_force(on).filter(
        matter__code__in=list(matter_codes),
        matter__issuer_code__in=codes.issuers_above(issuer_code),
    )
    return frozenset(found.values_list("matter__code", flat=True))


def cancelled_preconditions(*, issuer_code: str) -> QuerySet[models.CancelledPrecondition]:
    """Return the register of what binds a division: its own entries and those of all above it."""
    return models.CancelledPrecondition.objects.filter(
        issuer_code__in=codes.issuers_above(issuer_code)
    )
