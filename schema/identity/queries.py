"""Who is signed in."""

import strawberry

from schema.context import Info
from schema.identity.types import Account
from tongban.identity import queries
from tongban.kernel.context import SharedRole, shared_context


@strawberry.type
class IdentityQuery:
    @strawberry.field(description="The account of the token, with or without a center; else null.")
    def me(self, info: Info) -> Account | None:
        account_id = info.context.actor.account_id
        if account_id is None:
            return None
        with shared_context(SharedRole.SIGN_IN):
            profile = queries.profile_of(account_id)
        return Account.of(profile)
