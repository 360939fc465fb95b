"""Answering findings, and bringing them to the supervisor where no reply comes."""

import uuid
from datetime import datetime

from tenants.cases import errors, models, policies, queries
from tenants.cases.operations import findings, opening, parties, texts, timing
from tongban.kernel.actors import Actor
from tongban.kernel.ports import DueTimer
from tongban.kernel.transactions import claim_key, unit_of_work


def reply_finding(
    *,
    actor: Actor,
    number: str,
    finding: int,
    reply: str,
    idempotency_key: uuid.UUID,
    now: datetime,
) -> models.Finding:
    """Answer one finding about a case, also one that went to the supervisor meanwhile.

    One that came with an urging or a bad rating is answered there. The case itself is not changed,
    whoever holds it by now. Raises: CaseNotFoundError, FindingNotFoundError, TextInvalidError,
    FindingReplyNotAllowedError, IdempotencyKeyReusedError.
    """
    with unit_of_work() as work:
        claim = claim_key(
            actor=actor,
            operation="reply_finding",
            key=idempotency_key,
            request={"number": number, "finding": finding, "reply": reply},
        )
        membership = queries.membership_of(actor)
        case = queries.access_as(actor, membership, number, lock=True)
        row = queries.find_findings(actor=actor).filter(case=case, number=finding).first()
        if row is None or membership is None:
            raise errors.FindingNotFoundError(path=("finding",))
        if claim.repeated:
            return row
        if not policies.may_reply_to_findings(membership):
            raise errors.FindingReplyNotAllowedError(reason="ROLE")
        said = texts.checked(reply, path=("reply",), is_required=True)
        _require_waiting(row)
        row.replied_at, row.reply = now, said
        row.replied_by = parties.staff(membership).as_json()
        row.save(update_fields=["replied_at", "reply", "replied_by"])
        work.cancel_timer(kind=timing.FINDING_TIMER, key=findings.timer_key(case, row))
        opening.audit(
            work, actor, "reply_finding", case, now=now,
            data={"finding": row.number, "code": row.code},
        )  # fmt: skip
        claim.settle({"number": case.number, "finding": row.number})
    return row


def _require_waiting(row: models.Finding) -> None:
    if row.replied_at is not None:
        raise errors.FindingReplyNotAllowedError(path=("finding",), reason="REPLIED")
    if row.answered_with:
        kind, place = row.answered_with.split()
        raise errors.FindingReplyNotAllowedError(
            path=("finding",), reason=kind.upper(), place=int(place)
        )


def escalate(timer: DueTimer, now: datetime) -> None:
    """Bring a finding that nobody answered in time to the supervisor."""
    with unit_of_work():
        models.Finding.objects.filter(
            case__number=timer.payload["number"],
            number=timer.payload["finding"],
            replied_at=None,
            escalated_at=None,
        ).update(escalated_at=now)
