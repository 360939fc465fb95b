"""Text messages to phones; the embedded sender keeps them instead of sending."""

from datetime import datetime

from django.conf import settings

from tongban.identity import errors, models
from tongban.kernel import personal


def require_sender() -> None:
    """Refuse before anything is done where no message could leave.

    The embedded sender serves demonstrations and development only: elsewhere a kept code would
    be a code that nobody gets. Raises: MessagesUnavailableError.
    """
    if not (settings.DEMO or settings.DEBUG):
        raise errors.MessagesUnavailableError


def send(*, phone: str, text: str, now: datetime) -> None:
    """Send ``text`` to a normalized phone number, within the caller's transaction."""
    require_sender()
    models.LocalMessage.objects.create(
        recipient_masked=personal.mask_phone(phone), text=text, sent_at=now
    )
