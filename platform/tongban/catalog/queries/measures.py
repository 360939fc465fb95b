"""What is measured of a catalog: how much there is, how fast it is, and what was cut.

Everything is computed from the revisions in force on the days in question; nothing is counted up
beside them, so a figure of any day in the past can be had again.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import connection
from django.db.models import Case, Count, DecimalField, F, Q, Sum, Value, When
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Least

from tongban.catalog import models
from tongban.catalog.queries import standing
from tongban.catalog.rules import checks, reduction
from tongban.catalog.rules.content import HandlingType, Limit, ServiceLine
from tongban.catalog.rules.figures import Figures
from tongban.catalog.states import IN_FORCE_ONCE
from tongban.kernel.calendar import LimitUnit
from tongban.registry import rules as registry_rules

_TWO_PLACES = Decimal("0.01")
_DAYS = DecimalField(max_digits=12, decimal_places=4)

# What ends and has no successor on that day was cut whole: a cancelled or merged matter asks
# nobody for anything. Revisions that were in force on no day at all are passed over.
_CUTS = """
WITH lived AS (
  SELECT r.effective_to AS ended, r.material_count AS materials, r.step_count AS steps,
         lead(r.effective_from) OVER following AS begun,
         lead(r.material_count) OVER following AS next_materials,
         lead(r.step_count) OVER following AS next_steps
    FROM catalog_matterrevision r
    JOIN catalog_standardmatter m ON m.code = r.matter_code
   WHERE (m.issuer_code = %(issuer)s OR (%(below)s AND starts_with(m.issuer_code, %(tree)s)))
     AND r.status = ANY (%(statuses)s)
     AND (r.effective_to IS NULL OR r.effective_to > r.effective_from)
     AND r.effective_from <= %(on)s
  WINDOW following AS (PARTITION BY r.matter_code ORDER BY r.effective_from)
), changed AS (
  SELECT ended AS day, begun IS DISTINCT FROM ended AS is_end,
         materials, CASE WHEN begun = ended THEN next_materials ELSE 0 END AS left_materials,
         steps, CASE WHEN begun = ended THEN next_steps ELSE 0 END AS left_steps
    FROM lived WHERE ended IS NOT NULL
  UNION ALL  -- taken up again after a pause
  SELECT begun, false, 0, next_materials, 0, next_steps
    FROM lived WHERE begun > ended
)
SELECT coalesce(sum(greatest(materials - left_materials, 0)), 0),
       coalesce(sum(greatest(left_materials - materials, 0)), 0),
       coalesce(sum(greatest(steps - left_steps, 0)), 0),
       coalesce(sum(greatest(left_steps - steps, 0)), 0),
       count(*) FILTER (WHERE is_end)
  FROM changed WHERE day BETWEEN %(since)s AND %(on)s
"""


@dataclass(frozen=True, slots=True)
class Cuts:
    """What changes of the standard took away and added, each summed over all changes."""

    materials: int
    materials_added: int
    steps: int
    steps_added: int
    matters: int
    """Matters that ended: cancelled or merged. Their materials and steps count as cut."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How many matters there are on a day, and how fast and by how many they are handled."""

    matters: int
    by_type: dict[str, int]
    by_line: dict[ServiceLine, int]
    one_review: int
    """Matters decided by one review and one verification (一审一核)."""
    mean_promise: Decimal | None
    """Nominal working days, over the matters that are not done at once; None without any."""

    @property
    def one_review_percent(self) -> Decimal | None:
        """The share of 一审一核 in percent, None without any matter."""
        if not self.matters:
            return None
        return (Decimal(self.one_review * 100) / self.matters).quantize(_TWO_PLACES)


def standing_of(*, issuer_code: str, below: bool = False, on: date) -> Standing:
    """Measure the matters of an issuer in force on ``on`` (one query).

    With ``below`` those of the divisions below it are counted too.
    """
    condition = Q(matter__issuer_code=issuer_code)
    if below:
        tree = registry_rules.significant_digits(issuer_code)
        condition |= Q(matter__issuer_code__startswith=tree)
    return _measured(
        standing.in_force(on)
        .select_related(None)
        .filter(condition)
        .values_list(
            KeyTextTransform("matter_type", "content"), KeyTextTransform("service_line", "content")
        )
        .annotate(
            number=Count("id"),
            of_one_review=Count("id", filter=Q(is_one_review=True)),
            promising=Count("id", filter=_promised("")),
            days=Sum("promised_days", filter=_promised("")),
        )
    )


def standing_at(*, center_code: str, on: date) -> Standing:
    """Measure what a center offers on ``on``, with its own promises (one query)."""
    where = standing.OfferingFilter(center_codes=[center_code])
    own = Case(
        *(
            When(promised_unit=unit, then=F("promised_amount") * Value(_nominal_days(unit)))
            for unit in LimitUnit
        ),
        output_field=_DAYS,
    )
    return _measured(
        standing.find_offerings(on=on, where=where)
        .select_related(None)
        .values_list(
            KeyTextTransform("matter_type", "standard__content"),
            KeyTextTransform("service_line", "standard__content"),
        )
        .annotate(
            number=Count("id"),
            of_one_review=Count("id", filter=Q(standard__is_one_review=True)),
            promising=Count("id", filter=_promised("standard__")),
            # LEAST passes NULL over: without a promise of its own the standard's holds.
            days=Sum(
                Least(own, "standard__promised_days", output_field=_DAYS),
                filter=_promised("standard__"),
            ),
        )
    )


def _promised(prefix: str) -> Q:
    return Q(**{f"{prefix}content__handling_type": HandlingType.PROMISED})


def _nominal_days(unit: LimitUnit) -> Decimal:
    return checks.working_days(Limit(10_000, unit)) / 10_000


def _measured(groups: Iterable[tuple[str, str, int, int, int, Decimal | None]]) -> Standing:
    by_type: Counter[str] = Counter()
    by_line: Counter[ServiceLine] = Counter()
    one_review = promised = 0
    days = Decimal(0)
    for matter_type, line, number, of_one_review, of_promise, sum_of_days in groups:
        by_type[matter_type] += number
        by_line[ServiceLine(line)] += number
        one_review += of_one_review
        promised += of_promise
        days += sum_of_days or 0
    return Standing(
        matters=by_line.total(),
        by_type=dict(sorted(by_type.items())),
        by_line=dict(sorted(by_line.items())),
        one_review=one_review,
        mean_promise=(days / promised).quantize(_TWO_PLACES) if promised else None,
    )


def cuts_of(*, issuer_code: str, below: bool = False, since: date, on: date) -> Cuts:
    """Sum what changed on the days from ``since`` to ``on`` in an issuer's matters (one query).

    Computed from the differences of successive revisions in force. A matter that ends counts with
    all its materials and steps as cut; a new one adds nothing, one taken up again does.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            _CUTS,
            {
                "issuer": issuer_code,
                "below": below,
                "tree": registry_rules.significant_digits(issuer_code),
                "statuses": list(IN_FORCE_ONCE),
                "since": since,
                "on": on,
            },
        )
        row = cursor.fetchone()
    assert row is not None  # sums always have a row
    return Cuts(*map(int, row))


def reduction_of(
    *,
    matter_code: str,
    baseline: int,
    number: int | None = None,
    demanded: int = reduction.DEMANDED_PERCENT,
    on: date,
) -> tuple[reduction.Cut, ...] | None:
    """Compare a revision with an earlier one of its matter, by default the one in force on ``on``.

    None unless both are or were in force by then: what is only planned is nobody's achievement.
    """
    begun = models.MatterRevision.objects.filter(
        matter__code=matter_code, status__in=IN_FORCE_ONCE, effective_from__lte=on
    ).defer("content")
    if number is None:
        later = begun.filter(Q(effective_to__isnull=True) | Q(effective_to__gt=on))
    else:
        later = begun.filter(number=number)
    before, after = begun.filter(number=baseline).first(), later.first()
    if before is None or after is None:
        return None
    return reduction.cuts(_figures(before), _figures(after), demanded=demanded)


def _figures(revision: models.MatterRevision) -> Figures:
    return Figures(
        materials=revision.material_count,
        steps=revision.step_count,
        promised_days=revision.promised_days,
        is_one_review=revision.is_one_review,
    )
