"""At which window a case lies, and with which department: what staff narrow their lists to."""

import uuid

import pytest

from tenants.cases import queries, rules
from tenants.handoffs.operations import answer
from tenants.handoffs.states import Direction
from tests import casework, handing, stationing
from tests.casework import Desk
from tongban.kernel.context import center_context


@pytest.fixture
def desk(db):
    return Desk()


def found(desk, actor=None, **narrowed):
    with center_context(desk.center):
        return {
            case.number
            for case in queries.find_cases(
                actor=actor or desk.clerk,
                membership=queries.membership_of(actor or desk.clerk),
                where=rules.CaseFilter(**narrowed),
            ).page(limit=100)
        }


def test_a_case_lies_at_the_window_of_who_takes_it_in_and_moves_to_who_accepts_it(desk):
    hall = stationing.Station(desk)
    hall.open_window("01")
    hall.open_window("02")
    unseated = desk.submitted()
    hall.seat(desk.clerk, "01")
    first, second = desk.submitted(), desk.submitted()
    assert [desk.case(number).window_code for number in (unseated, first, second)] == [
        "",
        "01",
        "01",
    ]
    hall.seat(desk.reviewer, "02")
    for step, number in ((desk.accept, first), (desk.notify, second)):
        step(number, actor=desk.reviewer)
    desk.accept(unseated, actor=desk.chief)  # who sits nowhere
    assert (found(desk, window="01"), found(desk, window="02")) == (set(), {first, second})
    assert desk.case(unseated).window_code == ""
    for nothing in ("", "03", "\x00"):
        assert found(desk, window=nothing) == set()


def test_what_an_applicant_hands_in_online_lies_at_no_window(desk):
    hall = stationing.Station(desk)
    hall.open_window("01")
    assert desk.case(desk.submit(casework.citizen(500)).case.number).window_code == ""


def test_a_department_is_found_by_its_name_and_by_the_code_of_the_register(desk):
    number = desk.submitted()
    assert found(desk, department=stationing.CODE) == set()
    stationing.open_station(desk)
    for label in (stationing.CODE, stationing.CULTURE):
        assert found(desk, department=label) == {number}
    for other in ("", "\x00", "公安局", "WLJ%"):
        assert found(desk, department=other) == set()


def test_each_center_has_a_window_of_its_own_for_the_same_case(desk):
    """The station's window 7 is no window of the county's, whatever the events carry."""
    here = Desk(center=handing.STATION, now=handing.NOW)
    window = stationing.Station(here)
    window.open_window("7")
    window.seat(here.clerk, "7")
    county = Desk(now=handing.NOW)
    number = here.submit(request=handing.request(handing.FOOD)).case.number
    handing.relay_all(handing.STATION, casework.COUNTY, now=handing.NOW)
    with center_context(county.center):
        offered = handing.handoff_at(county.center, number, Direction.INCOMING)
        answer.accept_handoff(
            actor=county.clerk,
            handoff_id=offered.id,
            idempotency_key=uuid.uuid4(),
            now=handing.NOW,
        )
    handing.relay_all(casework.COUNTY, handing.STATION, now=handing.NOW)
    assert (here.case(number).window_code, county.case(number).window_code) == ("7", "")
    assert here.case(number).department == county.case(number).department != ""
    stationing.Station(county).open_window("7")
    assert found(county, window="7") == set()
