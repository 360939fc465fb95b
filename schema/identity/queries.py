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
        actor = info.context.actor
        if actor.account_id is None:
            return None
        with shared_context(SharedRole.SIGN_IN):
            profile = queries.profile_of(actor.account_id)
        return Account.of(profile, is_proven=actor.is_two_factor)
