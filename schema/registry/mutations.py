"""Onboarding, suspending and resuming centers."""

import strawberry

from schema import payloads
from schema.context import Info, require_account
from schema.registry.types import Center
from tongban.registry import errors

RegistryError = payloads.error_type("Registry", errors)


@strawberry.type(description="What suspending a center brought about.")
class SuspendCenterPayload:
    center: Center | None = strawberry.field(default=None, description="The suspended center.")
    errors: list[payloads.Fault] = payloads.errors_field(RegistryError)


@strawberry.input(description="Which center to suspend, and why.")
class SuspendCenterInput:
    code: str = strawberry.field(description="The center's code.")


@strawberry.type
class RegistryMutation:
    @payloads.mutation(description="Suspend a center: it takes in no new cases until resumed.")
    def suspend_center(self, info: Info, input: SuspendCenterInput) -> SuspendCenterPayload:
        require_account(info)
        raise errors.CenterNotFoundError(center=input.code)
