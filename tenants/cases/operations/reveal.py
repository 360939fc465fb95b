"""Disclosing what is shown masked, and handing out files: each leaves its audit entry."""

import json
from datetime import datetime

from tenants.cases import errors, models, policies, queries, rules
from tenants.cases.adapters import sealing
from tenants.cases.operations import opening, texts
from tenants.cases.queries import StoredFile
from tongban.kernel.actors import Actor
from tongban.kernel.transactions import Work, unit_of_work


def reveal_field(
    *, actor: Actor, number: str, field: rules.SealedField, purpose: str, now: datetime
) -> str | None:
    """Return one field of an applicant's data unmasked, None where it was not given.

    The audit entry with the purpose commits before the value leaves. Raises: CaseNotFoundError,
    CaseRevealFieldNotAllowedError, TextInvalidError.
    """
    with unit_of_work() as work:
        membership = queries.membership_of(actor)
        case = queries.access_as(actor, membership, number)
        reason = policies.why_not_reveal(membership, is_applicant=queries.is_applicant(actor, case))
        if reason:
            raise errors.CaseRevealFieldNotAllowedError(reason=reason)
        wanted = texts.checked(purpose, path=("purpose",), is_required=True)
        value = _opened(case, field)
        opening.audit(
            work, actor, "reveal_field", case, now=now,
            data={"field": field, "purpose": wanted, "is_given": value is not None},
        )  # fmt: skip
    return value


def _opened(case: models.Case, field: rules.SealedField) -> str | None:
    role, _, part = field.value.partition(".")
    if part:
        if case.agents_sealed is None:
            return None
        agents = json.loads(
            sealing.open_sealed(bytes(case.agents_sealed), number=case.number, field="agents")
        )
        return agents.get(role, {}).get(part) or None
    blob = getattr(case, f"{field.value}_sealed")
    return (
        None if blob is None else sealing.open_sealed(blob, number=case.number, field=field.value)
    )


def open_material_file(*, actor: Actor, file_id: str, now: datetime) -> StoredFile:
    """Return a material's file to be handed out; what staff open is audited.

    Raises: CaseNotFoundError.
    """
    with unit_of_work() as work:
        file = queries.access_file(actor=actor, file_id=file_id)
        _audit_opening(work, actor, file, now)
    return file


def open_paper(*, actor: Actor, paper_id: str, now: datetime) -> StoredFile:
    """Return a paper to be handed out; a result has its holder's name, so who opens it is audited.

    Raises: CaseNotFoundError.
    """
    with unit_of_work() as work:
        paper = queries.access_paper(actor=actor, paper_id=paper_id)
        _audit_opening(work, actor, paper, now)
    return paper


def _audit_opening(work: Work, actor: Actor, file: StoredFile, now: datetime) -> None:
    if file.names_holder and not queries.is_applicant(actor, file.case):
        opening.audit(work, actor, "open_file", file.case, now=now, data={"sha256": file.sha256})
