"""What of a person's cases follows when they ask for the deletion of their data."""

from datetime import datetime
from typing import Final

from tenants.cases import models, queries, rules
from tenants.cases.operations import consents, discard, opening, parties
from tenants.cases.states import Custody
from tenants.staff.rules import Membership
from tongban.kernel import context
from tongban.kernel.actors import Actor
from tongban.kernel.transactions import Work

_TEXTS: Final = rules.ConsentKind.TEXT_MESSAGES


def erase_applicant(
    work: Work, *, actor: Actor, membership: Membership, applicant_hash: bytes, now: datetime
) -> int:
    """Remove a person's drafts, and return how many; of what was handed in use no more than is due.

    What is kept is stored and protected only (个人信息保护法 47 第二款): no text message about it
    leaves any more. Where another center holds a case, it tells its applicant by itself. Within the
    caller's unit of work.
    """
    held = models.Case.objects.filter(
        applicant_id_hash=applicant_hash,
        custody=Custody.HELD,
        custodian_code=context.current_center(),
    )
    locked = discard.lock_cases(held)
    drafts = set(queries.drafts_of(applicant_hash).values_list("pk", flat=True))
    for case in locked:
        if case.pk in drafts:
            discard.remove_draft(work, case, now=now)
            opening.audit(work, actor, "erase_case", case, now=now)
        elif _TEXTS in rules.withdrawable(rules.read_consents(case.consents)):
            applicant, by = parties.applicant(case), parties.staff(membership)
            consents.withdraw(work, case, _TEXTS, by=by, on_behalf_of=applicant, now=now)
            opening.audit(work, actor, "withdraw_consent", case, now=now, data={"kind": _TEXTS})
    return len(drafts)
