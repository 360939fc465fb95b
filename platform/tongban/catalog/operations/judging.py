"""Judging what is to be published: each content by itself, and all of them with what stands."""

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime

from tongban.catalog import errors, models
from tongban.catalog.operations.release import Closing, Publication
from tongban.catalog.queries import directories, issuer_name, relations
from tongban.catalog.rules import attachments, checks, codes, labels, preconditions
from tongban.catalog.rules.checks import Fault
from tongban.catalog.rules.content import MatterContent
from tongban.catalog.rules.directories import POWER_TYPES
from tongban.kernel import calendar, files
from tongban.kernel.actors import Actor
from tongban.kernel.errors import DomainError
from tongban.kernel.transactions import Work, unit_of_work

NOT_ON_LIST = "NOT_ON_LIST"
ATTACHMENT_MISSING = "ATTACHMENT_MISSING"

_ERRORS: Mapping[str, type[DomainError]] = {
    error.code: error
    for error in (
        errors.NoLegalBasisError,
        errors.NoServiceLineError,
        errors.PromiseOverStatutoryError,
        errors.ForbiddenElementError,
        errors.MatterIncompleteError,
        errors.ChoicesInconsistentError,
        errors.AttachmentMissingError,
        errors.PreconditionCycleError,
        errors.PreconditionCancelledError,
        errors.PreconditionUnknownError,
        errors.NotOnListError,
    )
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault of what is to be published, with its place there (from 0)."""

    position: int
    matter: models.StandardMatter
    fault: Fault
    document: str = ""
    """Which document or list it goes against, where there is one."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What keeps publications from going out, and whether any power list could be looked at."""

    findings: Sequence[Finding]
    has_power_list: bool


def judge(
    publications: Sequence[Publication],
    *,
    issuer_code: str,
    closings: Sequence[Closing] = (),
    effective_from: date,
) -> Verdict:
    """Return everything that keeps an issuer's publications from going out together.

    The caller holds the catalog's version, so that it still is so when they are put out. The same
    few statements for any number of publications.
    """
    own = [
        Finding(n, p.matter, fault, _document(fault))
        for n, p in enumerate(publications)
        for fault in (*checks.faults(p.content), *_missing_files(p.content))
    ]
    related = judge_relations(
        publications, issuer_code=issuer_code, closings=closings, effective_from=effective_from
    )
    findings = sorted([*own, *related.findings], key=lambda finding: finding.position)
    return Verdict(findings, related.has_power_list)


def judge_relations(
    publications: Sequence[Publication],
    *,
    issuer_code: str,
    closings: Sequence[Closing] = (),
    effective_from: date,
) -> Verdict:
    """Return what of ``judge`` no content shows by itself: preconditions, and the power list."""
    closed = {closing.matter.code for closing in closings}
    powers = directories.powers_on(issuer_codes=codes.issuers_above(issuer_code), on=effective_from)
    unlisted = _not_on_list(publications, powers) if powers.issuers else ()
    return Verdict(
        [*_waiting(publications, issuer_code, closed, effective_from), *unlisted],
        has_power_list=bool(powers.issuers),
    )


def _missing_files(content: MatterContent) -> Iterator[Fault]:
    """Yield what names a file that nobody has uploaded: readers would find nothing behind it."""
    for path, file in attachments.files_of(content):
        if not files.holds(files.CATALOG, file.sha256):
            yield Fault(ATTACHMENT_MISSING, path, file.name)


def _not_on_list(
    publications: Sequence[Publication], powers: directories.PowerList
) -> Iterator[Finding]:
    for position, publication in enumerate(publications):
        content = publication.content
        listed = powers.types.get(content.power_item)
        if content.matter_type in POWER_TYPES and listed != content.matter_type:
            fault = Fault(NOT_ON_LIST, ("power_item",), content.power_item or content.name)
            yield Finding(position, publication.matter, fault, min(powers.issuers))


def _waiting(
    publications: Sequence[Publication], issuer_code: str, closed: AbstractSet[str], since: date
) -> Iterator[Finding]:
    released = {p.matter.code: list(p.content.preconditions) for p in publications}
    named = {code for found in released.values() for code in found}
    if not named:
        return
    standing = relations.standing_among(named, issuer_code=issuer_code, on=since) - closed
    register = {
        (entry.matter_code, entry.precondition_code): entry.basis
        for entry in relations.cancelled_preconditions(issuer_code=issuer_code).filter(
            matter_code__in=released, precondition_code__in=named
        )
    }
    edges = relations.preconditions_from(named - released.keys(), since=since) | released
    for position, publication in enumerate(publications):
        code = publication.matter.code
        for fault in preconditions.faults(
            code, edges=edges, standing=standing | released.keys(), cancelled=register
        ):
            yield Finding(
                position, publication.matter, fault, register.get((code, fault.subject), "")
            )


def refuse(findings: Sequence[Finding], *, within: str = "") -> None:
    """Raise the error for the first finding; ``params["faults"]`` lists all of them.

    ``within`` names the input's list whose places the findings tell; without, there is one content.
    """
    if not findings:
        return
    first, fault = findings[0], findings[0].fault
    raise _ERRORS[fault.code](
        path=(within, first.position, *fault.path) if within else fault.path,
        field=fault.field,
        label=labels.place_of(fault.field),
        subject=fault.subject,
        document=first.document,
        center=issuer_name(first.document, on=date.max) if fault.code == NOT_ON_LIST else "",
        matter=first.matter.name,
        faults=[
            {
                "matter": finding.matter.code,
                "code": finding.fault.code,
                "field": finding.fault.field,
                "subject": finding.fault.subject,
            }
            for finding in findings
        ],
    )


@contextmanager
def attempts_told(*, actor: Actor, issuer_code: str, now: datetime) -> Iterator[None]:
    """Leave a line in the audit log where the block tries to publish what is on no list."""
    try:
        yield
    except DomainError as error:
        unlisted = [
            fault["matter"]
            for fault in error.params.get("faults", ())
            if fault["code"] == NOT_ON_LIST
        ]
        if unlisted:
            with unit_of_work() as work:
                tell_attempt(work, actor=actor, issuer_code=issuer_code, codes=unlisted, now=now)
        raise


def tell_attempt(
    work: Work, *, actor: Actor, issuer_code: str, codes: Sequence[str], now: datetime
) -> None:
    """Put into the audit log that somebody tried to publish matters that are on no list."""
    work.audit_action(
        actor=actor,
        action="release.refuse",
        object_type="catalog",
        object_key=issuer_code,
        at=now,
        data={"code": NOT_ON_LIST, "matters": list(codes)},
    )


def refuse_content(matter: models.StandardMatter, content: MatterContent) -> None:
    """Raise the error for the first fault of one content by itself. Raises: UnpublishableError."""
    refuse([Finding(0, matter, fault, _document(fault)) for fault in checks.faults(content)])


def effective_day(wanted: date | None, *, earliest: date | None, now: datetime) -> date:
    """Return the day from which something is in force; None wants today.

    ``earliest`` is the first day it may be, None where any may. Raises: EffectiveDayError.
    """
    day = wanted or calendar.local_day(now)
    if earliest is not None and day < earliest:
        raise errors.EffectiveDayError(
            path=("effectiveFrom",), day=day.isoformat(), earliest=earliest.isoformat()
        )
    return day


def last_day(revision: models.MatterRevision) -> date | None:
    """Return the first day on which another revision may take this one's place."""
    return revision.effective_to or revision.effective_from


def _document(fault: Fault) -> str:
    return checks.FORBIDDEN_ELEMENTS.get(fault.subject, "")
