"""How a matter is handled: what the matter itself and the guide to it say alike."""

import strawberry

from schema.catalog.types.elements import (
    FeeItem,
    FeeWaiver,
    IntermediaryService,
    LegalBasis,
    MatterResult,
    MatterStep,
    Precondition,
    SpecialProcedure,
    TimeLimit,
)
from schema.catalog.types.rendering import Rendering
from tongban.catalog.rules import content as contents


@strawberry.type(description="How a matter is handled, whatever is applied for.")
class Handling:
    rendering: strawberry.Private[Rendering]

    @property
    def _content(self) -> contents.MatterContent:
        return self.rendering.content

    @strawberry.field(description="Whether it is done at once or within a promise.")
    def handling_type(self) -> contents.HandlingType:
        handling_type = self._content.handling_type
        assert handling_type is not None  # checked before publishing
        return handling_type

    @strawberry.field(description="办理形式: how an application may be made.")
    def handling_forms(self) -> list[contents.HandlingForm]:
        return list(self._content.handling_forms)

    @strawberry.field(description="Who is in charge of which cases, where that needs a word.")
    def jurisdiction_note(self) -> str:
        return self._content.jurisdiction_note

    @strawberry.field(description="办理流程, in order.")
    def steps(self) -> list[MatterStep]:
        return [MatterStep.of(step) for step in self._content.steps]

    @strawberry.field(description="法定时限; null where no law sets one.")
    def statutory_limit(self) -> TimeLimit | None:
        return TimeLimit.of_any(self._content.statutory_limit)

    @strawberry.field(description="Where the statutory limit stands, and what else it says.")
    def statutory_limit_note(self) -> str:
        return self._content.statutory_limit_note

    @strawberry.field(description="What the promise says beside its days; may be empty.")
    def promised_limit_note(self) -> str:
        return self._content.promised_limit_note

    @strawberry.field(
        description="超时默认: whether a case without a decision in time counts as approved."
    )
    def tacit_approval(self) -> bool:
        return self._content.tacit_approval

    @strawberry.field(description="What allows tacit approval; null where nothing does.")
    def tacit_approval_basis(self) -> LegalBasis | None:
        return self.rendering.basis(self._content.tacit_approval_basis)

    @strawberry.field(description="特别程序: what may come between, each with its basis.")
    def special_procedures(self) -> list[SpecialProcedure]:
        return self.rendering.special_procedures()

    @strawberry.field(description="前置事项: matters whose results must be there first.")
    def preconditions(self) -> list[Precondition]:
        return self.rendering.preconditions()

    @strawberry.field(description="中介服务: what the applicant has to buy beforehand.")
    def intermediary_services(self) -> list[IntermediaryService]:
        return self.rendering.intermediary_services()

    @strawberry.field(description="数量限制: how many may be granted; empty: no limit.")
    def quantity_limit(self) -> str:
        return self._content.quantity_limit

    @strawberry.field(description="Whether anything is charged.")
    def is_charged(self) -> bool:
        return self._content.fee.charged

    @strawberry.field(description="What is charged; nothing else may be.")
    def fees(self) -> list[FeeItem]:
        return self.rendering.fees()

    @strawberry.field(description="减免: who pays less, or nothing.")
    def fee_waivers(self) -> list[FeeWaiver]:
        return self.rendering.fee_waivers()

    @strawberry.field(description="What the applicant gets.")
    def result(self) -> MatterResult:
        result = self.rendering.result()
        assert result is not None  # checked before publishing
        return result

    @strawberry.field(description="网办深度, 1 (information) to 4 (wholly online).")
    def online_depth(self) -> int:
        return self._content.online_depth

    @strawberry.field(description="How often the applicant must come in person.")
    def visits(self) -> int:
        return self._content.visits

    @strawberry.field(description="预约: whether a visit can be booked.")
    def by_appointment(self) -> bool:
        return self._content.by_appointment

    @strawberry.field(description="网上支付: whether fees can be paid online.")
    def online_payment(self) -> bool:
        return self._content.online_payment

    @strawberry.field(description="物流: whether papers and results can be sent.")
    def courier(self) -> bool:
        return self._content.courier
