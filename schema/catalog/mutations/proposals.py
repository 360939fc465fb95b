"""Proposals: a center's offering editors ask, editors of the issuer's catalog answer."""

import uuid
from collections.abc import Mapping
from typing import Any

import strawberry
from strawberry.scalars import JSON

from schema import payloads
from schema.catalog.refusals import CatalogError
from schema.catalog.types.proposals import ChangeProposal
from schema.context import Info, require_account
from tongban.catalog import errors
from tongban.catalog.operations import proposals
from tongban.catalog.queries import proposals as queries
from tongban.kernel.actors import Actor
from tongban.kernel.context import SharedRole, shared_context


@strawberry.input(description="A change of the standard that a center asks for.")
class ProposeChangeInput:
    center: str = strawberry.field(description="The code of the center that asks.")
    matter: str = strawberry.field(description="The matter's 基本编码.")
    elements: JSON = strawberry.field(
        description="An object of whole elements as they should be, in the form of a content: "
        '`{"promised_limit": {"amount": 3, "unit": "WORKING_DAY"}}`.'
    )
    reason: str = strawberry.field(description="Why, up to 2,000 characters.")
    basis: str = strawberry.field(default="", description="On which document.")
    idempotency_key: uuid.UUID = strawberry.field(description=payloads.IDEMPOTENCY_KEY)


@strawberry.input(description="A proposal to be taken back.")
class WithdrawProposalInput:
    proposal: strawberry.ID = strawberry.field(description="The proposal's id.")
    idempotency_key: uuid.UUID = strawberry.field(description=payloads.IDEMPOTENCY_KEY)


@strawberry.input(description="What the issuer says to a proposal.")
class AnswerProposalInput:
    proposal: strawberry.ID = strawberry.field(description="The proposal's id.")
    accept: bool = strawberry.field(
        description="Whether it is taken up into the matter's draft, or declined."
    )
    answer: str = strawberry.field(
        default="", description="What is said to the center; needed where it is declined."
    )
    idempotency_key: uuid.UUID = strawberry.field(description=payloads.IDEMPOTENCY_KEY)


@strawberry.type(description="The proposal as it stands now, or why nothing was changed.")
class ProposalPayload:
    proposal: ChangeProposal | None = strawberry.field(
        default=None, description="The proposal as it stands now."
    )
    errors: list[payloads.Fault] = payloads.errors_field(CatalogError)


@strawberry.type
class ProposalsMutation:
    @payloads.mutation(
        description="Ask the issuer of a matter for a change, in a center's name (its offering "
        "editors)."
    )
    def propose_change(self, info: Info, input: ProposeChangeInput) -> ProposalPayload:
        actor = require_account(info)
        with shared_context(SharedRole.CATALOG):
            proposal = proposals.propose_change(
                actor=actor,
                center_code=input.center,
                matter_code=input.matter,
                elements=_object(input.elements),
                reason=input.reason,
                basis=input.basis,
                idempotency_key=input.idempotency_key,
                now=info.context.now(),
            )
            return _payload(info, actor, proposal.pk)

    @payloads.mutation(
        description="Take back a proposal that is not answered yet (the center's offering editors)."
    )
    def withdraw_proposal(self, info: Info, input: WithdrawProposalInput) -> ProposalPayload:
        actor = require_account(info)
        with shared_context(SharedRole.CATALOG):
            proposal = proposals.withdraw_proposal(
                actor=actor,
                proposal_id=_id(input.proposal),
                idempotency_key=input.idempotency_key,
                now=info.context.now(),
            )
            return _payload(info, actor, proposal.pk)

    @payloads.mutation(
        description="Take a proposal up into the matter's draft, or decline it (editors of the "
        "issuer's catalog)."
    )
    def answer_proposal(self, info: Info, input: AnswerProposalInput) -> ProposalPayload:
        actor = require_account(info)
        with shared_context(SharedRole.CATALOG):
            proposal = proposals.answer_proposal(
                actor=actor,
                proposal_id=_id(input.proposal),
                accept=input.accept,
                answer=input.answer,
                idempotency_key=input.idempotency_key,
                now=info.context.now(),
            )
            return _payload(info, actor, proposal.pk)


def _object(elements: Any) -> Mapping[str, Any]:
    if not isinstance(elements, Mapping):
        raise errors.ProposalElementError(
            path=("elements",), reason="NOT_AN_OBJECT", field="elements", label="修改内容"
        )
    return elements


def _id(text: strawberry.ID) -> uuid.UUID:
    try:
        return uuid.UUID(str(text))
    except ValueError as error:
        raise errors.ProposalNotFoundError(path=("proposal",)) from error


def _payload(info: Info, actor: Actor, proposal_id: uuid.UUID) -> ProposalPayload:
    """Read a proposal as it stands now, with its matter."""
    row = queries.access_proposal(actor=actor, proposal_id=proposal_id, on=info.context.today())
    assert row is not None  # who changed it sees it
    return ProposalPayload(proposal=ChangeProposal.of(row))
