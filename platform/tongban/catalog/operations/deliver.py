"""Delivering a list: the file is read, and goes the way of its kind."""

import uuid
from datetime import date, datetime
from typing import IO

from tongban.catalog import errors
from tongban.catalog.adapters import sources
from tongban.catalog.operations import import_matters, import_offerings
from tongban.catalog.operations.plan_import import ImportReport, Report
from tongban.catalog.rules.rows import KIND_NAMES, SourceKind
from tongban.kernel import files
from tongban.kernel.actors import Actor, PlatformRole
from tongban.kernel.transactions import claim_key, unit_of_work


def _ignore(_done: int, _total: int) -> None:
    pass


def import_list(
    *,
    actor: Actor,
    delivered: IO[bytes],
    kind: SourceKind | None = None,
    issuer_code: str | None = None,
    publish: bool = False,
    effective_from: date | None = None,
    all_or_nothing: bool = False,
    dry_run: bool = False,
    idempotency_key: uuid.UUID | None = None,
    now: datetime,
    report: Report = _ignore,
) -> ImportReport:
    """Bring a file of matters or of offerings in, and return what became of each of its rows.

    What it is, its content says; ``kind`` refuses the other, and is read only for an editor of
    such lists somewhere; whose lists they may write is decided with the rows. Runs in the catalog
    context, in one transaction. A repeat with the same key answers as the first did, with its
    first 100 faults.
    Raises: ImportNotAllowedError, OfferNotAllowedError, SourceUnreadableError,
    SourceTooLargeError, SourceMisplacedError; for matters as ``import_matters``, for offerings as
    ``import_offerings``.
    """
    _refuse_strangers(actor, kind)
    source = sources.read(delivered)
    if kind is not None and source.kind is not kind:
        found, wanted = KIND_NAMES[source.kind], KIND_NAMES[kind]
        raise errors.SourceMisplacedError(path=("file",), found=found, wanted=wanted)
    centers = import_offerings.centers_of(source)
    with unit_of_work():
        claim = None
        if idempotency_key is not None:
            request = {
                "file": files.digest(delivered)[0],
                "kind": kind,
                "issuer": issuer_code,
                "publish": publish,
                "allOrNothing": all_or_nothing,
                "dryRun": dry_run,
            }
            claim = claim_key(
                actor=actor, operation="import_list", key=idempotency_key, request=request
            )
            if claim.repeated:
                return ImportReport.from_json(claim.outcome or {})
        if source.kind is SourceKind.OFFERINGS:
            result = import_offerings.import_offerings(
                actor=actor,
                source=source,
                centers=centers,
                all_or_nothing=all_or_nothing,
                dry_run=dry_run,
                now=now,
                report=report,
            )
        else:
            result = import_matters.import_matters(
                actor=actor,
                issuer_code=issuer_code,
                source=source,
                publish=publish,
                effective_from=effective_from,
                all_or_nothing=all_or_nothing,
                dry_run=dry_run,
                now=now,
                report=report,
            )
        result.unread_columns = source.unread_columns
        if claim is not None:
            claim.settle(result.to_json())
    return result


def _refuse_strangers(actor: Actor, kind: SourceKind | None) -> None:
    held = {role for role, _division in actor.platform_roles}
    if kind is SourceKind.MATTERS and PlatformRole.CATALOG_EDITOR not in held:
        raise errors.ImportNotAllowedError
    if kind is SourceKind.OFFERINGS and PlatformRole.OFFERING_EDITOR not in held:
        raise errors.OfferNotAllowedError
