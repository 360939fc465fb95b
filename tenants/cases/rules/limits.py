"""When a limit of a case ends."""

from datetime import datetime

from tongban.kernel import calendar


def due_at(start: datetime, amount: int, unit: calendar.LimitUnit) -> datetime:
    """Return the end of a limit that begins at ``start``, by the published work calendar."""
    return calendar.due_at(calendar.WorkCalendar(), calendar.OfficeHours(), start, amount, unit)
