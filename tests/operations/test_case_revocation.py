"""Who revokes for a department that works in the center holds its deed, as who decides."""

import pytest

from tenants.cases import errors, models, queries, rules
from tenants.cases.operations import revoke
from tenants.cases.states import TaskKind
from tenants.staff import errors as staff_errors
from tenants.staff.models import SealUse
from tenants.staff.rules import CenterRole, PostingKind
from tests import handing, stationing
from tests.casework import Desk
from tests.operations.test_case_debts import MONDAY, at
from tests.operations.test_commitment_terms import publish, submitted, verify
from tests.stationing import SEAL, open_station, settle
from tongban.kernel.context import center_context


@pytest.fixture
def desk(db):
    desk = Desk(now=at(MONDAY))
    publish(desk.now)
    return desk


def broken(desk):
    """Return the number of an approved case whose commitment was found not kept."""
    number = submitted(desk)
    desk.accept(number)
    desk.start(number)
    desk.review(number)
    desk.verify(number)
    desk.decide(number)
    verify(desk, number, is_kept=False)
    return number


def revoked(desk, number, actor=None):
    return desk._case(revoke.revoke_decision, actor or desk.chief, number, reason="骗取许可")


def test_nobody_revokes_without_a_deed_and_the_attempt_is_a_finding(desk):
    number = broken(desk)
    station = open_station(desk)
    before = desk.case(number).head_hash, len(desk.events(number))
    with pytest.raises(errors.DecisionOutsideCenterError):
        revoked(desk, number)
    station.post(desk.chief, PostingKind.CHIEF_REPRESENTATIVE)
    with pytest.raises(errors.NotAuthorizedError):
        revoked(desk, number)
    assert desk.case(number).state == "approved"
    with center_context(desk.center):
        found = models.Finding.objects.filter(case__number=number, place=None)
        codes = sorted(found.values_list("code", flat=True))
    assert codes == ["DECISION_OUTSIDE_CENTER", "DECISION_UNAUTHORIZED"]
    assert (desk.case(number).head_hash, len(desk.events(number))) == before


def test_the_revocation_keeps_the_deed(desk):
    settle(desk)
    number = broken(desk)
    said = revoked(desk, number).decision["revocation"]
    assert said["authority"]["deed"] == stationing.DEED


def waiting(desk, number):
    with center_context(desk.center):
        return list(models.Task.objects.filter(case__number=number).values_list("kind", flat=True))


def test_the_letter_of_a_revocation_is_sealed_by_its_keeper_and_waits_for_that(desk):
    settle(desk)
    number = broken(desk)
    revoked(desk, number)
    assert waiting(desk, number) == [TaskKind.ISSUE]
    other = handing.staff(desk.center, CenterRole.CLERK).actor
    for error, said in (
        (staff_errors.NotKeeperError, {"actor": other, "seal_code": SEAL}),
        (staff_errors.WrongSealError, {"seal_code": "XX-1"}),
    ):
        before = desk.holdings()
        with pytest.raises(error):
            desk.seal(number, **said)
        assert desk.holdings() == before
    case = desk.seal(number, seal_code=SEAL)
    with center_context(desk.center):
        letter = case.papers.get(kind=rules.PaperKind.REVOCATION)
        use = SealUse.objects.get()
        assert (use.document_number, use.sha256) == (letter.number, letter.sha256)
    said = case.decision["revocation"]
    assert (case.state, said["paper"], said["seal"]["use"]) == ("revoked", letter.number, 1)
    assert said["text"] == "骗取许可"
    assert case.result is None, "what was never issued has no seal of its own now"
    assert waiting(desk, number) == []


def test_where_no_department_works_the_letter_waits_for_no_seal(desk):
    number = broken(desk)
    case = revoked(desk, number)
    assert waiting(desk, number) == []
    with center_context(desk.center):
        assert "delivery" not in {reason.clock for reason in queries.explain_due(case)}
    with pytest.raises(errors.CaseUseSealNotAllowedError):
        desk.seal(number, seal_code=SEAL)
