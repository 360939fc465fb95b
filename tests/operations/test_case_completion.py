"""A case is complete with decision, seal, fee, paper and delivery only (避免假办结)."""

import pytest

from tenants.cases import errors, models, queries, rules
from tenants.cases.states import State
from tests.casework import Desk
from tests.stationing import SEAL, settle
from tongban.kernel.context import center_context

POST, ELECTRONIC = rules.DeliveryMethod.POST, rules.DeliveryMethod.ELECTRONIC


@pytest.fixture
def desk(db):
    return Desk()


@pytest.fixture
def issued(desk):
    settle(desk)
    number = desk.verified()
    desk.decide(number)
    desk.seal(number, seal_code=SEAL, result_number="1号")
    desk.issue(number)
    return number


def refused(desk, error, number, **said):
    before = desk.holdings()
    with pytest.raises(error) as raised:
        desk.complete(number, **said)
    assert desk.holdings() == before
    return raised.value


def change(desk, number, **columns):
    """Bring a case into a state that no operation leads to."""
    with center_context(desk.center):
        models.Case.objects.filter(number=number).update(**columns)


def test_each_way_of_delivery_leaves_its_record(desk, issued):
    case = desk.complete(
        issued, delivery=rules.Delivery(POST, "赵测试", "快递柜", " EMS1234567890CN ")
    )
    assert case.delivery["tracking_number"] == "EMS1234567890CN"
    with center_context(desk.center):
        (record,) = case.papers.filter(kind=rules.PaperKind.DELIVERY_RECORD)
        checked = queries.check_paper(record.verify_token)
    assert record.number == f"{issued}-SD1"
    assert record.statement["title"] == "送达回证"
    assert record.statement["head_hash"] == bytes(case.head_hash).hex()
    assert checked is not None


@pytest.mark.parametrize(
    "delivery",
    [
        rules.Delivery(POST, "赵测试"),
        rules.Delivery(POST, "赵测试", "", "  "),
        rules.Delivery(POST, "赵测试", "", "9" * 41),
        rules.Delivery(ELECTRONIC, "赵测试", "", "EMS1"),
        rules.Delivery(rules.DeliveryMethod.COUNTER, "赵测试", "", "EMS1"),
    ],
)
def test_what_is_posted_has_a_tracking_number_and_nothing_else(desk, issued, delivery):
    refused(desk, errors.TrackingNumberRequiredError, issued, delivery=delivery)


def test_each_thing_that_lacks_is_named(desk, issued):
    case = desk.case(issued)
    for column, value, reason in (
        ("decision", None, "DECISION"),
        ("result", {k: v for k, v in case.result.items() if k != "seal"}, "SEAL"),
        ("fees", {"lines": [{"item": "x", "unit_cents": 1, "quantity": 1}]}, "FEE"),
        ("result", {**case.result, "paper": "none"}, "PAPER"),
    ):
        change(desk, issued, **{column: value})
        error = refused(desk, errors.CompletionLacksError, issued)
        assert error.params["reason"] == reason
        assert error.message("zh-Hans")
        change(desk, issued, **{column: getattr(case, column)})
    assert desk.complete(issued).state == State.COMPLETED


def available(desk, number, action):
    with center_context(desk.center):
        case = models.Case.objects.get(number=number)
        found = queries.available_actions(
            desk.clerk, queries.membership_of(desk.clerk), case, now=desk.now
        )
    return next(item for item in found if item.action == action)


def test_available_actions_tell_what_lacks(desk):
    settle(desk)
    number = desk.verified()
    desk.decide(number)
    assert available(desk, number, "issue_result").code == "SEAL_REQUIRED"
    desk.seal(number, seal_code=SEAL)
    assert available(desk, number, "issue_result").is_available
    desk.issue(number)
    assert available(desk, number, "complete_case").is_available
    change(desk, number, decision=None)
    lacking = available(desk, number, "complete_case")
    assert (lacking.code, lacking.reason) == ("COMPLETION_LACKS", "DECISION")


def test_a_disputed_delivery_is_recorded_anew(desk, issued):
    desk.complete(issued)
    desk.dispute(issued)
    case = desk.complete(issued)
    with center_context(desk.center):
        kind = rules.PaperKind.DELIVERY_RECORD
        assert [p.number[-3:] for p in case.papers.filter(kind=kind).order_by("id")] == [
            "SD1",
            "SD2",
        ]
