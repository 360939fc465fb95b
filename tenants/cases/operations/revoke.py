"""Revoking an approval that rested on what was not so (撤销, 行政许可法 69)."""

import uuid
from datetime import datetime

from tenants.cases import queries, rules
from tenants.cases.operations import attempts, decide, opening, papers, texts
from tenants.cases.operations.outcomes import Outcome
from tenants.cases.states import BY_ACTION
from tongban.kernel import crypto
from tongban.kernel.actors import Actor


def revoke_decision(
    *,
    actor: Actor,
    number: str,
    reason: str,
    expected_version: int | None = None,
    idempotency_key: uuid.UUID,
    now: datetime,
) -> Outcome:
    """Revoke the approval of a case whose commitment was found not kept and never made good.

    By whoever may decide it: the chief representative, with the deed where the department works in
    the center. The decision stays readable, its papers are void from then on. Raises:
    NotAuthorizedError, DecisionOutsideCenterError, TextInvalidError,
    CaseRevokeDecisionNotAllowedError and as ``opening.open_case``.
    """
    with attempts.watched(actor=actor, action="revoke_decision", number=number, now=now) as work:
        opened = opening.open_case(
            work,
            actor=actor,
            action="revoke_decision",
            number=number,
            request={"reason": reason},
            expected_version=expected_version,
            idempotency_key=idempotency_key,
            now=now,
        )
        case = opened.case
        if opened.is_repeat:
            return Outcome(case)
        deed = queries.authority(queries.membership_of(actor), case, now=now, lock=True)
        broken = [each for each in rules.read_commitments(case.commitments) if each.is_ground]
        revocation = {
            "at": crypto.plain_json(now),
            "text": texts.checked(reason, path=("reason",), is_required=True),
            "commitments": [each.code for each in broken],
            "remedies": queries.remedies_of(case).as_json(),
            "by": opened.by.as_json(),
            **decide.by_deed(deed),
        }
        opening.close_case(
            opened,
            name="case.revoked",
            changes={
                "state": BY_ACTION["revoke_decision"].target,
                "decision": {**(case.decision or {}), "revocation": revocation},
            },
            audited={"deed": deed.deed_number} if deed else None,
        )
        papers.issue_revocation(case, now=now)
    return Outcome(case)
