"""An applicant's word against a completion that was none."""

import uuid
from datetime import datetime

from tenants.cases.operations import findings, opening, texts
from tenants.cases.operations.outcomes import Outcome
from tenants.cases.states import BY_ACTION
from tongban.kernel.actors import Actor
from tongban.kernel.transactions import unit_of_work


def dispute_completion(
    *,
    actor: Actor,
    number: str,
    statement: str,
    expected_version: int | None = None,
    idempotency_key: uuid.UUID,
    now: datetime,
) -> Outcome:
    """Reopen a case whose result its applicant did not get: it is to be delivered anew.

    What was recorded as its delivery stays in the event; a finding remains with the case. Raises:
    TextInvalidError, CaseDisputeCompletionNotAllowedError and as ``opening.open_case``.
    """
    with unit_of_work() as work:
        opened = opening.open_case(
            work,
            actor=actor,
            action="dispute_completion",
            number=number,
            request={"statement": statement},
            expected_version=expected_version,
            idempotency_key=idempotency_key,
            now=now,
        )
        case = opened.case
        if opened.is_repeat:
            return Outcome(case)
        said = texts.checked(statement, path=("statement",), is_required=True)
        opening.close_case(
            opened,
            name="case.completion_disputed",
            changes={
                "state": BY_ACTION["dispute_completion"].target,
                "completed_at": None,
                "delivery": None,
                "findings": findings.with_finding(case, "COMPLETION_DISPUTED", now),
            },
            data={
                "statement": said,
                "former_delivery": case.delivery,
                "former_completed_at": case.completed_at,
            },
        )
    return Outcome(case)
