"""A department that works in a center, with what it lets whom decide and seal, for tests."""

import uuid
from dataclasses import dataclass
from datetime import date
from typing import Any

from tenants.staff import models
from tenants.staff.operations import deeds, departments, postings, seals
from tenants.staff.rules import CenterRole, PostingKind
from tenants.windows import queries as hall
from tenants.windows.operations import areas, windows
from tenants.windows.rules import WindowKind
from tests.casework import Desk
from tongban.kernel.actors import Actor
from tongban.kernel.context import center_context

CULTURE = "文化和旅游局"
"""The department that the books' licence is for."""
CODE, DEED, SEAL = "WLJ", "〔2026〕1号", "WLJ-2"


def staff_number(desk: Desk, actor: Actor) -> str:
    """Return the number on a member's badge."""
    with center_context(desk.center):
        return models.Member.objects.get(account_id=actor.account_id or 0).staff_number


@dataclass(frozen=True)
class Station:
    """The department's registers at a desk's center."""

    desk: Desk

    def keep(self, operation: Any, **said: Any) -> Any:
        """Let the management office keep a register."""
        manager = self.desk.who(CenterRole.MANAGER)
        with center_context(self.desk.center):
            return operation(actor=manager, now=self.desk.now, **said)

    def once(self, operation: Any, **said: Any) -> Any:
        return self.keep(operation, idempotency_key=uuid.uuid4(), **said)

    def post(self, actor: Actor, kind: PostingKind = PostingKind.STAFF, code: str = CODE) -> None:
        self.once(
            postings.post_member,
            staff_number=staff_number(self.desk, actor),
            department_code=code,
            kind=kind,
            started_on=None,
        )

    def grant(self, number: str = DEED, **said: Any) -> models.AuthorizationDeed:
        terms: dict[str, Any] = {"matters": [], "valid_from": date(2026, 1, 1), "valid_to": None}
        deed: models.AuthorizationDeed = self.once(
            deeds.grant_deed,
            number=number,
            department_code=CODE,
            staff_number=staff_number(self.desk, self.desk.chief),
            **{**terms, **said},
        )
        return deed

    def revoke(self, number: str = DEED) -> None:
        self.keep(deeds.revoke_deed, number=number, reason="岗位调整")

    def register_seal(self, keeper: Actor, seal: str = SEAL, code: str = CODE) -> None:
        self.once(
            seals.register_seal,
            code=seal,
            name="行政审批专用章（2）",
            department_code=code,
            keeper=staff_number(self.desk, keeper),
        )

    def open_window(self, code: str, department: str = "", matters: tuple[str, ...] = ()) -> None:
        """Open a window for a department, or for all (综合窗口) where none is named."""
        with center_context(self.desk.center):
            has_area = hall.list_areas().exists()
        if not has_area:
            self.once(areas.open_area, code="A", name="一楼", floor="1")
        kind = WindowKind.DEPARTMENT if department else WindowKind.INTEGRATED
        terms = windows.WindowTerms(f"{code}号窗口", kind, "A", department, matters)
        self.once(windows.open_window, code=code, terms=terms)

    def seat(self, actor: Actor, window: str) -> None:
        """Let a member sit at a window."""
        number = staff_number(self.desk, actor)
        self.keep(windows.seat_member, code=window, staff_number=number)


def open_station(desk: Desk, *, code: str = CODE, name: str = CULTURE) -> Station:
    """Let a department work at the desk's center, with nobody posted yet."""
    station = Station(desk)
    station.once(
        departments.open_department, code=code, name=name, credit_code="", section_name="审批服务股"
    )
    return station


def settle(desk: Desk) -> Station:
    """Let the department post chief, reviewer and clerk; the first decides, the last seals."""
    station = open_station(desk)
    station.post(desk.chief, PostingKind.CHIEF_REPRESENTATIVE)
    station.post(desk.reviewer)
    station.post(desk.clerk)
    station.grant()
    station.register_seal(desk.clerk)
    return station
