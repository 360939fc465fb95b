"""A file of days: one a line, ``2027-02-06,休`` or ``2027-01-30,班``, after a heading or not."""

import csv
import io
from datetime import date

from tongban.registry import errors

_WORK = {"休": False, "放假": False, "off": False, "班": True, "上班": True, "on": True}


def read(content: bytes, *, year: int | None = None) -> dict[date, bool]:
    """Return whether offices work on each day that a file names, all of ``year`` where one is.

    Raises: CalendarFileError that names the first row which says no such thing.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise errors.CalendarFileError(reason="ENCODING", row=0) from None
    days: dict[date, bool] = {}
    for row, cells in enumerate(csv.reader(io.StringIO(text)), start=1):
        if not any(cells) or (row == 1 and not cells[0][:1].isdigit()):
            continue
        day = _day(cells[0], row)
        work = _WORK.get(cells[1].strip().lower()) if len(cells) > 1 else None
        if work is None:
            raise errors.CalendarFileError(reason="WORK", row=row)
        if day in days:
            raise errors.CalendarFileError(reason="TWICE", row=row)
        if year is not None and day.year != year:
            raise errors.CalendarFileError(reason="YEAR", row=row)
        days[day] = work
    return days


def _day(text: str, row: int) -> date:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise errors.CalendarFileError(reason="DAY", row=row) from None
