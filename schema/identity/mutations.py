"""Making an account, getting back into it, raising it to a real name."""

import uuid

import strawberry

from schema import payloads, rates
from schema.context import Info, require_account
from schema.identity.types import Account, HeldPlatformRole, SentCode
from tongban.identity import errors, queries
from tongban.identity.operations import accounts, administration, phone_codes, real_names
from tongban.identity.rules import CodePurpose
from tongban.kernel.actors import PlatformRole
from tongban.kernel.context import SharedRole, shared_context

IdentityError = payloads.error_type("Identity", errors)


@strawberry.input(description="Where to send a one-time code, and for what.")
class RequestPhoneCodeInput:
    phone: str = strawberry.field(description="A mobile number of the Chinese mainland.")
    purpose: CodePurpose = strawberry.field(
        default=CodePurpose.REGISTER, description="What the code shall be good for."
    )


@strawberry.type(description="That a code was sent, or why not.")
class RequestPhoneCodePayload:
    sent: SentCode | None = strawberry.field(default=None, description="The code on its way.")
    errors: list[payloads.Fault] = payloads.errors_field(IdentityError)


@strawberry.input(description="Who wants an account, proven by the code sent to the phone.")
class RegisterAccountInput:
    phone: str = strawberry.field(description="The mobile number that got the code.")
    code: str = strawberry.field(description="The six digits of the message.")
    password: str = strawberry.field(
        description="8-128 characters of three kinds: upper case, lower case, digits, symbols."
    )
    display_name: str = strawberry.field(description="How the person wants to be called.")
    login_name: str = strawberry.field(
        default="",
        description="3-32 of a-z 0-9 . - _, a letter first; made up when empty. The phone number "
        "serves to sign in as well.",
    )
    idempotency_key: uuid.UUID = strawberry.field(description=payloads.IDEMPOTENCY_KEY)


@strawberry.type(description="The new account, or why there is none.")
class RegisterAccountPayload:
    account: Account | None = strawberry.field(default=None, description="The new account.")
    errors: list[payloads.Fault] = payloads.errors_field(IdentityError)


@strawberry.input(description="Who forgot the password, proven by the code sent to the phone.")
class ResetPasswordInput:
    phone: str = strawberry.field(description="The account's mobile number, which got the code.")
    code: str = strawberry.field(description="The six digits of the message.")
    password: str = strawberry.field(description="The new password, as in `registerAccount`.")


@strawberry.type(description="The account with its new password, or why it keeps the old.")
class ResetPasswordPayload:
    account: Account | None = strawberry.field(
        default=None, description="The account; every token of it has ended."
    )
    errors: list[payloads.Fault] = payloads.errors_field(IdentityError)


@strawberry.input(description="Name and number as the 居民身份证 has them.")
class VerifyIdentityInput:
    name: str = strawberry.field(description="姓名.")
    id_number: str = strawberry.field(description="居民身份证号, 18 characters; kept encrypted.")
    idempotency_key: uuid.UUID = strawberry.field(description=payloads.IDEMPOTENCY_KEY)


@strawberry.type(description="The account with its real name, or why it has none.")
class VerifyIdentityPayload:
    account: Account | None = strawberry.field(default=None, description="The raised account.")
    errors: list[payloads.Fault] = payloads.errors_field(IdentityError)


@strawberry.input(description="Which platform role an account shall have, or have no more.")
class PlatformRoleInput:
    account: str = strawberry.field(description="The account's login name or phone number.")
    role: PlatformRole = strawberry.field(description="The role.")
    division_code: str = strawberry.field(
        description="12 digits: the division for which it is held; `000000000000` is the country."
    )


@strawberry.type(description="The role as it is held, or why it is not.")
class GrantPlatformRolePayload:
    held: HeldPlatformRole | None = strawberry.field(default=None, description="The role.")
    errors: list[payloads.Fault] = payloads.errors_field(IdentityError)


@strawberry.type(description="Whether the role was taken away, or why not.")
class RevokePlatformRolePayload:
    revoked: bool | None = strawberry.field(
        default=None, description="True when the account held it; false when it never did."
    )
    errors: list[payloads.Fault] = payloads.errors_field(IdentityError)


@strawberry.type
class IdentityMutation:
    @payloads.mutation(
        description="Send a one-time code to a phone. Anybody may; at most one a minute and ten a "
        "day for one phone."
    )
    def request_phone_code(
        self, info: Info, input: RequestPhoneCodeInput
    ) -> RequestPhoneCodePayload:
        rates.admit_sensitive(info.context, "requestPhoneCode")
        with shared_context(SharedRole.SIGN_IN):
            sent = phone_codes.request_phone_code(
                phone=input.phone, purpose=input.purpose, now=info.context.now()
            )
        return RequestPhoneCodePayload(sent=SentCode.of(sent))

    @payloads.mutation(description="Make an account for whoever holds the phone. Anybody may.")
    def register_account(self, info: Info, input: RegisterAccountInput) -> RegisterAccountPayload:
        rates.admit_sensitive(info.context, "registerAccount")
        with shared_context(SharedRole.SIGN_IN):
            account = accounts.register_account(
                phone=input.phone,
                code=input.code,
                password=input.password,
                display_name=input.display_name,
                login_name=input.login_name,
                idempotency_key=input.idempotency_key,
                now=info.context.now(),
            )
            profile = queries.profile_of(account.pk)
        return RegisterAccountPayload(account=Account.of(profile))

    @payloads.mutation(
        description="Set a new password for the account of a phone, which ends all its tokens and "
        "sessions. Anybody may who holds the phone."
    )
    def reset_password(self, info: Info, input: ResetPasswordInput) -> ResetPasswordPayload:
        rates.admit_sensitive(info.context, "resetPassword")
        with shared_context(SharedRole.SIGN_IN):
            account = accounts.reset_password(
                phone=input.phone,
                code=input.code,
                password=input.password,
                now=info.context.now(),
            )
            profile = queries.profile_of(account.pk)
        return ResetPasswordPayload(account=Account.of(profile))

    @payloads.mutation(
        description="Raise one's own account to a real name, once and for all; one identity "
        "number belongs to one account."
    )
    def verify_identity(self, info: Info, input: VerifyIdentityInput) -> VerifyIdentityPayload:
        actor = require_account(info)
        with shared_context(SharedRole.SIGN_IN):
            real_name = real_names.verify_identity(
                actor=actor,
                name=input.name,
                id_number=input.id_number,
                idempotency_key=input.idempotency_key,
                now=info.context.now(),
            )
            profile = queries.profile_of(real_name.account_id)
        return VerifyIdentityPayload(account=Account.of(profile))

    @payloads.mutation(
        description="Give an account a platform role; for a platform operator over the division."
    )
    def grant_platform_role(self, info: Info, input: PlatformRoleInput) -> GrantPlatformRolePayload:
        actor = require_account(info)
        with shared_context(SharedRole.PLATFORM):
            held = administration.grant_role(
                actor=actor,
                account=queries.find_account(input.account),
                role=input.role,
                division_code=input.division_code,
                now=info.context.now(),
            )
            return GrantPlatformRolePayload(
                held=HeldPlatformRole(
                    role=PlatformRole(held.role), division_code=held.division_code
                )
            )

    @payloads.mutation(
        description="Take a platform role from an account, with its next request; for a platform "
        "operator over the division."
    )
    def revoke_platform_role(
        self, info: Info, input: PlatformRoleInput
    ) -> RevokePlatformRolePayload:
        actor = require_account(info)
        with shared_context(SharedRole.PLATFORM):
            revoked = administration.revoke_role(
                actor=actor,
                account=queries.find_account(input.account),
                role=input.role,
                division_code=input.division_code,
                now=info.context.now(),
            )
        return RevokePlatformRolePayload(revoked=revoked)
