"""What has expired is forgotten once a day, by a timer that sets itself again."""

from datetime import UTC, datetime, timedelta

from django.contrib.sessions.models import Session
from oauth2_provider.models import AccessToken

from tests import people
from tongban.exchange.operations import timers
from tongban.identity import models
from tongban.identity.operations import forgetting, throttle
from tongban.kernel.context import SharedRole, shared_context
from tongban.kernel.models import Timer
from tongban.kernel.transactions import PLATFORM


def test_expired_things_go_and_others_stay(db):
    now = datetime.now(UTC)
    old, recent = now - timedelta(days=40), now - timedelta(hours=1)
    person = people.account("citizen")
    people.token(person, now=old)
    people.token(person, now=recent)
    with shared_context(SharedRole.PLATFORM):
        for at in (old, recent):
            throttle.spend_attempt(f"name:{at:%d}", now=at)
            Session.objects.create(session_key=f"{at:%d}", session_data="", expire_date=at)
            models.LocalMessage.objects.create(recipient_masked="", text="", sent_at=at)
            models.PhoneCode.objects.create(
                phone_hash=f"{at:%d}".encode(),
                purpose="REGISTER",
                code_hash=b"",
                sent_at=at,
                expires_at=at,
            )
    assert timers.fire_timers(PLATFORM, clock=lambda: now) >= 1
    with shared_context(SharedRole.PLATFORM):
        counts = {
            model.__name__: model.objects.count()
            for model in (
                AccessToken,
                Session,
                models.Throttle,
                models.LocalMessage,
                models.PhoneCode,
            )
        }
        following = Timer.objects.get(kind=forgetting.TIMER, fired_at=None)
    assert counts == {
        "AccessToken": 1,
        "Session": 1,
        "Throttle": 1,
        "LocalMessage": 1,
        "PhoneCode": 1,
    }
    assert following.fires_at == now + timedelta(days=1)
