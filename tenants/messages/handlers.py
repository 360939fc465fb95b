"""What messages do when a case has news, and when the worker comes by."""

from collections.abc import Callable
from datetime import datetime

from tenants.messages.operations import sending, telling
from tongban.kernel.ports import CaseNews


def tell(news: CaseNews) -> None:
    """Write what the applicant is told, in the transaction that appended the event."""
    telling.tell_applicant(news=news)


def forget(number: str) -> None:
    """Delete what was told of a draft that is removed."""
    telling.forget_case(number)


def send(clock: Callable[[], datetime]) -> None:
    """Send what waits in the running center."""
    sending.send_waiting(clock=clock)
