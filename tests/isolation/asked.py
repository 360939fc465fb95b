"""What a neighbour's applicant asks about their own data, online and at a window."""

import uuid
from datetime import datetime

from tenants.cases import rules
from tenants.privacy.models import DataRequest
from tenants.privacy.operations import asking
from tenants.privacy.rules import Presented, RequestKind
from tests import people
from tongban.kernel.actors import Actor
from tongban.kernel.context import center_context
from tongban.kernel.personal import IdKind

_NAMED_BY = ("answerDataRequest.id", "revealRequestedValue.id", "deletionPreview.id")


def settle(
    center: str, *, by: Actor, name: str, phone: str, serial: int, mark: str, now: datetime
) -> dict[str, list[str]]:
    """Let them ask; return what names the requests. ``by`` sits at the window."""
    person = people.account("neighbours-applicant", id_number=people.id_number(serial))
    own = people.actor(person, now=now)
    handler = rules.Agent(name, IdKind.RESIDENT_ID, people.id_number(serial), phone)
    applicant = rules.Applicant(
        rules.ApplicantKind.NATURAL, name, IdKind.RESIDENT_ID, people.id_number(serial), phone,
        handler=handler,
    )  # fmt: skip
    at_window = Presented(applicant, rules.Agreement(rules.NOTICE), f"{mark}委托书")
    with center_context(center):
        for actor, kind, presented in (
            (own, RequestKind.ACCESS, None),
            (own, RequestKind.DELETION, None),
            (by, RequestKind.ACCESS, at_window),
        ):
            asking.request_data(
                actor=actor, kind=kind, text=mark, presented=presented,
                idempotency_key=uuid.uuid4(), now=now,
            )  # fmt: skip
        requests = [str(row.pk) for row in DataRequest.objects.all()]
    return dict.fromkeys(_NAMED_BY, requests)
