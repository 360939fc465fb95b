"""Ending a case without a decision on its merits, on a ground that the law names."""

import uuid
from datetime import datetime

from tenants.cases import errors, queries, rules
from tenants.cases.operations import lamps, opening, papers, texts
from tenants.cases.operations.outcomes import Outcome
from tenants.cases.states import BY_ACTION
from tongban.kernel.actors import Actor
from tongban.kernel.transactions import unit_of_work


def terminate_case(
    *,
    actor: Actor,
    number: str,
    ground_code: str,
    text: str = "",
    expected_version: int | None = None,
    idempotency_key: uuid.UUID,
    now: datetime,
) -> Outcome:
    """Terminate an accepted case on a coded ground (终止办理), which the applicant is told.

    Raises: GroundRequiredError, GroundUnknownError, TextInvalidError, CaseTerminateNotAllowedError
    and as ``opening.open_case``.
    """
    with unit_of_work() as work:
        opened = opening.open_case(
            work,
            actor=actor,
            action="terminate_case",
            number=number,
            request={"ground": ground_code, "text": text},
            expected_version=expected_version,
            idempotency_key=idempotency_key,
            now=now,
        )
        case = opened.case
        if opened.is_repeat:
            return Outcome(case)
        lamps.require_undeemed(case, "terminate_case", now)
        if not ground_code:
            raise errors.GroundRequiredError(path=("groundCode",))
        if ground_code not in rules.TERMINATION_GROUNDS:
            raise errors.GroundUnknownError(path=("groundCode",), ground=ground_code)
        opening.close_case(
            opened,
            name="case.terminated",
            changes={
                "state": BY_ACTION["terminate_case"].target,
                "decided_at": now,
                "decision": {
                    "decision": "terminate",
                    "ground": ground_code,
                    "ground_text": rules.TERMINATION_GROUNDS[ground_code][0],
                    "text": texts.checked(text, path=("text",)),
                    "remedies": queries.remedies_of(case).as_json(),
                    "by": opened.by.as_json(),
                },
            },
        )
        papers.issue_termination(case, now=now)
    return Outcome(case)
