"""What people may ask about their own data (个人信息保护法 44–50)."""

import dataclasses
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final

from tenants.cases.rules import CorrectedField

LONGEST_TEXT: Final = 500

COPY_FOR: Final = timedelta(days=30)
"""How long a granted copy may be downloaded."""


class RequestKind(StrEnum):
    """What somebody asks for."""

    ACCESS = "access"
    CORRECTION = "correction"


@dataclass(frozen=True, slots=True)
class Correction:
    """What of a case somebody asks to be corrected; the value is in the clear, and kept nowhere."""

    case_number: str
    field: CorrectedField
    value: str = dataclasses.field(repr=False)

    @property
    def place(self) -> str:
        """By which its sealed value is known."""
        return f"{self.case_number}:{self.field}"
