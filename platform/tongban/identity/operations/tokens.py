"""Ending what opens the door; a log entry wakes the open sockets so that they look again."""

from datetime import datetime

from oauth2_provider.models import AccessToken, Grant, RefreshToken

from tongban.kernel.transactions import Work, unit_of_work

TOPIC = "identity"


def revoke_all(*, account_id: int, work: Work, now: datetime) -> None:
    """End every token of an account within the caller's unit of work."""
    AccessToken.objects.filter(user_id=account_id).delete()
    RefreshToken.objects.filter(user_id=account_id, revoked=None).update(revoked=now)
    Grant.objects.filter(user_id=account_id).delete()
    _record(work, f"account:{account_id}", now)


def note_revocation(*, account_id: int | None, client_id: str, now: datetime) -> None:
    """Record that tokens of an account, or of a station's client, were revoked.

    Joins the unit of work in which the OAuth library revokes them.
    """
    with unit_of_work() as work:
        subject = f"client:{client_id}" if account_id is None else f"account:{account_id}"
        _record(work, subject, now)


def _record(work: Work, subject: str, now: datetime) -> None:
    work.record(topic=TOPIC, subject=subject, name="token.revoked", at=now, data={})
