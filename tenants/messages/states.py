"""Where a message stands."""

from enum import StrEnum
from typing import Final


class MessageState(StrEnum):
    """Where a message stands."""

    WAITING = "waiting"
    SENT = "sent"
    KEPT = "kept"
    FAILED = "failed"
    DROPPED = "dropped"


RETRIABLE: Final = frozenset({MessageState.FAILED, MessageState.KEPT})
"""What a person may send once more: what never left."""
