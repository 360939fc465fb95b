"""What offering editors change of a center's offerings."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import strawberry
from strawberry.scalars import JSON

from schema import enums, payloads
from schema.catalog.refusals import CatalogError
from schema.catalog.types import Offering
from schema.context import Info, require_account
from tongban.catalog.operations import offer
from tongban.catalog.rules.content import Limit
from tongban.catalog.rules.locking import ClearableTerm
from tongban.catalog.states import OfferingStatus
from tongban.kernel.calendar import LimitUnit
from tongban.kernel.context import SharedRole, shared_context

enums.describe(
    ClearableTerm,
    "A center's own term that can be taken back.",
    texts={
        "promised_limit": "承诺时限: what the standard promises holds again",
        "effective_to": "计划取消日期: it is offered without an end",
    },
    name="ClearableOfferingTerm",
)


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
    place: str | None = strawberry.field(default=None, description="办理地点: where to go.")
    hours: str | None = strawberry.field(default=None, description="办理时间: when.")
    contact: str | None = strawberry.field(default=None, description="咨询方式: whom to ask.")
    complaints: str | None = strawberry.field(default=None, description="监督投诉方式.")
    windows: list[str] | None = strawberry.field(
        default=None, description="Codes of the windows that take it in; empty: any of the hall."
    )
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
    body_kind: str | None = strawberry.field(
        default=None, description="实施主体性质: 法定机关, 授权组织, 受委托组织."
    )
    local_code: str | None = strawberry.field(
        default=None, description="The center's own code of it."
    )
    effective_from: date | None = strawberry.field(
        default=None, description="计划生效日期, of what is not on offer yet: today or later."
    )
    effective_to: date | None = strawberry.field(
        default=None,
        description="计划取消日期: the first day on which it is offered no more, today or later.",
    )
    clear: list[ClearableTerm] = strawberry.field(
        default_factory=list, description="Terms to take back."
    )
    elements: JSON | None = strawberry.field(
        default=None,
        description="The whole offering as the center's own system has it, or some of its "
        "elements (`fee`, `materials` …) in the shape of a draft's content. What equals the "
        "standard passes; `department`, `promised_limit` and `assisted_intake` are set unless they "
        "are given above; anything else that differs is the issuer's: `LOCKED_BY_CITY`.",
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
                    complaints=input.complaints,
                    windows=None if input.windows is None else tuple(input.windows),
                    credit_code=input.credit_code,
                    body_kind=input.body_kind,
                    local_code=input.local_code,
                    effective_from=input.effective_from,
                    effective_to=input.effective_to,
                    cleared=frozenset(input.clear),
                    elements=_elements(input.elements),
                ),
                now=info.context.now(),
            )
        return EditOfferingPayload(offering=Offering.of(row))


def _elements(given: JSON | None) -> Mapping[str, Any]:
    """Return elements as operations take them; what is no object has one that is unknown."""
    if given is None:
        return {}
    return given if isinstance(given, Mapping) else {"": given}
