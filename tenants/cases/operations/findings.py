"""What went wrong with a case: kept with it, and by the liable center for those who supervise.

The case's log tells what happened, so that every copy has it (``Case.findings``). The center that
is liable keeps a row for each besides, as it does for attempts that were refused: a list for its
supervisors, with a reply that is due and that goes to them where none comes.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from tenants.cases import models, rules
from tenants.cases.operations import timing
from tenants.staff import queries as staff
from tenants.windows import queries as hall
from tongban.catalog.rules.snapshot import read_snapshot
from tongban.kernel import context
from tongban.kernel.calendar import LimitUnit
from tongban.kernel.transactions import Work


def with_finding(
    case: models.Case, code: str, at: datetime, *, department: str = "", **particulars: Any
) -> list[dict[str, Any]]:
    """Return the findings of a case with one more, for which a department of this center is liable.

    It is the case's own unless ``department`` names another. ``particulars`` are the further
    fields of ``rules.Finding``.
    """
    finding = rules.Finding(
        code,
        at,
        context.current_center(),
        department or read_snapshot(case.offering).department,
        **particulars,
    )
    return [*case.findings, finding.as_json()]


def keep(work: Work, case: models.Case, event: models.CaseEvent) -> None:
    """Keep what an event of the locked ``case`` tells of findings of this center, and of replies.

    No statement for any other event.
    """
    if "findings" in event.changes:
        _keep_new(work, case, event)
    for key, said in event.data.items():
        if key in _REPLIES:
            case.found.filter(
                answered_with=f"{_REPLIES[key]} {said['number']}", replied_at=None
            ).update(replied_at=event.at_instant, reply=said["text"], replied_by=event.actor)


_REPLIES: Final[Mapping[str, str]] = {"urging_reply": "urging", "rectification": "rating"}
"""Key of an event's data → what it answers; so the findings that came with it are answered too."""

_LATE: Final[Mapping[str, str]] = {
    "urging": "urging",
    "urging_escalated": "urging",
    "rectification_overdue": "rating",
}
"""Key of an event's data → what it leaves to be answered, late already."""


def _keep_new(work: Work, case: models.Case, event: models.CaseEvent) -> None:
    known = set(case.found.values_list("place", flat=True))
    for place, said in enumerate(event.changes["findings"]):
        if said["center_code"] == context.current_center() and place not in known:
            at = event.at_instant
            with_it = (
                {
                    "answered_with": f"{_LATE[key]} {event.data[key]['number']}",
                    "reply_due_at": at,
                    "escalated_at": at,
                }
                if (key := next((key for key in event.data if key in _LATE), ""))
                else {}
            )
            window = said.get("window_code", "")
            add(
                work, case, said["code"], at,
                label=said["department"], place=place, window_code=window, **with_it,
            )  # fmt: skip


def add(
    work: Work, case: models.Case, code: str, at: datetime, *, label: str = "", **said: Any
) -> models.Finding:
    """Keep one finding about the locked ``case``, whose reply is due unless ``said`` tells when.

    ``label`` names the department that is liable, where it isn't the case's own. The reply is due
    as that to an urging is: within the working days of the office terms.
    """
    label = label or read_snapshot(case.offering).department
    department = staff.working_department(label)
    finding = models.Finding.objects.create(
        case=case,
        number=case.found.count() + 1,
        code=code,
        dimension=rules.FINDINGS[code].dimension,
        found_at=at,
        department_code=department.code if department else "",
        department_name=department.name if department else label,
        **{"reply_due_at": _due_at(at), **said},
    )
    if finding.escalated_at is None:
        work.schedule(
            kind=timing.FINDING_TIMER,
            key=timer_key(case, finding),
            fires_at=finding.reply_due_at + rules.MOMENT,
            payload={"number": case.number, "finding": finding.number},
        )
    return finding


def _due_at(at: datetime) -> datetime:
    due = hall.reckoning()
    return due.due_at(at, due.terms.urging_reply_days, LimitUnit.WORKING_DAY)


def timer_key(case: models.Case, finding: models.Finding) -> str:
    """Return the key of the timer that brings a finding to the supervisor."""
    return f"{case.number}-{finding.number}"
