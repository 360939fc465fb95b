"""Under whose name papers go out, and before whom a decision against an applicant is contested."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, Final

REVIEW_DAYS: Final = 60
"""Days within which administrative review is applied for (行政复议法 20)."""
SUIT_MONTHS: Final = 6
"""Months within which a suit is brought (行政诉讼法 46)."""


@dataclass(frozen=True, slots=True)
class Remedies:
    """Who reviews a decision and which court tries it; empty where the center has not told."""

    review_body: str = ""
    court: str = ""

    def as_json(self) -> dict[str, str]:
        """Return the remedies as a decision keeps them."""
        return asdict(self)

    @property
    def text(self) -> str:
        """The remedies as papers tell them; what was not named goes by the law's own rule."""
        review = f"向{self.review_body}" if self.review_body else "依法"
        suit = f"向{self.court}" if self.court else "依法向有管辖权的人民法院"
        rule = "" if self.review_body else _REVIEW_RULE
        return (
            f"不服本决定的，可以自收到之日起六十日内{review}申请行政复议{rule}，"
            f"或者自收到之日起六个月内{suit}提起行政诉讼。"
        )


_REVIEW_RULE = (
    "（对县级以上地方人民政府工作部门的决定，向本级人民政府申请；"
    "实行垂直领导的，向上一级主管部门申请）"
)
"""行政复议法 24, 27."""


def read_remedies(decision: Mapping[str, Any]) -> Remedies:
    """Return the remedies that a decision against the applicant told."""
    return Remedies(**decision.get("remedies", {}))


class Unnamed(StrEnum):
    """What a letterhead does not name, so that papers tell the law's rule instead."""

    REVIEW_BODY = "REVIEW_BODY"
    COURT = "COURT"


@dataclass(frozen=True, slots=True)
class Letterhead:
    """Who signs papers, where it is found, and who reviews what it decides."""

    name: str
    second_line: str = ""
    address: str = ""
    phone: str = ""
    review_body: str = ""
    court: str = ""

    @property
    def remedies(self) -> Remedies:
        """Return before whom what it decides is contested."""
        return Remedies(self.review_body, self.court)

    @property
    def unnamed(self) -> list[Unnamed]:
        """Return which remedies it does not name."""
        named = {Unnamed.REVIEW_BODY: self.review_body, Unnamed.COURT: self.court}
        return [what for what, name in named.items() if not name]

    @property
    def whereabouts(self) -> str:
        """The line by which a reader finds the organ; empty where it tells nothing."""
        told = (("地址", self.address), ("联系电话", self.phone))
        return "；".join(f"{label}：{text}" for label, text in told if text)


LONGEST: Final[Mapping[str, int]] = {
    "name": 50,
    "second_line": 50,
    "address": 100,
    "phone": 50,
    "review_body": 50,
    "court": 50,
}
"""Element of a letterhead → how many characters it may have."""
