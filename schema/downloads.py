"""What ``/files/{token}`` hands out, whatever feature it belongs to."""

from dataclasses import dataclass
from typing import IO


@dataclass(frozen=True, slots=True)
class Download:
    """An open file, with its name and type."""

    stream: IO[bytes]
    filename: str
    media_type: str
    is_public: bool = False
    """Whether anybody who has the link may have it, and so may keep it until the link ends."""
