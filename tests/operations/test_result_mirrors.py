"""Fee, seal and result reach the place where the case was handed in, which completes it by them."""

import uuid
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from tenants.cases import errors, models, rules
from tenants.cases.states import State
from tenants.handoffs.operations import answer
from tenants.handoffs.states import Direction
from tenants.staff.rules import CenterRole
from tests import casework, handing, revising
from tests.casework import Desk
from tests.handing import COUNTY, STATION
from tests.stationing import SEAL, settle
from tongban.catalog.rules.content import Fee, FeeItem
from tongban.kernel import files
from tongban.kernel.context import center_context

# Later than any onboarding of the test centers, whose keys are valid from then on.
NOW = datetime(2040, 1, 9, 2, 0, tzinfo=UTC)


@pytest.fixture
def desks(db):
    """The station that takes in and the county whose department decides, for a fee."""
    fee = Fee(charged=True, items=(FeeItem("工本费", "每本", Decimal("10.05"), 0),))
    revising.revise(now=NOW, fee=fee)
    county = Desk(COUNTY, now=NOW)
    settle(county)
    return Desk(STATION, now=NOW), county


def test_the_station_completes_what_the_county_sealed(desks):
    station, county = desks
    operator = station.who(CenterRole.STATION_OPERATOR)
    number = station.submit(operator).case.number
    handing.relay_all(now=NOW)
    with center_context(COUNTY):
        answer.accept_handoff(
            actor=handing.staff(COUNTY).actor,
            handoff_id=handing.handoff_at(COUNTY, number, Direction.INCOMING).id,
            idempotency_key=uuid.uuid4(),
            now=NOW,
        )
    county.accept(number)
    county.start(number)
    county.review(number)
    county.verify(number)
    county.decide(number)
    with pytest.raises(errors.CaseRecordPaymentNotAllowedError):
        station.pay(number, "10.05", operator)
    county.charge(number, charges=[rules.Charge("工本费")])
    county.pay(number, "10.05")
    county.seal(number, seal_code=SEAL, result_number="1号")
    handing.relay_all(now=NOW)
    mirrored = station.case(number)
    assert rules.read_fees(mirrored.fees).paid == 1005
    assert mirrored.result["seal"]["use"] == 1
    county.issue(number, deliver_at=rules.DeliverAt.ORIGIN)
    handing.relay_all(now=NOW)
    with center_context(STATION):
        (certificate,) = models.Paper.objects.filter(case__number=number, kind="result")
    assert files.holds(STATION, certificate.sha256)
    assert certificate.number == station.case(number).result["paper"]
    case = station.complete(number, operator)
    assert case.state == State.COMPLETED
    handing.relay_all(now=NOW)
    assert handing.log_of(COUNTY, number) == handing.log_of(STATION, number)
    with center_context(COUNTY):
        kinds = list(
            models.Paper.objects.filter(case__number=number).values_list("kind", flat=True)
        )
    assert "delivery_record" in kinds
    assert casework.holdings(STATION)["FeeReceipt"] == 0
