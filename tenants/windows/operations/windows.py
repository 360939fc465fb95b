"""Windows: opening, editing, closing, and who sits at them."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from tenants.staff import errors as staff_errors
from tenants.staff import queries as staff
from tenants.staff import rules as staff_rules
from tenants.staff.operations import registers
from tenants.windows import errors, models
from tenants.windows.operations import areas
from tenants.windows.rules import WindowKind
from tongban.kernel.actors import Actor
from tongban.kernel.transactions import claim_key, unit_of_work

CLOSED_TIMER = "window.closed"
"""Fires once a window (its key) is closed; ``vacated`` are the members who sat there."""


@dataclass(frozen=True, slots=True)
class WindowTerms:
    """What a window is; in an edit, None leaves a term as it is."""

    name: str | None = None
    kind: WindowKind | None = None
    area: str | None = None
    department: str | None = None
    """Code of its department; empty for an integrated window."""
    matters: Sequence[str] | None = None


def open_window(
    *,
    actor: Actor,
    code: str,
    terms: WindowTerms,
    idempotency_key: uuid.UUID,
    now: datetime,
) -> models.Window:
    """Open a window in an area, for a department or for all.

    Raises: RegisterNotAllowedError, RegisterTextError, AreaNotFoundError,
    DepartmentNotFoundError, WindowDepartmentError, WindowExistsError,
    IdempotencyKeyReusedError.
    """
    with unit_of_work() as work:
        claim = claim_key(
            actor=actor,
            operation="open_window",
            key=idempotency_key,
            request={"code": code, **_said(terms)},
        )
        registers.require_keeper(actor)
        if claim.repeated:
            return models.Window.objects.select_related("area", "department").get(code=code)
        window = models.Window(code=registers.checked_code(code, field="code"), opened_at=now)
        _set(window, terms, required=True)
        try:
            with transaction.atomic():
                window.save()
        except IntegrityError as error:
            raise errors.WindowExistsError(path=("code",), window=code) from error
        registers.tell(
            work, actor, topic="window", key=code, action="window.open", name="window.opened",
            now=now, data=_said(terms),
        )  # fmt: skip
        claim.settle({"window": code})
    return window


def edit_window(
    *, actor: Actor, code: str, expected_version: int, terms: WindowTerms, now: datetime
) -> models.Window:
    """Move a window, rename it, or change for whom and for what it is.

    Whoever sits there and belongs to another department afterwards gets up. Raises:
    RegisterNotAllowedError, WindowNotFoundError, StaleVersionError and those of ``open_window``.
    """
    with unit_of_work() as work:
        registers.require_keeper(actor)
        window = _lock(code)
        registers.require_version(window.version, expected_version)
        _set(window, terms, required=False)
        window.version += 1
        window.save()
        vacated = _vacate_strangers(window, now=now)
        registers.tell(
            work, actor, topic="window", key=code, action="window.edit", name="window.edited",
            now=now, data={**_said(terms), "vacated": vacated},
        )  # fmt: skip
    return window


def close_window(*, actor: Actor, code: str, expected_version: int, now: datetime) -> models.Window:
    """Close a window for good; whoever sits there gets up, and what lay there lies elsewhere.

    Raises: RegisterNotAllowedError, WindowNotFoundError, StaleVersionError.
    """
    with unit_of_work() as work:
        registers.require_keeper(actor)
        window = _lock(code)
        registers.require_version(window.version, expected_version)
        window.is_active, window.closed_at = False, now
        window.version += 1
        window.save(update_fields=["is_active", "closed_at", "version"])
        seats = window.seats.filter(until=None)
        vacated = sorted(seats.values_list("member_id", flat=True))
        seats.update(until=now)
        registers.tell(
            work, actor, topic="window", key=code, action="window.close", name="window.closed",
            now=now, data={"vacated": len(vacated)},
        )  # fmt: skip
        work.schedule(kind=CLOSED_TIMER, key=code, fires_at=now, payload={"vacated": vacated})
    return window


def seat_member(*, actor: Actor, code: str, staff_number: str, now: datetime) -> models.Window:
    """Let a member sit at a window from now on; from where they sat they get up.

    At a department's window only those sit whom it posted here; seating twice changes nothing.
    Raises: RegisterNotAllowedError, WindowNotFoundError, MemberNotFoundError,
    SeatDepartmentError.
    """
    with unit_of_work() as work:
        registers.require_keeper(actor)
        window = _lock(code)
        member = registers.lock_member(staff_number)
        if window.department_id and staff.department_of(member) != window.department_id:
            raise errors.SeatDepartmentError(path=("staffNumber",))
        seat = models.Seat.objects.filter(member_id=member.pk, until=None).first()
        if seat is not None and seat.window_id == window.pk:
            return window
        if seat is not None:
            seat.until = now
            seat.save(update_fields=["until"])
        models.Seat.objects.create(window=window, member_id=member.pk, since=now)
        registers.tell(
            work, actor, topic="window", key=code, action="window.seat", name="window.seated",
            now=now, data={"member": staff_number},
        )  # fmt: skip
    return window


def unseat_member(*, actor: Actor, staff_number: str, now: datetime) -> models.Window:
    """Let a member get up from their window.

    Raises: RegisterNotAllowedError, MemberNotFoundError, NotSeatedError.
    """
    with unit_of_work() as work:
        registers.require_keeper(actor)
        member = registers.lock_member(staff_number)
        seat = (
            models.Seat.objects.filter(member_id=member.pk, until=None)
            .select_related("window__area", "window__department")
            .first()
        )
        if seat is None:
            raise errors.NotSeatedError(path=("staffNumber",))
        seat.until = now
        seat.save(update_fields=["until"])
        registers.tell(
            work, actor, topic="window", key=seat.window.code, action="window.unseat",
            name="window.unseated", now=now, data={"member": staff_number},
        )  # fmt: skip
    return seat.window


def _lock(code: str) -> models.Window:
    window = (
        models.Window.objects.select_for_update(of=("self",))
        .select_related("area", "department")
        .filter(code=code, is_active=True)
        .first()
    )
    if window is None:
        raise errors.WindowNotFoundError(path=("code",))
    return window


def _set(window: models.Window, terms: WindowTerms, *, required: bool) -> None:
    if terms.name is not None or required:
        window.name = registers.checked_text(terms.name or "", field="name")
    if terms.area is not None or required:
        window.area = areas.lock_area(terms.area or "", field="area")
    if terms.kind is not None:
        window.kind = terms.kind
    if terms.department is not None:
        window.department = (
            registers.lock_department(terms.department) if terms.department else None
        )
    if (window.kind == WindowKind.DEPARTMENT) != (window.department is not None):
        raise errors.WindowDepartmentError(path=("department",))
    if terms.matters is not None:
        window.matters = _checked_matters(terms.matters)


def _checked_matters(matters: Sequence[str]) -> list[str]:
    for position, matter in enumerate(matters):
        if not staff_rules.is_matter_code(matter):
            raise staff_errors.RegisterTextError(
                path=("matters", position), value=matter[:20], hint="须为 12 位基本编码"
            )
    return sorted(set(matters))


def _vacate_strangers(window: models.Window, *, now: datetime) -> int:
    if window.department is None:
        return 0
    own = staff.members_of(window.department)
    seats = window.seats.filter(until=None).exclude(member_id__in=own.values("member_id"))
    return seats.update(until=now)


def _said(terms: WindowTerms) -> dict[str, Any]:
    return {
        "name": terms.name,
        "kind": terms.kind,
        "area": terms.area,
        "department": terms.department,
        "matters": None if terms.matters is None else sorted(set(terms.matters)),
    }
