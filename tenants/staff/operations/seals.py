"""Seals of departments in the center (2号公章), each with the one who keeps it."""

import uuid
from datetime import datetime

from django.db import IntegrityError, transaction

from tenants.staff import errors, models, queries
from tenants.staff.operations import registers
from tongban.kernel.actors import Actor
from tongban.kernel.transactions import claim_key, unit_of_work


def register_seal(
    *,
    actor: Actor,
    code: str,
    name: str,
    department_code: str,
    keeper: str,
    idempotency_key: uuid.UUID,
    now: datetime,
) -> models.Seal:
    """Enter a department's seal, kept by a member (staff number) that it posted here.

    Raises: RegisterNotAllowedError, DepartmentNotFoundError, MemberNotFoundError,
    NotPostedError, SealExistsError, RegisterTextError, IdempotencyKeyReusedError.
    """
    with unit_of_work() as work:
        claim = claim_key(
            actor=actor,
            operation="register_seal",
            key=idempotency_key,
            request={
                "code": code, "name": name, "department": department_code, "keeper": keeper,
            },
        )  # fmt: skip
        registers.require_keeper(actor)
        if claim.repeated:
            return queries.seals().get(code=code)
        department = registers.lock_department(department_code)
        seal = models.Seal(
            code=registers.checked_code(code, field="code"),
            name=registers.checked_text(name, field="name"),
            department=department,
            keeper=_keeper(keeper, department),
            registered_at=now,
            kept_since=now,
        )
        _save(seal)
        registers.tell(
            work, actor, topic="seal", key=code, action="seal.register", name="seal.registered",
            now=now, data={"department": department_code, "keeper": keeper, "name": seal.name},
        )  # fmt: skip
        claim.settle({"seal": code})
    return seal


def hand_over_seal(
    *, actor: Actor, code: str, keeper: str, expected_version: int, now: datetime
) -> models.Seal:
    """Give a seal to another keeper: from now on nobody else can use it.

    Raises: RegisterNotAllowedError, SealNotFoundError, StaleVersionError, MemberNotFoundError,
    NotPostedError.
    """
    with unit_of_work() as work:
        registers.require_keeper(actor)
        seal = _lock(code)
        registers.require_version(seal.version, expected_version)
        former = seal.keeper.staff_number
        seal.keeper = _keeper(keeper, seal.department)
        seal.kept_since = now
        seal.version += 1
        seal.save(update_fields=["keeper", "kept_since", "version"])
        registers.tell(
            work, actor, topic="seal", key=code, action="seal.hand_over", name="seal.handed_over",
            now=now, data={"from": former, "keeper": keeper},
        )  # fmt: skip
    return seal


def retire_seal(*, actor: Actor, code: str, expected_version: int, now: datetime) -> models.Seal:
    """Take a seal out of use for good.

    Raises: RegisterNotAllowedError, SealNotFoundError, StaleVersionError.
    """
    with unit_of_work() as work:
        registers.require_keeper(actor)
        seal = _lock(code)
        registers.require_version(seal.version, expected_version)
        seal.is_active, seal.retired_at = False, now
        seal.version += 1
        seal.save(update_fields=["is_active", "retired_at", "version"])
        registers.tell(
            work, actor, topic="seal", key=code, action="seal.retire", name="seal.retired",
            now=now, data={},
        )  # fmt: skip
    return seal


def _lock(code: str) -> models.Seal:
    seal = queries.seals().select_for_update(of=("self",)).filter(code=code, is_active=True).first()
    if seal is None:
        raise errors.SealNotFoundError(path=("code",))
    return seal


def _keeper(staff_number: str, department: models.Department) -> models.Member:
    member = registers.lock_member(staff_number, field="keeper")
    if not member.postings.filter(department=department, ended_on=None).exists():
        raise errors.NotPostedError(path=("keeper",))
    return member


def _save(seal: models.Seal) -> None:
    try:
        with transaction.atomic():
            seal.save()
    except IntegrityError as error:
        if "code" in str(error):
            raise errors.SealExistsError(path=("code",), seal=seal.code) from error
        raise
