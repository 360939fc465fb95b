"""From decision to delivery: fees, and the seal on a result; each mutation calls one operation."""

import uuid
from datetime import date
from decimal import Decimal

import strawberry

from schema import payloads
from schema.cases.inputs import NUMBER, VERSION
from schema.cases.mutations import CasePayload, acting, answered
from schema.context import Info
from tenants.cases import rules
from tenants.cases.operations import fees, seal

_YUAN = "In yuan, of whole cents."


@strawberry.input(description="One item of the offering by which the case is charged.")
class FeeChargeInput:
    item: str = strawberry.field(description="The fee item, by its name in the offering.")
    quantity: int = strawberry.field(default=1, description="How many units of it.")
    amount: Decimal | None = strawberry.field(
        default=None,
        description="For one unit, in yuan, where the standard leaves it open; null or the "
        "standard's own elsewhere.",
    )


@strawberry.input(description="By which items the case is charged, instead of those before.")
class AssessFeeInput:
    number: str = strawberry.field(description=NUMBER)
    items: list[FeeChargeInput] = strawberry.field(
        description="All items that apply; none for a rejected case only."
    )
    expected_version: int | None = strawberry.field(default=None, description=VERSION)
    idempotency_key: uuid.UUID = strawberry.field(description=payloads.IDEMPOTENCY_KEY)


@strawberry.input(description="What need not be paid, and on what basis: just one of the two.")
class WaiveFeeInput:
    number: str = strawberry.field(description=NUMBER)
    amount: Decimal = strawberry.field(description=_YUAN)
    waiver: str = strawberry.field(
        default="", description="One of the offering's waivers (减免), by its text."
    )
    document: str = strawberry.field(
        default="", description="The document that grants it, by its number or name."
    )
    expected_version: int | None = strawberry.field(default=None, description=VERSION)
    idempotency_key: uuid.UUID = strawberry.field(description=payloads.IDEMPOTENCY_KEY)


@strawberry.input(description="What a cashier took, and the receipt given for it.")
class RecordPaymentInput:
    number: str = strawberry.field(description=NUMBER)
    amount: Decimal = strawberry.field(description=_YUAN)
    method: rules.PaymentMethod = strawberry.field(description="How it was paid.")
    receipt: str = strawberry.field(description="票据号码: the receipt's number, once in a center.")
    window: str = strawberry.field(
        default="", description="The code of the window where it was taken; empty: not told."
    )
    expected_version: int | None = strawberry.field(default=None, description=VERSION)
    idempotency_key: uuid.UUID = strawberry.field(description=payloads.IDEMPOTENCY_KEY)


@strawberry.input(description="Which result to seal, with which seal, and what it says.")
class UseSealInput:
    number: str = strawberry.field(description=NUMBER)
    seal: str = strawberry.field(description="The seal's code.")
    result_name: str = strawberry.field(
        default="", description="What the result is called; the offering's when empty."
    )
    result_number: str = strawberry.field(default="", description="Its own number.")
    valid_from: date | None = strawberry.field(
        default=None, description="From which day it is valid; null: from its issue."
    )
    valid_to: date | None = strawberry.field(
        default=None, description="The last day on which it is valid; null: without end."
    )
    expected_version: int | None = strawberry.field(default=None, description=VERSION)
    idempotency_key: uuid.UUID = strawberry.field(description=payloads.IDEMPOTENCY_KEY)


@strawberry.type
class CaseResultsMutation:
    @payloads.mutation(description="Say by which items of its offering a case is charged.")
    def assess_fee(self, info: Info, input: AssessFeeInput) -> CasePayload:
        actor = acting(info)
        outcome = fees.assess_fee(
            actor=actor,
            number=input.number,
            charges=[rules.Charge(each.item, each.quantity, each.amount) for each in input.items],
            expected_version=input.expected_version,
            idempotency_key=input.idempotency_key,
            now=info.context.now(),
        )
        return answered(info, actor, outcome)

    @payloads.mutation(description="Let a part of a fee go unpaid (减免), on a basis.")
    def waive_fee(self, info: Info, input: WaiveFeeInput) -> CasePayload:
        actor = acting(info)
        outcome = fees.waive_fee(
            actor=actor,
            number=input.number,
            amount=input.amount,
            basis=rules.Basis(input.waiver, input.document),
            expected_version=input.expected_version,
            idempotency_key=input.idempotency_key,
            now=info.context.now(),
        )
        return answered(info, actor, outcome)

    @payloads.mutation(description="Record a payment of a fee, as the center's cashier.")
    def record_payment(self, info: Info, input: RecordPaymentInput) -> CasePayload:
        actor = acting(info)
        outcome = fees.record_payment(
            actor=actor,
            number=input.number,
            amount=input.amount,
            method=input.method,
            receipt=input.receipt,
            window_code=input.window,
            expected_version=input.expected_version,
            idempotency_key=input.idempotency_key,
            now=info.context.now(),
        )
        return answered(info, actor, outcome)

    @payloads.mutation(
        description="Seal the result of a decided case (用印), or the letter of a revoked one, as "
        "the keeper of the seal."
    )
    def use_seal(self, info: Info, input: UseSealInput) -> CasePayload:
        actor = acting(info)
        outcome = seal.use_seal(
            actor=actor,
            number=input.number,
            seal_code=input.seal,
            terms=rules.ResultTerms(
                input.result_name, input.result_number, input.valid_from, input.valid_to
            ),
            expected_version=input.expected_version,
            idempotency_key=input.idempotency_key,
            now=info.context.now(),
        )
        return answered(info, actor, outcome)
