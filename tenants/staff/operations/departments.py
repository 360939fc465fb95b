"""Departments of the center: opening, editing, closing."""

import uuid
from datetime import datetime

from django.db import IntegrityError, transaction

from tenants.staff import errors, models, queries
from tenants.staff.operations import registers
from tongban.catalog.rules import codes
from tongban.kernel.actors import Actor
from tongban.kernel.transactions import claim_key, unit_of_work


def open_department(
    *,
    actor: Actor,
    code: str,
    name: str,
    credit_code: str,
    section_name: str,
    idempotency_key: uuid.UUID,
    now: datetime,
) -> models.Department:
    """Let a department work in this center, with its approval section where it has one.

    Raises: RegisterNotAllowedError, RegisterTextError, DepartmentExistsError,
    IdempotencyKeyReusedError.
    """
    with unit_of_work() as work:
        claim = claim_key(
            actor=actor,
            operation="open_department",
            key=idempotency_key,
            request={"code": code, "name": name, "credit": credit_code, "section": section_name},
        )
        registers.require_keeper(actor)
        if claim.repeated:
            return models.Department.objects.get(code=code)
        department = models.Department(
            code=registers.checked_code(code, field="code"),
            name=registers.checked_text(name, field="name"),
            credit_code=_checked_credit_code(credit_code),
            section_name=registers.checked_text(section_name, field="sectionName", required=False),
            opened_at=now,
        )
        _save(department)
        registers.tell(
            work, actor, topic="department", key=department.code, action="department.open",
            name="department.opened", now=now,
            data={"name": department.name, "section": department.section_name},
        )  # fmt: skip
        claim.settle({"department": department.code})
    return department


def edit_department(
    *,
    actor: Actor,
    code: str,
    expected_version: int,
    name: str | None = None,
    credit_code: str | None = None,
    section_name: str | None = None,
    now: datetime,
) -> models.Department:
    """Set a department's name, credit code or approval section; None leaves each as it is.

    Raises: RegisterNotAllowedError, DepartmentNotFoundError, StaleVersionError,
    RegisterTextError, DepartmentExistsError.
    """
    with unit_of_work() as work:
        registers.require_keeper(actor)
        department = registers.lock_department(code, field="code")
        registers.require_version(department.version, expected_version)
        if name is not None:
            department.name = registers.checked_text(name, field="name")
        if credit_code is not None:
            department.credit_code = _checked_credit_code(credit_code)
        if section_name is not None:
            department.section_name = registers.checked_text(
                section_name, field="sectionName", required=False
            )
        department.version += 1
        _save(department)
        registers.tell(
            work, actor, topic="department", key=code, action="department.edit",
            name="department.edited", now=now,
            data={
                "name": department.name,
                "credit": department.credit_code,
                "section": department.section_name,
            },
        )  # fmt: skip
    return department


def close_department(
    *, actor: Actor, code: str, expected_version: int, now: datetime
) -> models.Department:
    """Let a department leave the center, once nobody and nothing of it is at work here.

    Raises: RegisterNotAllowedError, DepartmentNotFoundError, StaleVersionError,
    DepartmentInUseError.
    """
    with unit_of_work() as work:
        registers.require_keeper(actor)
        department = registers.lock_department(code, field="code")
        registers.require_version(department.version, expected_version)
        if queries.is_department_in_use(department):
            raise errors.DepartmentInUseError(path=("code",))
        department.is_active, department.closed_at = False, now
        department.version += 1
        department.save(update_fields=["is_active", "closed_at", "version"])
        registers.tell(
            work, actor, topic="department", key=code, action="department.close",
            name="department.closed", now=now, data={"name": department.name},
        )  # fmt: skip
    return department


def _checked_credit_code(text: str) -> str:
    if text and not codes.is_credit_code(text):
        raise errors.RegisterTextError(
            path=("creditCode",), value=text[:20], hint="不是有效的统一社会信用代码"
        )
    return text


def _save(department: models.Department) -> None:
    try:
        with transaction.atomic():
            department.save()
    except IntegrityError as error:
        for constraint, what in (
            ("staff_department_code", department.code),
            ("staff_department_name", department.name),
        ):
            if constraint in str(error):
                raise errors.DepartmentExistsError(path=("code",), department=what) from error
        raise
