"""Places in a center's log as cursors of those who follow it as a whole."""

from typing import Final

from schema.errors import BadRequestError
from tongban.kernel import context
from tongban.kernel.models import Ledger

_LONGEST: Final = 18


def last() -> int:
    """Return the position of the running center's log now."""
    position: int = Ledger.objects.values_list("log_position", flat=True).get(id=1)
    return position


def cursor_at(position: int) -> str:
    """Return the cursor of a position in the running center's log."""
    # With the center's code: a position means nothing in another center's log.
    return f"{context.current_center()}-{position}"


def read(cursor: str, center: str) -> int:
    """Return the position of a cursor of this center. Raises: BadRequestError for any other."""
    code, _, position = cursor.partition("-")
    is_number = position.isascii() and position.isdecimal() and len(position) <= _LONGEST
    if code != center or not is_number:
        raise BadRequestError(reason="after", path=("after",))
    return int(position)


def require_past(position: int) -> None:
    """Refuse a position that is yet to come. Raises: BadRequestError."""
    if position > last():
        raise BadRequestError(reason="after", path=("after",))
