"""The sheet of fees of a case: what is charged, waived and paid, to the cent."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final

MOST_CENTS: Final = 100_000_000_000
"""The most that is charged, waived or paid at once: a billion yuan."""
MOST_UNITS: Final = 100_000
LONGEST_RECEIPT: Final = 40


class PaymentMethod(StrEnum):
    """How a fee was paid."""

    CASH = "cash"
    CARD = "card"
    MOBILE = "mobile"
    TRANSFER = "transfer"


@dataclass(frozen=True, slots=True)
class Charge:
    """What is charged by one item of the offering, as a clerk says it."""

    item: str
    """The item by its name."""
    quantity: int = 1
    amount: Decimal | None = None
    """In yuan, for one unit: where the standard leaves it open."""


@dataclass(frozen=True, slots=True)
class Basis:
    """On what a waiver stands: one of the standard's, by its text, or a document."""

    waiver: str = ""
    document: str = ""


@dataclass(frozen=True, slots=True)
class FeeLine:
    """One item that is charged."""

    item: str
    unit_cents: int
    quantity: int

    @property
    def cents(self) -> int:
        """What the item comes to."""
        return self.unit_cents * self.quantity


@dataclass(frozen=True, slots=True)
class Waived:
    """A part that nobody has to pay, and on what basis."""

    cents: int
    waiver: str
    document: str
    at: str
    by: Mapping[str, Any]
    """A ``Party``."""


@dataclass(frozen=True, slots=True)
class Payment:
    """A part that was paid at the center's cashier."""

    cents: int
    method: PaymentMethod
    receipt: str
    window: str
    """The window's code; empty where none is told."""
    at: str
    by: Mapping[str, Any]
    """A ``Party``: the cashier."""


@dataclass(frozen=True, slots=True)
class FeeSheet:
    """Everything about a case's fees: assessed is what is paid, waived and due together."""

    lines: tuple[FeeLine, ...] = ()
    waivers: tuple[Waived, ...] = ()
    payments: tuple[Payment, ...] = ()
    is_assessed: bool = False

    @property
    def assessed(self) -> int:
        """What is charged, in cents."""
        return sum(line.cents for line in self.lines)

    @property
    def waived(self) -> int:
        """What need not be paid, in cents."""
        return sum(waived.cents for waived in self.waivers)

    @property
    def paid(self) -> int:
        """What was paid, in cents."""
        return sum(payment.cents for payment in self.payments)

    @property
    def due(self) -> int:
        """What is still to be paid, in cents."""
        return self.assessed - self.waived - self.paid

    def charged(self, lines: tuple[FeeLine, ...]) -> "FeeSheet":
        """Return the sheet with these lines instead of its own."""
        return replace(self, lines=lines, is_assessed=True)

    def with_waiver(self, waived: Waived) -> "FeeSheet":
        """Return the sheet with one more waiver."""
        return replace(self, waivers=(*self.waivers, waived))

    def with_payment(self, payment: Payment) -> "FeeSheet":
        """Return the sheet with one more payment."""
        return replace(self, payments=(*self.payments, payment))

    def to_json(self) -> dict[str, Any]:
        """Return the plain JSON that the case and its events keep."""
        return {
            "lines": [asdict(line) for line in self.lines],
            "waivers": [asdict(waived) for waived in self.waivers],
            "payments": [asdict(payment) for payment in self.payments],
        }


def read_fees(data: Mapping[str, Any]) -> FeeSheet:
    """Return the sheet whose ``to_json`` gave ``data``; one that nobody assessed for ``{}``."""
    return FeeSheet(
        lines=tuple(FeeLine(**line) for line in data.get("lines", ())),
        waivers=tuple(Waived(**waived) for waived in data.get("waivers", ())),
        payments=tuple(
            Payment(**{**payment, "method": PaymentMethod(payment["method"])})
            for payment in data.get("payments", ())
        ),
        is_assessed=bool(data),
    )


def cents_of(yuan: Decimal) -> int | None:
    """Return a positive amount of yuan in cents, None where it is none or not whole cents."""
    if not yuan.is_finite():
        return None
    cents = yuan * 100
    if not 0 < cents <= MOST_CENTS or cents != cents.to_integral_value():
        return None
    return int(cents)


def yuan_of(cents: int) -> Decimal:
    """Return cents as yuan with two places."""
    return Decimal(cents).scaleb(-2).quantize(Decimal("0.01"))
