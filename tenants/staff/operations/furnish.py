"""The registers of a demonstration: one department at work in one center, with all that it needs.

So that the rules of deed and seal are to be seen where others go by roles alone.
"""

import uuid
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from tenants.staff import models
from tenants.staff.operations import deeds, departments, postings, seals
from tenants.staff.rules import PostingKind
from tongban.kernel import calendar
from tongban.kernel.actors import Actor

CENTER = "371402"
DEPARTMENT, NAME = "MZJ", "民政局"
"""Whose matters the district decides by itself: a marriage registration among them."""
DEED, SEAL = "德城民授〔2026〕1号", "MZJ-2"


def furnish_registers(
    *, actor: Actor, chief: int | None, staff: Sequence[int | None], now: datetime
) -> int:
    """Let the department work in the running center, and return how many entries were missing.

    ``chief`` and ``staff`` are accounts of members; the first of the staff keeps the seal. An
    entry that was there once is not made again, whatever became of it.
    """
    numbers = dict(
        models.Member.objects.active()
        .filter(account_id__in=[account for account in (chief, *staff) if account])
        .values_list("account_id", "staff_number")
    )
    here = [numbers[account] for account in staff if account in numbers]
    if chief not in numbers or not here:
        return 0
    return sum(
        _make(is_there, operation, actor, now, said)
        for is_there, operation, said in _entries(numbers[chief], here, now)
    )


Entry = tuple[Callable[[], bool], Callable[..., object], dict[str, Any]]


def _entries(chief: str, staff: list[str], now: datetime) -> list[Entry]:
    posted = models.Posting.objects.filter(department__code=DEPARTMENT)

    def posting(number: str, kind: PostingKind) -> Entry:
        return (
            posted.filter(member__staff_number=number).exists,
            postings.post_member,
            {
                "staff_number": number, "department_code": DEPARTMENT, "kind": kind,
                "started_on": None,
            },
        )  # fmt: skip

    return [
        (
            models.Department.objects.filter(code=DEPARTMENT).exists,
            departments.open_department,
            {"code": DEPARTMENT, "name": NAME, "credit_code": "", "section_name": "审批服务股"},
        ),
        posting(chief, PostingKind.CHIEF_REPRESENTATIVE),
        *(posting(number, PostingKind.STAFF) for number in staff),
        (
            models.AuthorizationDeed.objects.filter(number=DEED).exists,
            deeds.grant_deed,
            {
                "number": DEED, "department_code": DEPARTMENT, "staff_number": chief,
                "matters": [], "valid_from": calendar.local_day(now), "valid_to": None,
            },
        ),
        (
            models.Seal.objects.filter(code=SEAL).exists,
            seals.register_seal,
            {
                "code": SEAL, "name": "德城区民政局行政审批专用章（2）",
                "department_code": DEPARTMENT, "keeper": staff[0],
            },
        ),
    ]  # fmt: skip


def _make(
    is_there: Callable[[], bool],
    operation: Callable[..., object],
    actor: Actor,
    now: datetime,
    said: dict[str, Any],
) -> bool:
    if is_there():
        return False
    operation(actor=actor, idempotency_key=uuid.uuid4(), now=now, **said)
    return True
