"""一次告知: the defects of an application and the answers to them."""

from dataclasses import dataclass
from typing import Final

NOTICE_WORKING_DAYS: Final = 5
"""All defects are told within five working days of receipt (行政许可法 32(4))."""


MAX_DEFECTS: Final = 50


@dataclass(frozen=True, slots=True)
class Defect:
    """One thing to make good; an empty code means the form itself."""

    material_code: str
    text: str

    def as_json(self) -> dict[str, str]:
        """Return the plain JSON that notices and events keep."""
        return {"material": self.material_code, "text": self.text}


@dataclass(frozen=True, slots=True)
class Answer:
    """What the applicant says to a defect, beside or instead of files."""

    material_code: str
    text: str
