"""How every operation on an existing case begins and ends."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tenants.cases import models, policies, queries, rules
from tenants.cases.operations import log, parties
from tenants.staff import queries as staff
from tenants.staff.rules import Membership
from tenants.windows import queries as hall
from tongban.kernel import context, numbers
from tongban.kernel.actors import Actor
from tongban.kernel.errors import DomainError, StaleVersionError
from tongban.kernel.transactions import Claim, Work, claim_key


@dataclass(frozen=True, slots=True)
class Opened:
    """A locked case on which the actor may do the action, or did it already (``is_repeat``)."""

    work: Work
    case: models.Case
    actor: Actor
    action: str
    claim: Claim
    by: rules.Party
    on_behalf_of: rules.Party | None
    now: datetime

    @property
    def is_repeat(self) -> bool:
        """Whether this very request had its effect before."""
        return self.claim.repeated

    @property
    def is_elsewhere(self) -> bool:
        """Whether another center holds the case, so that it must be asked."""
        return self.case.custodian_code != context.current_center()


def open_case(
    work: Work,
    *,
    actor: Actor,
    action: str,
    number: str,
    request: Mapping[str, Any],
    expected_version: int | None,
    idempotency_key: uuid.UUID,
    now: datetime,
) -> Opened:
    """Claim the key, lock the case, and check authority, custody, version, state and whose work.

    The first statement of its unit of work. Raises: IdempotencyKeyReusedError, CaseNotFoundError,
    the action's refusal, NotCustodianError, CustodyInTransitError, StaleVersionError,
    TaskClaimedError.
    """
    claim = claim_key(
        actor=actor,
        operation=action,
        key=idempotency_key,
        request={"number": plain(number), "expected_version": expected_version, **request},
    )
    membership = queries.membership_of(actor)
    case = queries.access_as(actor, membership, number, lock=True)
    is_own = queries.is_applicant(actor, case)
    opened = Opened(
        work=work,
        case=case,
        actor=actor,
        action=action,
        claim=claim,
        by=parties.applicant(case) if is_own or membership is None else parties.staff(membership),
        on_behalf_of=parties.applicant(case)
        if action in policies.BY_APPLICANT and not is_own
        else None,
        now=now,
    )
    if claim.repeated:
        return opened
    require_possible(actor, membership, case, action, expected_version)
    if action != "record_review":  # whose work that is, its department tells
        queries.require_unclaimed(membership, case, action, now=now)
    if action in policies.AT_WINDOW:
        take_on(case, membership)
    return opened


def take_on(case: models.Case, membership: Membership | None) -> None:
    """Note the window at which the member sits as the one that took the ``case`` on.

    Whoever sits at none changes nothing. The row is saved with the event that follows.
    """
    if membership is not None and membership.member_id is not None:
        window = hall.window_of(membership.member_id)
        if window is not None:
            case.window_code = window.code


def find_case(
    *, actor: Actor, action: str, number: str, expected_version: int | None
) -> models.Case:
    """Return a case on which the actor may do the action now, without lock, key or trace.

    Raises: as ``open_case``.
    """
    membership = queries.membership_of(actor)
    case = queries.access_as(actor, membership, number)
    require_possible(actor, membership, case, action, expected_version)
    return case


def require_possible(
    actor: Actor,
    membership: Membership | None,
    case: models.Case,
    action: str,
    expected_version: int | None,
) -> None:
    """Raise why the actor can't do ``action`` to the case now. Raises: as ``open_case``."""
    refusal = queries.refusal(actor, membership, case, action)
    is_stale = expected_version is not None and expected_version != case.version
    if is_stale and not _outweighs(refusal):
        raise StaleVersionError(path=("expectedVersion",), current=case.version)
    if refusal is None:
        refusal = queries.voiceless(action, case, staff.StaffRegister(membership))
    if refusal is not None:
        raise refusal


def _outweighs(refusal: DomainError | None) -> bool:
    """Tell whether a refusal would stand whatever the version: all but the state's would."""
    return refusal is not None and refusal.params.get("reason") != "STATE"


def plain(number: str) -> str:
    """Return a number as idempotency records keep it: in its canonical form where it has one."""
    try:
        return numbers.canonical(number)
    except numbers.CaseNumberError:
        return number


def close_case(
    opened: Opened,
    *,
    name: str,
    changes: Mapping[str, Any] | None = None,
    data: Mapping[str, Any] | None = None,
    audited: Mapping[str, Any] | None = None,
) -> None:
    """Append the event, leave the audit entry, and keep what the key brought about.

    ``audited`` stands in the audit entry beside what every entry says: no personal data.
    """
    case = opened.case
    log.append_event(
        opened.work,
        case,
        name=name,
        by=opened.by,
        on_behalf_of=opened.on_behalf_of,
        now=opened.now,
        changes=changes,
        data=data,
    )
    audit(opened.work, opened.actor, opened.action, case, now=opened.now, data=audited)
    opened.claim.settle({"number": case.number, "sequence": case.sequence})


def audit(
    work: Work,
    actor: Actor,
    action: str,
    case: models.Case,
    *,
    now: datetime,
    data: Mapping[str, Any] | None = None,
) -> None:
    """Leave the audit entry of an action on a case: the log has the particulars."""
    work.audit_action(
        actor=actor,
        action=f"case.{action.removesuffix('_case')}",
        object_type="case",
        object_key=case.number,
        at=now,
        data={"sequence": case.sequence, "state": case.state, **(data or {})},
    )
