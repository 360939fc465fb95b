"""Importing centers' lists (实施清单): offerings are opened and given their own terms.

What a list states of the standard is kept beside the offering and compared, never put into force.
Importing the same list again changes nothing.
"""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime

from tongban.catalog import errors, models, policies
from tongban.catalog.operations import changing
from tongban.catalog.operations.plan_import import BATCH, ImportReport, Report
from tongban.catalog.operations.plan_offerings import OfferingPlan, OfferingPlanner
from tongban.catalog.rules.rows import Source, SourceKind
from tongban.kernel import calendar
from tongban.kernel.actors import Actor
from tongban.kernel.transactions import Work, unit_of_work
from tongban.registry import queries as registry

CHANGING = (
    "code", "credit_code", "status", "department", "place", "hours", "contact", "complaints",
    "body_kind", "local_code", "windows", "promised_amount", "promised_unit", "assisted_intake",
    "scope", "on_the_spot", "effective_from", "effective_to", "declared",
)  # fmt: skip
"""Columns of an offering that a list may change."""

Centers = Mapping[str, registry.CenterRecord]


def centers_of(source: Source) -> Centers:
    """Return the centers of a list that exist, by code; call it before any transaction."""
    named = {row.center_code for row in source.offerings}
    return {code: record for code in named if (record := registry.find_center(code))}


def import_offerings(
    *,
    actor: Actor,
    source: Source,
    centers: Centers,
    all_or_nothing: bool = False,
    dry_run: bool = False,
    now: datetime,
    report: Report = lambda _done, _total: None,
) -> ImportReport:
    """Open and change the offerings that a list states, and return what became of each row.

    ``centers`` are its ``centers_of``. A faulty row never stops a good one, unless
    ``all_or_nothing``. Runs in the catalog context, in one transaction; statements grow by a few
    for each 500 rows. Raises: OfferNotAllowedError for a list with a center that is not the
    actor's.
    """
    if not all(policies.may_offer(actor, code) for code in centers):
        raise errors.OfferNotAllowedError
    with unit_of_work() as work:
        changing.one_at_a_time()
        faults = list(source.faults)
        result = ImportReport(
            kind=SourceKind.OFFERINGS,
            rows=len(source.offerings) + len({fault.row for fault in faults}),
            faults=faults,
        )
        today = calendar.local_day(now)
        plan = OfferingPlanner(source.offerings, centers, today, result).judge(report)
        if not dry_run and not (all_or_nothing and result.faults):
            _write(plan)
            _tell(work, actor, plan, now)
            result.written = True
    return result


def _write(plan: OfferingPlan) -> None:
    models.Offering.objects.bulk_create(plan.opened, batch_size=BATCH)
    # One statement for 500 rows, where an update of each column by cases takes seconds.
    models.Offering.objects.bulk_create(
        plan.changed,
        batch_size=BATCH,
        update_conflicts=True,
        unique_fields=["center_code", "matter"],
        update_fields=CHANGING,
    )


def _tell(work: Work, actor: Actor, plan: OfferingPlan, now: datetime) -> None:
    opened = Counter(offering.center_code for offering in plan.opened)
    changed = Counter(offering.center_code for offering in plan.changed)
    for center in sorted({*opened, *changed}):
        data = {"opened": opened[center], "changed": changed[center]}
        work.record(
            topic="catalog",
            subject=center,
            name="offerings.imported",
            at=now,
            data={"center": center, **data},
        )
        work.audit_action(
            actor=actor,
            action="offerings.import",
            object_type="center",
            object_key=center,
            at=now,
            data=data,
        )
