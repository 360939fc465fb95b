"""Handing in: numbers, drafts, who stands behind a case, what is kept of them, repeats."""

import json
import uuid
from datetime import UTC, datetime
from functools import partial

import pytest
from django.db import connection

from tenants.cases import errors, queries, rules
from tenants.cases.adapters import sealing
from tenants.cases.states import Custody, State
from tenants.staff.rules import CenterRole
from tests import casework, handing, people
from tests.casework import Desk
from tongban.kernel import actors, files, numbers
from tongban.kernel.context import center_context
from tongban.kernel.personal import IdKind


@pytest.fixture
def desk(db):
    return Desk()


def test_numbers_are_consecutive_per_day_in_shanghai(desk):
    late = datetime(2026, 2, 13, 15, 59, tzinfo=UTC)
    cases = [desk.submit(now=late).case, desk.submit(now=late).case]
    after = desk.submit(now=datetime(2026, 2, 13, 16, 0, tzinfo=UTC)).case
    read = [numbers.parse(case.number) for case in (*cases, after)]
    assert [(n.day.isoformat(), n.serial) for n in read] == [
        ("2026-02-13", 1),
        ("2026-02-13", 2),
        ("2026-02-14", 1),
    ]
    assert {n.center_code for n in read} == {desk.center}


def test_the_case_pins_what_was_offered(desk):
    case = desk.submit().case
    assert case.offering["center_code"] == case.owner_code == desk.center
    assert case.offering["content"]["promised_limit"] == {"amount": 3, "unit": "WORKING_DAY"}
    with center_context(desk.center):
        kept = list(case.materials.order_by("position").values_list("code", "necessity"))
        paper = case.papers.get()
    assert kept == [("M01", "1"), ("M02", "1"), ("M03", "2")]
    assert paper.kind == "intake_receipt"


def test_personal_data_is_stored_sealed_and_masked(desk):
    request = casework.application(
        applicant=casework.applicant(
            representative=rules.Agent("钱某某", IdKind.PASSPORT, "e1234567", "13900139000"),
            handler=rules.Agent("孙某"),
        )
    )
    case = desk.submit(request=request).case
    number = people.id_number(500)
    with center_context(desk.center), connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(to_jsonb(c)::text, '') FROM cases_case c")
        row = cursor.fetchone()[0]
        cursor.execute("SELECT string_agg(to_jsonb(e)::text, '') FROM cases_caseevent e")
        row += cursor.fetchone()[0]
        cursor.execute("SELECT string_agg(to_jsonb(o)::text, '') FROM kernel_outboxmessage o")
        row += cursor.fetchone()[0]
        cursor.execute("SELECT string_agg(to_jsonb(a)::text, '') FROM kernel_auditentry a")
        row += cursor.fetchone()[0]
    for secret in (number, "赵测试", "13800138000", "E1234567", "钱某某", "13900139000"):
        assert secret not in row
    assert case.applicant_id_masked == f"3{'*' * 16}{number[-1]}"
    assert case.applicant_phone_masked == "138****8000"
    assert [agent["role"] for agent in case.agents] == ["representative", "handler"]
    assert case.agents[0]["name"] == "钱*某"
    opened = sealing.open_sealed(case.applicant_id_sealed, number=case.number, field="applicant_id")
    assert opened == number
    agents = json.loads(sealing.open_sealed(case.agents_sealed, number=case.number, field="agents"))
    assert agents["representative"]["id_number"] == "E1234567"


def test_an_organization_is_named_in_full(desk):
    request = casework.application(
        applicant=rules.Applicant(
            kind=rules.ApplicantKind.LEGAL,
            name="德州新华书店有限公司",
            id_kind=IdKind.CREDIT_CODE,
            id_number="91371400ma3c4x5y6q",
        )
    )
    case = desk.submit(request=request).case
    assert case.applicant_name_masked == "德州新华书店有限公司"


def test_a_citizen_applies_online(desk):
    citizen = casework.citizen()
    request = casework.application(channel=rules.Channel.COUNTER)
    case = desk.submit(citizen, request=request).case
    assert case.channel == rules.Channel.ONLINE, "nobody but a window says counter"
    assert desk.events(case.number)[0].on_behalf_of is None
    with center_context(desk.center):
        assert queries.access_case(actor=citizen, number=case.number).pk == case.pk


def test_a_stations_machine_submits(desk):
    station = Desk(handing.STATION)
    machine = actors.Actor(
        account_id=None, kind="machine", display_name="自助机", client_id="kiosk",
        center_code=handing.STATION,
    )  # fmt: skip
    case = station.submit(machine).case
    assert (case.channel, case.custody) == (rules.Channel.STATION, Custody.IN_TRANSIT)
    first = station.events(case.number)[0]
    assert (first.actor["role"], first.actor["name"]) == ("station", "自助机")
    with pytest.raises(errors.CaseSubmitNotAllowedError):
        desk.submit(machine)


def test_what_a_window_holds_for_review_may_be_incomplete(desk):
    request = casework.application(hold_for_review=True)
    case = desk.submit(request=request, files={}).case
    assert (case.state, case.custody) == (State.SUBMITTED, Custody.HELD)
    station = Desk(handing.STATION)
    operator = station.who(CenterRole.STATION_OPERATOR)
    held = station.submit(operator, request=request, files={}).case
    assert (held.custody, held.owner_code) == (Custody.HELD, handing.COUNTY)
    assert held.route == [{"kind": "assisted_intake", "destination": handing.COUNTY}]


def test_a_draft_is_the_applicants_until_it_is_submitted(desk):
    citizen, clerk = casework.citizen(), desk.clerk
    draft = desk.submit(
        citizen, request=casework.application(as_draft=True), files={"M01": [casework.pdf()]}
    )
    assert (draft.query_code, draft.case.state) == (None, State.DRAFT)
    assert draft.case.submitted_at is None
    number = draft.case.number
    with center_context(desk.center):
        assert not queries.visible_cases(clerk, queries.membership_of(clerk)).exists()
        assert not draft.case.papers.exists()
        with pytest.raises(errors.CaseNotFoundError):
            queries.access_case(actor=clerk, number=number)
    request = casework.application(draft_number=number, form={"shop": "改名书屋"})
    with pytest.raises(errors.MaterialMissingError) as raised:
        desk.submit(citizen, request=request, files={})
    assert raised.value.params["materials"] == ["M02"]
    other = casework.application(draft_number=number, matter_code=handing.FOOD)
    with pytest.raises(errors.ApplicantInvalidError):
        desk.submit(citizen, request=other)
    done = desk.submit(citizen, request=request, files={"M02": [casework.pdf("b.pdf", b"2")]})
    assert (done.case.number, done.case.state) == (number, State.SUBMITTED)
    assert done.case.form == {"shop": "改名书屋"}
    assert done.query_code
    with pytest.raises(errors.CaseSubmitNotAllowedError):
        desk.submit(citizen, request=request)
    assert [e.name for e in desk.events(number)] == ["case.drafted", "case.submitted"]
    handing.log_of(desk.center, number)
    with center_context(desk.center):
        assert queries.access_case(actor=clerk, number=number).state == State.SUBMITTED


def test_a_draft_can_be_dropped(desk):
    citizen = casework.citizen()
    draft = desk.submit(citizen, request=casework.application(as_draft=True), files={})
    assert desk.withdraw(draft.case.number, citizen).state == State.WITHDRAWN


def test_files_lie_under_their_center_by_content(desk):
    said = handing.all_files(desk.center, casework.BOOKS)
    said["M01"] = [casework.pdf("M01.pdf", uuid.uuid4().bytes)]
    number = desk.submit(files=said).case.number
    with center_context(desk.center):
        file = desk.case(number).materials.get(code="M01").files.get()
    assert files.holds(desk.center, file.sha256)
    assert not files.holds(handing.CITY, file.sha256)
    assert (file.filename, file.media_type) == ("M01.pdf", "application/pdf")
    assert file.added_by["role"] == "staff"


def test_a_repeat_answers_with_the_same_case_and_code(desk):
    key = uuid.uuid4()
    first = desk.submit(idempotency_key=key)
    desk.accept(first.case.number)
    before = desk.holdings()
    again = desk.submit(idempotency_key=key)
    assert again.case.number == first.case.number
    assert again.case.state == State.ACCEPTED, "the current object, not an old picture"
    assert again.query_code == first.query_code
    assert desk.holdings() == before


def test_every_step_may_be_repeated(desk):
    number = desk.submitted()
    for name in ("accept", "start", "review", "verify", "decide", "issue", "complete"):
        step, key = getattr(desk, name), uuid.uuid4()
        first = step(number, idempotency_key=key)
        before = desk.holdings()
        again = step(number, idempotency_key=key)
        assert (again.pk, again.version) == (first.pk, first.version)
        assert desk.holdings() == before
    waiting = desk.submitted()
    for name in ("notify", "answer", "add", "withdraw"):
        key = uuid.uuid4()
        getattr(desk, name)(waiting, idempotency_key=key)
        before = desk.holdings()
        getattr(desk, name)(waiting, idempotency_key=key)
        assert desk.holdings() == before


def test_a_refused_request_may_be_sent_again_with_its_key(desk):
    key = uuid.uuid4()
    with pytest.raises(errors.MaterialMissingError):
        desk.submit(idempotency_key=key, files={})
    assert desk.submit(idempotency_key=key).case.number


def test_a_number_is_accepted_as_people_type_it(desk):
    number = desk.submitted()
    assert desk.accept(numbers.display(number)).number == number


def test_the_query_count_does_not_grow_with_the_files(desk):
    desk.submitted()  # centers and keys are read once a process
    counts = []
    for extra in (1, 15):
        said = handing.all_files(desk.center, casework.BOOKS)
        said["M03"] = [casework.pdf(f"{n}.pdf", f"{extra}-{n}".encode()) for n in range(extra)]
        counts.append(casework.statements(partial(desk.submit, files=said)))
    assert counts[0] == counts[1]
    assert counts[0] <= 33
