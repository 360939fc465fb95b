"""告知承诺: committing instead of proving, verifying it within a term, and what time does.

国办发〔2020〕42号: who commits was told what is to be proven and what an untrue commitment leads
to; the body that decides verifies it, also after its decision (事中事后核查).
"""

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from tenants.cases import errors, models, queries, rules
from tenants.cases.operations import attempts, debts, limits, opening, papers, texts
from tenants.cases.operations.outcomes import Outcome
from tenants.windows import queries as hall
from tongban.catalog.rules import commitments as told
from tongban.catalog.rules.content import Material
from tongban.catalog.rules.snapshot import OfferingSnapshot
from tongban.kernel.actors import Actor
from tongban.kernel.ports import DueTimer

Wanted = Mapping[str, str]
"""Code of a material that is committed to → what the applicant was told."""


def checked(
    offering: OfferingSnapshot,
    wanted: Wanted,
    *,
    applicant_hash: bytes,
    there: Collection[str],
    case: models.Case | None = None,
) -> list[Material]:
    """Return the materials for which the applicant may commit, in the offering's order.

    ``there`` are codes of those that came. Raises: MaterialUnknownError,
    CommitmentNotAllowedError, CommitmentNoticeDiffersError, CommitmentBarredError.
    """
    if not wanted:
        return []
    asked_for = {material.code: material for material in offering.materials}
    for code in wanted:
        if code not in asked_for:
            raise errors.MaterialUnknownError(path=("materials",), material=code)
    committed = [material for material in offering.materials if material.code in wanted]
    for material in committed:
        if reason := _why_not(material, there, case):
            raise errors.CommitmentNotAllowedError(
                path=("materials",), material=material.code, name=material.name, reason=reason
            )
        notice = told.notice(offering.content, material)
        if wanted[material.code] != notice:
            raise errors.CommitmentNoticeDiffersError(
                path=("materials",), material=material.code, name=material.name, notice=notice
            )
    if queries.is_barred(applicant_hash):
        names = "、".join(material.name for material in committed)
        raise errors.CommitmentBarredError(path=("materials",), name=names)
    return committed


def _why_not(material: Material, there: Collection[str], case: models.Case | None) -> str:
    if not material.commitment:
        return "OFFERING"
    if material.code in there:
        return "THERE"
    if case is None:
        return ""
    if material.code in rules.standing(case.commitments):
        return "MADE"
    owing = {debt.code for debt in rules.read_debts(case.debts) if debt.is_open}
    return "OWED" if material.code in owing else ""


def made(
    case: models.Case,
    offering: OfferingSnapshot,
    materials: Sequence[Material],
    *,
    by: rules.Party,
    on_behalf_of: rules.Party | None,
    now: datetime,
) -> dict[str, Any]:
    """Return what committing for checked ``materials`` changes of the numbered ``case``.

    One that is made after the acceptance has its term at once.
    """
    if not materials:
        return {}
    kept = rules.read_commitments(case.commitments)
    place = len({each.paper for each in kept}) + 1
    new = [
        rules.Commitment(
            code=material.code,
            name=material.name,
            notice=told.notice(offering.content, material) or "",
            made_at=now,
            made_by=(on_behalf_of or by).as_json(),
            entered_by=by.as_json() if on_behalf_of else None,
            paper=papers.number_of(case, rules.PaperKind.COMMITMENT, place=place),
        )
        for material in materials
    ]
    if case.accepted_at is not None:
        new = rules.started(new, hall.reckoning(), now)
    return rules.commitment_changes([*kept, *new])


def hand_out(case: models.Case, *, now: datetime) -> None:
    """Write the paper of what was just committed to, after its event."""
    commitments = rules.read_commitments(case.commitments)
    latest = [each for each in commitments if each.paper == commitments[-1].paper]
    papers.issue_commitments(case, made=latest, now=now)


def accepted(case: models.Case, *, now: datetime) -> dict[str, Any]:
    """Return what the acceptance of the ``case`` changes of its commitments: their term begins."""
    if not case.commitments_pending:
        return {}
    commitments = rules.read_commitments(case.commitments)
    return rules.commitment_changes(rules.started(commitments, hall.reckoning(), now))


def fallen(case: models.Case, accepting: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """Return what an acceptance by silence changes besides where a barred applicant committed.

    It is one all the same (行政许可法 32(4)), but the commitment stands for nothing and the proof
    is owed. ``accepting`` is what the acceptance itself changes.
    """
    barred = queries.barred_commitments(case)
    if not barred:
        return {}
    codes = {each.code for each in barred}
    made = rules.read_commitments(accepting["commitments"])
    kept = [each.code for each in made if each.code not in codes]
    proofs = [(each.code, each.name) for each in barred]
    return {
        **rules.commitment_changes(rules.lapsed(made, now, but=kept)),
        **debts.owed_instead(case, proofs, now, accepting=accepting),
    }


def rebased(case: models.Case, offering: OfferingSnapshot, now: datetime) -> dict[str, Any]:
    """Return what moving the ``case`` to ``offering`` changes: what no commitment may stand for."""
    allowed = [material.code for material in offering.materials if material.commitment]
    commitments = rules.lapsed(rules.read_commitments(case.commitments), now, but=allowed)
    changes = rules.commitment_changes(commitments)
    return changes if changes["commitments"] != case.commitments else {}


def verify_commitment(
    *,
    actor: Actor,
    number: str,
    material: str,
    is_kept: bool,
    reason: str,
    expected_version: int | None = None,
    idempotency_key: uuid.UUID,
    now: datetime,
) -> Outcome:
    """Record what the verification of a commitment found, and by what (核查).

    Not kept, the proof itself is owed as long as the result has not left; an approval waits for it
    where the matter requires it. Whoever entered it for the applicant does not verify it. Raises:
    CommitmentNotFoundError, CommitmentSamePersonError, TextInvalidError,
    CaseVerifyCommitmentNotAllowedError and as ``opening.open_case``.
    """
    with attempts.watched(actor=actor, action="verify_commitment", number=number, now=now) as work:
        opened = opening.open_case(
            work,
            actor=actor,
            action="verify_commitment",
            number=number,
            request={"material": material, "is_kept": is_kept, "reason": reason},
            expected_version=expected_version,
            idempotency_key=idempotency_key,
            now=now,
        )
        case = opened.case
        if opened.is_repeat:
            return Outcome(case)
        said = texts.checked(reason, path=("reason",), is_required=True)
        commitments = rules.read_commitments(case.commitments)
        looked_at = [each for each in commitments if each.code == material and each.is_pending]
        if not looked_at:
            raise errors.CommitmentNotFoundError(path=("materialCode",), material=material)
        if any(opened.by.is_same(each.entered_by) for each in looked_at):
            raise errors.CommitmentSamePersonError(path=("materialCode",))
        state = rules.CommitmentState.KEPT if is_kept else rules.CommitmentState.BROKEN
        found: dict[str, Any] = {
            "state": state,
            "verified_at": now,
            "verified_by": opened.by.as_json(),
            "reason": said,
        }
        changes = rules.commitment_changes(
            [replace(each, **found) if each in looked_at else each for each in commitments]
        )
        if not is_kept and case.state in rules.OWED_WHEN_BROKEN:
            changes |= debts.owed_instead(case, [(material, looked_at[0].name)], now)
        opening.close_case(
            opened,
            name=f"case.commitment_{state.value}",
            changes=changes,
            data={"material": material, "text": said},
            audited={"material": material, "is_kept": is_kept},
        )
    return Outcome(case)


_WATCHED: Final = limits.Watched(
    field="commitments",
    read=rules.read_commitments,
    changes=rules.commitment_changes,
    due_soon="case.commitment_due_soon",
    overdue="case.commitment_overdue",
    finding="COMMITMENT_UNVERIFIED",
    urging="承诺逾期未核查，系统自动督办。",
    by="承诺核查监控",
)


def change_lamps(timer: DueTimer, now: datetime) -> None:
    """Let the lamps of commitments change that nobody verified yet, at their moment."""
    limits.change_lamps(_WATCHED, timer, now)
