"""What may be read of the hall: areas and windows by everybody, who sits where by its people."""

from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from tenants.staff import queries as staff
from tenants.staff.rules import is_register_code
from tenants.windows import models
from tenants.windows.rules import OfficeTerms, Reckoning, WindowKind, WindowScope
from tongban.kernel import statements
from tongban.kernel.actors import Actor
from tongban.kernel.calendar import OfficeHours
from tongban.registry import queries as registry


@dataclass(frozen=True, slots=True)
class WindowFilter:
    """What a list of windows is narrowed to; None narrows nothing."""

    area: str | None = None
    department: str | None = None
    kind: WindowKind | None = None
    matter: str | None = None
    """Windows that name this matter, or name none."""
    is_active: bool | None = True


def list_areas(*, is_active: bool | None = True) -> QuerySet[models.ServiceArea]:
    """Return the service areas of the center; order them by ``code``."""
    rows = models.ServiceArea.objects.all()
    return rows if is_active is None else rows.filter(is_active=is_active)


def list_windows(where: WindowFilter | None = None) -> QuerySet[models.Window]:
    """Return the windows that fit, each with area and department; order them by ``code``."""
    where = where or WindowFilter()
    rows = models.Window.objects.select_related("area", "department")
    if where.area is not None:
        rows = rows.filter(area__code=where.area)
    if where.department is not None:
        rows = rows.filter(department__code=where.department)
    if where.kind is not None:
        rows = rows.filter(kind=where.kind)
    if where.matter is not None:
        rows = rows.filter(Q(matters__contains=[where.matter]) | Q(matters=[]))
    return rows if where.is_active is None else rows.filter(is_active=where.is_active)


def with_seats(windows: QuerySet[models.Window]) -> QuerySet[models.Window]:
    """Read along who sits at each window now, as its ``seated`` (one query more for any number)."""
    seated = _seated().order_by("since", "id")
    return windows.prefetch_related(Prefetch("seats", queryset=seated, to_attr="seated"))


def window(*, code: str) -> models.Window | None:
    """Return a window, open or closed, with who sits there, or None."""
    return with_seats(list_windows(WindowFilter(is_active=None)).filter(code=code)).first()


def _seated() -> QuerySet[models.Seat]:
    """Return the seats of those who are at work here, at a department's window as its own."""
    posted = staff.current_postings().filter(
        member=OuterRef("member"), department=OuterRef("window__department")
    )
    return models.Seat.objects.filter(
        Q(window__department=None) | Exists(posted), until=None, member__is_active=True
    ).select_related("member")


def may_see_seats(actor: Actor) -> bool:
    """Tell whether the actor works in this center, and so may know who sits where."""
    return staff.membership_of(actor) is not None


def window_of(member_id: int) -> models.Window | None:
    """Return the window at which a member sits now, or None."""
    seats = _seats_of(member_id)
    return seats[0].window if seats else None


@statements.compiled
def _seats_of(member_id: int) -> QuerySet[models.Seat]:
    seats = _seated().filter(member_id=member_id)
    return seats.select_related("window__area", "window__department")


def scope_of(window: models.Window) -> WindowScope:
    """Return what a window, read with its department, is for."""
    department = window.department
    return WindowScope(
        code=window.code,
        kind=WindowKind(window.kind),
        departments=frozenset({department.name, department.code}) if department else frozenset(),
        matters=frozenset(window.matters),
    )


def scope_at(code: str) -> WindowScope | None:
    """Return what the open window with this code is for, or None (one statement)."""
    if not is_register_code(code):
        return None
    found = list_windows().filter(code=code).first()
    return scope_of(found) if found else None


def closed_codes() -> list[str]:
    """Return the codes of all windows that were closed (one statement)."""
    return list(models.Window.objects.filter(is_active=False).values_list("code", flat=True))


def scopes() -> dict[str, WindowScope]:
    """Return what each open window is for, by its code (one statement)."""
    return {found.code: scope_of(found) for found in list_windows()}


def office_terms() -> OfficeTerms:
    """Return the center's office hours and what it settles about clocks (one statement)."""
    rows = _settled()
    if not rows:
        return OfficeTerms()
    (row,) = rows
    return OfficeTerms(
        hours=OfficeHours(
            row.morning_start, row.morning_end, row.afternoon_start, row.afternoon_end
        ),
        yellow_percent=row.yellow_percent,
        consultation_pauses=row.consultation_pauses,
        urging_reply_days=row.urging_reply_days,
        debt_days=row.debt_days,
        lease_minutes=row.lease_minutes,
        commitment_days=row.commitment_days,
        version=row.version,
    )


@statements.compiled
def _settled() -> QuerySet[models.OfficeTerms]:
    return models.OfficeTerms.objects.all()


def reckoning() -> Reckoning:
    """Return how the running center counts time: what every due date of it follows from."""
    return Reckoning(registry.work_calendar(), office_terms())


def latest_reckoning() -> Reckoning:
    """Return how the running center counts time by the calendar as it is in the table now."""
    return Reckoning(registry.latest_work_calendar(), office_terms())
