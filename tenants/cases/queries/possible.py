"""What may be done to a case now, by whom, and why not."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from tenants.cases import errors, models, policies, rules
from tenants.cases.queries.access import is_applicant
from tenants.cases.queries.handed_in import materials_there, require_materials
from tenants.cases.queries.refusing import not_allowed, require_state
from tenants.cases.queries.reviewing import (
    require_reviews,
    reviewed_for,
    reviewing_departments,
    voiceless,
)
from tenants.cases.queries.tasks import claimed_by_other, claims_of
from tenants.cases.queries.watching import OwnRatings
from tenants.cases.states import Custody, State, permits
from tenants.staff import queries as staff
from tenants.staff.rules import Authority, DeedStanding, Membership
from tongban.catalog.rules.snapshot import read_snapshot
from tongban.kernel import calendar, context
from tongban.kernel.actors import Actor
from tongban.kernel.errors import DomainError
from tongban.registry import queries as registry


def refusal(
    actor: Actor, membership: Membership | None, case: models.Case, action: str
) -> DomainError | None:
    """Return why ``action`` can't be done to the case by the actor now, or None.

    The guard of every operation and ``available_actions`` ask the same: authority, custody, owner,
    state. The staff's requests to a custodian elsewhere count as possible.
    """
    own = is_applicant(actor, case)
    reason = policies.why_not(action, membership, is_applicant=own)
    if reason:
        return not_allowed(action, case, reason)
    if case.custody == Custody.IN_TRANSIT:
        return errors.CustodyInTransitError()
    if case.custodian_code != context.current_center():
        # Who sent the case back has left its chain, and nobody there would hear a request.
        is_heard = action in policies.BY_REQUEST and case.toward_code in case.peers
        if own or not is_heard:
            return errors.NotCustodianError(
                custodian=case.custodian_code, name=registry.name_of(case.custodian_code)
            )
    elif action in policies.BY_OWNER and case.owner_code != context.current_center():
        return not_allowed(action, case, "OWNER")
    if not permits(case.state, action):
        return not_allowed(action, case, "STATE")
    unmet = _unmet(case, action, is_own=own)
    return not_allowed(action, case, unmet) if unmet else None


def _unmet(case: models.Case, action: str, *, is_own: bool) -> str:
    """Return what the row of a case lacks for an action that its state permits, or ""."""
    reason, is_unmet = _UNMET.get(action, ("", None))
    if is_unmet is not None and is_unmet(case):
        return reason
    return rules.unmet_by(rules.read_marks(case.ratings), action, is_own=is_own)


def _owes_nothing(case: models.Case) -> bool:
    return case.state == State.APPROVED and not case.debts_open


def _waits_for_no_look(case: models.Case) -> bool:
    return not any(debt.waits_for_a_look for debt in rules.read_debts(case.debts))


def _rests_on_nothing_broken(case: models.Case) -> bool:
    return not any(each.is_ground for each in rules.read_commitments(case.commitments))


_UNMET: Final[Mapping[str, tuple[str, Callable[[models.Case], bool]]]] = {
    "add_material": ("STATE", _owes_nothing),
    "settle_debt": ("NO_DEBT", _waits_for_no_look),
    "verify_commitment": ("NO_COMMITMENT", lambda case: not case.commitments_pending),
    "revoke_decision": ("NO_BROKEN_COMMITMENT", _rests_on_nothing_broken),
    "extend_case": ("EXTENDED", lambda case: rules.read_ledger(case.ledger).extension is not None),
    "withdraw_consent": (
        "NO_CONSENT",
        lambda case: not rules.withdrawable(rules.read_consents(case.consents)),
    ),
    "reply_urging": ("NOT_URGED", lambda case: not case.urgings_open),
}
"""Action → why not (``errors.BECAUSE``), and whether that holds of a case."""


def authority(
    membership: Membership | None, case: models.Case, *, now: datetime, lock: bool = False
) -> Authority | None:
    """Return how far a member may decide the case for its department (《进厅事项授权责任书》).

    None where the center keeps no register of that department. Three statements. Raises:
    DecisionOutsideCenterError where nobody posts them in the center (中心之外无审批);
    NotAuthorizedError where no deed of the department lets them decide the matter today.
    """
    member_id = membership.member_id if membership else None
    return _sufficient(
        staff.authority_to_decide(member_id=member_id, **_decided(case, now), lock=lock)
    )


def _decided(case: models.Case, now: datetime) -> dict[str, Any]:
    """Return by what the authority to decide a case is found, besides the member."""
    return {
        "department": read_snapshot(case.offering).department,
        "matter_code": case.matter_code,
        "on": calendar.local_day(now),
    }


def _sufficient(found: Authority | None) -> Authority | None:
    if found is not None and not found.is_posted:
        raise errors.DecisionOutsideCenterError(department=found.department_name)
    if found is not None and found.standing is not DeedStanding.IN_FORCE:
        raise errors.NotAuthorizedError(
            department=found.department_name, reason=found.standing.value.upper()
        )
    return found


def sealing_department(
    case: models.Case, register: staff.StaffRegister | None = None
) -> rules.SealingDepartment | None:
    """Return the department whose seal the result of a decided case needs, or None.

    It is the one by whose deed it was decided, or one that works here now under the name that the
    pinned offering has. At most one statement.
    """
    authority = (case.decision or {}).get("authority")
    if authority:
        return rules.SealingDepartment(authority["department"], authority["department_name"])
    register = register or staff.StaffRegister(None)
    found = register.department(read_snapshot(case.offering).department)
    return rules.SealingDepartment(found.code, found.name) if found else None


def require_sealing_department(
    case: models.Case, register: staff.StaffRegister | None = None
) -> rules.SealingDepartment:
    """Return the department whose seal the result needs. Raises: CaseUseSealNotAllowedError."""
    found = sealing_department(case, register)
    if found is None:
        raise not_allowed("use_seal", case, "NO_DEPARTMENT")
    return found


def awaits_seal(case: models.Case) -> bool:
    """Tell whether the letter of a revoked case lacks its department's seal (one statement)."""
    revocation = (case.decision or {}).get("revocation")
    is_bare = revocation is not None and "seal" not in revocation
    return is_bare and sealing_department(case) is not None


def require_charged(case: models.Case, action: str) -> None:
    """Raise unless there is something to assess, to waive or to pay. Raises: FeeNotChargedError."""
    fee = read_snapshot(case.offering).fee
    is_assessing = action == "assess_fee"
    if not (fee.charged and fee.items if is_assessing else rules.read_fees(case.fees).lines):
        raise errors.FeeNotChargedError


def require_issuable(case: models.Case, register: staff.StaffRegister | None = None) -> None:
    """Raise unless debts, fee and seal of a decided case are settled, so that its result may leave.

    At most one statement. Raises: DebtOpenError, FeeNotAssessedError, FeeDueError,
    SealRequiredError.
    """
    if owing := _owing(case):
        raise errors.DebtOpenError(
            materials=[debt.code for debt in owing], names="、".join(debt.name for debt in owing)
        )
    fee, sheet = read_snapshot(case.offering).fee, rules.read_fees(case.fees)
    if case.state == State.APPROVED and fee.charged and fee.items and not sheet.is_assessed:
        raise errors.FeeNotAssessedError
    if sheet.due:
        raise errors.FeeDueError(amount=str(rules.yuan_of(sheet.due)))
    if "seal" not in (case.result or {}):
        department = sealing_department(case, register)
        if department is not None:
            raise errors.SealRequiredError(department=department.name)


def require_completable(case: models.Case) -> None:
    """Raise unless an issued case has all that its completion stands on (避免假办结).

    A decision, the seal where it needs one, nothing due, and the paper that is delivered: wherever
    it is completed, by what its events brought there. One statement, none where a list has read
    the papers. Raises: CompletionLacksError.
    """
    result, due = case.result or {}, rules.read_fees(case.fees).due
    lacking = {
        "DECISION": case.decision is None,
        "SEAL": "authority" in (case.decision or {}) and "seal" not in result,
        "FEE": due > 0,
        "DEBT": case.debts_open > 0,
    }
    for reason, is_lacking in lacking.items():
        if is_lacking:
            raise errors.CompletionLacksError(reason=reason, amount=str(rules.yuan_of(due)))
    if result.get("paper", "") not in {paper.number for paper in case.papers.all()}:
        raise errors.CompletionLacksError(reason="PAPER")


def _owing(case: models.Case) -> list[rules.MaterialDebt]:
    return [debt for debt in rules.read_debts(case.debts) if debt.is_open]


def require_verified(case: models.Case) -> None:
    """Raise while a commitment is to be verified: who gives the case back could do no more.

    Raises: CommitmentUnverifiedError.
    """
    waiting = [each for each in rules.read_commitments(case.commitments) if each.is_pending]
    if waiting:
        raise errors.CommitmentUnverifiedError(
            path=("deliverAt",),
            materials=[each.code for each in waiting],
            names="、".join(each.name for each in waiting),
        )


def is_barred(applicant_hash: bytes) -> bool:
    """Tell whether an applicant broke a commitment that this center knows of, and left it so.

    不适用告知承诺 (国办发〔2020〕42号, 三（二）).
    """
    return models.Case.objects.filter(
        applicant_id_hash=applicant_hash,
        commitments__contains=[{"state": rules.CommitmentState.BROKEN, "cured_at": None}],
    ).exists()


def barred_commitments(case: models.Case) -> list[rules.Commitment]:
    """Return those by which a barred applicant, at a center that didn't know, replaced a material.

    Nothing came of it either. At most two statements.
    """
    waiting = [each for each in rules.read_commitments(case.commitments) if each.is_pending]
    if not waiting or not is_barred(bytes(case.applicant_id_hash)):
        return []
    there = set(materials_there(case).values_list("code", flat=True))
    return [each for each in waiting if each.code not in there]


def require_unbarred(case: models.Case) -> None:
    """Raise where a barred applicant committed to what lacks. Raises: CommitmentBarredError."""
    if names := "、".join(each.name for each in barred_commitments(case)):
        raise errors.CommitmentBarredError(path=("number",), name=names)


def require_addable(case: models.Case, codes: Iterable[str]) -> None:
    """Raise unless material of these codes may be added: after the approval only what is owed.

    Raises: CaseAddMaterialNotAllowedError.
    """
    require_state(case, "add_material")
    if case.state == State.APPROVED and not {debt.code for debt in _owing(case)}.issuperset(codes):
        raise not_allowed("add_material", case, "STATE")


def available_actions(
    actor: Actor,
    membership: Membership | None,
    case: models.Case,
    *,
    now: datetime,
    register: staff.StaffRegister | None = None,
    own: OwnRatings | None = None,
) -> list[rules.Availability]:
    """Return every action on the case with whether the actor can do it now, and if not, why.

    At most seven statements: three for the ``register`` and one for the ``own`` ratings, which a
    list reads once, the others for what a list has read of its cases (``materials``, ``tasks``,
    ``papers``, ``waiting``).
    """
    found = []
    register, own = register or staff.StaffRegister(membership), own or OwnRatings(actor)
    claims = claims_of(case, now) if policies.may_read_cases(membership) else []
    for action in policies.ROLES:
        error = refusal(actor, membership, case, action)
        if error is None and action == "record_review":
            error = _unreviewable(register, membership, case, claims)
        elif error is None:
            error = voiceless(action, case, register)
            error = error or claimed_by_other(claims, membership, action)
        if error is None:
            error = _lacking(action, register, own, case, now)
        found.append(
            rules.Availability(
                action=action,
                is_available=error is None,
                code=error.code if error else "",
                reason=str(error.params.get("reason", "")) if error else "",
            )
        )
    return found


def _unreviewable(
    register: staff.StaffRegister,
    membership: Membership | None,
    case: models.Case,
    claims: Sequence[models.Task],
) -> DomainError | None:
    """Return why a member records no department's review, or None: not theirs, or claimed."""
    try:
        departments = reviewed_for(register, case, reviewing_departments(case))
    except DomainError as error:
        return error
    refusals = [claimed_by_other(claims, membership, "record_review", name) for name in departments]
    return refusals[0] if all(refusals) else None


def _lacking(
    action: str, register: staff.StaffRegister, own: OwnRatings, case: models.Case, now: datetime
) -> DomainError | None:
    """Return what a possible action would still be refused for: a deed, a material, a fee …"""
    try:
        if action == "accept_case":
            require_materials(case)
        elif action in {"decide_case", "revoke_decision"}:
            _sufficient(register.authority_to_decide(**_decided(case, now)))
            if action == "decide_case":
                require_reviews(case)
        elif action in {"assess_fee", "waive_fee", "record_payment"}:
            require_charged(case, action)
        elif action == "use_seal":
            require_sealing_department(case, register)
        elif action == "issue_result":
            require_issuable(case, register)
        elif action == "complete_case":
            require_completable(case)
        elif action == "rate_case":
            own.require_first(case)
    except DomainError as error:
        return error
    return None
