"""Service areas: opening, editing, closing."""

import uuid
from datetime import datetime

from django.db import IntegrityError, transaction

from tenants.staff.operations import registers
from tenants.windows import errors, models
from tongban.kernel.actors import Actor
from tongban.kernel.transactions import claim_key, unit_of_work

LONGEST_FLOOR = 20


def open_area(
    *,
    actor: Actor,
    code: str,
    name: str,
    floor: str,
    idempotency_key: uuid.UUID,
    now: datetime,
) -> models.ServiceArea:
    """Enter a service area of the hall.

    Raises: RegisterNotAllowedError, RegisterTextError, AreaExistsError,
    IdempotencyKeyReusedError.
    """
    with unit_of_work() as work:
        claim = claim_key(
            actor=actor,
            operation="open_area",
            key=idempotency_key,
            request={"code": code, "name": name, "floor": floor},
        )
        registers.require_keeper(actor)
        if claim.repeated:
            return models.ServiceArea.objects.get(code=code)
        area = models.ServiceArea(
            code=registers.checked_code(code, field="code"),
            name=registers.checked_text(name, field="name"),
            floor=registers.checked_text(
                floor, field="floor", longest=LONGEST_FLOOR, required=False
            ),
        )
        try:
            with transaction.atomic():
                area.save()
        except IntegrityError as error:
            raise errors.AreaExistsError(path=("code",), area=code) from error
        registers.tell(
            work, actor, topic="service_area", key=code, action="service_area.open",
            name="service_area.opened", now=now, data={"name": area.name, "floor": area.floor},
        )  # fmt: skip
        claim.settle({"area": code})
    return area


def edit_area(
    *,
    actor: Actor,
    code: str,
    expected_version: int,
    name: str | None = None,
    floor: str | None = None,
    now: datetime,
) -> models.ServiceArea:
    """Set an area's name or floor; None leaves each as it is.

    Raises: RegisterNotAllowedError, AreaNotFoundError, StaleVersionError, RegisterTextError.
    """
    with unit_of_work() as work:
        registers.require_keeper(actor)
        area = lock_area(code, field="code")
        registers.require_version(area.version, expected_version)
        if name is not None:
            area.name = registers.checked_text(name, field="name")
        if floor is not None:
            area.floor = registers.checked_text(
                floor, field="floor", longest=LONGEST_FLOOR, required=False
            )
        area.version += 1
        area.save(update_fields=["name", "floor", "version"])
        registers.tell(
            work, actor, topic="service_area", key=code, action="service_area.edit",
            name="service_area.edited", now=now, data={"name": area.name, "floor": area.floor},
        )  # fmt: skip
    return area


def close_area(
    *, actor: Actor, code: str, expected_version: int, now: datetime
) -> models.ServiceArea:
    """Take an area without open windows out of the hall.

    Raises: RegisterNotAllowedError, AreaNotFoundError, StaleVersionError, AreaInUseError.
    """
    with unit_of_work() as work:
        registers.require_keeper(actor)
        area = lock_area(code, field="code")
        registers.require_version(area.version, expected_version)
        if area.windows.filter(is_active=True).exists():
            raise errors.AreaInUseError(path=("code",))
        area.is_active = False
        area.version += 1
        area.save(update_fields=["is_active", "version"])
        registers.tell(
            work, actor, topic="service_area", key=code, action="service_area.close",
            name="service_area.closed", now=now, data={"name": area.name},
        )  # fmt: skip
    return area


def lock_area(code: str, *, field: str) -> models.ServiceArea:
    """Return an area in use, locked. Raises: AreaNotFoundError."""
    area = models.ServiceArea.objects.select_for_update().filter(code=code, is_active=True).first()
    if area is None:
        raise errors.AreaNotFoundError(path=(field,))
    return area
