"""Drafting: an editor writes what a matter is to say, and may throw it away again."""

import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max

from tongban.catalog import errors, models, policies
from tongban.catalog.operations import changing, describing, plan_import
from tongban.catalog.rules import codes, labels
from tongban.catalog.rules.content import MatterContent
from tongban.catalog.rules.reading import read_content
from tongban.catalog.rules.shapes import ShapeError
from tongban.catalog.states import (
    IN_FORCE_ONCE,
    IN_WORK,
    TRANSITIONS,
    ProposalStatus,
    RevisionAction,
    RevisionStatus,
)
from tongban.kernel.actors import Actor
from tongban.kernel.errors import StaleVersionError
from tongban.kernel.transactions import Work, claim_key, unit_of_work

_PATH_STEP = re.compile(r"[^.\[\]]+")
_LONGEST_CODE, _LONGEST_ITEM = 100, 200


@dataclass(frozen=True, slots=True)
class DraftRequest:
    """What an editor hands in: a new matter of ``issuer_code``, or the draft of one that exists.

    A matter is found by ``code``, or by issuer and ``local_code``; a new one without a national
    code gets one. ``expected_digest`` names the draft that was edited; empty, there was none.
    """

    content: object
    """JSON in the form of contents."""
    issuer_code: str = ""
    code: str = ""
    local_code: str = ""
    main_item: str = ""
    expected_digest: str = ""


def draft_revision(
    *, actor: Actor, request: DraftRequest, idempotency_key: uuid.UUID, now: datetime
) -> models.MatterRevision:
    """Write the draft of a matter, the first of a new one or the next of one that exists.

    Runs in the catalog context. Nobody sees it but those who work on the issuer's catalog.
    Raises: MatterNotFoundError, DraftNotAllowedError, MatterCodeError, IssuerUnknownError,
    ContentInvalidError that names the first element which is not right, RevisionNotEditableError
    for a reviewed one, StaleVersionError when somebody else wrote meanwhile.
    """
    with unit_of_work() as work:
        claim = claim_key(
            actor=actor,
            operation="draft_revision",
            key=idempotency_key,
            request={name: getattr(request, name) for name in request.__slots__},
        )
        if claim.repeated and claim.outcome:
            return written_before(actor, claim.outcome, matter_code=request.code)
        changing.one_at_a_time()
        content = _read(request.content)
        matter = _matter(actor, request, content, now)
        revision = _write(matter, content, request.expected_digest, actor, now)
        _tell(work, actor, revision, "revision.draft", now)
        claim.settle({"id": revision.id})
    return revision


def written_before(
    actor: Actor, outcome: Mapping[str, Any], *, matter_code: str
) -> models.MatterRevision:
    """Return the revision that the first request of a key wrote, as it stands now.

    Raises: RevisionNotFoundError where somebody threw it away since, or the actor has lost the
    role that shows it.
    """
    found = models.MatterRevision.objects.select_related("matter").filter(**outcome).first()
    if found is None or not _is_seen(actor, found):
        raise errors.RevisionNotFoundError(path=("matter",), matter=matter_code)
    return found


def discard_draft(
    *,
    actor: Actor,
    matter_code: str,
    number: int,
    expected_digest: str,
    idempotency_key: uuid.UUID,
    now: datetime,
) -> None:
    """Throw a draft away, and the matter with it where it has no other and was never put out.

    Runs in the catalog context. What was proposed for the draft is open again. Raises:
    RevisionNotFoundError, DraftNotAllowedError, RevisionNotDiscardableError, StaleVersionError.
    """
    with unit_of_work() as work:
        claim = claim_key(
            actor=actor,
            operation="discard_draft",
            key=idempotency_key,
            request={"matter": matter_code, "number": number, "digest": expected_digest},
        )
        if claim.repeated:
            return
        changing.one_at_a_time()
        revision = access_revision(actor=actor, matter_code=matter_code, number=number)
        matter = revision.matter
        if not policies.may_draft(actor, matter.issuer_code):
            raise errors.DraftNotAllowedError
        require_state(revision, RevisionAction.DISCARD, errors.RevisionNotDiscardableError)
        require_digest(revision, expected_digest)
        _tell(work, actor, revision, "revision.discard", now)
        models.ChangeProposal.objects.filter(
            matter=matter, revision_number=number, status=ProposalStatus.ACCEPTED
        ).update(status=ProposalStatus.OPEN, revision_number=None)
        revision.delete()
        was_released = models.ReleaseItem.objects.filter(matter=matter).exists()
        if not (was_released or matter.revisions.exists()):
            matter.delete()  # a release that was called back still says what it was to do


def access_revision(*, actor: Actor, matter_code: str, number: int) -> models.MatterRevision:
    """Return a revision with its matter, locked, if the actor works on that catalog.

    Drafts of others answer as if they were not there. Raises: RevisionNotFoundError.
    """
    revision = (
        models.MatterRevision.objects.select_related("matter")
        .select_for_update()
        .filter(matter__code=matter_code, number=number)
        .first()
    )
    if revision is None or not _is_seen(actor, revision):
        raise errors.RevisionNotFoundError(path=("matter",), matter=matter_code)
    return revision


def _is_seen(actor: Actor, revision: models.MatterRevision) -> bool:
    return revision.status in IN_FORCE_ONCE or policies.may_see_drafts(
        actor, revision.matter.issuer_code
    )


def require_state(
    revision: models.MatterRevision,
    action: RevisionAction,
    error: type[errors.RevisionStateError],
) -> None:
    """Raise ``error`` unless the state of the revision allows the action."""
    allowed, _leads_to = TRANSITIONS[action]
    if revision.status not in allowed:
        raise error(reason=revision.status, status=revision.status)


def require_digest(revision: models.MatterRevision, expected: str) -> None:
    """Raise StaleVersionError unless the content is the one that was seen."""
    if revision.content_hash != expected:
        raise StaleVersionError(path=("expectedDigest",), current=revision.content_hash)


def _read(content: object) -> MatterContent:
    if not isinstance(content, Mapping):
        raise errors.ContentInvalidError(
            path=("content",),
            reason="NOT_AN_OBJECT",
            field="content",
            label=labels.place_of("content"),
        )
    try:
        return read_content(content)
    except ShapeError as fault:
        steps = _PATH_STEP.findall(fault.field)
        raise errors.ContentInvalidError(
            path=("content", *(int(step) if step.isdecimal() else step for step in steps)),
            reason=fault.reason,
            field=fault.field,
            label=labels.place_of(fault.field),
            found=fault.found,
        ) from fault


def _matter(
    actor: Actor, request: DraftRequest, content: MatterContent, now: datetime
) -> models.StandardMatter:
    matter = _find(request)
    if matter is None or _is_hidden(actor, matter):
        # Who may not see it is told whatever would be said if it were not there.
        return _new_matter(actor, request, content, now)
    if not policies.may_draft(actor, matter.issuer_code):
        raise errors.DraftNotAllowedError
    if not codes.fits(matter.code, issuer_code=matter.issuer_code, matter_type=content.matter_type):
        raise errors.MatterCodeError(
            path=("content", "matter_type"), reason="MISMATCH", found=matter.code
        )
    return matter


def _is_hidden(actor: Actor, matter: models.StandardMatter) -> bool:
    if policies.may_see_drafts(actor, matter.issuer_code):
        return False
    return not matter.revisions.filter(status__in=IN_FORCE_ONCE).exists()


def _find(request: DraftRequest) -> models.StandardMatter | None:
    matters = models.StandardMatter.objects.select_for_update()
    if request.code:
        return matters.filter(code=request.code).first()
    if request.local_code:
        return matters.filter(
            issuer_code=request.issuer_code, local_code=request.local_code
        ).first()
    return None


def _new_matter(
    actor: Actor, request: DraftRequest, content: MatterContent, now: datetime
) -> models.StandardMatter:
    issuer, code = request.issuer_code, request.code
    if not issuer:
        raise errors.MatterNotFoundError(path=("matter",), matter=code)
    if not plan_import.is_issuer(issuer):
        raise errors.IssuerUnknownError(path=("issuer",), issuer=issuer)
    if not policies.may_draft(actor, issuer):
        raise errors.DraftNotAllowedError
    if not code and not request.local_code:
        raise errors.MatterCodeError(path=("matter",), reason="MISSING")
    for name, longest in (("local_code", _LONGEST_CODE), ("main_item", _LONGEST_ITEM)):
        text: str = getattr(request, name)
        if len(text) > longest or "\0" in text:
            raise errors.ContentInvalidError(
                path=(name,),
                reason="TOO_LONG",
                field=name,
                label=labels.place_of(name),
                found=len(text),
            )
    fits = codes.fits(code, issuer_code=issuer, matter_type=content.matter_type)
    if code and not (fits and codes.is_matter_code(code)):
        raise errors.MatterCodeError(path=("matter",), reason="MISMATCH", found=code[:40])
    matter = models.StandardMatter(
        code=code or _free_code(request, content),
        issuer_code=issuer,
        local_code=request.local_code,
        main_item=request.main_item,
        created_at=now,
    )
    describing.describe(matter, content)
    _insert(matter)
    return matter


def _free_code(request: DraftRequest, content: MatterContent) -> str:
    begins = f"{request.issuer_code[:2]}{content.matter_type}"
    taken = models.StandardMatter.objects.filter(code__startswith=begins)
    return codes.generate_matter_code(
        issuer_code=request.issuer_code,
        matter_type=content.matter_type,
        local_code=request.local_code,
        taken=set(taken.values_list("code", flat=True)),
    )


def _insert(matter: models.StandardMatter) -> None:
    try:
        with transaction.atomic():
            matter.save(force_insert=True)
    except IntegrityError as error:
        # By one with another national code, or by a draft of an issuer that the actor can't see.
        for constraint, path, code in (
            ("catalog_matter_local_code", "localCode", matter.local_code),
            ("catalog_standardmatter_code_key", "matter", matter.code),
        ):
            if constraint in str(error):
                raise errors.MatterCodeError(path=(path,), reason="TAKEN", found=code) from error
        raise


def _write(
    matter: models.StandardMatter,
    content: MatterContent,
    expected_digest: str,
    actor: Actor,
    now: datetime,
) -> models.MatterRevision:
    revision = matter.revisions.filter(status__in=IN_WORK).select_for_update().first()
    if revision is None:
        last = matter.revisions.aggregate(number=Max("number"))["number"] or 0
        if expected_digest and not _is_standing(matter, expected_digest):
            raise StaleVersionError(path=("expectedDigest",), current="")
        revision = models.MatterRevision(
            matter=matter, number=last + 1, created_at=now, created_by=actor.key
        )
    else:
        require_state(revision, RevisionAction.EDIT, errors.RevisionNotEditableError)
        require_digest(revision, expected_digest)
    if actor.key not in revision.editors:
        revision.editors = [*revision.editors, actor.key]
    describing.write_content(revision, content)
    revision.save()
    if not matter.revisions.filter(status__in=IN_FORCE_ONCE).exists():
        describing.describe_all([(matter, content)])
    revision.matter = matter
    return revision


def _is_standing(matter: models.StandardMatter, digest: str) -> bool:
    """Tell whether the first draft was written over what is published now."""
    return matter.revisions.filter(status=RevisionStatus.PUBLISHED, content_hash=digest).exists()


def _tell(
    work: Work, actor: Actor, revision: models.MatterRevision, action: str, now: datetime
) -> None:
    work.audit_action(
        actor=actor,
        action=action,
        object_type="revision",
        object_key=f"{revision.matter_id}/{revision.number}",
        at=now,
        data={"contentHash": revision.content_hash},
    )
