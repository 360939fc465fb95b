"""刚性标准: the coded grounds that speak against an application, and what of it each is about."""

from dataclasses import dataclass
from typing import Final

from tenants.cases.rules.notices import Subject

TIED_GROUNDS: Final = frozenset({"CONDITIONS_NOT_MET", "FALSE_MATERIALS", "INSPECTION_FAILED"})
"""Grounds that are about a condition or a material; that the number is reached (行政许可法 57) or
others' interests forbid it (36) lies outside the application."""

MAX_GROUNDS: Final = 50


@dataclass(frozen=True, slots=True)
class Ground:
    """One reason against an application, of ``REJECTION_GROUNDS``, and what it is about."""

    code: str
    material_code: str = ""
    condition_code: str = ""
    text: str = ""
    """What was found, in words; empty where the code says all."""

    @property
    def subject(self) -> Subject:
        """What it is about; both codes are empty where it is about neither."""
        return (self.material_code, self.condition_code)

    def as_json(self) -> dict[str, str]:
        """Return the plain JSON that reviews, decisions and their events keep."""
        return {
            "ground": self.code,
            "material": self.material_code,
            "condition": self.condition_code,
            "text": self.text,
        }
