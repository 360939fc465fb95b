"""The hall of a demonstration: one window at which somebody sits, in one center."""

import uuid
from datetime import datetime

from tenants.staff import queries as staff
from tenants.staff.operations.furnish import CENTER
from tenants.windows import models
from tenants.windows.operations import areas, windows
from tenants.windows.operations.windows import WindowTerms
from tenants.windows.rules import WindowKind
from tongban.identity import queries as identity
from tongban.identity.operations import demonstration
from tongban.kernel.actors import Actor
from tongban.kernel.context import SharedRole, center_context, shared_context
from tongban.kernel.transactions import unit_of_work

AREA, WINDOW = "A", "01"


def furnish_hall(*, now: datetime) -> bool:
    """Open the window and let the clerk sit there; tell whether it was missing.

    A window that was there once is not opened again, whatever became of it. Runs in no context,
    after ``demonstrate``. Raises: DemonstrationRefusedError beside a real database.
    """
    demonstration.require_demonstration()
    with shared_context(SharedRole.PLATFORM):
        manager, clerk = (_actor(login_name) for login_name in ("manager", "clerk"))
    with center_context(CENTER), unit_of_work():
        sitting = staff.membership_of(clerk)
        if sitting is None or models.Window.objects.filter(code=WINDOW).exists():
            return False
        if not models.ServiceArea.objects.filter(code=AREA).exists():
            areas.open_area(
                actor=manager, code=AREA, name="综合服务区", floor="一楼",
                idempotency_key=uuid.uuid4(), now=now,
            )  # fmt: skip
        windows.open_window(
            actor=manager,
            code=WINDOW,
            terms=WindowTerms(name="综合受理", kind=WindowKind.INTEGRATED, area=AREA),
            idempotency_key=uuid.uuid4(),
            now=now,
        )
        windows.seat_member(actor=manager, code=WINDOW, staff_number=sitting.staff_number, now=now)
    return True


def _actor(login_name: str) -> Actor:
    account = identity.find_account(login_name)
    if account is None:
        return Actor(account_id=None, kind="person")
    return demonstration.acting(account)
