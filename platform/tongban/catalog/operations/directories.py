"""Directories: drafted by one person, published by another, and never changed again."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db.models import Max

from tongban.catalog import errors, models, policies
from tongban.catalog.operations import changing, plan_import
from tongban.catalog.queries import directories as queries
from tongban.catalog.rules import directories as rules
from tongban.catalog.rules.directories import DirectoryKind, Entry
from tongban.catalog.states import DirectoryStatus
from tongban.kernel import calendar
from tongban.kernel.actors import Actor
from tongban.kernel.errors import StaleVersionError
from tongban.kernel.transactions import Work, claim_key, unit_of_work

_LONGEST_TITLE, _LONGEST_NOTE = 200, 4000


def draft_directory(
    *,
    actor: Actor,
    issuer_code: str,
    kind: str,
    entries: Sequence[Mapping[str, Any]] | None,
    title: str = "",
    note: str = "",
    expected_version: int | None = None,
    idempotency_key: uuid.UUID,
    now: datetime,
) -> models.Directory:
    """Write the next version of a division's directory, as a draft: its entries whole.

    There is one draft a kind; a further call writes it anew. Without ``entries`` those of the
    approvals are derived from the catalog in force. ``expected_version`` is the draft's that was
    read, None where any will do. Runs in the catalog context.
    Raises: IssuerUnknownError, DirectoryKindUnknownError, DirectoryDraftNotAllowedError,
    DirectoryTextError, DerivedKindError, DirectoryEntryError with the path of the first fault,
    StaleVersionError, IdempotencyKeyReusedError.
    """
    request = {
        "issuer": issuer_code,
        "kind": kind,
        "entries": entries,
        "title": title,
        "note": note,
        "expected": expected_version,
    }
    with unit_of_work() as work:
        claim = claim_key(
            actor=actor, operation="draft_directory", key=idempotency_key, request=request
        )
        changing.one_at_a_time()
        _refuse_unknown(issuer_code, kind)
        if not policies.may_draft(actor, issuer_code):
            raise errors.DirectoryDraftNotAllowedError
        if claim.repeated and claim.outcome:
            return _written_before(claim.outcome["id"])
        draft = _draft_of(issuer_code, kind)
        found = draft.draft_version if draft else 0
        if expected_version is not None and expected_version != found:
            raise StaleVersionError(current=found)
        listed = _listed(kind, issuer_code, entries, now)
        draft = draft or models.Directory(
            issuer_code=issuer_code,
            kind=kind,
            version=_last_version(issuer_code, kind) + 1,
            draft_version=0,
        )
        _write(draft, listed, title=title or queries.title_of(kind) or "", note=note)
        draft.draft_version += 1
        draft.edited_at, draft.edited_by = now, actor.key
        draft.editors = sorted({*draft.editors, actor.key})
        draft.save()
        claim.settle({"id": draft.pk})
        _note(work, actor, draft, "directory.draft", now)
    return draft


def discard_draft_directory(
    *, actor: Actor, issuer_code: str, kind: str, idempotency_key: uuid.UUID, now: datetime
) -> int:
    """Throw the draft of a division's directory away and return which version it was to be.

    Runs in the catalog context. Raises: IssuerUnknownError, DirectoryKindUnknownError,
    DirectoryDraftNotAllowedError, DirectoryNotFoundError, IdempotencyKeyReusedError.
    """
    request = {"issuer": issuer_code, "kind": kind}
    with unit_of_work() as work:
        claim = claim_key(
            actor=actor, operation="discard_draft_directory", key=idempotency_key, request=request
        )
        changing.one_at_a_time()
        _refuse_unknown(issuer_code, kind)
        if not policies.may_draft(actor, issuer_code):
            raise errors.DirectoryDraftNotAllowedError
        if claim.repeated and claim.outcome:
            version: int = claim.outcome["version"]
            return version
        draft = _draft_of(issuer_code, kind)
        if draft is None:
            raise errors.DirectoryNotFoundError
        claim.settle({"version": draft.version})
        _note(work, actor, draft, "directory.discard", now)
        draft.delete()
    return draft.version


def publish_directory(
    *,
    actor: Actor,
    issuer_code: str,
    kind: str,
    version: int,
    effective_from: date | None = None,
    expected_version: int | None = None,
    idempotency_key: uuid.UUID,
    now: datetime,
) -> models.Directory:
    """Publish the draft that is to be ``version`` of a division's directory, for good.

    It is in force from ``effective_from``, by default today, not before the former version's day.
    Nobody publishes what he wrote on. ``expected_version`` is the draft's that was read, None where
    any will do. Runs in the catalog context.
    Raises: IssuerUnknownError, DirectoryKindUnknownError, DirectoryPublishNotAllowedError,
    DirectoryNotFoundError, DirectoryPublishedError, SamePersonError, StaleVersionError,
    DirectoryEmptyError, DirectoryDayError, IdempotencyKeyReusedError.
    """
    request = {
        "issuer": issuer_code,
        "kind": kind,
        "version": version,
        "effective": effective_from,
        "expected": expected_version,
    }
    with unit_of_work() as work:
        claim = claim_key(
            actor=actor, operation="publish_directory", key=idempotency_key, request=request
        )
        changing.one_at_a_time()
        _refuse_unknown(issuer_code, kind)
        if not policies.may_publish(actor, issuer_code):
            raise errors.DirectoryPublishNotAllowedError
        directory = models.Directory.objects.filter(
            issuer_code=issuer_code, kind=kind, version=version
        ).first()
        if directory is None:
            raise errors.DirectoryNotFoundError(path=("version",))
        if claim.repeated and claim.outcome:
            return directory
        if directory.status == DirectoryStatus.PUBLISHED:
            raise errors.DirectoryPublishedError(path=("version",), version=version)
        if actor.key in directory.editors:
            raise errors.SamePersonError
        if expected_version is not None and expected_version != directory.draft_version:
            raise StaleVersionError(current=directory.draft_version)
        _put_out(work, actor, directory, effective_from, now)
        claim.settle({"id": directory.pk})
    return directory


def publish_approvals(
    *, actor: Actor, issuer_code: str, effective_from: date, note: str = "", now: datetime
) -> models.Directory | None:
    """Publish the next 《审批项目目录》 of a division as the catalog in force on a day gives it.

    For operations that change the catalog by a decision of their own (a clean-up round), inside
    their transaction and after their effect: nobody wrote the list, so nobody is refused for it. A
    draft that is open stays open, behind the new version. Returns None, and publishes nothing,
    where the list in force says the same already or there is no approval.
    The caller decided on authority and has advanced the catalog's version.
    Raises: DirectoryDayError where a published list begins later.
    """
    kind = DirectoryKind.APPROVALS
    with unit_of_work() as work:
        entries = queries.derive_approvals(issuer_code=issuer_code, on=effective_from)
        latest = _latest(issuer_code, kind)
        if not entries or (latest and queries.read_entries(latest) == entries):
            return None
        draft = _draft_of(issuer_code, kind)
        if draft:
            draft.version += 1
            draft.save(update_fields=["version"])
        directory = models.Directory(
            issuer_code=issuer_code,
            kind=kind,
            version=latest.version + 1 if latest else 1,
            edited_at=now,
            edited_by=actor.key,
        )
        _write(directory, entries, title=rules.TITLES[kind], note=note)
        _put_out(work, actor, directory, effective_from, now)
    return directory


def _refuse_unknown(issuer_code: str, kind: str) -> None:
    if not plan_import.is_issuer(issuer_code):
        raise errors.IssuerUnknownError(path=("issuer",), issuer=issuer_code[:20])
    if queries.title_of(kind) is None:
        raise errors.DirectoryKindUnknownError(path=("kind",), kind=kind[:40])


def _written_before(key: int) -> models.Directory:
    found = models.Directory.objects.filter(id=key).first()
    if found is None:  # it was discarded since
        raise errors.DirectoryNotFoundError
    return found


def _draft_of(issuer_code: str, kind: str) -> models.Directory | None:
    return models.Directory.objects.filter(
        issuer_code=issuer_code, kind=kind, status=DirectoryStatus.DRAFT
    ).first()


def _latest(issuer_code: str, kind: str) -> models.Directory | None:
    return (
        models.Directory.objects.filter(
            issuer_code=issuer_code, kind=kind, status=DirectoryStatus.PUBLISHED
        )
        .order_by("-version")
        .first()
    )


def _last_version(issuer_code: str, kind: str) -> int:
    found = models.Directory.objects.filter(issuer_code=issuer_code, kind=kind)
    last: int | None = found.aggregate(last=Max("version"))["last"]
    return last or 0


def _listed(
    kind: str, issuer_code: str, entries: Sequence[Mapping[str, Any]] | None, now: datetime
) -> tuple[Entry, ...]:
    if entries is None:
        if kind != DirectoryKind.APPROVALS:
            raise errors.DerivedKindError(path=("entries",))
        return queries.derive_approvals(issuer_code=issuer_code, on=calendar.local_day(now))
    listed, faults = rules.judge_entries(kind, entries)
    if faults:
        first = faults[0]
        raise errors.DirectoryEntryError(
            path=first.path,
            reason=first.reason,
            found=first.found,
            row=first.path[1] + 1 if len(first.path) > 1 and isinstance(first.path[1], int) else 0,
            faults=[{"path": f.path, "reason": f.reason, "found": f.found} for f in faults],
        )
    return listed


def _write(directory: models.Directory, entries: Sequence[Entry], *, title: str, note: str) -> None:
    """Set what a version says (not saved)."""
    for name, text, longest in (("title", title, _LONGEST_TITLE), ("note", note, _LONGEST_NOTE)):
        if len(text) > longest or "\0" in text:
            raise errors.DirectoryTextError(path=(name,))
    directory.title = title.strip()
    directory.note = note.strip()
    directory.entries = [entry.to_json() for entry in entries]
    directory.entry_count = len(entries)
    directory.entry_codes = rules.entry_codes(entries)


def _put_out(
    work: Work,
    actor: Actor,
    directory: models.Directory,
    effective_from: date | None,
    now: datetime,
) -> None:
    if not directory.entry_count:
        raise errors.DirectoryEmptyError(path=("version",))
    day = effective_from or calendar.local_day(now)
    former = _latest(directory.issuer_code, directory.kind)
    earliest = former.effective_from if former else None
    if earliest is not None and day < earliest:
        raise errors.DirectoryDayError(
            path=("effectiveFrom",), day=day.isoformat(), earliest=earliest.isoformat()
        )
    directory.status = DirectoryStatus.PUBLISHED
    directory.effective_from = day
    directory.published_at, directory.published_by = now, actor.key
    directory.save()
    work.record(
        topic="catalog",
        subject=directory.issuer_code,
        name="directory.published",
        at=now,
        data={"kind": directory.kind, "version": directory.version, "effectiveFrom": day},
    )
    _note(work, actor, directory, "directory.publish", now)


def _note(
    work: Work, actor: Actor, directory: models.Directory, action: str, now: datetime
) -> None:
    work.audit_action(
        actor=actor,
        action=action,
        object_type="directory",
        object_key=f"{directory.issuer_code}/{directory.kind}/{directory.version}",
        at=now,
        data={"entries": directory.entry_count, "draft": directory.draft_version},
    )
