"""The sheet of fees: assessed is paid, waived and due, and one cent due keeps the result back."""

import uuid
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenants.cases import errors, models, rules
from tenants.cases.states import State
from tenants.staff.rules import CenterRole
from tenants.windows.operations import areas, windows
from tenants.windows.rules import WindowKind
from tests import handing, revising, stationing
from tests.casework import Desk
from tongban.catalog.rules.content import Fee, FeeItem, Waiver
from tongban.kernel.context import center_context
from tongban.kernel.models import AuditEntry

COPY, WORK = "工本费", "检验费"
REDUCED = "小型微型企业减半"
COPIES = rules.Charge(COPY, 2)


@pytest.fixture
def desk(db):
    """A desk whose books' licence costs 10.05 a copy and an inspection that is assessed."""
    desk = Desk()
    fee = Fee(
        charged=True,
        items=(
            FeeItem(COPY, "每本", Decimal("10.05"), 0),
            FeeItem(WORK, "按实际发生额", None, 0),
        ),
        waivers=(Waiver(REDUCED, 0),),
    )
    revising.revise(now=desk.now, fee=fee)
    return desk


@pytest.fixture
def approved(desk):
    number = desk.verified()
    desk.decide(number)
    return number


def refused(desk, error, step, *said, **more):
    desk.who(CenterRole.CASHIER)
    before = desk.holdings()
    with pytest.raises(error) as raised:
        step(*said, **more)
    assert desk.holdings() == before
    return raised.value


def sheet(desk, number):
    found = rules.read_fees(desk.case(number).fees)
    assert found.assessed == found.paid + found.waived + found.due
    return found


def test_one_cent_due_keeps_the_result_back(desk, approved):
    refused(desk, errors.FeeNotAssessedError, desk.issue, approved)
    desk.charge(approved, charges=[COPIES])
    assert sheet(desk, approved).due == 2010
    desk.waive(approved, "10.00", waiver=REDUCED)
    desk.pay(approved, "10.09")
    error = refused(desk, errors.FeeDueError, desk.issue, approved)
    assert error.params["amount"] == "0.01"
    desk.pay(approved, "0.01")
    found = sheet(desk, approved)
    assert (found.assessed, found.waived, found.paid, found.due) == (2010, 1000, 1010, 0)
    assert desk.issue(approved).state == State.ISSUED
    assert desk.complete(approved).state == State.COMPLETED
    handing.log_of(desk.center, approved)
    with center_context(desk.center):
        paid = AuditEntry.objects.filter(action="case.record_payment").order_by("sequence")
        assert [entry.data["paid_cents"] for entry in paid] == [1009, 1]


def test_what_the_standard_leaves_open_is_assessed(desk, approved):
    refused(
        desk, errors.FeeAmountRequiredError, desk.charge, approved, charges=[rules.Charge(WORK)]
    )
    refused(
        desk, errors.FeeAmountFixedError, desk.charge, approved,
        charges=[rules.Charge(COPY, 1, Decimal("9.00"))],
    )  # fmt: skip
    desk.charge(approved, charges=[COPIES, rules.Charge(WORK, 3, Decimal("33.33"))])
    assert sheet(desk, approved).assessed == 2010 + 9999


@pytest.mark.parametrize(
    ("charges", "error"),
    [
        ([rules.Charge("茶水费")], errors.FeeItemUnknownError),
        ([COPIES, COPIES], errors.FeeItemUnknownError),
        ([rules.Charge(COPY, 0)], errors.FeeAmountInvalidError),
        ([rules.Charge(COPY, 100_001)], errors.FeeAmountInvalidError),
        ([rules.Charge(WORK, 1, Decimal("0.001"))], errors.FeeAmountInvalidError),
        ([rules.Charge(WORK, 1, Decimal(-1))], errors.FeeAmountInvalidError),
        ([rules.Charge(WORK, 1, Decimal("1e30"))], errors.FeeAmountInvalidError),
        ([], errors.FeeItemRequiredError),
    ],
)
def test_only_what_the_offering_names_is_charged(desk, approved, charges, error):
    refused(desk, error, desk.charge, approved, charges=charges)


def test_a_matter_that_costs_nothing_is_neither_charged_nor_paid(db):
    desk = Desk()
    number = desk.verified()
    desk.decide(number)
    refused(desk, errors.FeeNotChargedError, desk.charge, number, charges=[COPIES])
    refused(desk, errors.FeeNotChargedError, desk.pay, number, "1.00")
    refused(desk, errors.FeeNotChargedError, desk.waive, number, "1.00", document="x")
    assert desk.issue(number).state == State.ISSUED


def test_nobody_pays_before_it_is_assessed_or_more_than_is_due(desk, approved):
    refused(desk, errors.FeeNotChargedError, desk.pay, approved, "1.00")
    desk.charge(approved, charges=[COPIES])
    error = refused(desk, errors.FeeExceedsDueError, desk.pay, approved, "20.11")
    assert error.params["amount"] == "20.10"
    refused(desk, errors.FeeExceedsDueError, desk.waive, approved, "20.11", document="x")
    for amount in ("0", "-1", "0.005", "NaN"):
        refused(desk, errors.FeeAmountInvalidError, desk.pay, approved, amount)


def test_a_waiver_stands_on_one_basis(desk, approved):
    desk.charge(approved, charges=[COPIES])
    for basis in (
        {}, {"waiver": "领导同意"}, {"waiver": REDUCED, "document": "x"}, {"document": "  "},
    ):  # fmt: skip
        refused(desk, errors.WaiverBasisError, desk.waive, approved, "1.00", **basis)
    desk.waive(approved, "1.00", document="齐财综〔2026〕3号")
    assert sheet(desk, approved).waivers[0].document == "齐财综〔2026〕3号"


def test_what_is_paid_is_charged_for_good(desk, approved):
    desk.charge(approved, charges=[COPIES])
    desk.pay(approved, "20.10")
    refused(
        desk, errors.FeeBelowSettledError, desk.charge, approved, charges=[rules.Charge(COPY, 1)]
    )
    desk.charge(approved, charges=[rules.Charge(COPY, 3)])
    assert sheet(desk, approved).due == 1005


def test_a_payment_happens_once_and_a_receipt_is_given_once(desk, approved):
    desk.charge(approved, charges=[COPIES])
    key = uuid.uuid4()
    for _ in range(2):
        desk.pay(approved, "5.00", receipt="0001", idempotency_key=key)
    assert sheet(desk, approved).paid == 500
    refused(desk, errors.ReceiptUsedError, desk.pay, approved, "1.00", receipt="0001")
    other = desk.verified()
    desk.charge(other, charges=[COPIES])
    refused(desk, errors.ReceiptUsedError, desk.pay, other, "1.00", receipt=" 0001 ")
    for receipt in ("", "  ", "9" * 41, "\u0000"):
        refused(desk, errors.ReceiptRequiredError, desk.pay, other, "1.00", receipt=receipt)
    with center_context(desk.center):
        assert models.FeeReceipt.objects.get().cents == 500


def test_nothing_is_paid_outside_the_hall(desk, approved):
    desk.charge(approved, charges=[COPIES])
    for window in ("路边", "\u0000"):
        refused(
            desk, errors.PaymentOutsideCenterError, desk.pay, approved, "1.00", window_code=window
        )


def test_where_the_hall_has_windows_money_is_taken_at_one(desk, approved):
    """At the one that is told or the cashier's own; what comes by transfer needs none."""
    desk.charge(approved, charges=[COPIES])
    station, cashier = stationing.Station(desk), desk.who(CenterRole.CASHIER)
    station.once(areas.open_area, code="F", name="一楼", floor="1")
    terms = windows.WindowTerms("收费窗口", WindowKind.INTEGRATED, "F", "", [])
    for code in ("F1", "F2"):
        station.once(windows.open_window, code=code, terms=terms)
    refused(desk, errors.PaymentOutsideCenterError, desk.pay, approved, "1.00")
    transfer = rules.PaymentMethod.TRANSFER
    desk.pay(approved, "1.00", receipt="1", method=transfer)
    desk.pay(approved, "1.00", receipt="2", window_code="F1")
    seat = stationing.staff_number(desk, cashier)
    station.keep(windows.seat_member, code="F2", staff_number=seat)
    desk.pay(approved, "1.00", receipt="3")
    assert [payment.window for payment in sheet(desk, approved).payments] == ["", "F1", "F2"]


def test_each_does_only_what_is_theirs(desk, approved):
    refused(
        desk, errors.CaseAssessFeeNotAllowedError, desk.charge, approved,
        desk.who(CenterRole.CASHIER), charges=[COPIES],
    )  # fmt: skip
    desk.charge(approved, charges=[COPIES])
    for actor in (desk.clerk, desk.chief, desk.who(CenterRole.MANAGER)):
        refused(desk, errors.CaseRecordPaymentNotAllowedError, desk.pay, approved, "1.00", actor)
    refused(
        desk, errors.CaseWaiveFeeNotAllowedError, desk.waive, approved, "1.00", desk.clerk,
        document="x",
    )  # fmt: skip


def test_a_rejected_case_is_charged_nothing(desk):
    number = desk.verified(favourable=False)
    desk.charge(number, charges=[COPIES])
    desk.decide(number, decision=rules.Decision.REJECT, ground_code="CONDITIONS_NOT_MET")
    refused(desk, errors.FeeDueError, desk.issue, number)
    desk.charge(number, charges=[])
    assert desk.issue(number).state == State.ISSUED


@given(
    st.lists(st.tuples(st.integers(1, 10**9), st.integers(1, 1000)), min_size=1, max_size=5),
    st.data(),
)
def test_whatever_is_paid_and_waived_the_sheet_adds_up(items, data):
    sheet = rules.FeeSheet().charged(
        tuple(rules.FeeLine(f"项{n}", cents, count) for n, (cents, count) in enumerate(items))
    )
    whole = sheet.assessed
    while sheet.due and len(sheet.payments) < 4:
        cents = data.draw(st.integers(1, sheet.due))
        by = {"name": "李", "staff_number": "1"}
        if data.draw(st.booleans()):
            sheet = sheet.with_waiver(rules.Waived(cents, "", "x", "", by))
        else:
            method = rules.PaymentMethod.CASH
            sheet = sheet.with_payment(rules.Payment(cents, method, "r", "", "", by))
        assert sheet.assessed == whole == sheet.paid + sheet.waived + sheet.due
        assert sheet.due >= 0
        assert rules.read_fees(sheet.to_json()) == sheet
