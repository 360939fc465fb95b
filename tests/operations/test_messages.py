"""What applicants are told: once an event, in the center that appended it, and never twice."""

import json
import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from django.db import IntegrityError, transaction

from tenants.cases.operations import accept
from tenants.handoffs.operations import answer
from tenants.handoffs.states import Direction
from tenants.messages import errors, models, queries, rules
from tenants.messages.adapters import gateway as adapter
from tenants.messages.operations import keeping, sending
from tenants.messages.rules import MessageChannel, MessageKind
from tenants.messages.states import MessageState
from tenants.staff.rules import CenterRole
from tests import casework, handing, people
from tests.casework import COUNTY, Desk
from tongban.kernel.context import center_context
from tongban.kernel.models import AuditEntry, OutboxMessage

KINDS = [
    MessageKind.INTAKE,
    MessageKind.ACCEPTANCE,
    MessageKind.DECISION,
    MessageKind.COMPLETION,
]


class Gateway:
    """A gateway that sends a message once for each idempotency key, on a port of its own."""

    def __init__(self) -> None:
        self.requests: list[dict[str, str]] = []
        self.sent: dict[str, str] = {}
        self.status = 200
        self.closes_early = False
        self.meanwhile: Callable[[], None] = lambda: None
        self._server: ThreadingHTTPServer | None = None
        self.port = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/sms?from=test"

    def start(self) -> None:
        gateway = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                gateway.requests.append({**body, "token": self.headers.get("Authorization", "")})
                gateway.meanwhile()
                assert self.path == "/sms?from=test"
                assert self.headers["Idempotency-Key"] == body["id"]
                if gateway.status == 200:
                    gateway.sent.setdefault(body["id"], body["text"])
                if gateway.closes_early:
                    return
                self.send_response(gateway.status)
                self.end_headers()

            def log_message(self, *_arguments: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def kill(self) -> None:
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None


@contextmanager
def running_gateway(settings) -> Iterator[Gateway]:
    served = Gateway()
    served.start()
    settings.SMS_URL, settings.SMS_TOKEN = served.url, "geheim"
    try:
        yield served
    finally:
        served.kill()
        adapter._rests_until.clear()


@pytest.fixture
def gateway(settings):
    with running_gateway(settings) as served:
        yield served


@pytest.fixture
def desk(db):
    return Desk()


def told(center=COUNTY, channel=None):
    with center_context(center):
        rows = models.Message.objects.order_by("id")
        return [row for row in rows if channel is None or row.channel == channel]


def kinds(center=COUNTY, channel=MessageChannel.IN_APP):
    return [row.kind for row in told(center, channel)]


def send(now: datetime, center=COUNTY) -> int:
    with center_context(center):
        return sending.send_waiting(clock=lambda: now)


def manager(desk):
    return desk.who(CenterRole.MANAGER)


def test_each_step_is_told_once_on_each_channel(desk):
    number = desk.submitted()
    desk.notify(number)
    desk.answer(number)
    desk.accept(number)
    desk.start(number)
    desk.review(number)
    desk.verify(number)
    desk.decide(number)
    desk.issue(number)
    desk.complete(number)
    steps = [KINDS[0], MessageKind.NOTICE, *KINDS[1:]]
    assert kinds() == kinds(channel=MessageChannel.SMS) == steps
    sms = told(channel=MessageChannel.SMS)
    assert {row.state for row in sms} == {MessageState.KEPT}
    assert {row.recipient_masked for row in sms} == {"138****8000"}
    acceptance = next(row for row in told() if row.kind == MessageKind.ACCEPTANCE)
    due = desk.case(number).promised_due_at.astimezone(handing.NOW.tzinfo)
    assert f"{due.year}年{due.month}月{due.day}日" in acceptance.text
    for row in told():
        assert number in row.text
        assert "赵测试" not in row.text
        assert "13800138000" not in row.text
        assert b"13800138000" not in bytes(row.recipient_sealed or b"")


def test_a_draft_tells_nothing_and_a_refusal_its_own(desk):
    desk.submit(request=casework.application(as_draft=True))
    assert told() == []
    desk.refuse(desk.submitted())
    assert kinds() == [MessageKind.INTAKE, MessageKind.REFUSAL]


def test_without_a_mobile_number_it_is_told_in_the_app_only(desk):
    desk.submit(request=casework.application(applicant=casework.applicant(31, phone="")))
    desk.submit(
        request=casework.application(applicant=casework.applicant(32, phone="0534-2345678"))
    )
    assert [row.channel for row in told()] == [MessageChannel.IN_APP] * 2


def test_a_repeated_request_tells_once_and_a_refused_one_nothing(desk):
    number, key = desk.submitted(), uuid.uuid4()
    desk.accept(number, idempotency_key=key)
    desk.accept(number, idempotency_key=key)
    assert kinds() == KINDS[:2]
    with pytest.raises(Exception, match="NOT_ALLOWED"):
        desk.accept(number)
    assert kinds() == KINDS[:2]


def test_the_database_refuses_a_second_message_of_one_event(desk):
    desk.submitted()
    with center_context(COUNTY):
        row = models.Message.objects.first()
        assert row is not None
        row.pk = uuid.uuid4()
        with pytest.raises(IntegrityError, match="messages_message_once"), transaction.atomic():
            row.save(force_insert=True)


def test_what_rolls_back_tells_nothing(desk):
    number = desk.submitted()

    class StopError(Exception):
        pass

    def accept_and_stop():
        with center_context(COUNTY), transaction.atomic():
            desk.accept(number)
            raise StopError

    with pytest.raises(StopError):
        accept_and_stop()
    assert kinds() == KINDS[:1]


def test_a_mirror_tells_nobody(db):
    station, county = handing.staff(handing.STATION), handing.staff(COUNTY)
    number = handing.submitted(station, handing.FOOD)
    handing.relay_all()
    handoff = handing.handoff_at(COUNTY, number, Direction.INCOMING)
    with center_context(COUNTY):
        answer.accept_handoff(
            actor=county.actor, handoff_id=handoff.id, idempotency_key=uuid.uuid4(), now=handing.NOW
        )
        accept.accept_case(
            actor=county.actor, number=number, idempotency_key=uuid.uuid4(), now=handing.NOW
        )
    handing.relay_all()
    assert handing.log_of(handing.STATION, number) == handing.log_of(COUNTY, number)
    assert kinds(handing.STATION) == [MessageKind.INTAKE]
    assert kinds(COUNTY) == [MessageKind.ACCEPTANCE]


def test_a_message_leaves_once(desk, gateway):
    desk.submitted()
    (row,) = told(channel=MessageChannel.SMS)
    assert row.state == MessageState.WAITING
    assert send(desk.now) == 1
    assert send(desk.now + timedelta(days=1)) == 0
    (request,) = gateway.requests
    assert request["to"] == "+8613800138000"
    assert request["token"] == "Bearer geheim"
    (row,) = told(channel=MessageChannel.SMS)
    assert (row.state, row.attempts, row.reason) == (MessageState.SENT, 1, "")


def test_a_killed_gateway_gets_it_when_it_is_back(desk, gateway):
    desk.submitted()
    desk.submitted()
    gateway.kill()
    assert send(desk.now) == 0
    first, second = told(channel=MessageChannel.SMS)
    # One attempt found out; the other message did not wait for the time-out too.
    assert (first.attempts, second.attempts) == (1, 0)
    assert "ConnectionRefused" in first.reason
    gateway.start()
    assert send(desk.now + timedelta(seconds=29)) == 0
    assert send(desk.now + timedelta(seconds=61)) == 2
    assert len(gateway.sent) == 2
    assert {row.state for row in told(channel=MessageChannel.SMS)} == {MessageState.SENT}


def test_an_answer_that_got_lost_sends_nothing_twice(desk, gateway):
    desk.submitted()
    gateway.closes_early = True
    assert send(desk.now) == 0
    gateway.closes_early = False
    assert send(desk.now + timedelta(minutes=2)) == 1
    assert len(gateway.requests) == 2
    assert len(gateway.sent) == 1


def test_a_worker_that_dies_while_sending_leaves_it_to_the_next_after_the_lease(
    desk, gateway, monkeypatch
):
    desk.submitted()

    class KilledError(BaseException):
        pass

    def die(*_arguments, **_said):
        raise KilledError

    with monkeypatch.context() as dying:
        dying.setattr(sending, "_mark", die)
        with pytest.raises(KilledError):
            send(desk.now)
    assert len(gateway.sent) == 1
    assert send(desk.now + rules.LEASE - timedelta(seconds=1)) == 0
    assert len(gateway.requests) == 1
    assert send(desk.now + rules.LEASE) == 1
    assert len(gateway.requests) == 2
    assert len(gateway.sent) == 1
    (row,) = told(channel=MessageChannel.SMS)
    assert (row.state, row.attempts) == (MessageState.SENT, 2)


@pytest.mark.parametrize(("status", "attempts"), [(503, rules.MOST_ATTEMPTS), (429, 8), (400, 1)])
def test_it_is_given_up_for_all_to_see(desk, gateway, status, attempts):
    desk.submitted()
    gateway.status = status
    now = desk.now
    for _ in range(20):
        send(now)
        now += rules.LONGEST_PAUSE
    (row,) = told(channel=MessageChannel.SMS)
    assert (row.state, row.attempts) == (MessageState.FAILED, attempts)
    assert str(status) in row.reason
    assert len(gateway.requests) == attempts
    gateway.status = 200
    assert send(now + timedelta(days=1)) == 0
    with center_context(COUNTY):
        keeping.retry_message(
            actor=manager(desk), message_id=str(row.id), idempotency_key=uuid.uuid4(), now=now
        )
        assert AuditEntry.objects.filter(action="message.retry", object_key=str(row.id)).exists()
    assert send(now) == 1


def test_a_number_that_no_key_opens_holds_up_nobody_else(desk, gateway):
    for _ in range(3):
        desk.submitted()
    broken, other, _ = told(channel=MessageChannel.SMS)
    with center_context(COUNTY):
        # As the row of another message: sealed for that one only.
        models.Message.objects.filter(id=broken.id).update(recipient_sealed=other.recipient_sealed)
    assert send(desk.now) == 2
    for hour in range(9):
        assert send(desk.now + timedelta(hours=hour)) == 0
    (row, *_) = told(channel=MessageChannel.SMS)
    assert (row.state, row.attempts) == (MessageState.FAILED, rules.MOST_ATTEMPTS)
    assert row.reason == "收信号码无法解密"


def test_pauses_grow_up_to_an_hour():
    pauses = [rules.pause_after(n) // timedelta(minutes=1) for n in range(1, 9)]
    assert pauses == [1, 2, 4, 8, 16, 32, 60, 60]


def test_only_the_office_sends_again_and_only_what_never_left(desk, gateway, settings):
    desk.submitted()
    in_app, sms = told()

    def retry(actor, row, key=None):
        with center_context(COUNTY):
            return keeping.retry_message(
                actor=actor, message_id=str(row.id), idempotency_key=key or uuid.uuid4(),
                now=desk.now,
            )  # fmt: skip

    before = [(row.state, row.due_at) for row in told()]
    with pytest.raises(errors.MessageNotFoundError):
        retry(desk.clerk, sms)
    with pytest.raises(errors.MessageRetryNotAllowedError) as refused:
        retry(desk.who(CenterRole.SUPERVISOR), sms)
    assert refused.value.params["reason"] == "ROLE"
    for row in (in_app, sms):
        with pytest.raises(errors.MessageRetryNotAllowedError) as refused:
            retry(manager(desk), row)
        assert refused.value.params["reason"] == "STATE"
    with center_context(COUNTY):
        models.Message.objects.filter(id=sms.id).update(state=MessageState.KEPT, due_at=None)
    settings.SMS_URL = ""
    with pytest.raises(errors.MessageRetryNotAllowedError) as refused:
        retry(manager(desk), sms)
    assert refused.value.params["reason"] == "NO_GATEWAY"
    settings.SMS_URL = gateway.url
    key = uuid.uuid4()
    assert retry(manager(desk), sms, key).state == MessageState.WAITING
    assert retry(manager(desk), sms, key).state == MessageState.WAITING
    assert [(row.state, row.due_at) for row in told()] == before


def test_a_demonstration_s_start_page_shows_what_nobody_sends(desk, settings):
    from tongban.identity import queries as identity
    from tongban.kernel.context import SharedRole, shared_context

    settings.DEMO = True
    number = desk.submitted()
    handing.relay_all()
    handing.relay_all()
    with shared_context(SharedRole.SIGN_IN):
        (shown,) = identity.recent_messages(limit=10)
    assert shown[0] == "138****8000"
    assert number in shown[1]


def test_elsewhere_nothing_of_it_leaves_the_center(desk):
    desk.submitted()
    with center_context(COUNTY):
        assert not OutboxMessage.objects.filter(kind="message.shown").exists()


def test_applicants_read_their_own_and_nobody_else_does(desk):
    desk.submit(request=casework.application(applicant=casework.applicant(41)))
    own = people.actor(people.account("own-messages", id_number=people.id_number(41)))
    other = people.actor(people.account("other-messages", id_number=people.id_number(42)))
    (row,) = told(channel=MessageChannel.IN_APP)
    with center_context(COUNTY):
        assert [found.id for found in queries.own_messages(actor=own)] == [row.id]
        for stranger in (other, desk.clerk, manager(desk)):
            assert not queries.own_messages(actor=stranger).exists()
            with pytest.raises(errors.MessageNotFoundError):
                keeping.mark_message_read(actor=stranger, message_id=str(row.id), now=desk.now)
        assert queries.own_messages(actor=own, is_read=False).exists()
        for _ in range(2):
            keeping.mark_message_read(actor=own, message_id=str(row.id), now=desk.now)
        assert not queries.own_messages(actor=own, is_read=False).exists()
        assert AuditEntry.objects.filter(action="message.read").count() == 1
        with pytest.raises(errors.MessageNotFoundError):
            keeping.mark_message_read(actor=own, message_id="x", now=desk.now)
