"""What the operations on the center's registers have in common: who may, how rows are found."""

import unicodedata
from datetime import datetime
from typing import Any

from tenants.staff import errors, models, policies, queries, rules
from tongban.kernel.actors import Actor
from tongban.kernel.errors import StaleVersionError
from tongban.kernel.transactions import Work

LONGEST_NAME = 100
LEFT_TIMER = "member.left"
"""Fires once a member (its key) works here no more, for another department, in fewer roles or by
no deed, for whoever keeps what they held."""


def require_keeper(actor: Actor) -> None:
    """Refuse whoever does not keep the registers. Raises: RegisterNotAllowedError."""
    if not policies.may_keep_registers(queries.membership_of(actor)):
        raise errors.RegisterNotAllowedError


def checked_code(text: str, *, field: str) -> str:
    """Return a code for a register's row. Raises: RegisterTextError."""
    if not rules.is_register_code(text):
        raise errors.RegisterTextError(
            path=(field,), value=text[:20], hint="须为 1 至 20 位字母、数字或横线"
        )
    return text


def checked_text(
    text: str, *, field: str, longest: int = LONGEST_NAME, required: bool = True
) -> str:
    """Return a text without white space around it.

    Raises: RegisterTextError, also for what nobody sees and yet changes how the rest is read.
    """
    text = text.strip()
    if (required and not text) or len(text) > longest or not _is_seen(text):
        raise errors.RegisterTextError(
            path=(field,), value=text[:20], hint=f"须为 1 至 {longest} 个字，不含不可见字符"
        )
    return text


def _is_seen(text: str) -> bool:
    return all(
        unicodedata.category(character) not in {"Cc", "Cf", "Cs"} or character in "\n\r\t"
        for character in text
    )


def lock_department(code: str, *, field: str = "department") -> models.Department:
    """Return a department at work, locked. Raises: DepartmentNotFoundError."""
    department = (
        models.Department.objects.select_for_update().filter(code=code, is_active=True).first()
    )
    if department is None:
        raise errors.DepartmentNotFoundError(path=(field,))
    return department


def lock_member(staff_number: str, *, field: str = "staffNumber") -> models.Member:
    """Return a member at work, locked. Raises: MemberNotFoundError."""
    member = (
        models.Member.objects.active().select_for_update().filter(staff_number=staff_number).first()
    )
    if member is None:
        raise errors.MemberNotFoundError(path=(field,))
    return member


def require_version(found: int, expected: int) -> None:
    """Refuse an edit of what was changed meanwhile. Raises: StaleVersionError."""
    if found != expected:
        raise StaleVersionError(path=("expectedVersion",), current=found)


def tell_leaving(work: Work, member: models.Member, now: datetime) -> None:
    """Let those who keep what a member held hear that they may do less, after this commits."""
    work.schedule(kind=LEFT_TIMER, key=str(member.pk), fires_at=now)


def tell(
    work: Work,
    actor: Actor,
    *,
    topic: str,
    key: str,
    action: str,
    name: str,
    data: dict[str, Any],
    now: datetime,
) -> None:
    """Leave the log entry and the audit entry of a change of a register."""
    work.record(topic=topic, subject=key, name=name, at=now, data=data)
    work.audit_action(
        actor=actor, action=action, object_type=topic, object_key=key, at=now, data=data
    )
