"""How a result is handed out."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, Final

LONGEST_TRACKING: Final = 40
LONGEST_RESULT: Final = 120


class DeliverAt(StrEnum):
    """Where the applicant gets the result: here, or where the application was handed in."""

    HERE = "HERE"
    ORIGIN = "ORIGIN"


class DeliveryMethod(StrEnum):
    """送达方式: how the result reached the applicant."""

    COUNTER = "counter"
    POST = "post"
    ELECTRONIC = "electronic"


@dataclass(frozen=True, slots=True)
class Delivery:
    """How and to whom the result was delivered (送达回证)."""

    method: DeliveryMethod
    receiver_name: str
    note: str = ""
    tracking_number: str = ""
    """Of what was posted; empty for any other way."""


@dataclass(frozen=True, slots=True)
class SealingDepartment:
    """The department whose seal a result needs."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class ResultTerms:
    """What a result says of itself: certificate, approval, letter."""

    name: str = ""
    """The offering's where it is empty."""
    number: str = ""
    valid_from: date | None = None
    valid_to: date | None = None
    """The last day on which it is valid; None where it has none."""

    @property
    def is_silent(self) -> bool:
        """Whether nothing is said, so that what stands already goes on standing."""
        return self == ResultTerms()

    def as_json(self) -> dict[str, Any]:
        """Return the plain JSON that stands in the case's result."""
        return {
            "name": self.name,
            "number": self.number,
            "valid_from": self.valid_from.isoformat() if self.valid_from else None,
            "valid_to": self.valid_to.isoformat() if self.valid_to else None,
        }


def read_terms(result: Mapping[str, Any]) -> ResultTerms:
    """Return what a case's result says of itself; older results know no days."""
    first, last = result.get("valid_from"), result.get("valid_to")
    return ResultTerms(
        name=result["name"],
        number=result["number"],
        valid_from=date.fromisoformat(first) if first else None,
        valid_to=date.fromisoformat(last) if last else None,
    )
