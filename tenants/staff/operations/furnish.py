"""The registers of a demonstration: departments at work in one center, with what they need.

So that the rules of posting, deed and seal are to be seen where others go by roles alone.
"""

import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tenants.staff import models
from tenants.staff.operations import deeds, departments, postings, seals
from tenants.staff.rules import CenterRole, PostingKind
from tongban.kernel import calendar
from tongban.kernel.actors import Actor

CENTER = "371402"


@dataclass(frozen=True, slots=True)
class Department:
    """One that works in the center; what it decides there itself has a deed and a seal."""

    code: str
    name: str
    section_name: str
    deed: str = ""
    seal: str = ""


DEPARTMENTS = (
    # Whose matters the district decides by itself: a marriage registration among them.
    Department("MZJ", "民政局", "审批服务股", "德城民授〔2026〕1号", "MZJ-2"),
    # 网吧设立 is reviewed jointly: by the liable department and two others that take part.
    Department("WLJ", "文化和旅游局", "行政许可股", "德城文旅授〔2026〕1号", "WLJ-2"),
    Department("GAJ", "公安局", "政务服务中队"),
    Department("XFDD", "消防救援大队", "审批服务岗"),
)

Posted = tuple[str, CenterRole | None, int | None]
"""Code of the department, role in the center, account of the member."""


def furnish_registers(*, actor: Actor, people: Sequence[Posted], now: datetime) -> int:
    """Let the departments work in the running center, and return how many entries were missing.

    The first of a department's people keeps its seal. An entry that was there once is not made
    again, whatever became of it.
    """
    numbers = dict(
        models.Member.objects.active()
        .filter(account_id__in=[account for _, _, account in people if account])
        .values_list("account_id", "staff_number")
    )
    made = 0
    for department in DEPARTMENTS:
        here = [
            (numbers[account], role)
            for code, role, account in people
            if code == department.code and account in numbers
        ]
        chief = next((n for n, role in here if role is CenterRole.CHIEF_REPRESENTATIVE), None)
        if chief is None or len(here) == 1:
            continue
        for is_there, operation, said in _entries(department, chief, [n for n, _ in here], now):
            made += _make(is_there, operation, actor, now, said)
    return made


Entry = tuple[Callable[[], bool], Callable[..., object], dict[str, Any]]


def _entries(
    department: Department, chief: str, staff: Sequence[str], now: datetime
) -> Iterator[Entry]:
    code = department.code
    yield (
        models.Department.objects.filter(code=code).exists,
        departments.open_department,
        {
            "code": code, "name": department.name, "credit_code": "",
            "section_name": department.section_name,
        },
    )  # fmt: skip
    for number in staff:
        kind = PostingKind.CHIEF_REPRESENTATIVE if number == chief else PostingKind.STAFF
        yield (
            models.Posting.objects.filter(
                department__code=code, member__staff_number=number
            ).exists,
            postings.post_member,
            {
                "staff_number": number, "department_code": code, "kind": kind,
                "started_on": None,
            },
        )  # fmt: skip
    if department.deed:
        yield (
            models.AuthorizationDeed.objects.filter(number=department.deed).exists,
            deeds.grant_deed,
            {
                "number": department.deed, "department_code": code, "staff_number": chief,
                "matters": [], "valid_from": calendar.local_day(now), "valid_to": None,
            },
        )  # fmt: skip
    if department.seal:
        yield (
            models.Seal.objects.filter(code=department.seal).exists,
            seals.register_seal,
            {
                "code": department.seal, "name": f"德城区{department.name}行政审批专用章（2）",
                "department_code": code, "keeper": staff[0],
            },
        )  # fmt: skip


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
