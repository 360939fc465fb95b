"""Clean-up rounds (清理轮次): opened and decided on; ``close_round`` ends them."""

import uuid
from collections.abc import Mapping
from datetime import datetime

from django.db.models import Max

from tongban.catalog import errors, models, policies, queries
from tongban.catalog.operations import changing, plan_import
from tongban.catalog.queries import rounds as round_queries
from tongban.catalog.queries.directories import level_of
from tongban.catalog.rules import checks
from tongban.catalog.rules import rounds as rules
from tongban.catalog.rules.content import MatterContent
from tongban.catalog.rules.rounds import Decided
from tongban.catalog.states import RoundDecision, RoundStatus
from tongban.kernel import calendar
from tongban.kernel.actors import Actor
from tongban.kernel.transactions import Work, claim_key, unit_of_work

_LONGEST_TITLE, _LONGEST_ORDER, _LONGEST_BASIS = 200, 400, 2000
_LEVELS = set(rules.DOWNWARDS)


def open_round(
    *,
    actor: Actor,
    issuer_code: str,
    title: str,
    basis: str,
    idempotency_key: uuid.UUID,
    now: datetime,
) -> models.CleanupRound:
    """Open the next round in which a division goes through the matters that it issues.

    ``basis`` is the document that orders it. One round of a division is open at a time. Runs in
    the catalog context.
    Raises: IssuerUnknownError, RoundNotAllowedError, RoundTextError, RoundAlreadyOpenError,
    IdempotencyKeyReusedError.
    """
    request = {"issuer": issuer_code, "title": title, "basis": basis}
    with unit_of_work() as work:
        claim = claim_key(actor=actor, operation="open_round", key=idempotency_key, request=request)
        changing.one_at_a_time()
        if not plan_import.is_issuer(issuer_code):
            raise errors.IssuerUnknownError(path=("issuer",), issuer=issuer_code[:20])
        if not policies.may_draft(actor, issuer_code):
            raise errors.RoundNotAllowedError
        issued = models.CleanupRound.objects.filter(issuer_code=issuer_code)
        if claim.repeated and claim.outcome:
            return issued.get(number=claim.outcome["number"])
        title, basis = title.strip(), basis.strip()
        for name, text, longest in (
            ("title", title, _LONGEST_TITLE),
            ("basis", basis, _LONGEST_ORDER),
        ):
            _refuse_text(name, text, longest)
        running = issued.filter(status=RoundStatus.OPEN).first()
        if running:
            raise errors.RoundAlreadyOpenError(path=("issuer",), number=running.number)
        opened = models.CleanupRound.objects.create(
            issuer_code=issuer_code,
            number=(issued.aggregate(last=Max("number"))["last"] or 0) + 1,
            title=title,
            basis=basis,
            opened_at=now,
            opened_by=actor.key,
        )
        claim.settle({"number": opened.number})
        _note(work, actor, opened, "round.open", now=now, data={"basis": basis})
    return opened


def decide_matter(
    *,
    actor: Actor,
    issuer_code: str,
    number: int,
    matter_code: str,
    decision: RoundDecision,
    basis: str,
    target: str = "",
    idempotency_key: uuid.UUID,
    now: datetime,
) -> models.CleanupItem:
    """Decide in an open round what becomes of a matter; a further decision replaces the former.

    ``target`` is the level that handles it afterwards (delegated, or taken over: then by default
    the issuer's own), or the code of the matter that it is merged into. Nothing changes before the
    round is closed. Runs in the catalog context.
    Raises: RoundNotFoundError, RoundNotAllowedError, RoundClosedError, MatterNotFoundError,
    RoundTextError, RoundTargetError, IdempotencyKeyReusedError; NoLegalBasisError where it is to
    be kept and no provision is named, or its standard has none (没有明确规定保留的一律取消).
    """
    request = {
        "issuer": issuer_code,
        "number": number,
        "matter": matter_code,
        "decision": decision,
        "basis": basis,
        "target": target,
    }
    with unit_of_work() as work:
        claim = claim_key(
            actor=actor, operation="decide_matter", key=idempotency_key, request=request
        )
        changing.one_at_a_time()
        if claim.repeated and claim.outcome:
            return _decided_before(actor, issuer_code, number, matter_code)
        found = open_round_of(actor, issuer_code, number)
        revision = queries.published_revision(code=matter_code, on=calendar.local_day(now))
        if revision is None or revision.matter.issuer_code != issuer_code:
            raise errors.MatterNotFoundError(path=("matter",), matter=matter_code[:20])
        decided = Decided(decision, _target(decision, target.strip(), issuer_code))
        content = revision.read()
        _refuse_baseless(decision, content, basis)
        _refuse_target(found, revision, content, decided, now)
        item, _created = models.CleanupItem.objects.update_or_create(
            round=found,
            matter=revision.matter,
            defaults={
                "revision_number": revision.number,
                "decision": decision,
                "basis": basis.strip(),
                "target": decided.target,
                "decided_at": now,
                "decided_by": actor.key,
            },
        )
        claim.settle({"matter": matter_code})
        data = {"matter": matter_code, "decision": decision, "target": decided.target}
        _note(work, actor, found, "round.decide", now=now, data=data)
    return item


def drop_decision(
    *,
    actor: Actor,
    issuer_code: str,
    number: int,
    matter_code: str,
    idempotency_key: uuid.UUID,
    now: datetime,
) -> models.CleanupRound:
    """Take the decision on a matter back while its round is open (in the catalog context).

    Raises: RoundNotFoundError, RoundNotAllowedError, RoundClosedError, MatterNotFoundError where
    nothing was decided on it, IdempotencyKeyReusedError.
    """
    request = {"issuer": issuer_code, "number": number, "matter": matter_code}
    with unit_of_work() as work:
        claim = claim_key(
            actor=actor, operation="drop_decision", key=idempotency_key, request=request
        )
        changing.one_at_a_time()
        if claim.repeated and claim.outcome:
            return _round_of(actor, issuer_code, number)
        found = open_round_of(actor, issuer_code, number)
        item = _item_of(found, matter_code)
        if item is None:
            raise errors.MatterNotFoundError(path=("matter",), matter=matter_code[:20])
        item.delete()
        claim.settle({"matter": matter_code})
        _note(work, actor, found, "round.drop", now=now, data={"matter": matter_code})
    return found


def open_round_of(
    actor: Actor, issuer_code: str, number: int, *, closes: bool = False
) -> models.CleanupRound:
    """Return an open round that the actor decides in, or closes.

    The caller has advanced the catalog's version, so nobody else changes the round.
    Raises: RoundNotFoundError, RoundNotAllowedError, RoundClosedError.
    """
    found = _round_of(actor, issuer_code, number)
    allowed = policies.may_publish if closes else policies.may_draft
    if not allowed(actor, issuer_code):
        raise errors.RoundNotAllowedError
    if found.status == RoundStatus.CLOSED:
        raise errors.RoundClosedError(path=("round",), number=number)
    return found


def _round_of(actor: Actor, issuer_code: str, number: int) -> models.CleanupRound:
    found = round_queries.access_round(actor=actor, issuer_code=issuer_code, number=number)
    if found is None:
        raise errors.RoundNotFoundError(path=("round",))
    return found


def _decided_before(
    actor: Actor, issuer_code: str, number: int, matter_code: str
) -> models.CleanupItem:
    """Return what a request decided that comes again, as it stands now.

    Raises: RoundNotFoundError, MatterNotFoundError where the decision was taken back since.
    """
    item = _item_of(_round_of(actor, issuer_code, number), matter_code)
    if item is None:
        raise errors.MatterNotFoundError(path=("matter",), matter=matter_code[:20])
    return item


def _item_of(found: models.CleanupRound, matter_code: str) -> models.CleanupItem | None:
    return found.items.filter(matter__code=matter_code).select_related("matter").first()


def _target(decision: RoundDecision, target: str, issuer_code: str) -> str:
    if decision == RoundDecision.TAKE_OVER and not target:
        return level_of(issuer_code) or ""
    return target


def _refuse_baseless(decision: RoundDecision, content: MatterContent, basis: str) -> None:
    if decision == RoundDecision.KEEP:
        lacking = [f for f in checks.faults(content) if f.code == checks.NO_LEGAL_BASIS]
        if lacking or not basis.strip():
            raise errors.NoLegalBasisError(
                path=() if lacking else ("basis",),
                subject=lacking[0].subject if lacking else content.name,
                field=lacking[0].field if lacking else "basis",
            )
    _refuse_text("basis", basis.strip(), _LONGEST_BASIS)


def _refuse_text(name: str, text: str, longest: int) -> None:
    if not text or len(text) > longest or "\0" in text:
        raise errors.RoundTextError(path=(name,))


def _refuse_target(
    found: models.CleanupRound,
    revision: models.MatterRevision,
    content: MatterContent,
    decided: Decided,
    now: datetime,
) -> None:
    others = decisions_of(found)
    reason = None
    if decided.decision in rules.MOVING:
        if decided.target not in _LEVELS:
            reason = "NO_LEVEL"
        elif rules.levels_after(decided, content.levels) is None:
            reason = "NOTHING_MOVES"
    elif decided.decision == RoundDecision.MERGE:
        targets = round_queries.merge_targets(found, on=calendar.local_day(now)).filter(
            matter__code=decided.target
        )
        reason = rules.merge_fault(
            revision.matter_id, decided.target, others, is_standing=targets.exists()
        )
    elif decided.target:
        reason = "NO_TARGET"
    is_needed = rules.takes_others_in(revision.matter_id, others)
    if reason is None and is_needed and decided.decision in rules.ENDING:
        reason = "TAKES_OTHERS_IN"
    if reason:
        raise errors.RoundTargetError(
            path=("target",),
            reason=reason,
            matter=content.name,
            target=decided.target[:20],
        )


def decisions_of(found: models.CleanupRound) -> dict[str, Decided]:
    """Return what a round decided so far, by matter."""
    return {
        item.matter_id: Decided(RoundDecision(item.decision), item.target)
        for item in found.items.all()
    }


def _note(
    work: Work,
    actor: Actor,
    found: models.CleanupRound,
    action: str,
    *,
    now: datetime,
    data: Mapping[str, object],
) -> None:
    # Only the audit log: what an open round decides is not public before it is closed.
    work.audit_action(
        actor=actor,
        action=action,
        object_type="round",
        object_key=f"{found.issuer_code}/{found.number}",
        at=now,
        data=data,
    )
