"""Numbers that a station gives out while its line is down: each becomes one case."""

import uuid

import pytest

from tenants.cases import errors, models, queries, rules
from tenants.cases.operations import provisional
from tenants.cases.states import State
from tenants.handoffs.operations import answer
from tenants.handoffs.states import Direction
from tenants.staff.rules import CenterRole
from tests import casework, handing
from tests.casework import Desk
from tongban.kernel import numbers
from tongban.kernel.context import center_context
from tongban.kernel.errors import IdempotencyKeyReusedError


@pytest.fixture
def desk(db):
    return Desk()


def reserve(desk, actor=None, *, count=3, key=None, device="平板1"):
    with center_context(desk.center):
        return provisional.reserve_numbers(
            actor=actor or desk.clerk, count=count, device=device,
            idempotency_key=key or uuid.uuid4(), now=desk.now,
        ).numbers  # fmt: skip


def under(number, **said):
    return casework.application(provisional_number=number, **said)


def test_blocks_are_reserved_once_a_key_and_never_overlap(desk):
    key = uuid.uuid4()
    first = reserve(desk, key=key)
    assert reserve(desk, key=key) == first
    assert len(set(first) | set(reserve(desk))) == 6
    with pytest.raises(IdempotencyKeyReusedError):
        reserve(desk, key=key, count=4)
    before = desk.holdings()
    for count, device in ((0, ""), (501, ""), (1, "长" * 61)):
        with pytest.raises(errors.ProvisionalBlockSizeError):
            reserve(desk, count=count, device=device)
    for role in (CenterRole.REVIEWER, CenterRole.MANAGER):
        with pytest.raises(errors.CaseSubmitNotAllowedError):
            reserve(desk, desk.who(role))
    assert desk.holdings() == before
    with center_context(desk.center):
        assert models.ProvisionalBlock.objects.count() == 2


def test_a_number_that_comes_by_two_ways_is_one_case(desk):
    number = reserve(desk)[0]
    first = desk.submit(request=under(number))
    typed = numbers.display_provisional(number)
    other_way = desk.submit(handing.staff(desk.center).actor, request=under(typed))
    assert (other_way.case.number, other_way.query_code) == (first.case.number, first.query_code)
    with center_context(desk.center):
        assert models.Case.objects.count() == models.CaseEvent.objects.count() == 1
    assert desk.events(first.case.number)[0].data["provisional_number"] == number


def test_a_number_stands_for_no_other_application(desk):
    number = reserve(desk)[0]
    desk.submit(request=under(number))
    before = desk.holdings()
    with pytest.raises(errors.ProvisionalNumberUsedError):
        desk.submit(request=under(number, applicant=casework.applicant(501)))
    assert desk.holdings() == before


@pytest.mark.parametrize(
    ("number", "reason"),
    [
        (lambda real: real[:-1] + str((int(real[-1]) + 1) % 10), "FORM"),
        (lambda _: "12345", "FORM"),
        (lambda _: numbers.provisional("371722", 1, 1), "CENTER"),
        (lambda real: numbers.provisional(casework.COUNTY, int(real[9:14]), 4), "NOT_RESERVED"),
        (lambda _: numbers.provisional(casework.COUNTY, 99_999, 1), "NOT_RESERVED"),
    ],
)
def test_a_number_outside_the_reserved_blocks_is_refused(desk, number, reason):
    real = reserve(desk)[0]
    before = desk.holdings()
    with pytest.raises(errors.ProvisionalNumberInvalidError) as raised:
        desk.submit(request=under(number(real)))
    assert raised.value.params["reason"] == reason
    assert desk.holdings() == before


def test_an_applicant_gives_out_no_numbers(desk):
    number = reserve(desk)[0]
    citizen = casework.citizen()
    before = desk.holdings()
    with pytest.raises(errors.CaseSubmitNotAllowedError):
        desk.submit(citizen, request=under(number))
    assert desk.holdings() == before


def test_a_draft_keeps_its_number_until_it_is_handed_in(desk):
    number = reserve(desk)[0]
    draft = desk.submit(request=under(number, as_draft=True), files={}).case
    with pytest.raises(errors.ProvisionalNumberUsedError):
        desk.submit(request=under(number))
    handed_in = under(number, draft_number=number)
    case = desk.submit(request=handed_in).case
    assert (case.number, case.state) == (draft.number, State.SUBMITTED)
    assert desk.submit(request=handed_in).case.number == draft.number
    assert [event.name for event in desk.events(draft.number)] == [
        "case.drafted",
        "case.submitted",
    ]


def test_a_case_is_found_by_its_provisional_number_at_every_mirror(db):
    station, county = Desk(center=handing.STATION), Desk()
    operator = station.who(CenterRole.STATION_OPERATOR)
    number = reserve(station, operator)[0]
    submitted = station.submit(operator, request=under(number))
    handing.relay_all()
    handoff = handing.handoff_at(county.center, submitted.case.number, Direction.INCOMING)
    with center_context(county.center):
        answer.accept_handoff(
            actor=county.clerk, handoff_id=handoff.id, idempotency_key=uuid.uuid4(), now=county.now
        )
        found = queries.access_case(actor=county.clerk, number=numbers.display_provisional(number))
        assert found.number == submitted.case.number
        where = rules.CaseFilter(number=number)
        membership = queries.membership_of(county.clerk)
        listed = queries.find_cases(actor=county.clerk, membership=membership, where=where)
        assert [case.number for case in listed.page(limit=9)] == [found.number]
    with center_context(station.center):
        assert queries.progress(number, submitted.query_code).number == found.number
        with pytest.raises(errors.CaseNotFoundError):
            queries.progress(number, "222222")
