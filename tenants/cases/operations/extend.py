"""The one extension that a limit may get, approved by the head of who handles it."""

import uuid
from datetime import datetime

from tenants.cases import errors, models, queries, rules
from tenants.cases.operations import lamps, opening, papers, suspend, texts
from tenants.cases.operations.opening import Opened
from tenants.cases.operations.outcomes import Outcome
from tongban.catalog.rules.content import Limit
from tongban.catalog.rules.snapshot import read_snapshot
from tongban.kernel.actors import Actor
from tongban.kernel.transactions import unit_of_work

_HANDLING = ("case.accepted", "case.review_started", "case.review_recorded")
"""Events by which somebody comes to handle a case."""


def extend_case(
    *,
    actor: Actor,
    number: str,
    amount: int,
    reason: str,
    expected_version: int | None = None,
    idempotency_key: uuid.UUID,
    now: datetime,
) -> Outcome:
    """Approve the one extension of a case's limit, by ``amount`` days (行政许可法 42).

    The actor is a chief representative other than who handles the case; the applicant is told the
    reasons in writing. Both the legal limit and the promise get longer. Raises:
    ExtensionNotProvidedError, ExtensionTooLongError, SameApproverError, TextInvalidError,
    CaseExtendNotAllowedError and as ``opening.open_case``.
    """
    with unit_of_work() as work:
        opened = opening.open_case(
            work,
            actor=actor,
            action="extend_case",
            number=number,
            request={"amount": amount, "reason": reason},
            expected_version=expected_version,
            idempotency_key=idempotency_key,
            now=now,
        )
        case = opened.case
        if opened.is_repeat:
            return Outcome(case)
        lamps.require_undeemed(case, "extend_case", now)
        ledger = rules.read_ledger(case.ledger)
        _require_in_time(case, now)
        extension = rules.Extension(
            limit=_checked_limit(case, amount),
            at=now,
            reason=texts.checked(reason, path=("reason",), is_required=True),
            approver=opened.by.as_json(),
        )
        _require_another(opened)
        opening.close_case(
            opened,
            name="case.extended",
            changes=suspend.standing(case, ledger.extended(extension)),
            audited={"amount": amount},
        )
        papers.issue_extension(case, extension=extension, now=now)
    return Outcome(case)


def _require_in_time(case: models.Case, now: datetime) -> None:
    due = case.statutory_due_at or case.promised_due_at
    if due is not None and now > due:
        raise queries.not_allowed("extend_case", case, "OVERDUE")


def _checked_limit(case: models.Case, amount: int) -> Limit:
    longest = rules.longest_extension(read_snapshot(case.offering))
    if longest is None:
        raise errors.ExtensionNotProvidedError(path=("amount",))
    if not 1 <= amount <= longest.amount:
        raise errors.ExtensionTooLongError(path=("amount",), limit=longest.amount)
    return Limit(amount, longest.unit)


def _require_another(opened: Opened) -> None:
    """Raise where the approver is one of those who handle the case here."""
    handled_by = opened.case.events.filter(name__in=_HANDLING).values_list("actor", flat=True)
    me = (opened.by.center_code, opened.by.staff_number, opened.by.name)
    if any(
        (party["center_code"], party["staff_number"], party["name"]) == me for party in handled_by
    ):
        raise errors.SameApproverError
