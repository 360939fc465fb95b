"""Files on their way between centers and in what a case owes, while a scanner looks into them."""

import hashlib
import uuid
from datetime import timedelta

import pytest

from tenants.cases import errors, models, rules
from tenants.cases.operations import debts, materials
from tenants.cases.states import State
from tenants.handoffs.operations import answer, offer
from tenants.handoffs.states import Direction
from tenants.staff.rules import CenterRole
from tests import casework, handing, scanning
from tests.casework import Desk
from tests.handing import CITY, COUNTY, DISTRICT, DISTRICT_STATION, NOW, PDF, STATION
from tests.operations.test_case_debts import MONDAY, OWED, at, may_follow
from tongban.kernel.context import center_context
from tongban.kernel.files import ScanState
from tongban.kernel.models import FileScan, OutboxMessage

INFECTED = PDF + scanning.EICAR


@pytest.fixture
def scanner(settings, tmp_path):
    with scanning.running_scanner(settings, tmp_path) as served:
        yield served


def sha256(content):
    return hashlib.sha256(content).hexdigest()


def known(center, content):
    """Return what a center knows of a content, and in which of its areas the bytes lie."""
    with center_context(center):
        row = FileScan.objects.filter(pk=sha256(content)).first()
    return (row and row.state, scanning.lies_in(center, sha256(content)))


def upload(name, content):
    return casework.upload(name, content)


def take_up(center, number):
    """Accept the open handoff of a case at a center."""
    offered = handing.handoff_at(center, number, Direction.INCOMING)
    with center_context(center):
        answer.accept_handoff(
            actor=handing.staff(center).actor, handoff_id=offered.id,
            idempotency_key=uuid.uuid4(), now=NOW,
        )  # fmt: skip
    handing.relay_all()


def from_station(center=STATION, content=INFECTED, **said):
    """Submit a case at a station with one more file of M01."""
    station = Desk(center)
    request = casework.application(**said)
    files = handing.all_files(center, request.matter_code)
    files["M01"].append(upload("more.pdf", content))
    number = station.submit(
        station.who(CenterRole.STATION_OPERATOR), request=request, files=files
    ).case.number
    handing.relay_all()
    return station, number


def told(center, number):
    with center_context(center):
        events = models.CaseEvent.objects.filter(case__number=number, name="case.file_infected")
        return [(event.center_code, event.data["signature"]) for event in events]


def test_a_handoff_goes_on_and_the_files_follow_once_they_are_clean(db, scanner):
    station, number = from_station(content=PDF + b"more")
    take_up(COUNTY, number)
    assert known(COUNTY, PDF + b"more") == (ScanState.PENDING, [])
    with pytest.raises(errors.FilePendingError):
        Desk(COUNTY).accept(number)
    assert scanning.scan(COUNTY, NOW) == 0  # the bytes are not there to be scanned
    assert scanning.scan(STATION, station.now) > 1
    handing.relay_all()
    assert known(COUNTY, PDF + b"more") == (ScanState.CLEAN, ["released"])
    assert Desk(COUNTY).accept(number).state == State.ACCEPTED
    with center_context(STATION):
        assert not OutboxMessage.objects.filter(settled_at=None).exists()


def test_an_infected_file_never_leaves_and_the_custodian_tells_everybody(db, scanner):
    station, number = from_station()
    take_up(COUNTY, number)
    scanning.scan(STATION, station.now)
    handing.relay_all()
    assert known(COUNTY, INFECTED) == (ScanState.INFECTED, [])
    assert known(STATION, INFECTED) == (ScanState.INFECTED, ["quarantine"])
    for center in (STATION, COUNTY):
        assert told(center, number) == [(COUNTY, scanning.SIGNATURE)]


def test_what_is_found_while_the_case_is_in_transit_is_told_by_who_takes_it_over(db, scanner):
    station, number = from_station()
    scanning.scan(STATION, station.now)
    handing.relay_all()
    assert told(STATION, number) == []
    take_up(COUNTY, number)
    assert told(COUNTY, number) == told(STATION, number) == [(COUNTY, scanning.SIGNATURE)]


def test_what_is_found_while_the_case_is_in_transit_is_told_by_who_gets_it_back(db, scanner):
    station, number = from_station()
    scanning.scan(STATION, station.now)
    offered = handing.handoff_at(COUNTY, number, Direction.INCOMING)
    with center_context(COUNTY):
        answer.decline_handoff(
            actor=handing.staff(COUNTY).actor, handoff_id=offered.id, reason="不属本中心",
            idempotency_key=uuid.uuid4(), now=NOW,
        )  # fmt: skip
    handing.relay_all()
    assert told(STATION, number) == [(STATION, scanning.SIGNATURE)]


def test_files_follow_over_every_center_of_the_chain(db, scanner):
    station, number = from_station(
        DISTRICT_STATION, content=PDF + b"more", matter_code=handing.SET_UP
    )
    take_up(DISTRICT, number)
    with center_context(DISTRICT):
        offer.offer_handoff(
            actor=handing.staff(DISTRICT).actor, number=number, destination=None, reason="",
            idempotency_key=uuid.uuid4(), now=station.now,
        )  # fmt: skip
    handing.relay_all()
    take_up(CITY, number)
    assert known(CITY, PDF + b"more") == (ScanState.PENDING, [])
    scanning.scan(DISTRICT_STATION, station.now)
    handing.relay_all()
    for center in (DISTRICT, CITY):
        assert known(center, PDF + b"more") == (ScanState.CLEAN, ["released"])


def test_a_station_asks_with_a_file_that_is_still_to_be_scanned(db, scanner):
    station, number = from_station(content=PDF + b"more")
    scanning.scan(STATION, station.now)
    take_up(COUNTY, number)
    with center_context(STATION):
        materials.add_material(
            actor=station.who(CenterRole.STATION_OPERATOR), number=number,
            files=[upload("x.pdf", INFECTED)], material_code="M01",
            idempotency_key=uuid.uuid4(), now=station.now,
        )  # fmt: skip
    handing.relay_all()
    assert known(COUNTY, INFECTED) == (ScanState.PENDING, [])
    scanning.scan(STATION, station.now)
    handing.relay_all()
    assert told(STATION, number) == told(COUNTY, number) == [(COUNTY, scanning.SIGNATURE)]


def test_a_content_that_a_neighbour_waits_for_is_scanned_where_it_is_uploaded_too(db, scanner):
    _station, number = from_station(content=PDF + b"more")
    take_up(COUNTY, number)
    county = Desk(COUNTY)
    county.add(number, files=[casework.pdf("same.pdf", b"more")], material_name="另附")
    assert known(COUNTY, PDF + b"more") == (ScanState.PENDING, ["quarantine"])
    assert scanning.scan(COUNTY, county.now) == 1
    assert known(COUNTY, PDF + b"more")[0] == ScanState.CLEAN


def test_an_infected_file_settles_no_debt(db, scanner):
    desk = Desk(now=at(MONDAY))
    may_follow(desk.now)
    number = desk.submitted()
    scanning.scan(COUNTY, desk.now)
    desk.accept(number, with_gap=True)
    desk.now += timedelta(hours=1)
    desk.add(number, files=[upload("x.pdf", INFECTED)], material_code=OWED)
    with pytest.raises(errors.FilePendingError):
        settle(desk, number)
    scanning.scan(COUNTY, desk.now)
    (debt,) = rules.read_debts(desk.case(number).debts)
    assert debt.is_open
    assert not debt.waits_for_a_look
    assert debt.returned
    assert debt.next_at == debt.yellow_at  # its lamp goes on
    with pytest.raises(errors.CaseSettleDebtNotAllowedError):
        settle(desk, number)
    desk.add(number, files=[casework.pdf("clean.pdf", b"clean")], material_code=OWED)
    scanning.scan(COUNTY, desk.now)
    settle(desk, number)
    assert not rules.read_debts(desk.case(number).debts)[0].is_open


def settle(desk, number):
    return desk._case(debts.settle_debt, desk.clerk, number, material=OWED, is_accepted=True)


def test_silence_accepts_without_the_scanner_and_what_it_finds_is_owed(db, scanner):
    desk = Desk(now=at(MONDAY))
    may_follow(desk.now)
    files = {
        **handing.all_files(COUNTY, casework.BOOKS),
        OWED: [upload("x.pdf", INFECTED)],
    }
    number = desk.submit(files=files).case.number
    desk.pass_time(desk.now + timedelta(days=9))
    case = desk.case(number)
    assert (case.state, case.debts_open) == (State.ACCEPTED, 0)
    scanning.scan(COUNTY, desk.now + timedelta(days=9))
    (debt,) = rules.read_debts(desk.case(number).debts)
    assert (debt.code, debt.is_open) == (OWED, True)


def test_an_infected_file_of_a_draft_counts_as_missing(db, scanner):
    desk = Desk()
    files = handing.all_files(COUNTY, casework.BOOKS)
    files["M01"] = [upload("x.pdf", INFECTED)]
    draft = desk.submit(request=casework.application(as_draft=True), files=files).case.number
    scanning.scan(COUNTY, desk.now)
    handed_in = casework.application(draft_number=draft)
    with pytest.raises(errors.MaterialMissingError) as refused:
        desk.submit(request=handed_in, files={})
    assert refused.value.params["materials"] == ["M01"]
    handed_in = casework.application(draft_number=draft)
    desk.submit(request=handed_in, files={"M01": [casework.pdf()]})
