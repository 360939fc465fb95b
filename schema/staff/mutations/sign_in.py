"""What the security administrator of a center settles about signing in."""

import strawberry

from schema import payloads
from schema.context import Info, require_account, require_center
from schema.staff.refusals import StaffError
from schema.staff.types import Member, SignInTerms
from tenants.staff.operations import sign_in


@strawberry.input(description="What the center asks of its staff at sign-in.")
class SetSignInTermsInput:
    second_factor: bool = strawberry.field(description="Whether all staff need a second factor.")
    expected_version: int = strawberry.field(description="The `version` as last read.")


@strawberry.type(description="The terms, or why nothing was changed.")
class SetSignInTermsPayload:
    terms: SignInTerms | None = strawberry.field(default=None, description="As they stand now.")
    errors: list[payloads.Fault] = payloads.errors_field(StaffError)


@strawberry.input(description="Who lost their authenticator app.")
class ResetSecondFactorInput:
    staff_number: str = strawberry.field(description="工号 of the member.")
    reason: str = strawberry.field(description="Why, 1-200 characters; it is audited.")


@strawberry.type(description="The member, or why nothing is reset.")
class ResetSecondFactorPayload:
    member: Member | None = strawberry.field(
        default=None, description="The member, whose tokens end within seconds."
    )
    errors: list[payloads.Fault] = payloads.errors_field(StaffError)


@strawberry.type
class SignInMutation:
    @payloads.mutation(
        description="Settle whether the center's staff need a second factor, from their next "
        "request on; for its security administrator, who has proven one."
    )
    def set_sign_in_terms(self, info: Info, input: SetSignInTermsInput) -> SetSignInTermsPayload:
        require_center(info)
        terms = sign_in.set_terms(
            actor=require_account(info),
            second_factor=input.second_factor,
            expected_version=input.expected_version,
            now=info.context.now(),
        )
        return SetSignInTermsPayload(terms=SignInTerms.of(terms))

    @payloads.mutation(
        description="Take away the second factor of a member who lost the device, so that they "
        "enrol another; for the center's security administrator, never their own."
    )
    def reset_second_factor(
        self, info: Info, input: ResetSecondFactorInput
    ) -> ResetSecondFactorPayload:
        require_center(info)
        row = sign_in.reset_second_factor(
            actor=require_account(info),
            staff_number=input.staff_number,
            reason=input.reason,
            now=info.context.now(),
        )
        return ResetSecondFactorPayload(member=Member.of(row))
