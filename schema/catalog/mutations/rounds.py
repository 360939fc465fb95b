"""Clean-up rounds: editors open and decide them, a publisher closes."""

import uuid
from datetime import date

import strawberry

from schema import payloads
from schema.catalog.refusals import CatalogError
from schema.catalog.types.rounds import CleanupDecision, CleanupRound, RoundClosing
from schema.context import Info, require_account
from tongban.catalog import states
from tongban.catalog.operations import close_round, rounds
from tongban.catalog.queries import rounds as queries
from tongban.kernel.actors import Actor
from tongban.kernel.context import SharedRole, shared_context


@strawberry.input(description="A round to be opened.")
class OpenRoundInput:
    issuer: str = strawberry.field(description="The division, 12 digits.")
    title: str = strawberry.field(description="What it is called, up to 200 characters.")
    basis: str = strawberry.field(description="The document that orders it.")
    idempotency_key: uuid.UUID = strawberry.field(description=payloads.IDEMPOTENCY_KEY)


@strawberry.input(description="What becomes of one matter.")
class DecideMatterInput:
    issuer: str = strawberry.field(description="The division, 12 digits.")
    round: int = strawberry.field(description="The number of its open round.")
    matter: str = strawberry.field(description="The matter's 基本编码.")
    decision: states.RoundDecision = strawberry.field(description="What becomes of it.")
    basis: str = strawberry.field(
        description="The provision that keeps it, or the document that orders the change."
    )
    target: str = strawberry.field(
        default="",
        description="Delegated: `county` or `township`; taken over: the level that does, empty for "
        "the division's own; merged: the 基本编码 of the matter that takes it in; else empty.",
    )
    idempotency_key: uuid.UUID = strawberry.field(description=payloads.IDEMPOTENCY_KEY)


@strawberry.input(description="A decision to be taken back.")
class DropDecisionInput:
    issuer: str = strawberry.field(description="The division, 12 digits.")
    round: int = strawberry.field(description="The number of its open round.")
    matter: str = strawberry.field(description="The matter's 基本编码.")
    idempotency_key: uuid.UUID = strawberry.field(description=payloads.IDEMPOTENCY_KEY)


@strawberry.input(description="A round to be closed.")
class CloseRoundInput:
    issuer: str = strawberry.field(description="The division, 12 digits.")
    round: int = strawberry.field(description="The number of its open round.")
    effective_from: date | None = strawberry.field(
        default=None, description="From which day its decisions hold; null: today."
    )
    leave_undecided: bool = strawberry.field(
        default=False,
        description="Whether matters without a decision stay as they are. Without it they keep the "
        "round open: 没有明确规定保留的一律取消.",
    )
    dry_run: bool = strawberry.field(
        default=False, description="Whether only to tell what closing would do."
    )
    idempotency_key: uuid.UUID = strawberry.field(description=payloads.IDEMPOTENCY_KEY)


@strawberry.type(description="The round as it stands now, or why nothing was changed.")
class RoundPayload:
    round: CleanupRound | None = strawberry.field(
        default=None, description="The round as it stands now."
    )
    errors: list[payloads.Fault] = payloads.errors_field(CatalogError)


@strawberry.type(description="The decision as it stands now, or why nothing was changed.")
class DecideMatterPayload:
    decision: CleanupDecision | None = strawberry.field(
        default=None, description="The decision as it stands now."
    )
    errors: list[payloads.Fault] = payloads.errors_field(CatalogError)


@strawberry.type(description="What closing brought about, or would, or why it can't be.")
class CloseRoundPayload:
    closing: RoundClosing | None = strawberry.field(
        default=None, description="What closing brought about, or in a dry run would."
    )
    errors: list[payloads.Fault] = payloads.errors_field(CatalogError)


@strawberry.type
class RoundsMutation:
    @payloads.mutation(description="Open a division's next clean-up round (catalog editors).")
    def open_round(self, info: Info, input: OpenRoundInput) -> RoundPayload:
        actor = require_account(info)
        with shared_context(SharedRole.CATALOG):
            opened = rounds.open_round(
                actor=actor,
                issuer_code=input.issuer,
                title=input.title,
                basis=input.basis,
                idempotency_key=input.idempotency_key,
                now=info.context.now(),
            )
            return RoundPayload(round=_read(actor, input.issuer, opened.number))

    @payloads.mutation(
        description="Decide in an open round what becomes of a matter (catalog editors)."
    )
    def decide_matter(self, info: Info, input: DecideMatterInput) -> DecideMatterPayload:
        with shared_context(SharedRole.CATALOG):
            item = rounds.decide_matter(
                actor=require_account(info),
                issuer_code=input.issuer,
                number=input.round,
                matter_code=input.matter,
                decision=input.decision,
                basis=input.basis,
                target=input.target,
                idempotency_key=input.idempotency_key,
                now=info.context.now(),
            )
            row = queries.items_of(item.round).get(pk=item.pk)
        return DecideMatterPayload(decision=CleanupDecision.of(row))

    @payloads.mutation(
        description="Take the decision on a matter back while its round is open (catalog editors)."
    )
    def drop_decision(self, info: Info, input: DropDecisionInput) -> RoundPayload:
        actor = require_account(info)
        with shared_context(SharedRole.CATALOG):
            rounds.drop_decision(
                actor=actor,
                issuer_code=input.issuer,
                number=input.round,
                matter_code=input.matter,
                idempotency_key=input.idempotency_key,
                now=info.context.now(),
            )
            return RoundPayload(round=_read(actor, input.issuer, input.round))

    @payloads.mutation(
        description="Put in force what a round decided, as one release (a catalog publisher who "
        "decided on none of it); or only tell what that would do."
    )
    def close_round(self, info: Info, input: CloseRoundInput) -> CloseRoundPayload:
        actor = require_account(info)
        with shared_context(SharedRole.CATALOG):
            closing = close_round.close_round(
                actor=actor,
                issuer_code=input.issuer,
                number=input.round,
                effective_from=input.effective_from,
                leave_undecided=input.leave_undecided,
                dry_run=input.dry_run,
                idempotency_key=input.idempotency_key,
                now=info.context.now(),
            )
            return CloseRoundPayload(
                closing=RoundClosing.of(closing, _read(actor, input.issuer, input.round))
            )


def _read(actor: Actor, issuer_code: str, number: int) -> CleanupRound:
    """Read a round as it stands now, with its release and its counts."""
    row = queries.access_round(actor=actor, issuer_code=issuer_code, number=number)
    assert row is not None  # who changed it sees it
    return CleanupRound.of(row)
