"""What identity does when centers tell it something."""

from datetime import datetime

from tongban.identity.operations import memberships
from tongban.kernel.ports import Message

MEMBERSHIP_CHANGED = "membership.changed"


def index_membership(message: Message, now: datetime) -> None:
    """Follow a center's word on one member; the center is the message's own origin."""
    memberships.follow_membership(
        account_id=message.payload["account_id"],
        center_code=message.origin,
        roles=message.payload["roles"],
        version=message.payload["version"],
        now=now,
    )
