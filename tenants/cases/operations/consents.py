"""Recording on what the use of an applicant's data rests, and withdrawing a consent."""

import uuid
from datetime import datetime
from typing import Any

from tenants.cases import errors, models, queries, rules
from tenants.cases.operations import log, opening, requests
from tenants.cases.operations.outcomes import Outcome
from tongban.kernel.actors import Actor
from tongban.kernel.transactions import Work, unit_of_work


def checked(agreement: rules.Agreement | None) -> rules.Agreement | None:
    """Return what was agreed to, to a notice that there is. Raises: NoticeUnknownError."""
    if agreement is not None and agreement.notice not in rules.NOTICES:
        raise errors.NoticeUnknownError(
            path=("consent", "noticeVersion"), version=agreement.notice, current=rules.NOTICE
        )
    return agreement


def taken_in(
    case: models.Case,
    agreement: rules.Agreement | None,
    *,
    by: rules.Party,
    on_behalf_of: rules.Party | None,
    is_draft: bool,
    now: datetime,
) -> dict[str, Any]:
    """Return what handing the ``case`` in, or saving its draft, changes of its consents.

    What was agreed to with the draft holds, unless it is said anew.
    """
    said = _said(by, on_behalf_of, case.channel, now)
    consents = rules.agreed(rules.read_consents(case.consents), agreement, said)
    if not is_draft:
        consents = rules.handled(consents, agreement, said)
    changes = rules.consent_changes(consents)
    return changes if changes["consents"] != case.consents else {}


def withdraw_consent(
    *,
    actor: Actor,
    number: str,
    kind: rules.ConsentKind,
    expected_version: int | None = None,
    idempotency_key: uuid.UUID,
    now: datetime,
) -> Outcome:
    """Withdraw the consent to one use of the data of a case (个人信息保护法 15), given or not.

    By the applicant, or at a window on their behalf. What was done before stays lawful; a text
    message that has not left yet does not leave any more. Where another center holds the case, its
    staff here ask that center (``is_pending``). Raises: CaseWithdrawConsentNotAllowedError and as
    ``opening.open_case``.
    """
    with unit_of_work() as work:
        opened = opening.open_case(
            work,
            actor=actor,
            action="withdraw_consent",
            number=number,
            request={"kind": kind},
            expected_version=expected_version,
            idempotency_key=idempotency_key,
            now=now,
        )
        case = opened.case
        if opened.is_repeat:
            return requests.repeated(opened)
        if opened.is_elsewhere:
            return requests.ask(opened, said={"kind": kind})
        withdraw(work, case, kind, by=opened.by, on_behalf_of=opened.on_behalf_of, now=now)
        opening.audit(work, actor, opened.action, case, now=now, data={"kind": kind})
        opened.claim.settle({"number": case.number})
    return Outcome(case)


def withdraw(
    work: Work,
    case: models.Case,
    kind: rules.ConsentKind,
    *,
    by: rules.Party,
    on_behalf_of: rules.Party | None,
    now: datetime,
    request_id: str = "",
) -> None:
    """Append the withdrawal to the locked ``case``. Raises: CaseWithdrawConsentNotAllowedError."""
    queries.require_state(case, "withdraw_consent")
    former = rules.read_consents(case.consents)
    if kind not in rules.withdrawable(former):
        reason = "STATUTORY" if kind is rules.ConsentKind.HANDLING else "NO_CONSENT"
        raise queries.not_allowed("withdraw_consent", case, reason)
    said = _said(by, on_behalf_of, _way(case, is_own=on_behalf_of is None), now)
    log.append_event(
        work,
        case,
        name="case.consent_withdrawn",
        by=by,
        on_behalf_of=on_behalf_of,
        now=now,
        changes=rules.consent_changes(rules.withdrawn(former, kind, said)),
        data={"consent": kind, **requests.mark(request_id)},
    )


def _way(case: models.Case, *, is_own: bool) -> str:
    """Return how something is said later of a case: as it came in, where that fits who says it."""
    if is_own == (case.channel in rules.OWN_CHANNELS):
        return case.channel
    return rules.Channel.ONLINE if is_own else rules.Channel.COUNTER


def _said(
    by: rules.Party, on_behalf_of: rules.Party | None, channel: str, now: datetime
) -> rules.Said:
    applicant = on_behalf_of.as_json() if on_behalf_of else None
    return rules.Said(at=now, channel=channel, by=by.as_json(), on_behalf_of=applicant)
