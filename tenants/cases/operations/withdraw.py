"""Withdrawing an application before it is decided."""

import uuid
from datetime import datetime

from tenants.cases import models, queries, rules
from tenants.cases.operations import log, opening, requests, texts
from tenants.cases.operations.outcomes import Outcome
from tenants.cases.states import BY_ACTION
from tongban.kernel.actors import Actor
from tongban.kernel.transactions import Work, unit_of_work


def withdraw_case(
    *,
    actor: Actor,
    number: str,
    reason: str = "",
    expected_version: int | None = None,
    idempotency_key: uuid.UUID,
    now: datetime,
) -> Outcome:
    """Withdraw the application, as its applicant or at a window on the applicant's behalf.

    Where another center holds the case, its staff here ask that center (``is_pending``). Raises:
    TextInvalidError, and as ``opening.open_case``.
    """
    with unit_of_work() as work:
        opened = opening.open_case(
            work,
            actor=actor,
            action="withdraw_case",
            number=number,
            request={"reason": reason},
            expected_version=expected_version,
            idempotency_key=idempotency_key,
            now=now,
        )
        if opened.is_repeat:
            return requests.repeated(opened)
        plain = texts.checked(reason, path=("reason",))
        if opened.is_elsewhere:
            return requests.ask(opened, said={"reason": plain})
        withdraw(work, opened.case, plain, by=opened.by, on_behalf_of=opened.on_behalf_of, now=now)
        opening.audit(work, actor, opened.action, opened.case, now=now)
        opened.claim.settle({"number": opened.case.number})
    return Outcome(opened.case)


def withdraw(
    work: Work,
    case: models.Case,
    reason: str,
    *,
    by: rules.Party,
    on_behalf_of: rules.Party | None,
    now: datetime,
    request_id: str = "",
) -> None:
    """Append the withdrawal of the locked ``case``. Raises: CaseWithdrawNotAllowedError."""
    queries.require_state(case, "withdraw_case")
    log.append_event(
        work,
        case,
        name="case.withdrawn",
        by=by,
        on_behalf_of=on_behalf_of,
        now=now,
        changes={"state": BY_ACTION["withdraw_case"].target, "notice_due_at": None},
        data={"reason": reason, **requests.mark(request_id)},
    )
