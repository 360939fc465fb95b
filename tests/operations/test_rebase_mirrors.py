"""A rebase travels: every copy of the case follows its event, and only the custodian makes it."""

import uuid
from datetime import timedelta

import pytest

from tenants.cases import errors, models, rules
from tenants.cases.operations import custody, parties, rebase
from tenants.handoffs.operations import answer, offer
from tenants.handoffs.states import Direction
from tenants.staff.rules import CenterRole
from tests import casework, handing, revising
from tests.casework import Desk
from tongban.catalog.rules.content import Limit
from tongban.catalog.rules.snapshot import read_snapshot
from tongban.kernel.calendar import LimitUnit
from tongban.kernel.context import center_context
from tongban.kernel.transactions import unit_of_work

BASIS = rules.LegalBasis("出版管理条例（2026年修订）", "第三十五条")


class Chain:
    """A case that a station took in and the county accepted."""

    def __init__(self):
        self.station, self.county = Desk(handing.STATION), Desk(handing.COUNTY)
        self.operator = self.station.who(CenterRole.STATION_OPERATOR)
        self.later = self.county.now + timedelta(hours=1)
        self.number = self.station.submit(self.operator).case.number
        handing.relay_all()
        self.take_over()

    def take_over(self):
        offered = handing.handoff_at(handing.COUNTY, self.number, Direction.INCOMING)
        self.at_the_county(answer.accept_handoff, handoff_id=offered.id)

    def at_the_county(self, operation, **said):
        with center_context(handing.COUNTY):
            operation(
                actor=self.county.reviewer,
                idempotency_key=uuid.uuid4(),
                now=self.county.now,
                **said,
            )
        handing.relay_all()

    def move(self, desk, actor, **said):
        with center_context(desk.center):
            return rebase.rebase_case(
                actor=actor,
                number=self.number,
                legal_basis=BASIS,
                reason="条例修订",
                idempotency_key=uuid.uuid4(),
                now=self.later,
                **said,
            )


@pytest.fixture
def chain(db):
    return Chain()


def amend(now):
    content = revising.content_of(now=now)
    revising.revise(
        now=now,
        materials=(*content.materials[:1], revising.material("M04", "租赁合同")),
        promised_limit=Limit(2, LimitUnit.WORKING_DAY),
    )


def copy_of(center, number):
    """Return all that a rebase may touch, as one center has it."""
    with center_context(center):
        case = models.Case.objects.get(number=number)
        return (
            case.offering,
            case.matter_name,
            case.statutory_due_at,
            case.promised_due_at,
            list(
                case.materials.order_by("position").values_list(
                    "code", "name", "necessity", "source", "position", "dropped_at"
                )
            ),
            sorted(
                models.MaterialFile.objects.filter(material__case=case).values_list("id", "sha256")
            ),
            sorted(case.tasks.values_list("kind", "recorded_at", "opinion", "reviewer_key")),
        )


def agree(number, *centers):
    first, *others = [(handing.log_of(one, number), copy_of(one, number)) for one in centers]
    assert all(other == first for other in others)
    return first[1]


def test_the_origin_follows(chain):
    county = chain.county
    county.accept(chain.number)
    county.start(chain.number)
    county.review(chain.number)
    amend(chain.later)
    assert chain.move(county, county.chief).rebase.reopens_review
    before = copy_of(handing.STATION, chain.number)
    handing.relay_all()
    after = agree(chain.number, handing.COUNTY, handing.STATION)
    assert before != after
    assert read_snapshot(after[0]).revision_number == 2
    assert [row[0] for row in after[4] if row[5] is None] == ["M01", "M04"]
    assert {task[1] for task in after[6]} == {None}
    # The station goes on to help the applicant: what is missing is handed in there.
    chain.station.add(chain.number, chain.operator, material_code="M04")
    handing.relay_all()
    agree(chain.number, handing.COUNTY, handing.STATION)
    county.review(chain.number)
    county.verify(chain.number)
    assert county.decide(chain.number).state == "approved"


def test_a_moved_case_is_sent_back_and_offered_again(chain):
    amend(chain.later)
    chain.move(chain.county, chain.county.chief)
    received = handing.handoff_at(handing.COUNTY, chain.number, Direction.INCOMING)
    chain.at_the_county(answer.return_handoff, handoff_id=received.id, reason="材料不清")
    assert chain.station.case(chain.number).custody == "held"
    agree(chain.number, handing.COUNTY, handing.STATION)
    with center_context(handing.STATION):
        offer.offer_handoff(
            actor=chain.operator, number=chain.number, destination=None, reason="",
            idempotency_key=uuid.uuid4(), now=chain.later,
        )  # fmt: skip
    handing.relay_all()
    chain.take_over()
    agree(chain.number, handing.COUNTY, handing.STATION)


def test_who_takes_a_moved_case_over_has_the_same_rows(chain):
    """A copy that is made from the envelope alone never saw the case as it was before."""
    county = chain.county
    county.accept(chain.number)
    amend(chain.later)
    chain.move(county, county.chief)
    with center_context(handing.COUNTY):
        content = custody.export_case(models.Case.objects.get(number=chain.number))
    with center_context(handing.DISTRICT), unit_of_work() as work:
        custody.take_custody(
            work, content, origin=handing.COUNTY, by=parties.system("tests"),
            now=chain.later, route=[], data={},
        )  # fmt: skip
    assert copy_of(handing.DISTRICT, chain.number) == copy_of(handing.COUNTY, chain.number)


def test_only_who_holds_the_case_moves_it(chain):
    """The origin's chief representative is sent to the custodian, and asks for nothing."""
    chief = chain.station.chief
    amend(chain.later)
    before = casework.holdings(handing.STATION), casework.holdings(handing.COUNTY)
    for dry_run in (False, True):
        with pytest.raises(errors.NotCustodianError) as raised:
            chain.move(chain.station, chief, dry_run=dry_run)
        assert raised.value.params["custodian"] == handing.COUNTY
    assert before == (casework.holdings(handing.STATION), casework.holdings(handing.COUNTY))


def test_a_case_in_transit_is_not_moved(db):
    station = Desk(handing.STATION)
    operator, chief = station.who(CenterRole.STATION_OPERATOR), station.chief
    number = station.submit(operator).case.number
    before = casework.holdings(handing.STATION)
    with center_context(handing.STATION), pytest.raises(errors.CustodyInTransitError):
        rebase.rebase_case(
            actor=chief, number=number, legal_basis=BASIS, reason="条例修订",
            idempotency_key=uuid.uuid4(), now=station.now,
        )  # fmt: skip
    assert casework.holdings(handing.STATION) == before


def test_a_place_of_assisted_intake_leaves_it_to_the_owner(db):
    station = Desk(handing.STATION)
    roles = (CenterRole.STATION_OPERATOR, CenterRole.CHIEF_REPRESENTATIVE)
    both = handing.staff(handing.STATION, *roles).actor
    request = casework.application(hold_for_review=True)
    number = station.submit(both, request=request).case.number
    amend(station.now)
    before = casework.holdings(handing.STATION)
    with center_context(handing.STATION), pytest.raises(errors.CaseRebaseNotAllowedError) as raised:
        rebase.rebase_case(
            actor=both, number=number, legal_basis=BASIS, reason="条例修订",
            idempotency_key=uuid.uuid4(), now=station.now,
        )  # fmt: skip
    assert raised.value.params["reason"] == "OWNER"
    assert casework.holdings(handing.STATION) == before
