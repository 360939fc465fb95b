"""Whoever decides for a department that works in the center holds its deed for the matter."""

from datetime import date

import pytest

from tenants.cases import errors, models, queries
from tenants.cases.states import State
from tenants.staff.operations import postings
from tenants.staff.rules import CenterRole, PostingKind
from tests import casework, handing, stationing
from tests.casework import Desk
from tests.stationing import open_station, settle
from tongban.kernel.context import center_context
from tongban.kernel.models import AuditEntry

TODAY = date(2026, 2, 13)


@pytest.fixture
def desk(db):
    return Desk()


OUTSIDE_CENTER = "中心之外"


def refused(desk, number, reason, actor=None):
    """Whoever decides is refused for this reason, and nothing is written."""
    before = desk.holdings()
    is_outside = reason == OUTSIDE_CENTER
    refusal = errors.DecisionOutsideCenterError if is_outside else errors.NotAuthorizedError
    with pytest.raises(refusal) as raised:
        desk.decide(number, actor)
    assert is_outside or raised.value.params["reason"] == reason
    assert stationing.CULTURE in raised.value.message("zh-Hans")
    assert desk.holdings() == before


def available(desk, number, actor):
    with center_context(desk.center):
        case = models.Case.objects.get(number=number)
        found = queries.available_actions(actor, queries.membership_of(actor), case, now=desk.now)
    return next(item for item in found if item.action == "decide_case")


def test_a_center_without_a_register_of_the_department_decides_as_ever(desk):
    open_station(desk, code="GAJ", name="公安局")
    case = desk.decide(desk.verified())
    assert case.state == State.APPROVED
    assert "authority" not in case.decision


def test_the_deed_is_kept_with_the_decision(desk):
    settle(desk)
    number = desk.verified()
    case = desk.decide(number)
    assert case.decision["authority"] == {
        "department": stationing.CODE,
        "department_name": stationing.CULTURE,
        "deed": stationing.DEED,
    }
    with center_context(desk.center):
        entry = AuditEntry.objects.get(action="case.decide")
    assert entry.data["deed"] == stationing.DEED
    handing.log_of(desk.center, number)


def test_nobody_decides_without_a_deed(desk):
    number = desk.verified()
    station = open_station(desk)
    refused(desk, number, OUTSIDE_CENTER)
    station.post(desk.chief, PostingKind.CHIEF_REPRESENTATIVE)
    refused(desk, number, "MISSING")
    station.grant()
    refused(desk, number, OUTSIDE_CENTER, desk.reviewer)
    station.post(desk.reviewer)
    refused(desk, number, "MISSING", desk.reviewer)
    assert desk.decide(number).state == State.APPROVED


def test_a_deed_holds_for_its_matters_its_days_and_until_it_is_revoked(desk):
    station = open_station(desk)
    station.post(desk.chief, PostingKind.CHIEF_REPRESENTATIVE)
    station.post(desk.reviewer)
    number = desk.verified()
    station.grant("1", matters=[handing.FOOD])
    refused(desk, number, "OUTSIDE")
    station.revoke("1")
    refused(desk, number, "REVOKED")
    station.grant("2", valid_from=date(2026, 1, 1), valid_to=TODAY)
    refused(desk, number, "NOT_IN_FORCE")
    station.grant("3", valid_from=date(2026, 2, 14))
    refused(desk, number, "NOT_IN_FORCE")
    station.grant("4", matters=[casework.BOOKS], valid_to=date(2026, 2, 14))
    assert desk.decide(number).decision["authority"]["deed"] == "4"


def test_a_deed_ends_with_the_posting(desk):
    station = settle(desk)
    number = desk.verified()
    station.keep(
        postings.end_posting,
        staff_number=stationing.staff_number(desk, desk.chief),
        ended_on=None,
    )
    refused(desk, number, OUTSIDE_CENTER)


def test_available_actions_tell_who_lacks_a_deed(desk):
    number = desk.verified()
    assert available(desk, number, desk.chief).is_available
    station = settle(desk)
    assert available(desk, number, desk.chief).is_available
    outsider = handing.staff(desk.center, CenterRole.REVIEWER).actor
    lacking = available(desk, number, outsider)
    assert (lacking.code, lacking.reason) == ("DECISION_OUTSIDE_CENTER", "")
    lacking = available(desk, number, desk.reviewer)
    assert (lacking.code, lacking.reason) == ("NOT_AUTHORIZED", "MISSING")
    station.revoke()
    assert available(desk, number, desk.chief).reason == "REVOKED"
    assert available(desk, number, desk.who(CenterRole.CLERK)).reason == "ROLE"
