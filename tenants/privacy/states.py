"""Where a request about somebody's data stands."""

from enum import StrEnum


class RequestState(StrEnum):
    """Where a request stands."""

    OPEN = "open"
    GRANTED = "granted"
    REFUSED = "refused"
