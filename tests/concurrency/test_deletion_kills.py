"""kill -9 while a person's data are deleted: all of it went, or nothing, and once."""

import uuid
from pathlib import Path

import pytest

from tenants.cases.models import Case, CaseEvent
from tenants.messages.models import Message
from tenants.privacy.models import DataRequest
from tenants.privacy.operations import asking
from tenants.privacy.rules import RequestKind
from tenants.staff.rules import CenterRole
from tests import casework, people
from tests.casework import Desk
from tests.concurrency import dying
from tests.concurrency.test_clock_races import die
from tongban.kernel.context import center_context
from tongban.kernel.models import AuditEntry

_DYING = Path(__file__).with_name("dying.py")
pytestmark = pytest.mark.slow


def state_of(center):
    with center_context(center):
        return (
            Case.objects.filter(state="draft").count(),
            CaseEvent.objects.filter(name="case.consent_withdrawn").count(),
            AuditEntry.objects.filter(action="case.erase").count(),
            DataRequest.objects.get().state,
            Message.objects.filter(kind="data_request").count(),
        )


@pytest.mark.parametrize("point", ["before-commit:1", "after-commit:1"])
def test_a_killed_answer_has_deleted_all_or_nothing(committed_db, point):
    desk = Desk()
    person = casework.citizen()
    desk.submitted()
    for _ in range(3):
        desk.submit(request=casework.application(as_draft=True))
    with center_context(desk.center):
        request = asking.request_data(
            actor=person, kind=RequestKind.DELETION, text="",
            idempotency_key=uuid.uuid4(), now=desk.now,
        ).pk  # fmt: skip
    account = people.account("killed-manager", name="管理办")
    people.member(desk.center, account, CenterRole.MANAGER)
    said = (
        desk.center, people.token(account, now=desk.now), str(request),
        str(uuid.uuid4()), desk.now.isoformat(),
    )  # fmt: skip
    before, after = (3, 0, 0, "open", 0), (0, 1, 3, "granted", 1)
    assert state_of(desk.center) == before
    die(committed_db, point, "answer_data_request", *said)
    assert state_of(desk.center) == (before if point.startswith("before") else after)
    for _ in range(2):
        dying.answer_data_request(*said)
        assert state_of(desk.center) == after
