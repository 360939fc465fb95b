"""Proposals: a center asks its issuer for a change of the standard, and sees what became of it."""

import re
import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from tongban.catalog import errors, models, policies, queries
from tongban.catalog.operations import changing, draft
from tongban.catalog.operations.draft import DraftRequest
from tongban.catalog.queries import proposals as proposal_queries
from tongban.catalog.rules import codes, labels
from tongban.catalog.rules.content import MatterContent
from tongban.catalog.rules.proposals import with_elements
from tongban.catalog.rules.shapes import ShapeError
from tongban.catalog.states import IN_WORK, ProposalStatus, RevisionStatus
from tongban.kernel import calendar
from tongban.kernel.actors import Actor
from tongban.kernel.transactions import Work, claim_key, unit_of_work
from tongban.registry import queries as registry

_PATH_STEP = re.compile(r"[^.\[\]]+")
_LONGEST = 2000
"""How many characters a reason, a basis or an answer may have."""


def propose_change(
    *,
    actor: Actor,
    center_code: str,
    matter_code: str,
    elements: Mapping[str, Any],
    reason: str,
    basis: str = "",
    idempotency_key: uuid.UUID,
    now: datetime,
) -> models.ChangeProposal:
    """Ask the issuer of a matter for a change, in the name of a center that the matter is for.

    ``elements`` are whole elements of a content as they should be, in its JSON form. Runs in the
    catalog context; other centers see nothing of it.
    Raises: ProposalNotAllowedError, MatterNotFoundError, ProposalTextError, ProposalElementError
    that names the first element which is not right, ProposalEmptyError where it changes nothing,
    IdempotencyKeyReusedError.
    """
    request = {
        "center": center_code,
        "matter": matter_code,
        "elements": elements,
        "reason": reason,
        "basis": basis,
    }
    center = registry.find_center(center_code)
    with unit_of_work() as work:
        claim = claim_key(
            actor=actor, operation="propose_change", key=idempotency_key, request=request
        )
        if center is None or not policies.may_offer(actor, center_code):
            raise errors.ProposalNotAllowedError
        if claim.repeated and claim.outcome:
            return models.ChangeProposal.objects.get(id=claim.outcome["id"])
        revision = queries.published_revision(code=matter_code, on=calendar.local_day(now))
        issuers = codes.issuers_above(center.division_code)
        if revision is None or revision.matter.issuer_code not in issuers:
            raise errors.MatterNotFoundError(path=("matter",), matter=matter_code[:20])
        reason, basis = _text("reason", reason, is_needed=True), _text("basis", basis)
        content = revision.read()
        if _changed(content, elements) == content:
            raise errors.ProposalEmptyError(path=("elements",))
        proposal = models.ChangeProposal.objects.create(
            center_code=center_code,
            matter=revision.matter,
            issuer_code=revision.matter.issuer_code,
            elements=dict(elements),
            reason=reason,
            basis=basis,
            proposed_at=now,
            proposed_by=actor.key,
            proposer_name=actor.display_name[:100],
        )
        claim.settle({"id": proposal.id})
        _note(work, actor, proposal, "proposal.propose", now)
    return proposal


def withdraw_proposal(
    *, actor: Actor, proposal_id: uuid.UUID, idempotency_key: uuid.UUID, now: datetime
) -> models.ChangeProposal:
    """Take a proposal back that is not answered yet, in the name of its center.

    Runs in the catalog context. Raises: ProposalNotFoundError, ProposalNotAllowedError,
    ProposalAnsweredError, IdempotencyKeyReusedError.
    """
    with unit_of_work() as work:
        claim = claim_key(
            actor=actor,
            operation="withdraw_proposal",
            key=idempotency_key,
            request={"proposal": proposal_id},
        )
        changing.one_at_a_time()
        proposal = _access(actor, proposal_id, now)
        if not policies.may_offer(actor, proposal.center_code):
            raise errors.ProposalNotAllowedError
        if claim.repeated and claim.outcome:
            return proposal
        _require_open(proposal)
        proposal.status = ProposalStatus.WITHDRAWN
        proposal.save(update_fields=["status"])
        claim.settle({"id": proposal.id})
        _note(work, actor, proposal, "proposal.withdraw", now)
    return proposal


def answer_proposal(
    *,
    actor: Actor,
    proposal_id: uuid.UUID,
    accept: bool,
    answer: str = "",
    idempotency_key: uuid.UUID,
    now: datetime,
) -> models.ChangeProposal:
    """Accept or decline what a center proposed, as an editor of the issuer's catalog.

    Accepted, its elements go into the matter's draft, or into a new one over what is in force, and
    who accepted is among the draft's editors; when that is published, so is the proposal. Declining
    needs an answer. Runs in the catalog context.
    Raises: ProposalNotFoundError, ProposalNotAllowedError, ProposalAnsweredError,
    ProposalTextError, ProposalElementError, MatterNotFoundError where the matter is in force no
    more, RevisionNotEditableError where its draft is reviewed already, IdempotencyKeyReusedError.
    """
    request = {"proposal": proposal_id, "accept": accept, "answer": answer}
    with unit_of_work() as work:
        claim = claim_key(
            actor=actor, operation="answer_proposal", key=idempotency_key, request=request
        )
        changing.one_at_a_time()
        proposal = _access(actor, proposal_id, now)
        if not policies.may_draft(actor, proposal.issuer_code):
            raise errors.ProposalNotAllowedError
        if claim.repeated and claim.outcome:
            return proposal
        _require_open(proposal)
        proposal.answer = _text("answer", answer, is_needed=not accept)
        proposal.answered_at, proposal.answered_by = now, actor.key
        proposal.status = ProposalStatus.DECLINED
        if accept:
            proposal.status = ProposalStatus.ACCEPTED
            proposal.revision_number = _take_up(actor, proposal, idempotency_key, now)
        proposal.save(
            update_fields=["answer", "answered_at", "answered_by", "status", "revision_number"]
        )
        claim.settle({"id": proposal.id})
        _note(work, actor, proposal, "proposal.answer", now)
    return proposal


def _take_up(
    actor: Actor, proposal: models.ChangeProposal, idempotency_key: uuid.UUID, now: datetime
) -> int:
    """Write the proposed elements into the matter's draft and return its number.

    Over a draft that is there already, so that several proposals come together.
    """
    code = proposal.matter_id
    standing = queries.published_revision(code=code, on=calendar.local_day(now))
    if standing is None:
        raise errors.MatterNotFoundError(path=("proposal",), matter=code)
    revisions = models.MatterRevision.objects.filter(matter__code=code)
    in_work = revisions.filter(status__in=IN_WORK).first()
    # What is put out for a day to come stays as it is: the draft is what follows it.
    last = revisions.filter(status=RevisionStatus.PUBLISHED).first()
    content = _changed((in_work or last or standing).read(), proposal.elements)
    drafted = draft.draft_revision(
        actor=actor,
        request=DraftRequest(
            content=content.to_json(),
            code=code,
            expected_digest=in_work.content_hash if in_work else "",
        ),
        idempotency_key=idempotency_key,
        now=now,
    )
    if proposal.proposed_by not in drafted.editors:
        # Its words are the proposer's: who wrote them, in whatever role, doesn't review them.
        drafted.editors = [*drafted.editors, proposal.proposed_by]
        drafted.save(update_fields=["editors"])
    return drafted.number


def _changed(content: MatterContent, elements: Mapping[str, Any]) -> MatterContent:
    try:
        return with_elements(content, elements)
    except ShapeError as fault:
        steps = _PATH_STEP.findall(fault.field)
        raise errors.ProposalElementError(
            path=("elements", *(int(step) if step.isdecimal() else step for step in steps)),
            reason=fault.reason,
            field=fault.field[:60],
            label=labels.place_of(fault.field[:60]),
            found=fault.found,
        ) from fault


def _access(actor: Actor, proposal_id: uuid.UUID, now: datetime) -> models.ChangeProposal:
    """Return a proposal that the actor may see; the caller holds the catalog's version."""
    proposal = proposal_queries.access_proposal(
        actor=actor, proposal_id=proposal_id, on=calendar.local_day(now)
    )
    if proposal is None:
        raise errors.ProposalNotFoundError(path=("proposal",))
    return proposal


def _require_open(proposal: models.ChangeProposal) -> None:
    if proposal.status != ProposalStatus.OPEN:
        raise errors.ProposalAnsweredError(path=("proposal",), reason=proposal.status)


def _text(name: str, text: str, *, is_needed: bool = False) -> str:
    text = text.strip()
    if len(text) > _LONGEST or "\0" in text or (is_needed and not text):
        raise errors.ProposalTextError(path=(name,), longest=_LONGEST)
    return text


def _note(
    work: Work, actor: Actor, proposal: models.ChangeProposal, action: str, now: datetime
) -> None:
    # Only the audit log: what a center proposes is between it and its issuer.
    work.audit_action(
        actor=actor,
        action=action,
        object_type="proposal",
        object_key=str(proposal.id),
        at=now,
        data={
            "center": proposal.center_code,
            "matter": proposal.matter_id,
            "status": proposal.status,
            "revision": proposal.revision_number,
        },
    )
