"""容缺后补: looking at what came of a material that an accepted case owes."""

import uuid

import strawberry

from schema import payloads
from schema.cases.inputs import NUMBER, VERSION
from schema.cases.mutations import CasePayload, acting, answered
from schema.context import Info
from tenants.cases.operations import debts


@strawberry.input(description="What came of a material that is owed, accepted or given back.")
class SettleDebtInput:
    number: str = strawberry.field(description=NUMBER)
    material_code: str = strawberry.field(description="The code of the material that is owed.")
    is_accepted: bool = strawberry.field(
        description="True if what came is good enough; false gives it back, owed as before."
    )
    text: str = strawberry.field(
        default="", description="What is wrong with it, for the applicant; required to give back."
    )
    expected_version: int | None = strawberry.field(default=None, description=VERSION)
    idempotency_key: uuid.UUID = strawberry.field(description=payloads.IDEMPOTENCY_KEY)


@strawberry.type
class DebtsMutation:
    @payloads.mutation(
        description="Accept what came of a material that is owed (容缺后补), or give it back; the "
        "result stays here until everything that is owed was accepted."
    )
    def settle_debt(self, info: Info, input: SettleDebtInput) -> CasePayload:
        actor = acting(info)
        outcome = debts.settle_debt(
            actor=actor,
            number=input.number,
            material=input.material_code,
            is_accepted=input.is_accepted,
            text=input.text,
            expected_version=input.expected_version,
            idempotency_key=input.idempotency_key,
            now=info.context.now(),
        )
        return answered(info, actor, outcome)
