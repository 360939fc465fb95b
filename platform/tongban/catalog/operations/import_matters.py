"""Importing a directory of matters: all rows are judged first, then the good ones are written.

A row becomes a draft, or on request the standard if it passes every check. Importing the same
file again changes nothing: a matter is found by its code, or by issuer and local code.
"""

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path

from tongban.catalog import errors, models, policies
from tongban.catalog.adapters import project_json
from tongban.catalog.operations import changing, describing, judging, plan_import, release
from tongban.catalog.operations.plan_import import BATCH, ImportReport, Order, Plan, Report
from tongban.catalog.rules.rows import Source
from tongban.catalog.states import ReleaseKind
from tongban.kernel import calendar
from tongban.kernel.actors import Actor
from tongban.kernel.transactions import Work, unit_of_work

STARTER_FILE = Path(__file__).resolve().parents[1] / "data" / "starter_matters.json"
STARTER_ISSUER = "370000000000"


def import_starter_catalog(
    *, actor: Actor, effective_from: date | None = None, now: datetime
) -> ImportReport:
    """Bring the shipped starter catalog in and publish it; running it again changes nothing.

    Runs in the catalog context. Raises: as ``import_matters``.
    """
    return import_matters(
        actor=actor,
        issuer_code=STARTER_ISSUER,
        source=project_json.read(STARTER_FILE.read_bytes()),
        publish=True,
        effective_from=effective_from,
        all_or_nothing=True,
        now=now,
    )


def import_matters(
    *,
    actor: Actor,
    issuer_code: str | None,
    source: Source,
    publish: bool = False,
    effective_from: date | None = None,
    all_or_nothing: bool = False,
    dry_run: bool = False,
    now: datetime,
    report: Report = lambda _done, _total: None,
) -> ImportReport:
    """Write a file's matters into the catalog and return what became of each row.

    Where ``issuer_code`` is None, each row is issued by the division that it names. A faulty row
    never stops a good one, unless ``all_or_nothing``. With ``publish``, which only the server's
    operator may ask for, what passes all checks is released and in force from ``effective_from``,
    by default today. Runs in the catalog context, in one
    transaction; statements grow by a few for each 500 rows.
    Raises: IssuerUnknownError, ImportNotAllowedError, PublishNotAllowedError.
    """
    order = Order(issuer_code, publish, effective_from, actor.key, now)
    with unit_of_work() as work:
        changing.one_at_a_time()
        _refuse_foreign(actor, order, source)
        faults = list(source.faults)
        result = ImportReport(rows=len(source.rows) + len({f.row for f in faults}), faults=faults)
        plan = plan_import.Planner(source.rows, order, result).judge(report)
        plan_import.keep_related(plan, order, result)
        if not dry_run and not (all_or_nothing and result.faults):
            _write(work, actor, plan, order)
            _tell_unlisted(work, actor, plan, order, result)
            result.written = True
            if plan.new_revisions or plan.edited_drafts or plan.publications:
                work.audit_action(
                    actor=actor,
                    action="matters.import",
                    object_type="catalog",
                    object_key=issuer_code or "",
                    at=now,
                    data={
                        "created": result.created,
                        "updated": result.updated,
                        "published": result.published,
                    },
                )
    return result


def _tell_unlisted(
    work: Work, actor: Actor, plan: Plan, order: Order, result: ImportReport
) -> None:
    rows = {fault.row for fault in result.lacking if fault.code == judging.NOT_ON_LIST}
    unlisted = sorted(code for code, row in plan.rows.items() if row in rows)
    if order.publish and unlisted:
        judging.tell_attempt(
            work, actor=actor, issuer_code=order.issuer_code or "", codes=unlisted, now=order.now
        )


def _refuse_foreign(actor: Actor, order: Order, source: Source) -> None:
    if order.issuer_code is not None and not plan_import.is_issuer(order.issuer_code):
        raise errors.IssuerUnknownError(path=("issuer",), issuer=order.issuer_code)
    issuers = {plan_import.issuer_of(row, order) for row in source.rows}
    for issuer in filter(plan_import.is_issuer, issuers):
        if not policies.may_import(actor, issuer):
            raise errors.ImportNotAllowedError
        if order.publish and not (
            policies.may_publish(actor, issuer) and policies.may_publish_at_once(actor)
        ):
            raise errors.PublishNotAllowedError


def _write(work: Work, actor: Actor, plan: Plan, order: Order) -> None:
    models.StandardMatter.objects.bulk_create(plan.matters, batch_size=BATCH)
    describing.save_described(plan.described)
    models.MatterRevision.objects.bulk_create(plan.new_revisions, batch_size=BATCH)
    describing.save_contents(plan.edited_drafts)
    if plan.publications:
        _put_out(work, actor, plan.publications, order)


def _put_out(
    work: Work, actor: Actor, publications: Sequence[release.Publication], order: Order
) -> None:
    """Publish what passed all checks: one release of each issuer."""
    for issuer, of_issuer in plan_import.by_issuer(publications):
        release.put_out(
            work,
            actor=actor,
            issuer_code=issuer,
            kind=ReleaseKind.IMPORT,
            title=f"导入目录（{len(of_issuer)} 项）",
            publications=of_issuer,
            effective_from=order.effective_from or calendar.local_day(order.now),
            now=order.now,
        )
