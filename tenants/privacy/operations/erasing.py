"""Deleting what the law lets a center delete of a person's data (个人信息保护法 47)."""

from datetime import datetime
from typing import Any

from tenants.cases import queries as cases
from tenants.cases.operations import erasing as case_erasing
from tenants.messages.operations import erasing as message_erasing
from tenants.privacy import models, queries
from tenants.privacy.rules import CONTESTED_FOR, DeletedKind, Deletion
from tenants.staff.rules import Membership
from tongban.kernel.actors import Actor
from tongban.kernel.transactions import Work


def erase(
    work: Work, row: models.DataRequest, *, actor: Actor, membership: Membership, now: datetime
) -> dict[str, Any]:
    """Delete what may go of the person who made the locked request; return both lists.

    What is counted as deleted is what went, whatever came since somebody looked. Within the
    caller's unit of work.
    """
    kept = queries.count_deletion(row, now=now).kept
    person = bytes(row.requester_hash)
    before = now - CONTESTED_FOR
    ended = cases.ended_before(person, before)
    drafts = case_erasing.erase_applicant(
        work, actor=actor, membership=membership, applicant_hash=person, now=now
    )
    told = message_erasing.erase_messages(recipient_hash=person, case_numbers=ended, before=before)
    values = queries.sealed_left(person).update(value_sealed=None)
    deleted = [
        (DeletedKind.DRAFTS, drafts),
        (DeletedKind.MESSAGES, told),
        (DeletedKind.REQUESTED_VALUES, values),
    ]
    return Deletion.counted(deleted, list(kept.items())).as_json()
