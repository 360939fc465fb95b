"""Correcting what a case says of its applicant (个人信息保护法 46): sealed, and at every copy."""

import hmac
from datetime import datetime

from tenants.cases import errors, models, queries, rules
from tenants.cases.adapters import sealing
from tenants.cases.operations import applicants, custody, log, parties
from tenants.cases.states import State
from tenants.staff.rules import Membership
from tongban.kernel import personal
from tongban.kernel.actors import Actor
from tongban.kernel.transactions import Work


def check_correction(
    *,
    actor: Actor,
    applicant_hash: bytes,
    number: str,
    field: rules.CorrectedField,
    value: str,
) -> tuple[str, str]:
    """Return number and value, in canonical form, of a correction that the applicant asks for.

    The actor is the applicant, or a window that sees the case. Raises: CaseNotFoundError, also for
    somebody else's case; NotCustodianError, CustodyInTransitError; CorrectionNotAllowedError;
    ApplicantInvalidError.
    """
    case = queries.access_case(actor=actor, number=number)
    if not hmac.compare_digest(applicant_hash, bytes(case.applicant_id_hash)):
        raise errors.CaseNotFoundError
    log.require_custody(case)
    _require_correctable(case, field)
    return case.number, _checked(field, value)


def correct_applicant(
    work: Work,
    *,
    number: str,
    field: rules.CorrectedField,
    value: str,
    membership: Membership,
    now: datetime,
) -> None:
    """Let a case say of its applicant what was found to be right, by an event of its log.

    The event carries the datum sealed and masked, in the clear nowhere. Papers that were handed
    out stay as they are. Raises: CaseNotFoundError, NotCustodianError, CustodyInTransitError,
    CorrectionNotAllowedError, ApplicantInvalidError.
    """
    case = custody.lock_case(number)
    _require_correctable(case, field)
    plain = _checked(field, value)
    by = parties.staff(membership)
    column = f"applicant_{field}"
    log.append_event(
        work,
        case,
        name="case.applicant_corrected",
        by=by,
        on_behalf_of=parties.applicant(case),
        now=now,
        changes={
            f"{column}_sealed": sealing.seal(plain, number=number, field=column),
            f"{column}_masked": _masked(case, field, plain),
        },
        data={"corrected": field},
    )


def _require_correctable(case: models.Case, field: rules.CorrectedField) -> None:
    if case.state == State.DRAFT:
        raise errors.CorrectionNotAllowedError(reason="DRAFT")
    if field is rules.CorrectedField.NAME and case.decided_at is not None:
        raise errors.CorrectionNotAllowedError(reason="DECIDED")


def _checked(field: rules.CorrectedField, value: str) -> str:
    if field is rules.CorrectedField.PHONE:
        return applicants.checked_phone(value, (field.value,))
    return applicants.checked_name(value, (field.value,))


def _masked(case: models.Case, field: rules.CorrectedField, value: str) -> str:
    if field is rules.CorrectedField.PHONE:
        return personal.mask_phone(value)
    return applicants.masked_name(rules.ApplicantKind(case.applicant_kind), value)
