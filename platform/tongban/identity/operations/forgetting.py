"""Forgetting what has expired: tokens, sessions, codes, counted attempts."""

from datetime import datetime, timedelta

from django.contrib.sessions.models import Session
from oauth2_provider.models import clear_expired

from tongban.identity import models
from tongban.kernel.transactions import unit_of_work

TIMER = "identity.forget"
"""The platform's timer that comes again every day; a migration sets the first one."""
EVERY = timedelta(days=1)


def forget_expired(*, now: datetime) -> None:
    """Delete what has been of no use for a day, and come again tomorrow.

    Runs in the platform context. Used refresh tokens stay until they expire: they betray theft.
    """
    since = now - EVERY
    with unit_of_work() as work:
        clear_expired()
        Session.objects.filter(expire_date__lt=since).delete()
        models.PhoneCode.objects.filter(expires_at__lt=since).delete()
        models.LocalMessage.objects.filter(sent_at__lt=since).delete()
        models.Throttle.objects.filter(last_at__lt=since).delete()
        work.schedule(kind=TIMER, key="", fires_at=now + EVERY)
