"""Authorization deeds (《进厅事项授权责任书》): granting and revoking."""

import uuid
from collections.abc import Sequence
from datetime import date, datetime

from django.db import IntegrityError, transaction

from tenants.staff import errors, models, queries, rules
from tenants.staff.operations import registers
from tongban.kernel.actors import Actor
from tongban.kernel.transactions import claim_key, unit_of_work

LONGEST_REASON = 400


def grant_deed(
    *,
    actor: Actor,
    number: str,
    department_code: str,
    staff_number: str,
    matters: Sequence[str],
    valid_from: date,
    valid_to: date | None,
    idempotency_key: uuid.UUID,
    now: datetime,
) -> models.AuthorizationDeed:
    """Let a department's chief representative decide named matters, or all where none is named.

    It holds from ``valid_from`` to ``valid_to`` (excluded; None: until it is revoked).
    Raises: RegisterNotAllowedError, DepartmentNotFoundError, MemberNotFoundError,
    DeedHolderError, DeedExistsError, RegisterTextError, RegisterDaysError,
    IdempotencyKeyReusedError.
    """
    with unit_of_work() as work:
        claim = claim_key(
            actor=actor,
            operation="grant_deed",
            key=idempotency_key,
            request={
                "number": number,
                "department": department_code,
                "member": staff_number,
                "matters": sorted(set(matters)),
                "from": valid_from,
                "to": valid_to,
            },
        )
        registers.require_keeper(actor)
        if claim.repeated:
            return queries.deeds().get(number=number)
        deed = models.AuthorizationDeed(
            number=registers.checked_text(number, field="number", longest=40),
            department=registers.lock_department(department_code),
            member=registers.lock_member(staff_number),
            matters=_checked_matters(matters),
            valid_from=valid_from,
            valid_to=valid_to,
            granted_at=now,
            granted_by=actor.key,
        )
        if valid_to is not None and valid_to <= valid_from:
            raise errors.RegisterDaysError(path=("validTo",), since=valid_from.isoformat())
        if not queries.is_representative(deed.member, deed.department):
            raise errors.DeedHolderError(path=("staffNumber",))
        _save(deed)
        registers.tell(
            work, actor, topic="deed", key=number, action="deed.grant", name="deed.granted",
            now=now,
            data={
                "department": department_code,
                "member": staff_number,
                "matters": deed.matters,
                "validFrom": valid_from,
                "validTo": valid_to,
            },
        )  # fmt: skip
        claim.settle({"deed": number})
    return deed


def revoke_deed(
    *, actor: Actor, number: str, reason: str, now: datetime
) -> models.AuthorizationDeed:
    """Take a deed back at once: what its holder decides from now on is refused.

    Raises: RegisterNotAllowedError, DeedNotFoundError, RegisterTextError.
    """
    with unit_of_work() as work:
        registers.require_keeper(actor)
        deed = queries.deeds().select_for_update(of=("self",)).filter(number=number).first()
        if deed is None or deed.revoked_at is not None:
            raise errors.DeedNotFoundError(path=("number",))
        deed.revoked_for = registers.checked_text(reason, field="reason", longest=LONGEST_REASON)
        deed.revoked_at = now
        deed.save(update_fields=["revoked_at", "revoked_for"])
        registers.tell(
            work, actor, topic="deed", key=number, action="deed.revoke", name="deed.revoked",
            now=now, data={"reason": deed.revoked_for},
        )  # fmt: skip
        registers.tell_leaving(work, deed.member, now)
    return deed


def _checked_matters(matters: Sequence[str]) -> list[str]:
    for position, code in enumerate(matters):
        if not rules.is_matter_code(code):
            raise errors.RegisterTextError(
                path=("matters", position), value=code[:20], hint="须为 12 位基本编码"
            )
    return sorted(set(matters))


def _save(deed: models.AuthorizationDeed) -> None:
    try:
        with transaction.atomic():
            deed.save()
    except IntegrityError as error:
        if "number" in str(error):
            raise errors.DeedExistsError(path=("number",), number=deed.number) from error
        raise
