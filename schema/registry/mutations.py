"""Onboarding, suspending and resuming centers: the registrars' work."""

import uuid
from datetime import date

import strawberry

from schema import payloads
from schema.context import Info, require_actor
from schema.registry.types import Center, Onboarding, PlannedCenter
from tongban.kernel import calendar
from tongban.kernel.context import SharedRole, shared_context
from tongban.registry import errors
from tongban.registry.operations import onboard, provision, suspend

RegistryError = payloads.error_type("Registry", errors)


@strawberry.input(description="Which centers to make ready.")
class OnboardCentersInput:
    roots: list[str] = strawberry.field(
        description="Codes of centers: six digits for a city or county, nine for a township."
    )
    as_of: date | None = strawberry.field(
        default=None, description="The day whose divisions count; today if not given."
    )
    with_counties: bool = strawberry.field(
        default=False, description="Whether the counties below the roots come along."
    )
    with_townships: bool = strawberry.field(
        default=False, description="Whether the townships below the roots come along."
    )
    dry_run: bool = strawberry.field(
        default=False, description="Whether only to tell which centers it would be."
    )
    idempotency_key: uuid.UUID = strawberry.field(description=payloads.IDEMPOTENCY_KEY)


@strawberry.type(description="The onboarding that now runs, or why there is none.")
class OnboardCentersPayload:
    onboarding: Onboarding | None = strawberry.field(
        default=None, description="To be followed by `onboarding(id)`; null after a dry run."
    )
    centers: list[PlannedCenter] = strawberry.field(
        default_factory=list,
        description="The centers that become ready, parents first; those that are ready already "
        "are left out.",
    )
    errors: list[payloads.Fault] = payloads.errors_field(RegistryError)


@strawberry.input(description="Which failed onboarding to go on with.")
class RetryOnboardingInput:
    id: strawberry.ID = strawberry.field(description="The onboarding's `id`.")


@strawberry.type(description="The onboarding, which goes on from the step that failed.")
class RetryOnboardingPayload:
    onboarding: Onboarding | None = strawberry.field(default=None, description="The onboarding.")
    errors: list[payloads.Fault] = payloads.errors_field(RegistryError)


@strawberry.input(description="Which center to suspend, and why.")
class SuspendCenterInput:
    code: str = strawberry.field(description="The center's code.")
    reason: str = strawberry.field(description="Why; it is kept in the audit log.")


@strawberry.type(description="The center, which takes in no cases now.")
class SuspendCenterPayload:
    center: Center | None = strawberry.field(default=None, description="The suspended center.")
    errors: list[payloads.Fault] = payloads.errors_field(RegistryError)


@strawberry.input(description="Which center to resume, and why.")
class ResumeCenterInput:
    code: str = strawberry.field(description="The center's code.")
    reason: str = strawberry.field(description="Why; it is kept in the audit log.")


@strawberry.type(description="The center, which takes in cases again.")
class ResumeCenterPayload:
    center: Center | None = strawberry.field(default=None, description="The resumed center.")
    errors: list[payloads.Fault] = payloads.errors_field(RegistryError)


@strawberry.type
class RegistryMutation:
    @payloads.mutation(
        description="Make centers ready, with the ones below them; for a registrar over the roots."
    )
    def onboard_centers(self, info: Info, input: OnboardCentersInput) -> OnboardCentersPayload:
        actor, now = require_actor(info), info.context.now()
        with shared_context(SharedRole.PLATFORM):
            done = onboard.onboard_centers(
                actor=actor,
                roots=input.roots,
                as_of=input.as_of or calendar.local_day(now),
                with_counties=input.with_counties,
                with_townships=input.with_townships,
                dry_run=input.dry_run,
                key=input.idempotency_key,
                now=now,
            )
            return OnboardCentersPayload(
                onboarding=Onboarding.of(done.onboarding) if done.onboarding else None,
                centers=[PlannedCenter.of(planned) for planned in done.centers],
            )

    @payloads.mutation(description="Go on with an onboarding that failed; for its registrars.")
    def retry_onboarding(self, info: Info, input: RetryOnboardingInput) -> RetryOnboardingPayload:
        actor = require_actor(info)
        with shared_context(SharedRole.PLATFORM):
            row = provision.retry_onboarding(
                actor=actor, onboarding_id=_onboarding_id(input.id), now=info.context.now()
            )
            return RetryOnboardingPayload(onboarding=Onboarding.of(row))

    @payloads.mutation(
        description="Close a center's intake until it is resumed: what it has goes on."
    )
    def suspend_center(self, info: Info, input: SuspendCenterInput) -> SuspendCenterPayload:
        actor = require_actor(info)
        with shared_context(SharedRole.PLATFORM):
            row = suspend.suspend_center(
                actor=actor, code=input.code, reason=input.reason, now=info.context.now()
            )
            return SuspendCenterPayload(center=Center.of_row(row))

    @payloads.mutation(description="Open a suspended center's intake again.")
    def resume_center(self, info: Info, input: ResumeCenterInput) -> ResumeCenterPayload:
        actor = require_actor(info)
        with shared_context(SharedRole.PLATFORM):
            row = suspend.resume_center(
                actor=actor, code=input.code, reason=input.reason, now=info.context.now()
            )
            return ResumeCenterPayload(center=Center.of_row(row))


def _onboarding_id(text: strawberry.ID) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError:
        raise errors.OnboardingNotFoundError(path=("id",)) from None
