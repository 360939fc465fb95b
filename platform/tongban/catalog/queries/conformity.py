"""How the lists of centers agree with the standard: the six unifications (六统一) and coverage.

What a center declares is compared on the day that is asked for, so a declared element that equals
the standard again is gone from the report, and a release touches nothing of any center.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet

from tongban.catalog import models
from tongban.catalog.queries import standing
from tongban.catalog.rules import codes, conformity
from tongban.catalog.rules.conformity import Deviation, Unified
from tongban.catalog.rules.content import MatterContent
from tongban.catalog.states import IN_FORCE_ONCE, OfferingStatus
from tongban.kernel import crypto
from tongban.registry import queries as registry
from tongban.registry import rules as registry_rules

# What equals the standard word for word is left out by the database; what is left (order of
# materials, a shorter promise …) is for ``rules.conformity`` to judge, for one center and for all.
_DIFFERING = """
WITH offered AS (
  SELECT o.center_code, o.code, o.matter_code, o.declared FROM catalog_offering o
   WHERE o.center_code = ANY (%(centers)s) AND o.declared IS NOT NULL AND o.status = %(in_use)s
     AND o.effective_from <= %(on)s AND (o.effective_to IS NULL OR o.effective_to > %(on)s)
), standard AS MATERIALIZED (
  SELECT r.matter_code, jsonb_build_object(
           'name', r.content -> 'name',
           'conditions', (SELECT coalesce(jsonb_agg(e -> 'text' ORDER BY n), '[]')
              FROM jsonb_array_elements(r.content -> 'conditions') WITH ORDINALITY AS x (e, n)),
           'materials', (SELECT coalesce(jsonb_agg(jsonb_build_object(
                'name', e -> 'name', 'necessity', e -> 'necessity', 'kind', e -> 'kind',
                'copies', e -> 'copies') ORDER BY n), '[]')
              FROM jsonb_array_elements(r.content -> 'materials') WITH ORDINALITY AS x (e, n)),
           'statutory_limit', r.content -> 'statutory_limit',
           'promised_limit', r.content -> 'promised_limit',
           'fee', jsonb_build_object('charged', r.content #> '{fee,charged}', 'items',
              (SELECT coalesce(jsonb_agg(jsonb_build_object(
                'name', e -> 'name', 'standard', e -> 'standard', 'amount', e -> 'amount')
                ORDER BY n), '[]')
              FROM jsonb_array_elements(r.content #> '{fee,items}') WITH ORDINALITY AS x (e, n)))
         ) AS said
    FROM catalog_matterrevision r
   WHERE r.matter_code IN (SELECT matter_code FROM offered)
     AND r.status = ANY (%(once)s) AND r.effective_from <= %(on)s
     AND (r.effective_to IS NULL OR r.effective_to > %(on)s)
)
SELECT o.center_code, o.code, o.matter_code, d.key, d.value
  FROM offered o JOIN standard s ON s.matter_code = o.matter_code
 CROSS JOIN LATERAL jsonb_each(o.declared) AS d (key, value)
 WHERE d.value IS DISTINCT FROM s.said -> d.key
 ORDER BY o.center_code, o.matter_code
"""

_COVERED = """
WITH standard AS MATERIALIZED (
  SELECT r.matter_code, m.issuer_code, r.content -> 'levels' AS levels
    FROM catalog_matterrevision r JOIN catalog_standardmatter m ON m.code = r.matter_code
   WHERE r.status = ANY (%(once)s) AND r.effective_from <= %(on)s
     AND (r.effective_to IS NULL OR r.effective_to > %(on)s)
)
SELECT c.code, count(*), count(o.id), count(o.id) FILTER (WHERE s.issuer_code = ANY (c.local))
  FROM jsonb_to_recordset(%(centers)s::jsonb)
         AS c (code text, level text, issuers text[], local text[], delegated text[])
  JOIN standard s ON s.issuer_code = ANY (c.issuers) AND s.levels ? c.level
  LEFT JOIN catalog_offering o ON o.center_code = c.code AND o.matter_code = s.matter_code
   AND o.status = %(in_use)s AND o.effective_from <= %(on)s
   AND (o.effective_to IS NULL OR o.effective_to > %(on)s)
 WHERE o.id IS NOT NULL OR s.matter_code <> ALL (c.delegated)
 GROUP BY c.code
"""


@dataclass(frozen=True, slots=True)
class MatterDeviation:
    """One field in which one offering of a center differs from the standard."""

    center_code: str
    offering_code: str
    matter_code: str
    matter_name: str
    """As the standard has it."""
    deviation: Deviation


@dataclass(frozen=True, slots=True)
class Conformity:
    """How one center's list agrees with the standard of a day, in figures."""

    center_code: str
    standard_count: int = 0
    """Matters in force for centers of its level, of every issuer above it.

    Without those that it leaves to its city (同城办理)."""
    offered_count: int = 0
    """Those of them that it offers."""
    county_only_count: int = 0
    """Those of them that a county issued by itself."""
    deviating: Mapping[Unified, int] = field(default_factory=dict)
    """How many fields deviate, by unification; NUMBER counts the matters that are missing."""

    @property
    def missing_count(self) -> int:
        """How many matters of the standard the center doesn't offer."""
        return self.standard_count - self.offered_count


def list_deviations(
    *, center_codes: Collection[str], on: date, unification: Unified | None = None
) -> list[MatterDeviation]:
    """List what deviates in these centers on ``on``, by center and matter (two queries)."""
    rows = _differing(center_codes, on)
    contents = _contents({matter for _center, _code, matter, _said in rows}, on)
    return [
        MatterDeviation(center, code, matter, contents[matter].name, deviation)
        for center, code, matter, said in rows
        for deviation in conformity.deviations(said, contents[matter])
        if unification is None or deviation.unification == unification
    ]


def _differing(
    center_codes: Collection[str], on: date
) -> list[tuple[str, str, str, dict[str, Any]]]:
    """Return (center, offering, matter, declared elements that are not word for word the same)."""
    declared: defaultdict[tuple[str, str, str], dict[str, Any]] = defaultdict(dict)
    with connection.cursor() as cursor:
        cursor.execute(_DIFFERING, {"centers": list(center_codes), **_day(on)})
        for center, code, matter, key, value in cursor.fetchall():
            declared[center, code, matter][key] = None if value is None else json.loads(value)
    return [(*place, said) for place, said in declared.items()]


def _contents(matter_codes: Collection[str], on: date) -> dict[str, MatterContent]:
    found = standing.in_force(on).filter(matter__code__in=list(matter_codes))
    return {revision.matter_id: revision.read() for revision in found}


def _day(on: date) -> dict[str, Any]:
    return {
        "on": on,
        "once": [status.value for status in IN_FORCE_ONCE],
        "in_use": OfferingStatus.IN_USE.value,
    }


def summarize(*, center_codes: Sequence[str], on: date) -> list[Conformity]:
    """Return each center's figures, in the order given; the same four queries for any number."""
    deviating: defaultdict[str, Counter[Unified]] = defaultdict(Counter)
    for found in list_deviations(center_codes=center_codes, on=on):
        deviating[found.center_code][found.deviation.unification] += 1
    covered = _covered(center_codes, on)
    summaries = []
    for code in center_codes:
        standard, offered, county_only = covered.get(code, (0, 0, 0))
        missing = Counter({Unified.NUMBER: standard - offered})
        summaries.append(
            Conformity(code, standard, offered, county_only, deviating[code] + missing)
        )
    return summaries


def _covered(center_codes: Sequence[str], on: date) -> dict[str, tuple[int, int, int]]:
    centers = []
    delegated = registry.delegated_matters(districts=center_codes, day=on)
    for code in center_codes:
        issuers = codes.issuers_above(registry_rules.division_code(code))
        centers.append(
            {
                "code": code,
                "level": registry_rules.center_level(code).value,
                "issuers": issuers,
                "local": [issuer for issuer in issuers if is_county(issuer)],
                "delegated": sorted(delegated.get(code, ())),
            }
        )
    with connection.cursor() as cursor:
        cursor.execute(_COVERED, {"centers": crypto.canonical_json(centers).decode(), **_day(on)})
        return {code: tuple(counts) for code, *counts in cursor.fetchall()}


def is_county(issuer_code: str) -> bool:
    """Tell whether a division that issues matters is a county (or below): its items are its own."""
    return issuer_code[4:6] != "00"


def missing_matters(*, center_code: str, on: date) -> QuerySet[models.MatterRevision]:
    """Return the matters of its level and tree that a center doesn't offer, as revisions.

    Those that its city handles for it (同城办理) are not missing. Order them by ``matter``.
    """
    delegated = registry.delegated_matters(districts=[center_code], day=on)
    return _of_its_standard(center_code, on).filter(
        ~Exists(_offered(center_code, on)),
        ~Q(matter__code__in=list(delegated.get(center_code, ()))),
    )


def county_only_matters(*, center_code: str, on: date) -> QuerySet[models.MatterRevision]:
    """Return the matters that a center offers and that only its county has, as revisions.

    Order them by ``matter``.
    """
    issuers = codes.issuers_above(registry_rules.division_code(center_code))
    return _of_its_standard(center_code, on).filter(
        Exists(_offered(center_code, on)),
        matter__issuer_code__in=[issuer for issuer in issuers if is_county(issuer)],
    )


def _offered(center_code: str, on: date) -> QuerySet[models.Offering]:
    return models.Offering.objects.filter(
        Q(effective_to__isnull=True) | Q(effective_to__gt=on),
        center_code=center_code,
        matter=OuterRef("matter"),
        status=OfferingStatus.IN_USE,
        effective_from__lte=on,
    )


def _of_its_standard(center_code: str, on: date) -> QuerySet[models.MatterRevision]:
    return standing.in_force(on).filter(
        matter__issuer_code__in=codes.issuers_above(registry_rules.division_code(center_code)),
        content__levels__contains=registry_rules.center_level(center_code).value,
    )
