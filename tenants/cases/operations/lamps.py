"""What time itself does to a case: its lamp changes, and what follows from a limit that is over.

Timers call these, once each; the case's row lock decides between a timer and whoever acts at the
same moment.
"""

from datetime import datetime
from typing import Any, Final

from tenants.cases import models, queries, rules
from tenants.cases.operations import (
    accept,
    commitments,
    custody,
    findings,
    log,
    papers,
    parties,
    timing,
    urging,
)
from tenants.cases.states import BY_ACTION, Lamp, State, permits
from tongban.catalog.rules.snapshot import OfferingSnapshot, read_snapshot
from tongban.kernel import context
from tongban.kernel.ports import DueTimer
from tongban.kernel.transactions import Work, unit_of_work

WATCH: Final = "时限监控"
"""As what the system acts when time passes."""


def change_lamp(timer: DueTimer, now: datetime) -> None:
    """Let the lamp of a case change at the moment it does (红黄灯).

    Red is past due: where law allows it the case is approved by default (超时默认), everywhere else
    it goes to the supervisor. What was decided, suspended or handed on meanwhile is left alone.
    """
    with unit_of_work() as work:
        case = custody.held_case(timer.key)
        if case is None:
            return
        showing = timing.showing_of(case, now)
        lamp = showing.lamp.value if showing.lamp else ""
        if lamp == Lamp.RED and case.lamp != Lamp.RED:
            _overdue(work, case, now)
        elif lamp != case.lamp:
            log.append_event(
                work,
                case,
                name="case.lamp_changed",
                by=parties.system(WATCH),
                now=now,
                changes={"lamp": lamp},
            )
        elif showing.next_at is not None:
            work.schedule(kind=timing.LAMP_TIMER, key=case.number, fires_at=showing.next_at)


def _overdue(work: Work, case: models.Case, now: datetime) -> None:
    offering = read_snapshot(case.offering)
    if offering.content.tacit_approval and case.owner_code == context.current_center():
        _approve(work, case, offering, now)
        return
    found = [finding["code"] for finding in case.findings]
    changes: dict[str, Any] = {"lamp": Lamp.RED.value}
    data: dict[str, Any] = {}
    if "OVERDUE" not in found:
        changes["findings"] = findings.with_finding(case, "OVERDUE", now)
        changes["urgings_open"] = case.urgings_open + 1
        data = urging.escalation(case, now)
    log.append_event(
        work,
        case,
        name="case.lamp_changed",
        by=parties.system(WATCH),
        now=now,
        changes=changes,
        data=data,
    )


def _approve(work: Work, case: models.Case, offering: OfferingSnapshot, now: datetime) -> None:
    """Approve the locked case by default: its department is liable, the next step opens."""
    by = parties.system("超时默认")
    basis = offering.content.legal_bases[offering.content.tacit_approval_basis or 0]
    said = {"statute": basis.statute, "article": basis.article}
    log.append_event(
        work,
        case,
        name="case.approved",
        by=by,
        now=now,
        changes={
            "state": BY_ACTION["deem_approved"].target,
            "decided_at": now,
            "findings": findings.with_finding(case, "TACIT_APPROVAL", now),
            "decision": {
                "decision": rules.Decision.APPROVE.value,
                "deemed": said,
                "text": f"超过承诺期限未作出决定，依据《{basis.statute}》{basis.article}视为准予。",
                "by": by.as_json(),
            },
        },
        data={"deemed": said},
    )
    papers.issue_decision(case, now=now)


def end_notice(timer: DueTimer, now: datetime) -> None:
    """Let an application count as accepted that nobody told the defects of within five days.

    A permit is accepted as of the day of receipt, from which its limits run (行政许可法 32(4)), by
    whoever must decide it. Elsewhere, and for other matters, a finding remains.
    """
    with unit_of_work() as work:
        case = custody.held_case(timer.key)
        if case is None or case.state != State.SUBMITTED or case.notice_due_at is None:
            return
        if now <= case.notice_due_at:
            work.schedule(
                kind=timing.NOTICE_TIMER,
                key=case.number,
                fires_at=case.notice_due_at + rules.MOMENT,
            )
            return
        offering = read_snapshot(case.offering)
        is_permit = offering.content.matter_type == rules.PERMIT
        if is_permit and case.owner_code == context.current_center():
            _accept(work, case, now)
        else:
            _note_overdue(work, case, now)


def _accept(work: Work, case: models.Case, now: datetime) -> None:
    assert case.received_at is not None  # of every submitted case
    accepting = accept.acceptance(case, accepted_at=case.received_at, now=now)
    changes = {
        **accepting,
        **commitments.fallen(case, accepting, now),
        "findings": findings.with_finding(case, "NOTICE_OVERDUE", now),
    }
    log.append_event(
        work,
        case,
        name="case.accepted",
        by=parties.system("视为受理"),
        now=now,
        changes=changes,
        data={"deemed": {"statute": "中华人民共和国行政许可法", "article": "第三十二条"}},
    )
    papers.issue_acceptance(case, now=now, is_deemed=True)


def _note_overdue(work: Work, case: models.Case, now: datetime) -> None:
    if any(finding["code"] == "NOTICE_OVERDUE" for finding in case.findings):
        return
    log.append_event(
        work,
        case,
        name="case.notice_overdue",
        by=parties.system(WATCH),
        now=now,
        changes={
            "findings": findings.with_finding(case, "NOTICE_OVERDUE", now),
            "urgings_open": case.urgings_open + 1,
        },
        data=urging.escalation(case, now),
    )


def require_undeemed(case: models.Case, action: str, now: datetime) -> None:
    """Raise where the case counts as approved already, though its timer is still to fire.

    A late veto has no effect (超时默认), however little too late. Raises: the action's refusal.
    """
    if not read_snapshot(case.offering).content.tacit_approval:
        return
    is_open = permits(case.state, "deem_approved")
    if is_open and timing.showing_of(case, now).lamp is Lamp.RED:
        raise queries.not_allowed(action, case, "TACIT")
