"""Exporting lists of cases: a batch a firing, so that progress shows and a kill costs one batch.

Each batch is a file of its own in the export's folder; the last firing joins them. What a killed
worker left behind is a file that no row names: it goes with the folder.
"""

import tempfile
import uuid
from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import IO, Any, Final

from django.db import transaction

from tenants.cases import errors, models, policies, queries, rules
from tenants.cases.adapters import exports
from tenants.cases.operations import parties
from tenants.staff.operations import registers
from tongban.kernel import context, crypto, files, paging
from tongban.kernel.actors import Actor
from tongban.kernel.errors import ForbiddenError
from tongban.kernel.ports import DueTimer
from tongban.kernel.transactions import Work, claim_key, unit_of_work
from tongban.registry import queries as registry

EXPORT_TIMER: Final = "case.export"
EXPIRY_TIMER: Final = "case.export_expiry"
PAGE: Final = 1_000
"""Rows that are in memory at a time."""
PAGES: Final = 10
"""Pages of a batch."""


def export_cases(
    *,
    actor: Actor,
    where: rules.CaseFilter,
    order: rules.Order,
    file_format: rules.ExportFormat,
    idempotency_key: uuid.UUID,
    now: datetime,
) -> models.CaseExport:
    """Ask for a list of cases as a file; the worker makes it. A repeat returns the same export.

    Raises: ForbiddenError for an identity number, which would be kept in the clear;
    CaseExportNotAllowedError, CaseExportLimitError, IdempotencyKeyReusedError.
    """
    if where.applicant_id_number is not None:
        raise ForbiddenError(path=("filter", "applicantIdNumber"))
    asked = {"filter": rules.kept_filter(where), "order": order.value, "format": file_format.value}
    with unit_of_work() as work:
        claim = claim_key(actor=actor, operation="export_cases", key=idempotency_key, request=asked)
        membership = queries.membership_of(actor)
        if membership is None or membership.account_id is None:
            raise errors.CaseExportNotAllowedError
        if not policies.may_export(membership):
            raise errors.CaseExportNotAllowedError
        if claim.repeated:
            kept = uuid.UUID((claim.outcome or {})["export"])
            return queries.access_export(actor=actor, export_id=kept)
        _require_room(membership.account_id, membership.staff_number)
        export = models.CaseExport.objects.create(
            **asked,
            account_id=membership.account_id,
            requested_by=parties.staff(membership).as_json(),
            requested_at=now,
        )
        work.schedule(kind=EXPORT_TIMER, key=str(export.pk), fires_at=now)
        _audit(work, actor, "export_cases", export, now=now, data=asked)
        claim.settle({"export": str(export.pk)})
    return export


def _require_room(account_id: int, staff_number: str) -> None:
    """Refuse one export too many at a time; a person's requests come one after another."""
    registers.lock_member(staff_number)
    under_way = models.CaseExport.objects.filter(account_id=account_id, state__in=rules.UNFINISHED)
    if under_way.count() >= rules.MOST_UNFINISHED:
        raise errors.CaseExportLimitError(limit=rules.MOST_UNFINISHED)


def cancel_case_export(*, actor: Actor, export_id: uuid.UUID, now: datetime) -> models.CaseExport:
    """Stop one's own export; the worker removes what was written of it.

    Waits for the batch at hand. Raises: CaseExportNotFoundError, CaseExportEndedError.
    """
    with unit_of_work() as work:
        export = queries.access_export(actor=actor, export_id=export_id, lock=True)
        if export.state not in rules.UNFINISHED:
            raise errors.CaseExportEndedError(path=("id",))
        _end(work, export, rules.ExportState.CANCELLED, now)
        work.cancel_timer(kind=EXPORT_TIMER, key=str(export.pk))
        _audit(work, actor, "cancel_case_export", export, now=now, data={})
    return export


def open_export(*, actor: Actor, export_id: uuid.UUID, now: datetime) -> models.CaseExport:
    """Return one's own finished export to be handed out. Raises: CaseExportNotFoundError."""
    with unit_of_work() as work:
        export = queries.access_export(actor=actor, export_id=export_id)
        if export.expires_at is None or export.expires_at <= now or not export.sha256:
            raise errors.CaseExportNotFoundError
        _audit(work, actor, "open_case_export", export, now=now, data={"sha256": export.sha256})
    return export


def folder(export_id: uuid.UUID) -> str:
    """Return under which owner the files of an export of this center lie."""
    return f"{context.current_center()}/exports/{export_id}"


def write_batch(timer: DueTimer, now: datetime) -> None:
    """Write the next batch of an export, and go on with the next or finish.

    It fails when who asked for it may no longer see the list.
    """
    with unit_of_work() as work:
        export = models.CaseExport.objects.select_for_update().get(pk=timer.key)
        if export.state not in rules.UNFINISHED:
            return
        found = _list(export)
        if found is None:
            _end(work, export, rules.ExportState.FAILED, now)
            return
        # An update in between may have given the list another order: no place in one is in another.
        if export.after is None or set(export.after) != set(found.order):
            export.total = found.rows.count()
            export.state = rules.ExportState.RUNNING
            export.rows, export.after, export.parts = 0, None, []
        with tempfile.TemporaryFile() as stream:
            is_last = _write_pages(export, found, stream)
            sha256, size = files.store(folder(export.pk), stream)
        export.parts.append(sha256)
        if is_last:
            _finish(work, export, size, now)
        else:
            work.schedule(kind=EXPORT_TIMER, key=timer.key, fires_at=now)
        export.save()


def expire(timer: DueTimer, now: datetime) -> None:
    """Remove the files of an export whose time is over, or that ended before."""
    del now
    with unit_of_work():
        export = models.CaseExport.objects.select_for_update().get(pk=timer.key)
        # Before the commit: taken back, it is done again; the other way round files would stay.
        files.discard(folder(export.pk))
        if export.state == rules.ExportState.READY:
            export.state, export.sha256 = rules.ExportState.EXPIRED, ""
            export.save(update_fields=["state", "sha256"])


def _list(export: models.CaseExport) -> queries.CaseList | None:
    """Return the list as who asked for it sees it now, None where they may no longer export."""
    # What the center asks at sign-in was asked of the request; roles are read anew.
    actor = Actor(account_id=export.account_id, kind="person", is_two_factor=True)
    membership = queries.membership_of(actor)
    if not policies.may_export(membership):
        return None
    return queries.find_cases(
        actor=actor,
        membership=membership,
        where=rules.read_filter(export.filter),
        order=rules.Order(export.order),
    )


def _write_pages(export: models.CaseExport, found: queries.CaseList, stream: IO[bytes]) -> bool:
    """Write one batch behind the last row, and tell whether it is the last."""
    places = [name.removeprefix("-") for name in found.order]
    batch = exports.open_batch(
        stream, rules.ExportFormat(export.format), batch=len(export.parts), size=PAGE * PAGES
    )
    page: list[dict[str, Any]] = []
    for _ in range(PAGES):
        rows = found.rows.order_by(*found.order)
        if export.after is not None:
            last = [export.after[column] for column in found.order]
            rows = rows.filter(paging.behind(found.order, last))
        page = list(rows.values(*rules.COLUMNS, *places)[:PAGE])
        batch.write(rules.cells(row, registry.name_of) for row in page)
        export.rows += len(page)
        if page:
            export.after = crypto.plain_json(
                {column: page[-1][name] for column, name in zip(found.order, places, strict=True)}
            )
        if len(page) < PAGE:
            break
    batch.close()
    return len(page) < PAGE


def _finish(work: Work, export: models.CaseExport, size: int, now: datetime) -> None:
    owner, file_format = folder(export.pk), rules.ExportFormat(export.format)
    export.sha256, export.size = export.parts[0], size
    if len(export.parts) > 1 or file_format is not rules.ExportFormat.CSV:
        batches = [partial(files.open_file, owner, part) for part in export.parts]
        with tempfile.TemporaryFile() as whole:
            exports.join(whole, file_format, batches)
            export.sha256, export.size = files.store(owner, whole)
    kept = export.sha256
    transaction.on_commit(lambda: files.discard(owner, kept=kept))
    export.parts = []
    export.state = rules.ExportState.READY
    export.expires_at = now + rules.KEPT_FOR
    work.schedule(kind=EXPIRY_TIMER, key=str(export.pk), fires_at=export.expires_at)


def _end(work: Work, export: models.CaseExport, state: rules.ExportState, now: datetime) -> None:
    export.state, export.parts = state, []
    export.save(update_fields=["state", "parts"])
    # Files go once this is committed: taken back, an export that goes on would miss them.
    work.schedule(kind=EXPIRY_TIMER, key=str(export.pk), fires_at=now)


def _audit(
    work: Work,
    actor: Actor,
    action: str,
    export: models.CaseExport,
    *,
    now: datetime,
    data: Mapping[str, Any],
) -> None:
    work.audit_action(
        actor=actor,
        action=f"case.{action}",
        object_type="case_export",
        object_key=str(export.pk),
        at=now,
        data=data,
    )
