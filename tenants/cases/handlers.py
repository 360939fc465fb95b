"""What messages about cases do here, each in the transaction that marks it."""

from datetime import datetime

from tenants.cases import models
from tenants.cases.operations import infected, log, papers, requested
from tongban.kernel.ports import Message, OutOfOrderError
from tongban.kernel.transactions import unit_of_work


def receive_event(message: Message, now: datetime) -> None:
    """Mirror an event of a case that a neighbour in the chain sent.

    Raises: OutOfOrderError while the case or an earlier event is missing; log.LogConflictError.
    """
    with unit_of_work() as work:
        case = models.Case.objects.select_for_update().filter(number=message.key).first()
        if case is None:
            raise OutOfOrderError(f"{message.key} is not known here yet")
        log.mirror_event(work, case, message.payload, origin=message.origin)
        # Where it just came to be held, the scanner may have said something on its way.
        infected.report(work, case, now=now)


def receive_request(message: Message, now: datetime) -> None:
    """Do, or pass on, what a center in the chain asks for the applicant."""
    requested.take_request(message, now=now)


def receive_refusal(message: Message, now: datetime) -> None:
    """Keep, or pass back, the refusal of a request."""
    requested.take_refusal(message, now=now)


def receive_paper(message: Message, now: datetime) -> None:
    """Keep a paper that another center of the chain handed out to the applicant.

    Raises: OutOfOrderError while the case is missing; log.LogConflictError.
    """
    del now
    with unit_of_work() as work:
        case = models.Case.objects.select_for_update().filter(number=message.key).first()
        if case is None:
            raise OutOfOrderError(f"{message.key} is not known here yet")
        papers.mirror_paper(work, case, message.payload, origin=message.origin)
