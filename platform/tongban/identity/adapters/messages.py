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
    keep(recipient_masked=personal.mask_phone(phone), text=text, sent_at=now)


def keep(*, recipient_masked: str, text: str, sent_at: datetime) -> None:
    """Show a text message that nobody sends; only where the people are a demonstration's."""
    if settings.DEMO or settings.DEBUG:
        models.LocalMessage.objects.create(
            recipient_masked=recipient_masked, text=text, sent_at=sent_at
        )
