"""Exporting: matters of the catalog or centers' lists as a file that imports again unchanged."""

import re
from collections.abc import Iterable, Sequence
from datetime import date
from typing import IO, Any

from tongban.catalog import errors, policies
from tongban.catalog.adapters.writers import FileFormat, RowWriter, open_writer
from tongban.catalog.operations.plan_import import BATCH, Report
from tongban.catalog.queries import listing
from tongban.catalog.rules.codes import NATION
from tongban.catalog.rules.rows import SourceKind
from tongban.kernel.actors import Actor
from tongban.registry import errors as registry_errors
from tongban.registry import queries as registry


def _ignore(_done: int, _total: int) -> None:
    pass


def export_matters(
    *,
    actor: Actor,
    issuer_code: str | None = None,
    within: str | None = None,
    drafts: bool = False,
    file_format: FileFormat,
    out: IO[bytes],
    on: date,
    report: Report = _ignore,
) -> int:
    """Write the matters in force on ``on``, or those in work, and return how many there are.

    Of one issuer, of a division and those below it, or of all. Written row by row: memory holds 500
    of them. Raises: IssuerUnknownError for what is no division's code, ImportNotAllowedError for
    drafts that are not the actor's to edit.
    """
    _check(issuer_code, within)
    if drafts and not policies.may_import(actor, issuer_code or within or NATION):
        raise errors.ImportNotAllowedError
    found = listing.issued(issuer_code=issuer_code, within=within, on=on, drafts=drafts)
    writer = open_writer(out, file_format=file_format, kind=SourceKind.MATTERS)
    return _write(listing.matter_rows(found), writer, found.count(), report)


def export_offerings(
    *,
    center_codes: Sequence[str] = (),
    within: str | None = None,
    file_format: FileFormat,
    out: IO[bytes],
    on: date,
    report: Report = _ignore,
) -> int:
    """Write what centers have on their lists from ``on``, and return how many offerings.

    Of the named centers, or of those of a division and below it. It is what everybody may read.
    Raises: registry's CenterNotFoundError, IssuerUnknownError for what is no division's code.
    """
    _check(within)
    codes = list(dict.fromkeys(center_codes))
    for code in codes:
        if registry.find_center(code) is None:
            raise registry_errors.CenterNotFoundError(path=("centers",), center=code)
    if within is not None:
        codes += registry.centers_within(within).values_list("code", flat=True)
    found = listing.offered_by(center_codes=codes, on=on)
    writer = open_writer(out, file_format=file_format, kind=SourceKind.OFFERINGS)
    return _write(listing.offering_rows(found), writer, found.count(), report)


def _check(*divisions: str | None) -> None:
    for code in divisions:
        if code is not None and re.fullmatch(r"\d{12}", code, re.ASCII) is None:
            raise errors.IssuerUnknownError(path=("issuer",), issuer=code)


def _write(rows: Iterable[Any], writer: RowWriter, total: int, report: Report) -> int:
    done = 0
    for done, row in enumerate(rows, start=1):
        writer.write(row)
        if done % BATCH == 0:
            report(done, total)
    writer.close()
    report(done, done)
    return done
