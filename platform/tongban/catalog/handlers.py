"""What the catalog does when the platform calls."""

from datetime import datetime

from tongban.catalog.operations import offer
from tongban.kernel import actors


def open_offerings(center_code: str, now: datetime) -> None:
    """Open the offerings of a center that is being onboarded (in the catalog context)."""
    offer.open_default_offerings(
        actor=actors.operator("onboarding"), center_codes=[center_code], now=now
    )
