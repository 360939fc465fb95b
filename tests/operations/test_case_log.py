"""The log can't be rewritten, and whoever tries is found out."""

import re
from functools import partial

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction

from tenants.cases import models
from tenants.cases.states import Custody, State
from tests import casework, handing
from tests.casework import Desk
from tongban.kernel import crypto
from tongban.kernel.context import center_context


@pytest.fixture
def desk(db):
    return Desk()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE cases_caseevent SET name = 'case.approved'",
        "DELETE FROM cases_caseevent",
        "TRUNCATE cases_caseevent",
        "ALTER TABLE cases_caseevent DISABLE TRIGGER ALL",
        "DROP TABLE cases_caseevent",
    ],
)
def test_the_data_role_can_only_append(desk, statement):
    number = desk.submitted()
    with center_context(desk.center):
        with pytest.raises(ProgrammingError), transaction.atomic():
            models.CaseEvent.objects.all().delete()
        assert models.CaseEvent.objects.count() == 1
        # Past every guard of ours: the session itself, in the center's role.
        session = connection.connection.pgconn
        session.exec_(b"SAVEPOINT attempt")
        refused = session.exec_(statement.encode())
        session.exec_(b"ROLLBACK TO SAVEPOINT attempt")
    assert re.search(rb"permission denied|must be owner", refused.error_message)
    assert [event.name for event in desk.events(number)] == ["case.submitted"]


def test_a_changed_event_breaks_the_chain(desk):
    number = desk.in_review()
    handing.log_of(desk.center, number)
    event = desk.events(number)[1]
    body = {
        "number": number, "epoch": event.epoch, "sequence": event.sequence, "name": event.name,
        "at": crypto.plain_json(event.at), "center_code": event.center_code, "actor": event.actor,
        "on_behalf_of": event.on_behalf_of, "changes": event.changes, "data": event.data,
    }  # fmt: skip
    previous = bytes(event.previous_hash)
    assert crypto.chain_hash(previous, body) == bytes(event.hash)
    for name, forged in (("name", "case.refused"), ("at", "2026-01-01T00:00:00.000000Z")):
        assert crypto.chain_hash(previous, {**body, name: forged}) != bytes(event.hash)


def test_a_sequence_is_used_once(desk):
    number = desk.submitted()
    event = desk.events(number)[0]
    event.pk = None
    with (
        center_context(desk.center),
        pytest.raises(IntegrityError, match="cases_event_sequence"),
        transaction.atomic(),
    ):
        event.save(force_insert=True)
    assert len(desk.events(number)) == 1


def test_the_database_permits_the_states_of_the_table_and_no_other(desk):
    with center_context(desk.center), connection.cursor() as cursor:
        for name, of in (("cases_case_state", State), ("cases_case_custody", Custody)):
            cursor.execute(
                "SELECT pg_get_constraintdef(oid) FROM pg_constraint"
                " WHERE conname = %s AND conrelid = 'cases_case'::regclass",
                [name],
            )
            assert set(re.findall(r"'(\w+)'", cursor.fetchone()[0])) == {each.value for each in of}
    number = desk.submitted()
    with (
        center_context(desk.center),
        pytest.raises(IntegrityError, match="cases_case_state"),
        transaction.atomic(),
    ):
        models.Case.objects.filter(number=number).update(state="lost")


def test_a_step_costs_the_same_however_long_the_log(desk):
    desk.accept(desk.submitted())  # keys and centers are read once a process
    counts = []
    for before in (1, 12):
        number = desk.submitted()
        for n in range(before):
            desk.add(number, files=[casework.pdf(f"{n}.pdf", f"{before}-{n}".encode())])
        counts.append(casework.statements(partial(desk.accept, number)))
    assert counts[0] == counts[1] <= 31


def test_every_change_is_audited_and_indexed(desk):
    number = desk.in_review()
    from tongban.kernel.models import AuditEntry, LogEntry, OutboxMessage

    with center_context(desk.center):
        audited = AuditEntry.objects.filter(object_type="case", object_key=number)
        assert list(audited.order_by("sequence").values_list("action", flat=True)) == [
            "case.submit", "case.accept", "case.start_review",
        ]  # fmt: skip
        logged = LogEntry.objects.filter(topic="case", subject=number).order_by("position")
        assert [entry.data["sequence"] for entry in logged] == [1, 2, 3]
        indexed = OutboxMessage.objects.filter(kind="case.indexed", key=number)
        assert indexed.count() == 3
    assert desk.center == casework.COUNTY
