"""How a result is handed out."""

from dataclasses import dataclass
from enum import StrEnum


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
