"""Following the centers: which account works where."""

from collections.abc import Sequence
from datetime import datetime

from django.db import connection

from tongban.kernel.transactions import unit_of_work

# The newest version wins, in whatever order messages come; an account that is gone needs no row.
_FOLLOW = """
INSERT INTO identity_membershipindexrow AS known (account_id, center_code, roles, version)
SELECT account.id, %s, %s::varchar[], %s FROM identity_account AS account WHERE account.id = %s
    ON CONFLICT (account_id, center_code) DO UPDATE
   SET roles = EXCLUDED.roles, version = EXCLUDED.version
 WHERE known.version < EXCLUDED.version
"""


def follow_membership(
    *, account_id: int, center_code: str, roles: Sequence[str], version: int, now: datetime
) -> bool:
    """Bring the index to what a center says of a member, and return whether it changed.

    An older version than the known one is ignored. Runs in the platform context.
    """
    with unit_of_work() as work, connection.cursor() as cursor:
        cursor.execute(_FOLLOW, [center_code, list(roles), version, account_id])
        changed: bool = cursor.rowcount == 1
        if changed:
            work.record(
                topic="identity",
                subject=f"account:{account_id}",
                name="membership.indexed",
                at=now,
                data={"center": center_code, "version": version},
            )
    return changed
