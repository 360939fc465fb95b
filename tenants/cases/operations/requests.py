"""Asking the center that holds a case to do what the applicant asks for here.

A request travels along ``toward_code`` from center to center. What it brings about comes back as
an event that bears its id, a refusal as an entry of this center's log.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from tenants.cases.operations import opening
from tenants.cases.operations.incoming import Addition
from tenants.cases.operations.opening import Opened
from tenants.cases.operations.outcomes import Outcome
from tongban.kernel import context
from tongban.kernel.models import LogEntry

REQUEST_KIND = "case.request"
REFUSED_KIND = "case.request_refused"
TOPIC = "case_request"

_ANSWERS = {
    "add_material": ("case.material_added", "case.commitment_made"),
    "answer_notice": ("case.notice_answered",),
    "withdraw_case": ("case.withdrawn",),
    "withdraw_consent": ("case.consent_withdrawn",),
}
"""Action → the events of which one answers a request for it: a key may stand for several."""


def mark(request_id: str) -> dict[str, str]:
    """Return what an event says of the request that it answers."""
    return {"request_id": request_id} if request_id else {}


def ask(
    opened: Opened,
    *,
    additions: Sequence[Addition] = (),
    said: Mapping[str, Any] | None = None,
) -> Outcome:
    """Send the opened action toward the custodian; the case here stays as it is."""
    case = opened.case
    request_id = str(opened.claim.record.key)
    opened.work.send(
        destination=case.toward_code,
        kind=REQUEST_KIND,
        key=case.number,
        payload={
            "request_id": request_id,
            "number": case.number,
            "operation": opened.action,
            "additions": [
                {
                    "code": item.code,
                    "name": item.name,
                    "files": list(item.files),
                    **({"told": item.told} if item.told else {}),
                }
                for item in additions
            ],
            "said": dict(said or {}),
            "files": sorted({file["sha256"] for item in additions for file in item.files}),
            "by": opened.by.as_json(),
            "on_behalf_of": opened.on_behalf_of.as_json() if opened.on_behalf_of else None,
            "via": [context.current_center()],
        },
    )
    opened.work.record(
        topic=TOPIC,
        subject=case.number,
        name="case.requested",
        at=opened.now,
        data={"request_id": request_id, "operation": opened.action},
    )
    opening.audit(
        opened.work, opened.actor, opened.action, case, now=opened.now,
        data={"asked": case.toward_code},
    )  # fmt: skip
    opened.claim.settle({"number": case.number, "request_id": request_id})
    return Outcome(case, is_pending=True)


def repeated(opened: Opened) -> Outcome:
    """Answer a repeat: the case as it stands, pending while a request has no answer yet."""
    request_id = (opened.claim.outcome or {}).get("request_id")
    is_pending = request_id is not None and not _is_answered(opened, request_id)
    return Outcome(opened.case, is_pending=is_pending)


def _is_answered(opened: Opened, request_id: Any) -> bool:
    return (
        opened.case.events.filter(
            name__in=_ANSWERS[opened.action], data__request_id=request_id
        ).exists()
        or LogEntry.objects.filter(
            topic=TOPIC,
            subject=opened.case.number,
            name=REFUSED_KIND,
            data__operation=opened.action,
            data__request_id=request_id,
        ).exists()
    )
