"""The end of a draft: discarded by its owner, or removed when it was left alone for too long.

What was never handed in is no file of the center, and nothing of it stays: who keeps something of
it takes that away in the same transaction, and the bytes of its files follow (``leftovers``). The
log is append-only, so a function of the database removes it, which refuses everything else.
"""

import uuid
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import connection
from django.db.models import QuerySet

from tenants.cases import errors, models, queries, rules
from tenants.cases.operations import leftovers, log, opening, parties, provisional
from tenants.cases.states import State
from tongban.kernel import actors, ports
from tongban.kernel.actors import Actor
from tongban.kernel.models import OutboxMessage
from tongban.kernel.ports import DueTimer
from tongban.kernel.transactions import PLATFORM, Work, claim_key, unit_of_work

REMOVED_KIND: Final = "case.removed"
KEEPER: Final = "草稿保管"
"""As what the system acts when a draft's time is over."""


def discard_case(
    *,
    actor: Actor,
    number: str,
    expected_version: int | None = None,
    idempotency_key: uuid.UUID,
    now: datetime,
) -> str:
    """Remove a draft for good, as its applicant or at the window that keeps it, and its number.

    A repeat answers alike. Raises: CaseNotFoundError, CaseDiscardNotAllowedError,
    NotCustodianError, StaleVersionError.
    """
    with unit_of_work() as work:
        claim = claim_key(
            actor=actor,
            operation="discard_case",
            key=idempotency_key,
            request={"number": opening.plain(number), "expected_version": expected_version},
        )
        if claim.repeated:
            return str((claim.outcome or {})["number"])
        membership = queries.membership_of(actor)
        seen = queries.access_as(actor, membership, number)
        locked = lock_cases(models.Case.objects.filter(pk=seen.pk))
        if not locked:  # somebody else discarded it at this moment
            raise errors.CaseNotFoundError(path=("number",))
        (case,) = locked
        opening.require_possible(actor, membership, case, "discard_case", expected_version)
        remove_draft(work, case, now=now)
        opening.audit(work, actor, "discard_case", case, now=now)
        claim.settle({"number": case.number})
    return str(case.number)


def lock_cases(found: QuerySet[models.Case]) -> list[models.Case]:
    """Lock cases, each behind its provisional number, in the order in which they are handed in."""
    provisional.lock_blocks(found.values_list("provisional_number", flat=True))
    return list(found.select_for_update().order_by("id"))


def remove_draft(work: Work, case: models.Case, *, now: datetime) -> None:
    """Remove the locked ``case``, which was never handed in, and all that the center has of it.

    Its provisional number stands for nothing else from now on.
    """
    leftovers.leave(work, case, now=now)
    if case.provisional_number:
        provisional.spend(case.provisional_number)
    for forget in ports.case_forgetters.values():
        forget(case.number)
    work.cancel_timer(kind=log.DRAFT_TIMER, key=case.number)
    # What the index was told names the person masked; this message comes behind it, and ends it.
    OutboxMessage.objects.filter(key=case.number, settled_at__isnull=False).delete()
    work.send(
        destination=PLATFORM, kind=REMOVED_KIND, key=case.number, payload={"number": case.number}
    )
    with connection.cursor() as cursor:
        cursor.execute("SELECT cases_discard(%s)", [case.number])


def end_draft(timer: DueTimer, now: datetime) -> None:
    """Tell the owner of a draft that it is about to go, or remove it when its time is over.

    It lasts ``RETENTION_DRAFT_DAYS`` from its last change, and nothing goes within
    ``rules.DRAFT_WARNING`` of the message. One that was withdrawn goes without.
    """
    with unit_of_work() as work:
        for case in lock_cases(models.Case.objects.filter(number=timer.key)):
            if queries.was_handed_in(case):
                return
            changed_at, told = _changed_at(case), _told(case)
            ends_at = changed_at + timedelta(days=settings.RETENTION_DRAFT_DAYS)
            if told is None and case.state == State.DRAFT:
                _tell(work, case, ends_at, now=now)
                return
            going_at = told or ends_at
            if now < going_at:
                log.set_draft_timer(work, case, going_at)
                return
            remove_draft(work, case, now=now)
            opening.audit(work, actors.system("timers"), "expire_case", case, now=now)


def _tell(work: Work, case: models.Case, ends_at: datetime, *, now: datetime) -> None:
    """Tell that the locked draft goes, once that is near, and set the timer to what comes next."""
    warned_at = ends_at - rules.DRAFT_WARNING
    if now < warned_at:
        log.set_draft_timer(work, case, warned_at)
        return
    going_at = max(ends_at, now + rules.DRAFT_WARNING)
    log.append_event(
        work,
        case,
        name=log.DRAFT_EXPIRING,
        by=parties.system(KEEPER),
        now=now,
        data={"expires_at": going_at},
    )
    log.set_draft_timer(work, case, going_at)


def _changed_at(case: models.Case) -> datetime:
    changes = case.events.exclude(name=log.DRAFT_EXPIRING).order_by("-sequence")
    changed_at: datetime = changes.values_list("at", flat=True)[0]
    return changed_at


def _told(case: models.Case) -> datetime | None:
    """Return when the draft goes, as the last event told; None where it changed since."""
    last = case.events.order_by("-sequence")[0]
    if last.name != log.DRAFT_EXPIRING:
        return None
    return rules.draft_expiry(last.data)
