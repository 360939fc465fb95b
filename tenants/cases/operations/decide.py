"""Deciding a case that was reviewed and verified."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from tenants.cases import errors, models, queries, rules
from tenants.cases.operations import attempts, grounds, lamps, opening, papers, texts
from tenants.cases.operations.outcomes import Outcome
from tenants.cases.states import BY_ACTION
from tenants.staff.rules import Authority
from tongban.kernel.actors import Actor

_EVENTS = {rules.Decision.APPROVE: "case.approved", rules.Decision.REJECT: "case.rejected"}


def decide_case(
    *,
    actor: Actor,
    number: str,
    decision: rules.Decision,
    ground_code: str = "",
    subjects: Sequence[rules.Subject] = (),
    override_reason: str = "",
    text: str = "",
    expected_version: int | None = None,
    idempotency_key: uuid.UUID,
    now: datetime,
) -> Outcome:
    """Approve the application, or reject it on a coded ground (行政许可法 38).

    Both want of each department that reviews a recorded review and a verification by another
    person; an approval favourable ones, and every required material. Where the liable department
    works in the center, whoever decides holds its authorization deed (《进厅事项授权责任书》); a
    revocation comes before or after. A rejection names the ``subjects`` that its ground is about,
    or goes by those of the reviews that speak against it on that ground; what was confirmed it
    judges otherwise only with the ``override_reason``. Raises: NotAuthorizedError,
    MaterialMissingError, CaseDecideNotAllowedError and as ``grounds.checked``,
    ``grounds.override`` and ``opening.open_case``.
    """
    with attempts.watched(actor=actor, action="decide_case", number=number, now=now) as work:
        opened = opening.open_case(
            work,
            actor=actor,
            action="decide_case",
            number=number,
            request={
                "decision": decision,
                "ground": ground_code,
                "text": text,
                **({"subjects": [list(each) for each in subjects]} if subjects else {}),
                **({"override_reason": override_reason} if override_reason else {}),
            },
            expected_version=expected_version,
            idempotency_key=idempotency_key,
            now=now,
        )
        case = opened.case
        if opened.is_repeat:
            return Outcome(case)
        deed = queries.authority(queries.membership_of(actor), case, now=now, lock=True)
        said: dict[str, Any] = {
            "decision": decision.value,
            **_against(case, decision, ground_code),
            "text": texts.checked(text, path=("text",)),
            "by": opened.by.as_json(),
            **by_deed(deed),
        }
        if decision is rules.Decision.REJECT:
            lamps.require_undeemed(case, "decide_case", now)
        queries.require_reviews(case, decision)
        override = grounds.Override()
        if decision is rules.Decision.APPROVE:
            # A rebase may have asked for more.
            queries.require_materials(case)
        else:
            about = _about(case, ground_code, subjects)
            override = grounds.override(case, about, reason=override_reason)
            said["subjects"] = [{key: each[key] for key in _SUBJECT} for each in about]
        opening.close_case(
            opened,
            name=_EVENTS[decision],
            changes={
                "state": BY_ACTION[f"{decision.value}_case"].target,
                "decided_at": now,
                "decision": said,
                **override.changes(case, case.department, now),
            },
            data=override.data(),
            audited={"deed": deed.deed_number} if deed else None,
        )
        papers.issue_decision(case, now=now)
    return Outcome(case)


def by_deed(authority: Authority | None) -> dict[str, Any]:
    """Return what a decision keeps of the deed by which it was made; nothing where none is."""
    if authority is None:
        return {}
    return {
        "authority": {
            "department": authority.department_code,
            "department_name": authority.department_name,
            "deed": authority.deed_number,
        }
    }


_SUBJECT = ("material", "condition", "about")


def _about(case: models.Case, code: str, subjects: Sequence[rules.Subject]) -> list[dict[str, Any]]:
    """Return what a rejection on this ground is about, by default what its reviews say it is."""
    said = subjects or dict.fromkeys(
        rules.subject_of(ground)
        for task in case.tasks.order_by("id")
        for ground in task.grounds
        if ground["ground"] == code and rules.subject_of(ground) != rules.FORM
    )
    named = [rules.Ground(code, material, condition) for material, condition in said]
    if not named and code in rules.TIED_GROUNDS:
        raise errors.GroundSubjectRequiredError(path=("subjects",), ground=code)
    return grounds.checked(case, named, path="subjects") if named else []


def _against(case: models.Case, decision: rules.Decision, code: str) -> dict[str, Any]:
    """Return on what ground a rejection stands, and before whom it is contested."""
    if decision is rules.Decision.APPROVE:
        return {}
    if not code:
        raise errors.GroundRequiredError(path=("groundCode",))
    if code not in rules.REJECTION_GROUNDS:
        raise errors.GroundUnknownError(path=("groundCode",), ground=code)
    return {
        "ground": code,
        "ground_text": rules.REJECTION_GROUNDS[code][0],
        "remedies": queries.remedies_of(case).as_json(),
    }
