"""Keeping what the staff attempted and was refused, where those who supervise must know of it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.db.models import F

from tenants.cases import errors, policies, queries, rules
from tenants.cases.operations import findings, opening
from tenants.staff.rules import Membership
from tenants.windows import queries as hall
from tongban.kernel.actors import Actor
from tongban.kernel.errors import DomainError
from tongban.kernel.transactions import Work, unit_of_work


@contextmanager
def watched(*, actor: Actor, action: str, number: str, now: datetime) -> Iterator[Work]:
    """Run the block as a unit of work, and keep its refusal where that is a finding.

    What was refused is rolled back; the finding is a transaction of its own, which has committed
    before the refusal goes on its way.
    """
    try:
        with unit_of_work() as work:
            yield work
    except DomainError as refusal:
        _keep(actor, action, number, refusal, now)
        raise


def _keep(actor: Actor, action: str, number: str, refusal: DomainError, now: datetime) -> None:
    membership = queries.membership_of(actor)
    if membership is None or not membership.has(*policies.ROLES[action]):
        return
    with unit_of_work() as work:
        try:
            case = queries.access_as(actor, membership, number, lock=True)
        except errors.CaseNotFoundError:
            return
        code = rules.attempted(
            action=action,
            refusal=refusal.code,
            reason=str(refusal.params.get("reason", "")),
            state=case.state,
        )
        if not code:
            return
        again = case.found.filter(code=code, place=None, replied_at=None)
        if not again.update(attempts=F("attempts") + 1):
            findings.add(
                work, case, code, now,
                action=action, refusal=refusal.code, window_code=_window_of(membership),
            )  # fmt: skip
        opening.audit(
            work, actor, "attempt", case, now=now,
            data={"finding": code, "action": action, "refusal": refusal.code},
        )  # fmt: skip


def _window_of(membership: Membership) -> str:
    window = hall.window_of(membership.member_id) if membership.member_id else None
    return window.code if window else ""
