"""Accepting an application, or refusing to."""

import uuid
from datetime import datetime
from typing import Any

from tenants.cases import errors, models, queries, rules
from tenants.cases.operations import commitments, debts, opening, papers, texts
from tenants.cases.operations.outcomes import Outcome
from tenants.cases.states import BY_ACTION
from tenants.windows import queries as hall
from tongban.catalog.rules.snapshot import read_snapshot
from tongban.kernel.actors import Actor
from tongban.kernel.transactions import unit_of_work


def accept_case(
    *,
    actor: Actor,
    number: str,
    with_gap: bool = False,
    expected_version: int | None = None,
    idempotency_key: uuid.UUID,
    now: datetime,
) -> Outcome:
    """Accept the application: the pinned offering's limits begin (行政许可法 42, 82).

    What is required must be there. What may follow (容缺后补) is owed from then on, if the caller
    says ``with_gap``. Raises: MaterialMissingError, MaterialGapError, CommitmentBarredError,
    CaseAcceptNotAllowedError and as ``opening.open_case``.
    """
    with unit_of_work() as work:
        opened = opening.open_case(
            work,
            actor=actor,
            action="accept_case",
            number=number,
            # Only what was said: a key that was claimed before there were gaps stays good.
            request={"with_gap": True} if with_gap else {},
            expected_version=expected_version,
            idempotency_key=idempotency_key,
            now=now,
        )
        case = opened.case
        if opened.is_repeat:
            return Outcome(case)
        queries.require_materials(case)
        queries.require_unbarred(case)
        changes = acceptance(case, accepted_at=now, now=now)
        if changes.get("debts") and not with_gap:
            owed = [debt["name"] for debt in changes["debts"]]
            raise errors.MaterialGapError(
                path=("withGap",),
                materials=[debt["code"] for debt in changes["debts"]],
                names="、".join(owed),
            )
        opening.close_case(opened, name="case.accepted", changes=changes)
        papers.issue_acceptance(case, now=now)
    return Outcome(case)


def acceptance(case: models.Case, *, accepted_at: datetime, now: datetime) -> dict[str, Any]:
    """Return what the acceptance of a case changes: both limits run from it, the gap is owed."""
    dates = rules.due_dates(
        hall.reckoning(), accepted_at, read_snapshot(case.offering), rules.Ledger()
    )
    return {
        "state": BY_ACTION["accept_case"].target,
        "accepted_at": accepted_at,
        "notice_due_at": None,
        **dates.as_changes(),
        **debts.opened(case, accepted_at=accepted_at, now=now),
        **commitments.accepted(case, now=now),
    }


def refuse_case(
    *,
    actor: Actor,
    number: str,
    ground_code: str,
    text: str = "",
    expected_version: int | None = None,
    idempotency_key: uuid.UUID,
    now: datetime,
) -> Outcome:
    """Refuse acceptance on one of the grounds that the law names (不予受理, 行政许可法 32).

    What no notice ever named is no ground. Raises: GroundRequiredError, GroundUnknownError,
    NoticeRequiredError, TextInvalidError, CaseRefuseNotAllowedError
    and as ``opening.open_case``.
    """
    with unit_of_work() as work:
        opened = opening.open_case(
            work,
            actor=actor,
            action="refuse_case",
            number=number,
            request={"ground": ground_code, "text": text},
            expected_version=expected_version,
            idempotency_key=idempotency_key,
            now=now,
        )
        case = opened.case
        if opened.is_repeat:
            return Outcome(case)
        if not ground_code:
            raise errors.GroundRequiredError(path=("groundCode",))
        if ground_code not in rules.REFUSAL_GROUNDS:
            raise errors.GroundUnknownError(path=("groundCode",), ground=ground_code)
        if ground_code == rules.NOT_SUPPLEMENTED and not case.notices_issued:
            raise errors.NoticeRequiredError(path=("groundCode",))
        opening.close_case(
            opened,
            name="case.refused",
            changes={
                "state": BY_ACTION["refuse_case"].target,
                "notice_due_at": None,
                "decided_at": now,
                "decision": {
                    "decision": "refuse",
                    "ground": ground_code,
                    "ground_text": rules.REFUSAL_GROUNDS[ground_code][0],
                    "text": texts.checked(text, path=("text",)),
                    "remedies": queries.remedies_of(case).as_json(),
                    "by": opened.by.as_json(),
                },
            },
        )
        papers.issue_refusal(case, now=now)
    return Outcome(case)
