"""What becomes of a task whose holder's window, posting, role or membership ends meanwhile."""

import pytest

from schema.cases.queues import _Followed
from tests import people, stationing
from tests.graphql.client import execute
from tests.graphql.office import Office, codes, pdf
from tongban.exchange.operations import timers
from tongban.kernel.context import center_context

HOLDER, OTHER = "clerk", "second_clerk"
BADGE = {HOLDER: "0000", OTHER: "0010"}


@pytest.fixture
def office(db):
    """A hall of two windows that take in everything, with a clerk at each."""
    office = Office()
    for who in (HOLDER, OTHER, "reviewer", "chief", "system_administrator"):
        office.token(who)
    keep(office, "OpenServiceArea", code="A", name="一楼")
    for window, who in (("W1", HOLDER), ("W2", OTHER)):
        keep(office, "OpenWindow", code=window, name=window, kind="INTEGRATED", area="A")
        keep(office, "SeatMember", window=window, staffNumber=BADGE[who])
    return office


@pytest.fixture
def number(office):
    """A case that the first window took on, with a supplement to look at, which its clerk took."""
    return taken_on(office)


def taken_on(office):
    number = office.submitted()
    defects = [{"materialCode": "M01", "text": "缺少签字"}]
    office.step(HOLDER, "IssueNotice", number, defects=defects)
    office.step(
        HOLDER, "AnswerNotice", number,
        materials=[{"materialCode": "M01", "files": [None]}],
        uploads={"variables.input.materials.0.files.0": pdf("签字.pdf", b"signed")},
    )  # fmt: skip
    assert claim(office, HOLDER, number) == []
    assert claim(office, OTHER, number) == ["TASK_NOT_ALLOWED"]  # it lies at another window
    return number


def keep(office, mutation, **said):
    assert office.do("manager", mutation, **said)["errors"] == []


def register(office, who, field, kind, **said):
    """Send a mutation of the registers for which no client has a document."""
    answer = execute(
        f"mutation($input: {kind}!) {{ {field}(input: $input) {{ errors {{ code }} }} }}",
        {"input": said}, center=office.center, token=office.token(who), now=office.now,
    )  # fmt: skip
    assert answer["data"][field]["errors"] == []


def close_window(office):
    register(office, "manager", "closeWindow", "CloseWindowInput", code="W1", expectedVersion=1)


def take_role(office):
    keep_roles(office, "CASHIER")


def keep_roles(office, *roles):
    said = {"staffNumber": BADGE[HOLDER], "roles": roles, "expectedVersion": 1}
    payload = office.do("system_administrator", "ChangeMemberRoles", **said)
    assert payload["errors"] == []


def end_membership(office):
    said = {"staffNumber": BADGE[HOLDER], "expectedVersion": 1}
    assert office.do("system_administrator", "EndMembership", **said)["errors"] == []


def claim(office, who, number, kind="INTAKE"):
    return codes(office.do(who, "ClaimTask", number=number, kind=kind))


def fire(office):
    while timers.fire_timers(office.center, clock=lambda: office.now):
        pass


def queue(office, window):
    answer = office.ask(OTHER, "WorkQueue", window=window)
    found = [edge["node"] for edge in answer["data"]["workQueue"]["edges"]]
    return {task["caseNumber"]: task["claim"] and task["claim"]["staffNumber"] for task in found}


def follow(office, window):
    return _Followed(people.actor(office._account(OTHER)), window)


def test_what_lay_at_a_closed_window_is_found_and_done_at_the_next(office, number):
    free = taken_on(office)
    assert codes(office.do(HOLDER, "ReleaseTask", number=free, kind="INTAKE")) == []
    assert (queue(office, "W1"), queue(office, "W2")) == ({number: BADGE[HOLDER], free: None}, {})
    at_first, at_second = follow(office, "W1"), follow(office, "W2")
    with center_context(office.center):
        place = at_second.snapshot().order
    close_window(office)
    fire(office)
    assert queue(office, "W2") == {number: None, free: None}
    with center_context(office.center):
        told = [[each.event for each in at.read(place, 9)] for at in (at_first, at_second)]
    for events in told:  # at the one they are gone, at the other they came
        assert [event.name for event in events] == ["task.moved"] * 2
        assert {event.task.case_number for event in events} == {number, free}
        assert [event.task.claim for event in events] == [None, None]
    assert claim(office, OTHER, number) == []
    assert codes(office.do(HOLDER, "AcceptCase", number=number)) == ["TASK_CLAIMED"]
    office.step(OTHER, "AcceptCase", number)
    office.step(OTHER, "AcceptCase", free)


def test_a_claim_of_who_sits_elsewhere_outlives_the_closing(office, number):
    assert codes(office.do(HOLDER, "ReleaseTask", number=number, kind="INTAKE")) == []
    assert claim(office, "chief", number) == []
    close_window(office)
    fire(office)
    assert queue(office, "W2") == {number: "0002"}
    assert claim(office, OTHER, number) == ["TASK_CLAIMED"]


@pytest.mark.parametrize("end", [take_role, end_membership])
def test_who_may_do_it_no_more_neither_does_nor_holds_it(office, number, end):
    end(office)
    before = office.case(OTHER, number)
    refused = office.do(HOLDER, "AcceptCase", number=number)
    assert codes(refused) == ["CASE_ACCEPT_NOT_ALLOWED" if end is take_role else "CASE_NOT_FOUND"]
    assert office.case(OTHER, number) == before
    fire(office)
    assert queue(office, "W1") == {number: None}
    keep(office, "SeatMember", window="W1", staffNumber=BADGE[OTHER])
    assert claim(office, OTHER, number) == []
    office.step(OTHER, "AcceptCase", number)


def test_who_is_posted_no_more_decides_nothing_that_they_took(office):
    number = office.verified()
    keep(office, "OpenDepartment", code=stationing.CODE, name=stationing.CULTURE)
    for who, badge in (("chief", "0002"), ("reviewer", "0001")):
        keep(
            office, "PostMember", staffNumber=badge, department=stationing.CODE,
            kind="CHIEF_REPRESENTATIVE" if who == "chief" else "STAFF",
        )  # fmt: skip
    keep(
        office, "GrantDeed", number=stationing.DEED, department=stationing.CODE,
        staffNumber="0002", matters=[], validFrom="2026-01-01",
    )  # fmt: skip
    assert claim(office, "chief", number, "DECISION") == []
    register(office, "manager", "endPosting", "EndPostingInput", staffNumber="0002")
    refused = office.do("chief", "DecideCase", number=number, decision="APPROVE")
    assert codes(refused) == ["DECISION_OUTSIDE_CENTER"]
    fire(office)
    assert queue(office, "W1") == {number: None}
    assert office.case("reviewer", number)["state"] == "IN_REVIEW"
