"""What identity does when centers tell it something, and once a day."""

from datetime import datetime

from tongban.identity.adapters import messages
from tongban.identity.operations import forgetting, memberships
from tongban.kernel.ports import DueTimer, Message

MEMBERSHIP_CHANGED = "membership.changed"
MESSAGE_SHOWN = "message.shown"


def index_membership(message: Message, now: datetime) -> None:
    """Follow a center's word on one member; the center is the message's own origin."""
    memberships.follow_membership(
        account_id=message.payload["account_id"],
        center_code=message.origin,
        roles=message.payload["roles"],
        version=message.payload["version"],
        now=now,
    )


def show_message(message: Message, now: datetime) -> None:
    """Keep a center's text message for a demonstration's start page; elsewhere it is dropped."""
    del now
    messages.keep(
        recipient_masked=str(message.payload["recipient_masked"]),
        text=str(message.payload["text"]),
        sent_at=datetime.fromisoformat(str(message.payload["at"])),
    )


def forget_expired(timer: DueTimer, now: datetime) -> None:
    """Forget what has expired, and set the next timer."""
    del timer
    forgetting.forget_expired(now=now)
