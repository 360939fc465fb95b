"""One's own account as the API shows it; numbers only masked."""

from datetime import datetime
from typing import Self

import strawberry

from schema import enums
from schema.registry.types import Center
from schema.scalars import opaque_id
from schema.staff.types import Role
from tongban.identity import queries
from tongban.identity.operations.phone_codes import SentCode as SentCodeRecord
from tongban.identity.rules import CodePurpose
from tongban.kernel.actors import PlatformRole
from tongban.registry import queries as registry

enums.describe(
    PlatformRole,
    "A role over the data that all centers share.",
    texts={
        PlatformRole.CATALOG_EDITOR: "目录编辑: drafts revisions of standard matters.",
        PlatformRole.CATALOG_REVIEWER: "目录审核: reviews them.",
        PlatformRole.CATALOG_PUBLISHER: "目录发布: publishes them.",
        PlatformRole.OFFERING_EDITOR: "实施清单编辑: keeps the offerings of centers.",
        PlatformRole.REGISTRAR: "登记管理员: onboards and suspends centers.",
        PlatformRole.PLATFORM_OPERATOR: "平台管理员: grants platform roles, locks accounts.",
    },
)
enums.describe(
    CodePurpose,
    "What a one-time code is good for.",
    texts={
        CodePurpose.REGISTER: "For `registerAccount`.",
        CodePurpose.RESET_PASSWORD: "For `resetPassword`.",
    },
)


@strawberry.type(description="The verified identity of an account (实名), masked.")
class RealName:
    name_masked: str = strawberry.field(description="The name, its middle hidden: `张*三`.")
    number_masked: str = strawberry.field(description="The identity number, its middle hidden.")
    verified_at: datetime = strawberry.field(description="When it was verified.")


@strawberry.type(description="The second factor of an account (两步验证): an authenticator app.")
class SecondFactor:
    confirmed_at: datetime = strawberry.field(description="When it was confirmed.")
    recovery_codes_left: int = strawberry.field(description="How many recovery codes are unused.")
    is_proven: bool = strawberry.field(description="Whether it was proven for the token at hand.")


@strawberry.type(description="Where an account works and as what, as the center last told.")
class IndexedMembership:
    center: Center = strawberry.field(description="The center.")
    roles: list[Role] = strawberry.field(description="What the account is there.")


@strawberry.type(description="A platform role, held for a division and all that lies in it.")
class HeldPlatformRole:
    role: PlatformRole = strawberry.field(description="The role.")
    division_code: str = strawberry.field(
        description="12 digits; `000000000000` is the whole country."
    )


@strawberry.type(description="An account: one person, one login for every center.")
class Account:
    id: strawberry.ID = strawberry.field(description="Opaque.")
    login_name: str = strawberry.field(description="The name to sign in with.")
    display_name: str = strawberry.field(description="How the person wants to be called.")
    phone_masked: str = strawberry.field(description="The phone number, `138****5678`, or empty.")
    registered_at: datetime = strawberry.field(description="When the account was made.")
    real_name: RealName | None = strawberry.field(
        description="The verified identity; null until `verifyIdentity` succeeded."
    )
    second_factor: SecondFactor | None = strawberry.field(
        description="The second factor; null until `confirmSecondFactor` succeeded."
    )
    memberships: list[IndexedMembership] = strawberry.field(
        description="Where the person works, by center code; a change shows within seconds."
    )
    platform_roles: list[HeldPlatformRole] = strawberry.field(
        description="The platform roles that the account holds."
    )

    @classmethod
    def of(cls, profile: queries.Profile, *, is_proven: bool = False) -> Self:
        """Return an account as its owner reads it, by a token with the second factor proven."""
        account, real_name, factor = profile.account, profile.real_name, profile.second_factor
        return cls(
            id=opaque_id("Account", account.account_id),
            login_name=account.login_name,
            display_name=account.display_name,
            phone_masked=account.phone_masked,
            registered_at=profile.registered_at,
            real_name=None
            if real_name is None
            else RealName(
                name_masked=real_name.name_masked,
                number_masked=real_name.number_masked,
                verified_at=real_name.verified_at,
            ),
            second_factor=None
            if factor is None
            else SecondFactor(
                confirmed_at=factor.confirmed_at,
                recovery_codes_left=factor.recovery_codes_left,
                is_proven=is_proven,
            ),
            memberships=[
                IndexedMembership(
                    center=Center.of(center), roles=[Role(role) for role in indexed.roles]
                )
                for indexed in profile.memberships
                if (center := registry.find_center(indexed.center_code))
            ],
            platform_roles=[
                HeldPlatformRole(role=PlatformRole(role), division_code=division)
                for role, division in profile.platform_roles
            ],
        )


@strawberry.type(description="A code on its way, told alike whether or not the phone is known.")
class SentCode:
    phone_masked: str = strawberry.field(description="Where it went, `138****5678`.")
    expires_at: datetime = strawberry.field(description="Until when it may be used.")
    resend_after: datetime = strawberry.field(description="From when another may be asked for.")

    @classmethod
    def of(cls, sent: SentCodeRecord) -> Self:
        """Return a code on its way as the API shows it."""
        return cls(
            phone_masked=sent.phone_masked,
            expires_at=sent.expires_at,
            resend_after=sent.resend_after,
        )
