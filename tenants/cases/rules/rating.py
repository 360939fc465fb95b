"""好差评: how an applicant found the service, and what a bad rating leads to."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, Final


class RatingLevel(StrEnum):
    """满意度, by its national code: 1 is the best."""

    VERY_SATISFIED = "1"
    SATISFIED = "2"
    FAIRLY_SATISFIED = "3"
    DISSATISFIED = "4"
    VERY_DISSATISFIED = "5"


BAD: Final = frozenset({RatingLevel.DISSATISFIED, RatingLevel.VERY_DISSATISFIED})
"""差评: what is rectified and answered."""


class RatingChannel(StrEnum):
    """评价渠道: by what a rating was given."""

    PC = "pc"
    MOBILE = "mobile"
    QR_CODE = "qr_code"
    TABLET = "tablet"
    TERMINAL = "terminal"
    PHONE = "phone"
    SMS = "sms"


class RatingMode(StrEnum):
    """Where a rating was given: each has a count of its own."""

    COUNTER = "counter"
    ONLINE = "online"


AT_COUNTER: Final = frozenset({RatingChannel.TABLET, RatingChannel.TERMINAL, RatingChannel.PHONE})
"""What a window may enter for an applicant; everything else applicants do by themselves."""

MOST_TAGS: Final = 10
LONGEST_TAG: Final = 20


class RatingGrouping(StrEnum):
    """By what ratings are counted."""

    MATTER = "matter"
    WINDOW = "window"


@dataclass(frozen=True, slots=True)
class RatingFigures:
    """How a matter or window was rated."""

    code: str
    name: str
    count: int
    average: float
    """Of the national codes: 1 is the best, 5 the worst."""
    satisfied: int
    """How many were no bad ones."""


@dataclass(frozen=True, slots=True)
class RatingMark:
    """What the row of a case keeps of one rating: what its next steps follow from."""

    number: int
    mode: str
    level: str
    is_open: bool
    """Whether a rectification is still to be answered."""
    appeal: str = ""
    """``open``, ``upheld``, ``dismissed``, or nothing."""

    @property
    def is_bad(self) -> bool:
        """Whether it is a bad one."""
        return self.level in BAD

    def as_json(self) -> dict[str, Any]:
        """Return the plain JSON that the case keeps."""
        return asdict(self)


def read_marks(listed: Sequence[Mapping[str, Any]]) -> list[RatingMark]:
    """Return the ratings that a case keeps."""
    return [RatingMark(**mark) for mark in listed]


def unmet_by(marks: Sequence[RatingMark], action: str, *, is_own: bool) -> str:
    """Return why an action on the ratings of a case is not possible (``errors.BECAUSE``), or ""."""
    mode = RatingMode.ONLINE if is_own else RatingMode.COUNTER
    if action == "rate_case" and any(mark.mode == mode for mark in marks):
        return "RATED"
    if action == "answer_rectification" and not any(mark.is_open for mark in marks):
        return "NO_RECTIFICATION"
    if action == "appeal_rating" and not any(m.is_bad and not m.appeal for m in marks):
        return "NO_BAD_RATING"
    if action == "decide_appeal" and not any(mark.appeal == "open" for mark in marks):
        return "NO_APPEAL"
    return ""
