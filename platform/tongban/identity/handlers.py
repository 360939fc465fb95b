"""What identity does when centers tell it something, and once a day."""

from datetime import datetime

from tongban.identity.adapters import messages
from tongban.identity.operations import forgetting, memberships, second_factors
from tongban.kernel import actors
from tongban.kernel.ports import DueTimer, Message

MEMBERSHIP_CHANGED = "membership.changed"
MESSAGE_SHOWN = "message.shown"
SECOND_FACTOR_RESET = "second_factor.reset"


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


def reset_second_factor(message: Message, now: datetime) -> None:
    """Take away the second factor of a center's member, as its security administrator decided."""
    second_factors.reset_second_factor(
        account_id=message.payload["account_id"],
        actor=actors.system("relay"),
        data={"center": message.origin, "by": str(message.payload["by"])},
        now=now,
    )


def forget_expired(timer: DueTimer, now: datetime) -> None:
    """Forget what has expired, and set the next timer."""
    del timer
    forgetting.forget_expired(now=now)
