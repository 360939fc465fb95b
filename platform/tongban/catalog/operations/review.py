"""Reviewing: another person than those who wrote it finds a revision right, or gives it back."""

import uuid
from datetime import datetime

from tongban.catalog import errors, models, policies
from tongban.catalog.operations import changing, judging
from tongban.catalog.operations.draft import (
    access_revision,
    require_digest,
    require_state,
    written_before,
)
from tongban.catalog.states import RevisionAction, RevisionStatus
from tongban.kernel.actors import Actor
from tongban.kernel.transactions import claim_key, unit_of_work

LONGEST_REASON = 1000


def review_revision(
    *,
    actor: Actor,
    matter_code: str,
    number: int,
    expected_digest: str,
    idempotency_key: uuid.UUID,
    now: datetime,
) -> models.MatterRevision:
    """Find a draft right: it passes the checks, and may be published by a third person.

    Runs in the catalog context. ``expected_digest`` names the content that was read. Raises:
    RevisionNotFoundError, ReviewNotAllowedError, SamePersonError, RevisionNotReviewableError,
    StaleVersionError, and for a content that fails the checks UnpublishableError.
    """
    with unit_of_work() as work:
        claim = claim_key(
            actor=actor,
            operation="review_revision",
            key=idempotency_key,
            request={"matter": matter_code, "number": number, "said": expected_digest},
        )
        if claim.repeated and claim.outcome:
            return written_before(actor, claim.outcome, matter_code=matter_code)
        changing.one_at_a_time()
        revision = access_revision(actor=actor, matter_code=matter_code, number=number)
        if not policies.may_review(actor, revision.matter.issuer_code):
            raise errors.ReviewNotAllowedError
        if actor.key in revision.editors:
            raise errors.SamePersonError
        require_state(revision, RevisionAction.REVIEW, errors.RevisionNotReviewableError)
        require_digest(revision, expected_digest)
        judging.refuse_content(revision.matter, revision.read())
        revision.status = RevisionStatus.REVIEWED
        revision.reviewed_at, revision.reviewed_by = now, actor.key
        revision.returned_for = ""
        revision.save(update_fields=["status", "reviewed_at", "reviewed_by", "returned_for"])
        work.audit_action(
            actor=actor,
            action="revision.review",
            object_type="revision",
            object_key=f"{matter_code}/{number}",
            at=now,
            data={"contentHash": revision.content_hash},
        )
        claim.settle({"id": revision.id})
    return revision


def return_revision(
    *,
    actor: Actor,
    matter_code: str,
    number: int,
    reason: str,
    idempotency_key: uuid.UUID,
    now: datetime,
) -> models.MatterRevision:
    """Give a revision back to its editors, saying why; a reviewed one is a draft again.

    Reviewers may, and publishers. Runs in the catalog context. Raises: RevisionNotFoundError,
    ReviewNotAllowedError, ReasonMissingError, RevisionNotReturnableError.
    """
    with unit_of_work() as work:
        claim = claim_key(
            actor=actor,
            operation="return_revision",
            key=idempotency_key,
            request={"matter": matter_code, "number": number, "said": reason},
        )
        if claim.repeated and claim.outcome:
            return written_before(actor, claim.outcome, matter_code=matter_code)
        changing.one_at_a_time()
        revision = access_revision(actor=actor, matter_code=matter_code, number=number)
        if not policies.may_return(actor, revision.matter.issuer_code):
            raise errors.ReviewNotAllowedError
        reason = require_text(reason, longest=LONGEST_REASON, path="reason")
        require_state(revision, RevisionAction.RETURN, errors.RevisionNotReturnableError)
        revision.status = RevisionStatus.DRAFT
        revision.reviewed_at, revision.reviewed_by = None, ""
        revision.returned_for = reason
        revision.save(update_fields=["status", "reviewed_at", "reviewed_by", "returned_for"])
        work.audit_action(
            actor=actor,
            action="revision.return",
            object_type="revision",
            object_key=f"{matter_code}/{number}",
            at=now,
            data={"reason": reason},
        )
        claim.settle({"id": revision.id})
    return revision


def require_text(text: str, *, longest: int, path: str) -> str:
    """Return a text without white space around it. Raises: ReasonMissingError."""
    text = text.strip()
    if not text or len(text) > longest or "\0" in text:
        raise errors.ReasonMissingError(path=(path,), longest=longest)
    return text
