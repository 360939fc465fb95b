"""Handing cases over and taking them up."""

import uuid

import strawberry

from schema import payloads
from schema.context import Info, require_actor, require_center
from schema.handoffs.types import Handoff
from tenants.cases import errors as case_errors
from tenants.handoffs import errors
from tenants.handoffs.operations import answer, offer
from tongban.exchange import errors as exchange_errors

HandoffsError = payloads.error_type("Handoffs", errors, exchange_errors, case_errors)


@strawberry.input(description="Which case to offer, and to whom.")
class OfferHandoffInput:
    number: str = strawberry.field(description="The number of a case that this center holds.")
    destination: str | None = strawberry.field(
        default=None,
        description="The code of the expected target; the route alone decides (explainRoute).",
    )
    reason: str = strawberry.field(default="", description="A word to the destination.")
    idempotency_key: uuid.UUID = strawberry.field(description=payloads.IDEMPOTENCY_KEY)


@strawberry.input(description="Which handoff to accept.")
class AcceptHandoffInput:
    handoff: strawberry.ID = strawberry.field(description="The handoff's id.")
    idempotency_key: uuid.UUID = strawberry.field(description=payloads.IDEMPOTENCY_KEY)


@strawberry.input(description="Which handoff, and why.")
class HandoffReasonInput:
    handoff: strawberry.ID = strawberry.field(description="The handoff's id.")
    reason: str = strawberry.field(description="Why; the other side reads it.")
    idempotency_key: uuid.UUID = strawberry.field(description=payloads.IDEMPOTENCY_KEY)


@strawberry.type(description="The handoff as it stands now, or why nothing was changed.")
class HandoffPayload:
    handoff: Handoff | None = strawberry.field(
        default=None, description="The handoff as this center knows it."
    )
    errors: list[payloads.Fault] = payloads.errors_field(HandoffsError)


def _id(text: strawberry.ID) -> uuid.UUID:
    try:
        return uuid.UUID(str(text))
    except ValueError:
        raise errors.HandoffNotFoundError(path=("handoff",)) from None


@strawberry.type
class HandoffsMutation:
    @payloads.mutation(description="Offer a case that this center holds to the next on its route.")
    def offer_handoff(self, info: Info, input: OfferHandoffInput) -> HandoffPayload:
        require_center(info)
        row = offer.offer_handoff(
            actor=require_actor(info),
            number=input.number,
            destination=input.destination,
            reason=input.reason,
            idempotency_key=input.idempotency_key,
            now=info.context.now(),
        )
        return HandoffPayload(handoff=Handoff.of(row))

    @payloads.mutation(description="Take custody of an offered case.")
    def accept_handoff(self, info: Info, input: AcceptHandoffInput) -> HandoffPayload:
        require_center(info)
        row = answer.accept_handoff(
            actor=require_actor(info),
            handoff_id=_id(input.handoff),
            idempotency_key=input.idempotency_key,
            now=info.context.now(),
        )
        return HandoffPayload(handoff=Handoff.of(row))

    @payloads.mutation(description="Refuse an offered case; the origin works on it again.")
    def decline_handoff(self, info: Info, input: HandoffReasonInput) -> HandoffPayload:
        require_center(info)
        row = answer.decline_handoff(
            actor=require_actor(info),
            handoff_id=_id(input.handoff),
            reason=input.reason,
            idempotency_key=input.idempotency_key,
            now=info.context.now(),
        )
        return HandoffPayload(handoff=Handoff.of(row))

    @payloads.mutation(description="Ask for an unanswered offer back; the destination decides.")
    def recall_handoff(self, info: Info, input: HandoffReasonInput) -> HandoffPayload:
        require_center(info)
        row = offer.recall_handoff(
            actor=require_actor(info),
            handoff_id=_id(input.handoff),
            reason=input.reason,
            idempotency_key=input.idempotency_key,
            now=info.context.now(),
        )
        return HandoffPayload(handoff=Handoff.of(row))

    @payloads.mutation(description="Send an accepted case back undecided.")
    def return_handoff(self, info: Info, input: HandoffReasonInput) -> HandoffPayload:
        require_center(info)
        row = answer.return_handoff(
            actor=require_actor(info),
            handoff_id=_id(input.handoff),
            reason=input.reason,
            idempotency_key=input.idempotency_key,
            now=info.context.now(),
        )
        return HandoffPayload(handoff=Handoff.of(row))
