"""One's own password, and the second factor of one's account (两步验证)."""

import io
from datetime import datetime
from typing import Self

import segno
import strawberry

from schema import payloads, rates
from schema.context import Info, require_account
from schema.identity.mutations import IdentityError
from schema.identity.types import Account
from tongban.identity import queries
from tongban.identity.operations import closing, passwords, second_factors
from tongban.kernel.context import SharedRole, shared_context

_CODE = "Six digits of the authenticator app, or one of the recovery codes; each is good once."


@strawberry.input(description="The present password, and the one to come.")
class ChangePasswordInput:
    current_password: str = strawberry.field(description="The present password.")
    password: str = strawberry.field(
        description="The new password, as in `registerAccount`, and none of the last ones."
    )


@strawberry.type(description="The account with its new password, or why it keeps the old.")
class ChangePasswordPayload:
    account: Account | None = strawberry.field(
        default=None, description="The account; every token of it has ended: sign in again."
    )
    errors: list[payloads.Fault] = payloads.errors_field(IdentityError)


@strawberry.type(description="A new secret for an authenticator app; it is shown this once.")
class SecondFactorEnrolment:
    secret: str = strawberry.field(description="The secret in Base32, for typing it in.")
    uri: str = strawberry.field(description="`otpauth://…`, what an app on this device opens.")
    expires_at: datetime = strawberry.field(description="Until when the first code must have come.")

    @strawberry.field(
        description="`uri` as a QR code: an SVG picture with its margin, of whatever size it is "
        "given. Show it as an image; whoever sees it has the secret."
    )
    def qr_code(self) -> str:
        """Draw it only for whoever asks: an app on the same device takes the address itself."""
        picture = io.BytesIO()
        segno.make_qr(self.uri, error="m").save(
            picture, kind="svg", light="#fff", xmldecl=False, omitsize=True, nl=False
        )
        return picture.getvalue().decode()

    @classmethod
    def of(cls, enrolment: second_factors.Enrolment) -> Self:
        """Return an enrolment as the API shows it."""
        return cls(secret=enrolment.secret, uri=enrolment.uri, expires_at=enrolment.expires_at)


@strawberry.input(description="Who begins to use an authenticator app, or another one.")
class StartSecondFactorInput:
    password: str = strawberry.field(description="One's password, once more.")
    code: str = strawberry.field(
        default="", description="A code of the present second factor, where there is one."
    )


@strawberry.type(description="The new secret, or why there is none.")
class StartSecondFactorPayload:
    enrolment: SecondFactorEnrolment | None = strawberry.field(
        default=None, description="The new secret: good once `confirmSecondFactor` got a code."
    )
    errors: list[payloads.Fault] = payloads.errors_field(IdentityError)


@strawberry.input(description="The first code of a new secret.")
class ConfirmSecondFactorInput:
    code: str = strawberry.field(description="The six digits that the authenticator app shows.")


@strawberry.input(description="A code of one's second factor.")
class SecondFactorCodeInput:
    code: str = strawberry.field(description=_CODE)


@strawberry.type(description="The account and its recovery codes, or why nothing was changed.")
class RecoveryCodesPayload:
    account: Account | None = strawberry.field(default=None, description="One's account.")
    recovery_codes: list[str] | None = strawberry.field(
        default=None,
        description="Ten codes for when the device is lost, each good once; shown only now.",
    )
    errors: list[payloads.Fault] = payloads.errors_field(IdentityError)


@strawberry.type(description="The account, or why the token stays as it is.")
class ProveSecondFactorPayload:
    account: Account | None = strawberry.field(
        default=None, description="One's account, `secondFactor.isProven` from now on."
    )
    errors: list[payloads.Fault] = payloads.errors_field(IdentityError)


@strawberry.input(description="Who closes their account.")
class CloseAccountInput:
    password: str = strawberry.field(description="One's password, once more.")


@strawberry.type(description="Whether the account is closed, or why not.")
class CloseAccountPayload:
    is_closed: bool | None = strawberry.field(
        default=None, description="True once nothing of the person is kept in it any more."
    )
    errors: list[payloads.Fault] = payloads.errors_field(IdentityError)


@strawberry.type
class ProtectionMutation:
    @payloads.mutation(
        description="Close one's own account for good (注销): name, phone, real name and sign-in "
        "are deleted, all tokens end. Cases stay with their centers as archive law says, and are "
        "found again by whoever verifies the same identity. Not for staff."
    )
    def close_account(self, info: Info, input: CloseAccountInput) -> CloseAccountPayload:
        rates.admit_sensitive(info.context, "closeAccount")
        actor = require_account(info)
        with shared_context(SharedRole.SIGN_IN):
            closing.close_account(actor=actor, password=input.password, now=info.context.now())
        return CloseAccountPayload(is_closed=True)

    @payloads.mutation(
        description="Change one's own password, which ends all one's tokens and sessions."
    )
    def change_password(self, info: Info, input: ChangePasswordInput) -> ChangePasswordPayload:
        rates.admit_sensitive(info.context, "changePassword")
        actor = require_account(info)
        with shared_context(SharedRole.SIGN_IN):
            passwords.change_password(
                actor=actor,
                current=input.current_password,
                password=input.password,
                now=info.context.now(),
            )
        return ChangePasswordPayload(account=_own(info))

    @payloads.mutation(
        description="Begin to use an authenticator app (RFC 6238: six digits, 30 seconds, SHA-1) "
        "as one's second factor, or change to another one. Sent again, it gives another secret."
    )
    def start_second_factor(
        self, info: Info, input: StartSecondFactorInput
    ) -> StartSecondFactorPayload:
        rates.admit_sensitive(info.context, "startSecondFactor")
        actor = require_account(info)
        with shared_context(SharedRole.SIGN_IN):
            enrolment = second_factors.start_second_factor(
                actor=actor, password=input.password, code=input.code, now=info.context.now()
            )
        return StartSecondFactorPayload(enrolment=SecondFactorEnrolment.of(enrolment))

    @payloads.mutation(
        description="Confirm the new secret by its first code; the token at hand has the second "
        "factor proven from then on."
    )
    def confirm_second_factor(
        self, info: Info, input: ConfirmSecondFactorInput
    ) -> RecoveryCodesPayload:
        rates.admit_sensitive(info.context, "confirmSecondFactor")
        actor = require_account(info)
        with shared_context(SharedRole.SIGN_IN):
            codes = second_factors.confirm_second_factor(
                actor=actor, code=input.code, now=info.context.now()
            )
        return RecoveryCodesPayload(account=_own(info, is_proven=True), recovery_codes=codes)

    @payloads.mutation(
        description="Prove one's second factor for the token at hand, as an answer to "
        "`SECOND_FACTOR_REQUIRED`; signing in anew does the same."
    )
    def prove_second_factor(
        self, info: Info, input: SecondFactorCodeInput
    ) -> ProveSecondFactorPayload:
        rates.admit_sensitive(info.context, "proveSecondFactor")
        actor = require_account(info)
        with shared_context(SharedRole.SIGN_IN):
            second_factors.prove_second_factor(actor=actor, code=input.code, now=info.context.now())
        return ProveSecondFactorPayload(account=_own(info, is_proven=True))

    @payloads.mutation(description="Get ten new recovery codes, which end the former ones.")
    def renew_recovery_codes(
        self, info: Info, input: SecondFactorCodeInput
    ) -> RecoveryCodesPayload:
        rates.admit_sensitive(info.context, "renewRecoveryCodes")
        actor = require_account(info)
        with shared_context(SharedRole.SIGN_IN):
            codes = second_factors.renew_recovery_codes(
                actor=actor, code=input.code, now=info.context.now()
            )
        return RecoveryCodesPayload(account=_own(info), recovery_codes=codes)


def _own(info: Info, *, is_proven: bool = False) -> Account:
    """Return the caller's account as it stands after the change."""
    actor = require_account(info)
    assert actor.account_id is not None  # an account was required
    with shared_context(SharedRole.SIGN_IN):
        profile = queries.profile_of(actor.account_id)
    return Account.of(profile, is_proven=is_proven or actor.is_two_factor)
