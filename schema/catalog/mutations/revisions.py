"""What editors, reviewers and publishers do to the catalog: three different people."""

import uuid
from datetime import date

import strawberry
from strawberry.scalars import JSON

from schema import payloads
from schema.catalog.refusals import CatalogError
from schema.catalog.types.releases import CancelledPrecondition, ReleasePreview, ReleaseSummary
from schema.catalog.types.revisions import Revision
from schema.context import Info, require_account
from tongban.catalog.operations import draft, preconditions, preview, publish, review
from tongban.kernel.context import SharedRole, shared_context

_DIGEST = "The `contentDigest` of what was read."


@strawberry.input(description="What a matter is to say.")
class DraftRevisionInput:
    matter: str = strawberry.field(
        default="", description="The matter's 基本编码; empty: found, or made, by its local code."
    )
    issuer: str = strawberry.field(
        default="", description="Of a new matter: the division that issues it, 12 digits."
    )
    local_code: str = strawberry.field(
        default="", description="Of a new matter: the issuer's own code; it needs one code or both."
    )
    main_item: str = strawberry.field(
        default="", description="Of a new matter: the 主项 that it belongs to."
    )
    content: JSON = strawberry.field(
        description="What it says, whole, as `Revision.content` shows it."
    )
    expected_digest: str = strawberry.field(
        default="",
        description="The `contentDigest` of the draft that was edited; empty: there was none.",
    )
    idempotency_key: uuid.UUID = strawberry.field(description=payloads.IDEMPOTENCY_KEY)


@strawberry.input(description="Which draft is thrown away.")
class DiscardDraftInput:
    matter: str = strawberry.field(description="The matter's 基本编码.")
    number: int = strawberry.field(description="Which revision.")
    expected_digest: str = strawberry.field(description=_DIGEST)
    idempotency_key: uuid.UUID = strawberry.field(description=payloads.IDEMPOTENCY_KEY)


@strawberry.input(description="Which draft is found right.")
class ReviewRevisionInput:
    matter: str = strawberry.field(description="The matter's 基本编码.")
    number: int = strawberry.field(description="Which revision.")
    expected_digest: str = strawberry.field(description=_DIGEST)
    idempotency_key: uuid.UUID = strawberry.field(description=payloads.IDEMPOTENCY_KEY)


@strawberry.input(description="Which revision goes back to its editors, and why.")
class ReturnRevisionInput:
    matter: str = strawberry.field(description="The matter's 基本编码.")
    number: int = strawberry.field(description="Which revision.")
    reason: str = strawberry.field(description="Why, in at most 1000 characters.")
    idempotency_key: uuid.UUID = strawberry.field(description=payloads.IDEMPOTENCY_KEY)


@strawberry.input(description="A revision.")
class RevisionReference:
    matter: str = strawberry.field(description="The matter's 基本编码.")
    number: int = strawberry.field(description="Which revision.")


@strawberry.input(description="What is published together, from when on.")
class PublishReleaseInput:
    issuer: str = strawberry.field(description="The division whose catalog it is, 12 digits.")
    title: str = strawberry.field(description="What the release is called.")
    revisions: list[RevisionReference] = strawberry.field(
        description="Reviewed revisions of its matters, at most 500, each matter once."
    )
    effective_from: date | None = strawberry.field(
        default=None, description="From when on they are in force, not before today; null: today."
    )
    dry_run: bool = strawberry.field(
        default=False, description="Whether only to show what it would change."
    )
    idempotency_key: uuid.UUID = strawberry.field(description=payloads.IDEMPOTENCY_KEY)


@strawberry.input(description="Which release is called back before its day.")
class WithdrawReleaseInput:
    issuer: str = strawberry.field(description="The division whose release it is, 12 digits.")
    number: int = strawberry.field(description="Which of its releases.")
    idempotency_key: uuid.UUID = strawberry.field(description=payloads.IDEMPOTENCY_KEY)


@strawberry.input(description="Which precondition is cancelled, and by which document.")
class CancelPreconditionInput:
    issuer: str = strawberry.field(
        description="The division that cancels it, for itself and all below it, 12 digits."
    )
    matter: str = strawberry.field(description="The matter that has it.")
    precondition: str = strawberry.field(description="The matter that is its precondition.")
    basis: str = strawberry.field(description="The document that orders it.")
    idempotency_key: uuid.UUID = strawberry.field(description=payloads.IDEMPOTENCY_KEY)


@strawberry.type(description="The revision as it stands now, or why nothing was changed.")
class RevisionPayload:
    revision: Revision | None = strawberry.field(
        default=None, description="The revision as it stands now."
    )
    errors: list[payloads.Fault] = payloads.errors_field(CatalogError)


@strawberry.type(description="What was thrown away, or why nothing was.")
class DiscardDraftPayload:
    number: int | None = strawberry.field(default=None, description="Which revision it was.")
    errors: list[payloads.Fault] = payloads.errors_field(CatalogError)


@strawberry.type(description="The release, or what it would change, or why nothing was changed.")
class PublishReleasePayload:
    release: ReleaseSummary | None = strawberry.field(
        default=None, description="The release; null in a dry run."
    )
    preview: ReleasePreview | None = strawberry.field(
        default=None, description="In a dry run: what it would change."
    )
    errors: list[payloads.Fault] = payloads.errors_field(CatalogError)


@strawberry.type(description="The release as it stands now, or why nothing was changed.")
class WithdrawReleasePayload:
    release: ReleaseSummary | None = strawberry.field(
        default=None, description="The release as it stands now."
    )
    errors: list[payloads.Fault] = payloads.errors_field(CatalogError)


@strawberry.type(description="The entry of the register, or why nothing was changed.")
class CancelPreconditionPayload:
    cancelled: CancelledPrecondition | None = strawberry.field(
        default=None, description="The entry of the register."
    )
    errors: list[payloads.Fault] = payloads.errors_field(CatalogError)


@strawberry.type
class RevisionsMutation:
    @payloads.mutation(description="Write the draft of a matter, new or not (editors).")
    def draft_revision(self, info: Info, input: DraftRevisionInput) -> RevisionPayload:
        with shared_context(SharedRole.CATALOG):
            row = draft.draft_revision(
                actor=require_account(info),
                request=draft.DraftRequest(
                    content=input.content,
                    issuer_code=input.issuer,
                    code=input.matter,
                    local_code=input.local_code,
                    main_item=input.main_item,
                    expected_digest=input.expected_digest,
                ),
                idempotency_key=input.idempotency_key,
                now=info.context.now(),
            )
        return RevisionPayload(revision=Revision.of(row))

    @payloads.mutation(description="Throw a draft away (editors).")
    def discard_draft(self, info: Info, input: DiscardDraftInput) -> DiscardDraftPayload:
        with shared_context(SharedRole.CATALOG):
            draft.discard_draft(
                actor=require_account(info),
                matter_code=input.matter,
                number=input.number,
                expected_digest=input.expected_digest,
                idempotency_key=input.idempotency_key,
                now=info.context.now(),
            )
        return DiscardDraftPayload(number=input.number)

    @payloads.mutation(
        description="Find a draft right, so that it may be published (reviewers who wrote nothing "
        "of it)."
    )
    def review_revision(self, info: Info, input: ReviewRevisionInput) -> RevisionPayload:
        with shared_context(SharedRole.CATALOG):
            row = review.review_revision(
                actor=require_account(info),
                matter_code=input.matter,
                number=input.number,
                expected_digest=input.expected_digest,
                idempotency_key=input.idempotency_key,
                now=info.context.now(),
            )
        return RevisionPayload(revision=Revision.of(row))

    @payloads.mutation(description="Give a revision back to its editors (reviewers, publishers).")
    def return_revision(self, info: Info, input: ReturnRevisionInput) -> RevisionPayload:
        with shared_context(SharedRole.CATALOG):
            row = review.return_revision(
                actor=require_account(info),
                matter_code=input.matter,
                number=input.number,
                reason=input.reason,
                idempotency_key=input.idempotency_key,
                now=info.context.now(),
            )
        return RevisionPayload(revision=Revision.of(row))

    @payloads.mutation(
        description="Put reviewed revisions in force together, from today or later, or only show "
        "what that would change (publishers who neither wrote nor reviewed any of them)."
    )
    def publish_release(self, info: Info, input: PublishReleaseInput) -> PublishReleasePayload:
        actor, now = require_account(info), info.context.now()
        request = publish.ReleaseRequest(
            issuer_code=input.issuer,
            title=input.title,
            revisions=[publish.RevisionRef(r.matter, r.number) for r in input.revisions],
            effective_from=input.effective_from,
        )
        with shared_context(SharedRole.CATALOG):
            if input.dry_run:
                found = preview.preview_release(actor=actor, request=request, now=now)
                return PublishReleasePayload(preview=ReleasePreview.of(found))
            row = publish.publish_release(
                actor=actor, request=request, idempotency_key=input.idempotency_key, now=now
            )
        return PublishReleasePayload(release=ReleaseSummary.of(row))

    @payloads.mutation(
        description="Call a release back before its day: what stood before it stands again "
        "(publishers)."
    )
    def withdraw_release(self, info: Info, input: WithdrawReleaseInput) -> WithdrawReleasePayload:
        with shared_context(SharedRole.CATALOG):
            row = publish.withdraw_release(
                actor=require_account(info),
                issuer_code=input.issuer,
                number=input.number,
                idempotency_key=input.idempotency_key,
                now=info.context.now(),
            )
        return WithdrawReleasePayload(release=ReleaseSummary.of(row))

    @payloads.mutation(
        description="Enter that one matter's result may be no precondition of another's any more "
        "(publishers)."
    )
    def cancel_precondition(
        self, info: Info, input: CancelPreconditionInput
    ) -> CancelPreconditionPayload:
        with shared_context(SharedRole.CATALOG):
            row = preconditions.cancel_precondition(
                actor=require_account(info),
                issuer_code=input.issuer,
                matter_code=input.matter,
                precondition_code=input.precondition,
                basis=input.basis,
                idempotency_key=input.idempotency_key,
                now=info.context.now(),
            )
        return CancelPreconditionPayload(cancelled=CancelledPrecondition.of(row))
