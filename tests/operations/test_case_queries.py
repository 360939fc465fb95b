"""Who sees which cases, what may be done next, and what anybody may ask."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tenants.cases import errors, models, policies, queries, rules
from tenants.cases.states import State
from tenants.staff.rules import CenterRole
from tests import casework, handing, people
from tests.casework import Desk
from tongban.kernel import actors
from tongban.kernel.context import center_context


@pytest.fixture
def desk(db):
    return Desk()


def seen(desk, actor, **narrowed):
    with center_context(desk.center):
        found = queries.find_cases(
            actor=actor,
            membership=queries.membership_of(actor),
            where=rules.CaseFilter(**narrowed),
        )
        page = [case.number for case in found.page(limit=100)]
        assert len(page) == found.rows.count()
        return page


def test_staff_see_all_and_applicants_their_own(desk):
    first = desk.submitted()
    second = desk.submit(
        request=casework.application(applicant=casework.applicant(501))
    ).case.number
    assert seen(desk, desk.clerk) == [second, first]
    assert seen(desk, casework.citizen(500)) == [first]
    assert seen(desk, casework.citizen(501)) == [second]
    assert seen(desk, casework.citizen(502)) == []
    assert seen(desk, actors.ANONYMOUS) == []
    for role in (CenterRole.PARTY_SECRETARY, CenterRole.AUDITOR):
        assert seen(desk, handing.staff(desk.center, role).actor) == []


def test_another_centers_staff_and_machine_see_nothing(desk):
    number = desk.submitted()
    neighbour = handing.staff(handing.DISTRICT).actor
    machine = actors.Actor(
        account_id=None, kind="machine", client_id="k", center_code=handing.STATION
    )
    for actor in (neighbour, machine):
        assert seen(desk, actor) == []
        with center_context(desk.center), pytest.raises(errors.CaseNotFoundError):
            queries.access_case(actor=actor, number=number)


def test_a_name_that_is_not_verified_sees_nothing(desk):
    desk.submitted()
    claimed = actors.Actor(
        account_id=1_000_000,
        kind="person",
        applicant_hash=casework.citizen(500).applicant_hash,
        real_name=False,
    )
    assert seen(desk, claimed) == []


def test_lists_are_narrowed(desk):
    clerk = desk.clerk
    first, second = desk.submitted(), desk.submitted()
    desk.accept(first)
    assert seen(desk, clerk, states=[State.ACCEPTED]) == [first]
    assert seen(desk, clerk, matter_codes=[casework.BOOKS]) == [second, first]
    assert seen(desk, clerk, matter_codes=["\x00"]) == []
    assert seen(desk, clerk, number=second) == [second]
    assert seen(desk, clerk, number="1234") == []
    assert seen(desk, clerk, applicant_id_number=people.id_number(500)) == [second, first]
    assert seen(desk, clerk, applicant_id_number="  ") == []
    assert seen(desk, clerk, channel="counter", custody="held") == [second, first]
    assert seen(desk, clerk, custodian_code="371400") == []
    assert seen(desk, clerk, submitted_from=desk.now) == [second, first]
    assert seen(desk, clerk, submitted_before=desk.now) == []
    due = desk.case(first).promised_due_at
    assert seen(desk, clerk, due_before=due) == []
    with center_context(desk.center):
        by_due = queries.find_cases(
            actor=clerk,
            membership=queries.membership_of(clerk),
            where=rules.CaseFilter(),
            order=rules.Order.DUE_FIRST,
        )
        assert [case.number for case in by_due.page(limit=9)] == [first]


def test_a_list_costs_the_same_however_long(desk):
    clerk, counts = desk.clerk, []
    for more in (2, 6):
        for _ in range(more):
            desk.submitted()
        with center_context(desk.center), CaptureQueriesContext(connection) as captured:
            found = queries.find_cases(
                actor=clerk,
                membership=queries.membership_of(clerk),
                where=rules.CaseFilter(),
            )
            found.page(limit=100)
        counts.append(len(captured))
    assert counts == [2, 2]


def test_events_follow_a_cursor(desk):
    number = desk.in_review()
    with center_context(desk.center):
        case = queries.access_case(actor=desk.clerk, number=number)
        names = [event.name for event in queries.events_after(case, 1)]
    assert names == ["case.accepted", "case.review_started"]


def test_applicants_do_not_read_the_opinions(desk):
    number = desk.verified()
    data = desk.events(number)[-1].data
    assert data["review"]["opinion"] == "符合"
    assert rules.shown_data(data, to_staff=False) == {"kind": "verification"}
    told = rules.shown_data(data, to_staff=True)
    assert (told["kind"], told["review"]["opinion"]) == ("verification", "符合")
    assert data["review"].keys() - told["review"].keys() == {"reviewer_key"}


def test_progress_by_number_and_code(desk):
    submitted = desk.submit()
    number, code = submitted.case.number, submitted.query_code
    desk.accept(number)
    with center_context(desk.center):
        shown = queries.progress(number, f" {code.lower()} ")
        assert (shown.state, shown.matter_name) == ("accepted", "出版物零售经营许可")
        assert "赵" not in repr(shown)
        for wrong in ("", "AAAAAA", code[:-1], f"{code}2"):
            with pytest.raises(errors.CaseNotFoundError):
                queries.progress(number, wrong)
        for unknown in ("371425000260213000999", "hello", ""):
            with pytest.raises(errors.CaseNotFoundError):
                queries.progress(unknown, code)
    draft = desk.submit(request=casework.application(as_draft=True)).case
    with center_context(desk.center), pytest.raises(errors.CaseNotFoundError):
        queries.progress(draft.number, queries.query_code_of(draft.number))


def test_query_codes_differ(desk):
    codes = {queries.query_code_of(f"37142500026021300{n:04d}") for n in range(500)}
    assert len(codes) > 498
    assert all(len(code) == 6 for code in codes)


def available(desk, actor, number):
    with center_context(desk.center):
        case = queries.access_case(actor=actor, number=number)
        found = queries.available_actions(
            actor, queries.membership_of(actor), case, now=casework.ACCEPTED_AT
        )
    assert [each.action for each in found] == list(policies.ROLES)
    assert all(bool(each.code) != each.is_available for each in found)
    return {each.action for each in found if each.is_available}


def test_what_can_be_done_next(desk):
    number = desk.submitted()
    assert available(desk, desk.clerk, number) == {
        "add_material", "issue_notice", "accept_case", "refuse_case", "withdraw_case",
        "withdraw_consent",
    }  # fmt: skip
    assert available(desk, casework.citizen(), number) == {
        "add_material",
        "withdraw_case",
        "withdraw_consent",
    }
    assert available(desk, desk.who(CenterRole.MANAGER), number) == {"urge_case"}
    desk.accept(number)
    assert available(desk, desk.reviewer, number) == {
        "add_material", "start_review", "terminate_case",
    }  # fmt: skip
    assert "extend_case" in available(desk, desk.chief, number)
    desk.extend(number)
    assert "extend_case" not in available(desk, desk.chief, number)
    desk.urge(number)
    assert "reply_urging" in available(desk, desk.reviewer, number)
    desk.reply(number)
    assert "reply_urging" not in available(desk, desk.reviewer, number)
    desk.start(number)
    assert "decide_case" not in available(desk, desk.chief, number), "nothing is reviewed"
    desk.review(number)
    desk.verify(number)
    assert "decide_case" in available(desk, desk.chief, number)


def test_what_can_be_done_elsewhere(desk):
    station = Desk(handing.STATION)
    operator = station.who(CenterRole.STATION_OPERATOR)
    number = station.submit(operator).case.number
    assert available(station, operator, number) == set()
    with center_context(station.center):
        models.Case.objects.filter(number=number).update(
            custody="elsewhere", custodian_code=desk.center
        )
    assert available(station, operator, number) == {
        "add_material",
        "withdraw_case",
        "withdraw_consent",
    }
    assert available(station, casework.citizen(), number) == set()
