"""Special procedures (特别程序): the clock stands still, by the law's list, and goes on again."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from tenants.cases import errors, models, queries, rules
from tenants.cases.operations import lamps, opening, papers, texts
from tenants.cases.operations.outcomes import Outcome
from tenants.cases.states import BY_ACTION
from tenants.windows import queries as hall
from tongban.catalog.rules.snapshot import read_snapshot
from tongban.kernel.actors import Actor
from tongban.kernel.transactions import unit_of_work


@dataclass(frozen=True, slots=True)
class Procedure:
    """The special procedure for which a clock stands still, as it is told to the applicant."""

    kind: rules.PauseKind
    reason: str
    document: str
    """The document that it rests on, by its number or name."""
    expected_days: int
    """How many working days it will take."""


def suspend_case(
    *,
    actor: Actor,
    number: str,
    procedure: Procedure,
    expected_version: int | None = None,
    idempotency_key: uuid.UUID,
    now: datetime,
) -> Outcome:
    """Let the clock of a case stand still for a special procedure (行政许可法 45).

    The applicant is told in writing what it is and how long it takes. A consultation (疑难会商)
    pauses only where the center's terms say so. Raises: TextInvalidError, ProcedureDaysError,
    CaseSuspendNotAllowedError and as ``opening.open_case``.
    """
    with unit_of_work() as work:
        opened = opening.open_case(
            work,
            actor=actor,
            action="suspend_case",
            number=number,
            request={
                "kind": procedure.kind,
                "reason": procedure.reason,
                "document": procedure.document,
                "expected_days": procedure.expected_days,
            },
            expected_version=expected_version,
            idempotency_key=idempotency_key,
            now=now,
        )
        case = opened.case
        if opened.is_repeat:
            return Outcome(case)
        lamps.require_undeemed(case, "suspend_case", now)
        stay = _checked(case, procedure, now)
        opening.close_case(
            opened,
            name="case.suspended",
            changes={
                "state": BY_ACTION["suspend_case"].target,
                **standing(case, rules.read_ledger(case.ledger).suspended(stay)),
            },
            audited={"kind": stay.kind},
        )
        papers.issue_procedure(case, stay=stay, now=now)
    return Outcome(case)


def _checked(case: models.Case, procedure: Procedure, now: datetime) -> rules.Stay:
    if not 1 <= procedure.expected_days <= rules.LONGEST_PROCEDURE:
        raise errors.ProcedureDaysError(path=("expectedDays",), limit=rules.LONGEST_PROCEDURE)
    is_consultation = procedure.kind is rules.PauseKind.CONSULTATION
    if is_consultation and not hall.office_terms().consultation_pauses:
        raise queries.not_allowed("suspend_case", case, "CONSULTATION")
    return rules.Stay(
        kind=procedure.kind,
        since=now,
        reason=texts.checked(procedure.reason, path=("reason",), is_required=True),
        document=texts.checked(procedure.document, path=("document",), is_required=True),
        expected_days=procedure.expected_days,
    )


def standing(case: models.Case, ledger: rules.Ledger) -> dict[str, object]:
    """Return what of a case follows from another ledger: the ledger itself and both due dates."""
    dates = rules.due_dates(
        hall.reckoning(), case.accepted_at, read_snapshot(case.offering), ledger
    )
    return {"ledger": ledger.to_json(), **dates.as_changes()}


def resume_case(
    *,
    actor: Actor,
    number: str,
    outcome: str,
    expected_version: int | None = None,
    idempotency_key: uuid.UUID,
    now: datetime,
) -> Outcome:
    """Let the clock go on, now that the special procedure is over, with what came of it.

    The day on which it goes on is not counted. Raises: TextInvalidError,
    CaseResumeNotAllowedError and as ``opening.open_case``.
    """
    with unit_of_work() as work:
        opened = opening.open_case(
            work,
            actor=actor,
            action="resume_case",
            number=number,
            request={"outcome": outcome},
            expected_version=expected_version,
            idempotency_key=idempotency_key,
            now=now,
        )
        case = opened.case
        if opened.is_repeat:
            return Outcome(case)
        said = texts.checked(outcome, path=("outcome",), is_required=True)
        ledger = rules.read_ledger(case.ledger).resumed(now, said)
        opening.close_case(
            opened,
            name="case.resumed",
            changes={
                "state": BY_ACTION["resume_case"].target,
                **standing(case, ledger),
            },
        )
    return Outcome(case)
