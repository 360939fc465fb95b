"""What stands between a case's decision and its delivery: fees, seal, result."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Self

import strawberry

from schema.cases.types.parts import Party
from tenants.cases import rules

_YUAN = "In yuan."


@strawberry.type(description="One item by which a case is charged.")
class CaseFeeLine:
    item: str = strawberry.field(description="The fee item, by its name in the offering.")
    unit_amount: Decimal = strawberry.field(description="For one unit, in yuan.")
    quantity: int = strawberry.field(description="How many units.")
    amount: Decimal = strawberry.field(description="What it comes to, in yuan.")

    @classmethod
    def of(cls, line: rules.FeeLine) -> Self:
        """Return a line of a sheet as the API shows it."""
        return cls(
            item=line.item,
            unit_amount=rules.yuan_of(line.unit_cents),
            quantity=line.quantity,
            amount=rules.yuan_of(line.cents),
        )


@strawberry.type(description="减免: a part that need not be paid, on a basis.")
class CaseFeeWaiver:
    amount: Decimal = strawberry.field(description=_YUAN)
    waiver: str = strawberry.field(description="The offering's waiver; empty for a document.")
    document: str = strawberry.field(description="The document; empty for the offering's waiver.")
    at: datetime = strawberry.field(description="When it was granted.")
    by: Party = strawberry.field(description="Who granted it.")

    @classmethod
    def of(cls, waived: rules.Waived) -> Self:
        """Return a waiver as the API shows it."""
        return cls(
            amount=rules.yuan_of(waived.cents),
            waiver=waived.waiver,
            document=waived.document,
            at=datetime.fromisoformat(waived.at),
            by=Party.of(waived.by),
        )


@strawberry.type(description="A part that was paid at the center's cashier.")
class CaseFeePayment:
    amount: Decimal = strawberry.field(description=_YUAN)
    method: rules.PaymentMethod = strawberry.field(description="How it was paid.")
    receipt: str = strawberry.field(description="票据号码.")
    window: str = strawberry.field(description="The window's code; empty where it is not told.")
    at: datetime = strawberry.field(description="When it was taken.")
    by: Party = strawberry.field(description="The cashier.")

    @classmethod
    def of(cls, payment: rules.Payment) -> Self:
        """Return a payment as the API shows it."""
        return cls(
            amount=rules.yuan_of(payment.cents),
            method=payment.method,
            receipt=payment.receipt,
            window=payment.window,
            at=datetime.fromisoformat(payment.at),
            by=Party.of(payment.by),
        )


@strawberry.type(
    description="The sheet of fees: what is assessed is what is paid, waived and due together."
)
class CaseFeeSheet:
    lines: list[CaseFeeLine] = strawberry.field(description="By which items it is charged.")
    waivers: list[CaseFeeWaiver] = strawberry.field(description="What need not be paid.")
    payments: list[CaseFeePayment] = strawberry.field(description="What was paid.")
    assessed: Decimal = strawberry.field(description="What is charged, in yuan.")
    waived: Decimal = strawberry.field(description="What need not be paid, in yuan.")
    paid: Decimal = strawberry.field(description="What was paid, in yuan.")
    due: Decimal = strawberry.field(
        description="What is still to be paid, in yuan: one cent of it keeps the result back."
    )

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> Self:
        """Return the sheet of a case as the API shows it."""
        sheet = rules.read_fees(data)
        return cls(
            lines=[CaseFeeLine.of(line) for line in sheet.lines],
            waivers=[CaseFeeWaiver.of(waived) for waived in sheet.waivers],
            payments=[CaseFeePayment.of(payment) for payment in sheet.payments],
            assessed=rules.yuan_of(sheet.assessed),
            waived=rules.yuan_of(sheet.waived),
            paid=rules.yuan_of(sheet.paid),
            due=rules.yuan_of(sheet.due),
        )


@strawberry.type(description="That a result was sealed (用印): by whom, and the entry of the use.")
class CaseSeal:
    code: str = strawberry.field(description="The seal's code.")
    name: str = strawberry.field(description="What it prints.")
    use: int = strawberry.field(description="The place of the use in the seal's chain, from 1.")
    result_name: str = strawberry.field(description="What the sealed result is called.")
    result_number: str = strawberry.field(description="Its own number; empty where it has none.")
    paper_number: str = strawberry.field(description="The number of the paper that it is on.")
    at: datetime = strawberry.field(description="When it was used.")
    by: Party = strawberry.field(description="Who kept and used it.")

    @classmethod
    def of(cls, result: Mapping[str, Any]) -> Self:
        """Return the seal on a result as the API shows it."""
        seal = result["seal"]
        return cls(
            code=seal["code"],
            name=seal["name"],
            use=seal["use"],
            result_name=result["name"],
            result_number=result["number"],
            paper_number=result["paper"],
            at=datetime.fromisoformat(seal["at"]),
            by=Party.of(seal["by"]),
        )


@strawberry.type(description="What the applicant gets: certificate, approval, letter.")
class CaseResult:
    name: str = strawberry.field(description="What it is called.")
    number: str = strawberry.field(description="Its own number; empty where it has none.")
    deliver_at: rules.DeliverAt = strawberry.field(description="Where the applicant gets it.")
    valid_from: date | None = strawberry.field(
        description="From which day it is valid; null: from its issue."
    )
    valid_to: date | None = strawberry.field(
        description="The last day on which it is valid; null: without end."
    )
    paper_number: str | None = strawberry.field(
        description="The number of its paper among the case's `papers`."
    )

    @classmethod
    def of(cls, result: Mapping[str, Any]) -> Self:
        """Return an issued result as the API shows it."""
        terms = rules.read_terms(result)
        return cls(
            name=terms.name,
            number=terms.number,
            deliver_at=rules.DeliverAt(result["deliver_at"]),
            valid_from=terms.valid_from,
            valid_to=terms.valid_to,
            paper_number=result.get("paper"),
        )
