"""What offering editors change of a center's offerings."""

import strawberry

from schema import payloads
from schema.catalog.refusals import CatalogError
from schema.catalog.types import Offering
from schema.context import Info, require_account
from tongban.catalog.operations import offer
from tongban.catalog.rules.content import Limit
from tongban.catalog.states import OfferingStatus
from tongban.kernel.calendar import LimitUnit
from tongban.kernel.context import SharedRole, shared_context


@strawberry.input(description="A time limit.")
class TimeLimitInput:
    amount: int = strawberry.field(description="How many units, from 1.")
    unit: LimitUnit = strawberry.field(description="Of which unit.")


@strawberry.input(description="A center's own terms for a matter; null leaves a term as it is.")
class EditOfferingInput:
    center: str = strawberry.field(description="The center's code.")
    matter: str = strawberry.field(description="The matter's 基本编码.")
    promised_limit: TimeLimitInput | None = strawberry.field(
        default=None, description="承诺时限, not longer than the standard's."
    )
    place: str | None = strawberry.field(default=None, description="Where to go.")
    hours: str | None = strawberry.field(default=None, description="When.")
    contact: str | None = strawberry.field(default=None, description="Whom to ask.")
    department: str | None = strawberry.field(
        default=None, description="The implementing department; empty: as the standard names it."
    )
    assisted_intake: bool | None = strawberry.field(
        default=None, description="Whether stations take it in, where the standard allows it."
    )
    on_the_spot: bool | None = strawberry.field(
        default=None, description="Whether it is done while one waits."
    )
    scope: int | None = strawberry.field(
        default=None, description="通办范围, 1 (全国) to 6 (跨村); 0: none."
    )
    status: OfferingStatus | None = strawberry.field(
        default=None, description="Whether it is in use."
    )
    credit_code: str | None = strawberry.field(
        default=None,
        description="统一社会信用代码 of the implementing body; the offering's code follows it.",
    )


@strawberry.type(description="The offering as it stands now, or why nothing was changed.")
class EditOfferingPayload:
    offering: Offering | None = strawberry.field(
        default=None, description="The offering as it stands now."
    )
    errors: list[payloads.Fault] = payloads.errors_field(CatalogError)


@strawberry.type
class OfferingsMutation:
    @payloads.mutation(description="Set a center's own terms for a matter (offering editors).")
    def edit_offering(self, info: Info, input: EditOfferingInput) -> EditOfferingPayload:
        limit = input.promised_limit
        with shared_context(SharedRole.CATALOG):
            row = offer.edit_offering(
                actor=require_account(info),
                center_code=input.center,
                matter_code=input.matter,
                terms=offer.OfferingTerms(
                    promised_limit=Limit(limit.amount, limit.unit) if limit else None,
                    place=input.place,
                    hours=input.hours,
                    contact=input.contact,
                    department=input.department,
                    assisted_intake=input.assisted_intake,
                    on_the_spot=input.on_the_spot,
                    scope=None if input.scope is None else str(input.scope or ""),
                    status=input.status,
                    credit_code=input.credit_code,
                ),
                now=info.context.now(),
            )
        return EditOfferingPayload(offering=Offering.of(row))
