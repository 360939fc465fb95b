"""What the catalog does when the platform calls."""

from datetime import datetime

from tongban.catalog.operations import offer, reach
from tongban.kernel import actors
from tongban.kernel.ports import DueTimer


def open_offerings(center_code: str, now: datetime) -> None:
    """Open the offerings of a center that is being onboarded (in the catalog context)."""
    offer.open_default_offerings(
        actor=actors.operator("onboarding"), center_codes=[center_code], now=now
    )


def reach_centers(timer: DueTimer, now: datetime) -> None:
    """Let a release reach the next centers of its tree (in the platform's context)."""
    issuer_code, number = _release_of(timer)
    reach.reach_centers(issuer_code=issuer_code, number=number, now=now)


def follow_day(timer: DueTimer, now: datetime) -> None:
    """Let lists, searches and centers follow a release whose day has come (platform's context)."""
    issuer_code, number = _release_of(timer)
    reach.follow_day(issuer_code=issuer_code, number=number, now=now)


def _release_of(timer: DueTimer) -> tuple[str, int]:
    issuer_code, number = timer.key.split("/")
    return issuer_code, int(number)
