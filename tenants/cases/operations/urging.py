"""督办: urging those who handle a case, their reply, and what follows when there is none."""

import uuid
from datetime import datetime
from typing import Any, Final

from tenants.cases import errors, models, rules
from tenants.cases.operations import findings, log, opening, parties, texts, timing
from tenants.cases.operations.outcomes import Outcome
from tenants.cases.states import Custody
from tenants.windows import queries as hall
from tongban.kernel import context
from tongban.kernel.actors import Actor
from tongban.kernel.calendar import LimitUnit
from tongban.kernel.ports import DueTimer
from tongban.kernel.transactions import Work, unit_of_work

_OVERDUE: Final = "办理期限已过，系统自动督办。"


def urge_case(
    *,
    actor: Actor,
    number: str,
    text: str,
    expected_version: int | None = None,
    idempotency_key: uuid.UUID,
    now: datetime,
) -> Outcome:
    """Urge those who handle a case; they answer within the time that the center's terms set.

    Raises: TextInvalidError, CaseUrgeNotAllowedError and as ``opening.open_case``.
    """
    with unit_of_work() as work:
        opened = opening.open_case(
            work,
            actor=actor,
            action="urge_case",
            number=number,
            request={"text": text},
            expected_version=expected_version,
            idempotency_key=idempotency_key,
            now=now,
        )
        case = opened.case
        if opened.is_repeat:
            return Outcome(case)
        said = texts.checked(text, path=("text",), is_required=True)
        due = hall.reckoning()
        ordinal = _next_number(case)
        reply_due_at = due.due_at(now, due.terms.urging_reply_days, LimitUnit.WORKING_DAY)
        opening.close_case(
            opened,
            name="case.urged",
            changes={"urgings_open": case.urgings_open + 1},
            data={
                "urging": {
                    "number": ordinal,
                    "text": said,
                    "reply_due_at": reply_due_at,
                    "is_escalated": False,
                }
            },
        )
        work.schedule(
            kind=timing.REPLY_TIMER,
            key=f"{case.number}-{ordinal}",
            fires_at=reply_due_at + rules.MOMENT,
            payload={"number": case.number, "urging": ordinal},
        )
    return Outcome(case)


def _next_number(case: models.Case) -> int:
    return case.urgings.count() + 1


def escalation(case: models.Case, now: datetime, *, text: str = _OVERDUE) -> dict[str, Any]:
    """Return what an event says of a limit that is over: the clock itself urges, at the supervisor.

    Nobody waits for a reply to put it there.
    """
    return {
        "urging": {
            "number": _next_number(case),
            "text": text,
            "reply_due_at": now,
            "is_escalated": True,
        }
    }


def reply_urging(
    *,
    actor: Actor,
    number: str,
    urging: int,
    reply: str,
    expected_version: int | None = None,
    idempotency_key: uuid.UUID,
    now: datetime,
) -> Outcome:
    """Answer an urging of a case, also one that went to the supervisor meanwhile.

    Raises: UrgingNotFoundError, TextInvalidError, CaseReplyUrgingNotAllowedError and as
    ``opening.open_case``.
    """
    with unit_of_work() as work:
        opened = opening.open_case(
            work,
            actor=actor,
            action="reply_urging",
            number=number,
            request={"urging": urging, "reply": reply},
            expected_version=expected_version,
            idempotency_key=idempotency_key,
            now=now,
        )
        case = opened.case
        if opened.is_repeat:
            return Outcome(case)
        said = texts.checked(reply, path=("reply",), is_required=True)
        if not case.urgings.filter(number=urging, replied_at__isnull=True).exists():
            raise errors.UrgingNotFoundError(path=("urging",), urging=urging)
        opening.close_case(
            opened,
            name="case.urging_replied",
            changes={"urgings_open": case.urgings_open - 1},
            data={"urging_reply": {"number": urging, "text": said}},
        )
        work.cancel_timer(kind=timing.REPLY_TIMER, key=f"{case.number}-{urging}")
    return Outcome(case)


def escalate(timer: DueTimer, now: datetime) -> None:
    """Bring an urging that nobody answered in time to the supervisor, with a finding."""
    with unit_of_work() as work:
        number, ordinal = timer.payload["number"], timer.payload["urging"]
        case = models.Case.objects.select_for_update().filter(number=number).first()
        here = context.current_center()
        if case is None or case.custody != Custody.HELD or case.custodian_code != here:
            return
        if not case.urgings.filter(
            number=ordinal, replied_at__isnull=True, escalated_at__isnull=True
        ).exists():
            return
        _escalate(work, case, ordinal, now)


def _escalate(work: Work, case: models.Case, ordinal: int, now: datetime) -> None:
    log.append_event(
        work,
        case,
        name="case.urging_escalated",
        by=parties.system("督办升级"),
        now=now,
        changes={"findings": findings.with_finding(case, "URGING_UNANSWERED", now)},
        data={"urging_escalated": {"number": ordinal}},
    )
