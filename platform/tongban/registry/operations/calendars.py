"""The work calendar of all centers: days that the published one does not know, or has otherwise."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import F

from tongban.kernel.actors import Actor
from tongban.kernel.transactions import Work, unit_of_work
from tongban.registry import errors, models, policies
from tongban.registry.queries import center_map

CHANGED_KIND = "calendar.changed"
LONGEST_BASIS = 200


@dataclass(frozen=True, slots=True)
class CalendarReport:
    """What an import of days changed."""

    changed: int
    unchanged: int
    told: int
    """How many centers were told, to reckon their due dates anew."""


def set_days(
    *,
    actor: Actor,
    days: Mapping[date, bool],
    basis: str,
    settled_year: int | None = None,
    now: datetime,
) -> CalendarReport:
    """Enter whether offices work on these days, and with ``settled_year`` that a year is whole.

    A day that is named wins over the published calendar. With a settled year, days of it that were
    entered before and are not named now fall back to the published calendar. Where something
    changes, every center is told and reckons the due dates of its open cases anew. Runs in the
    platform context. Raises: CalendarNotAllowedError, CalendarFileError.
    """
    with unit_of_work() as work:
        if not policies.may_keep_calendar(actor):
            raise errors.CalendarNotAllowedError
        basis = basis.strip()
        if not basis or len(basis) > LONGEST_BASIS or "\0" in basis:
            raise errors.CalendarFileError(path=("basis",), reason="BASIS")
        if not days:
            raise errors.CalendarFileError(path=("days",), reason="EMPTY")
        # The version's row lock orders two that change the calendar at once.
        models.RegistryVersion.objects.select_for_update().get(id=1)
        changed = _write(days, basis, settled_year, now)
        if not changed:
            return CalendarReport(0, len(days), 0)
        models.RegistryVersion.objects.update(number=F("number") + 1)
        told = _tell(work)
        data = {
            "days": {day.isoformat(): is_working for day, is_working in sorted(days.items())},
            "settled_year": settled_year,
            "basis": basis,
        }
        work.record(
            topic="calendar", subject="calendar", name="calendar.changed", at=now, data=data
        )
        work.audit_action(
            actor=actor,
            action="calendar.set",
            object_type="calendar",
            object_key=str(settled_year or min(days)),
            at=now,
            data=data,
        )
    center_map.forget()
    return CalendarReport(changed, len(days) - changed, told)


def _write(days: Mapping[date, bool], basis: str, settled_year: int | None, now: datetime) -> int:
    """Write what differs and return how many days do, a year that is settled now among them."""
    kept = dict(models.CalendarDay.objects.values_list("day", "is_working"))
    models.CalendarDay.objects.bulk_create(
        (models.CalendarDay(day=day, is_working=days[day], basis=basis) for day in days),
        update_conflicts=True,
        unique_fields=["day"],
        update_fields=["is_working", "basis"],
    )
    changed = sum(kept.get(day) != is_working for day, is_working in days.items())
    if settled_year is None:
        return changed
    dropped = [day for day in kept if day.year == settled_year and day not in days]
    models.CalendarDay.objects.filter(day__in=dropped).delete()
    _year, is_new = models.SettledYear.objects.update_or_create(
        year=settled_year, defaults={"basis": basis, "settled_at": now}
    )
    return changed + len(dropped) + is_new


def _tell(work: Work) -> int:
    codes = list(models.Center.objects.exclude(fingerprint="").values_list("code", flat=True))
    for code in codes:
        work.send(destination=code, kind=CHANGED_KIND, key=code, payload={})
    return len(codes)
