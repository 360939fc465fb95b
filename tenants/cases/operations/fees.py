"""The sheet of fees of a case: assessing, waiving, and paying at the center's cashier."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction

from tenants.cases import errors, models, queries, rules
from tenants.cases.operations import attempts, opening, texts
from tenants.cases.operations.outcomes import Outcome
from tenants.cases.states import State
from tenants.windows import queries as hall
from tongban.catalog.rules.content import Fee, FeeItem
from tongban.catalog.rules.snapshot import read_snapshot
from tongban.kernel import crypto
from tongban.kernel.actors import Actor


def assess_fee(
    *,
    actor: Actor,
    number: str,
    charges: Sequence[rules.Charge],
    expected_version: int | None = None,
    idempotency_key: uuid.UUID,
    now: datetime,
) -> Outcome:
    """Say by which items of the pinned offering a case is charged, and how much of each.

    It replaces what was assessed before. A rejected case may be charged nothing. Raises:
    FeeNotChargedError, FeeItemRequiredError, FeeItemUnknownError, FeeAmountInvalidError,
    FeeAmountFixedError, FeeAmountRequiredError, FeeBelowSettledError,
    CaseAssessFeeNotAllowedError and as ``opening.open_case``.
    """
    with attempts.watched(actor=actor, action="assess_fee", number=number, now=now) as work:
        opened = opening.open_case(
            work,
            actor=actor,
            action="assess_fee",
            number=number,
            request={"charges": [[each.item, each.quantity, str(each.amount)] for each in charges]},
            expected_version=expected_version,
            idempotency_key=idempotency_key,
            now=now,
        )
        case = opened.case
        if opened.is_repeat:
            return Outcome(case)
        queries.require_charged(case, "assess_fee")
        fee, sheet = read_snapshot(case.offering).fee, rules.read_fees(case.fees)
        if not charges and case.state != State.REJECTED:
            names = "、".join(item.name for item in fee.items)
            raise errors.FeeItemRequiredError(path=("items",), items=names)
        assessed = sheet.charged(_lines(fee, charges))
        if assessed.due < 0:
            settled = rules.yuan_of(sheet.paid + sheet.waived)
            raise errors.FeeBelowSettledError(path=("items",), amount=str(settled))
        _close(opened, "case.fee_assessed", assessed, {"assessed_cents": assessed.assessed})
    return Outcome(case)


def _lines(fee: Fee, charges: Sequence[rules.Charge]) -> tuple[rules.FeeLine, ...]:
    items = {item.name: item for item in fee.items}
    lines = []
    for place, charge in enumerate(charges):
        item = items.pop(charge.item, None)
        if item is None:
            raise errors.FeeItemUnknownError(path=("items", place, "item"), item=charge.item[:40])
        if not 1 <= charge.quantity <= rules.MOST_UNITS:
            raise errors.FeeAmountInvalidError(
                path=("items", place, "quantity"), limit=rules.MOST_UNITS
            )
        cents = _unit_cents(item, charge, ("items", place, "amount"))
        lines.append(rules.FeeLine(item.name, cents, charge.quantity))
    return tuple(lines)


def _unit_cents(item: FeeItem, charge: rules.Charge, path: tuple[str | int, ...]) -> int:
    if item.amount is None and charge.amount is None:
        raise errors.FeeAmountRequiredError(path=path, item=item.name)
    if item.amount is not None and charge.amount not in {None, item.amount}:
        raise errors.FeeAmountFixedError(path=path, item=item.name, amount=str(item.amount))
    yuan = item.amount if item.amount is not None else charge.amount
    return _checked_cents(yuan or Decimal(0), path)


def waive_fee(
    *,
    actor: Actor,
    number: str,
    amount: Decimal,
    basis: rules.Basis,
    expected_version: int | None = None,
    idempotency_key: uuid.UUID,
    now: datetime,
) -> Outcome:
    """Let a part of the fee, in yuan, go unpaid: by the standard's waiver or by a document.

    Raises: FeeNotChargedError, FeeAmountInvalidError, WaiverBasisError, FeeExceedsDueError,
    TextInvalidError, CaseWaiveFeeNotAllowedError and as ``opening.open_case``.
    """
    with attempts.watched(actor=actor, action="waive_fee", number=number, now=now) as work:
        opened = opening.open_case(
            work,
            actor=actor,
            action="waive_fee",
            number=number,
            request={
                "amount": str(amount), "waiver": basis.waiver, "document": basis.document,
            },
            expected_version=expected_version,
            idempotency_key=idempotency_key,
            now=now,
        )  # fmt: skip
        case = opened.case
        if opened.is_repeat:
            return Outcome(case)
        queries.require_charged(case, "waive_fee")
        sheet, cents = _take(case, amount)
        waivers = {waiver.text for waiver in read_snapshot(case.offering).fee.waivers}
        document = texts.checked(basis.document, path=("document",))
        if bool(basis.waiver) == bool(document):
            raise errors.WaiverBasisError(path=("waiver",))
        if basis.waiver and basis.waiver not in waivers:
            raise errors.WaiverBasisError(path=("waiver",))
        waived = rules.Waived(
            cents=cents,
            waiver=basis.waiver,
            document=document,
            at=str(crypto.plain_json(now)),
            by=opened.by.as_json(),
        )
        _close(opened, "case.fee_waived", sheet.with_waiver(waived), {"waived_cents": cents})
    return Outcome(case)


def record_payment(
    *,
    actor: Actor,
    number: str,
    amount: Decimal,
    method: rules.PaymentMethod,
    receipt: str,
    window_code: str = "",
    expected_version: int | None = None,
    idempotency_key: uuid.UUID,
    now: datetime,
) -> Outcome:
    """Record what a cashier of the center took, in yuan, and the receipt given for it.

    Nothing is taken that is not charged, nor more than is due, nor at what is no window of the
    hall (大厅之外无收费): it is the one told, else the cashier's own. What comes by transfer needs
    none, nor does a center that keeps no register of windows. Raises: FeeNotChargedError,
    FeeAmountInvalidError, FeeExceedsDueError, ReceiptRequiredError, ReceiptUsedError,
    PaymentOutsideCenterError, CaseRecordPaymentNotAllowedError and as ``opening.open_case``.
    """
    with attempts.watched(actor=actor, action="record_payment", number=number, now=now) as work:
        opened = opening.open_case(
            work,
            actor=actor,
            action="record_payment",
            number=number,
            request={
                "amount": str(amount), "method": method, "receipt": receipt, "window": window_code,
            },
            expected_version=expected_version,
            idempotency_key=idempotency_key,
            now=now,
        )  # fmt: skip
        case = opened.case
        if opened.is_repeat:
            return Outcome(case)
        queries.require_charged(case, "record_payment")
        sheet, cents = _take(case, amount)
        payment = rules.Payment(
            cents=cents,
            method=method,
            receipt=_checked_receipt(receipt),
            window=_window_of(actor, method, window_code),
            at=str(crypto.plain_json(now)),
            by=opened.by.as_json(),
        )
        _give_receipt(case, payment, now)
        _close(
            opened, "case.fee_paid", sheet.with_payment(payment),
            {"paid_cents": cents, "receipt": payment.receipt},
        )  # fmt: skip
    return Outcome(case)


def _take(case: models.Case, amount: Decimal) -> tuple[rules.FeeSheet, int]:
    """Return the sheet and the cents that are to be taken off what is due."""
    sheet = rules.read_fees(case.fees)
    cents = _checked_cents(amount, ("amount",))
    if cents > sheet.due:
        raise errors.FeeExceedsDueError(path=("amount",), amount=str(rules.yuan_of(sheet.due)))
    return sheet, cents


def _checked_cents(yuan: Decimal, path: tuple[str | int, ...]) -> int:
    cents = rules.cents_of(yuan)
    if cents is None:
        raise errors.FeeAmountInvalidError(path=path, limit=rules.MOST_UNITS)
    return cents


def _checked_receipt(receipt: str) -> str:
    number = receipt.strip()
    if not number or len(number) > rules.LONGEST_RECEIPT or not texts.is_printable(number):
        raise errors.ReceiptRequiredError(path=("receipt",), limit=rules.LONGEST_RECEIPT)
    return number


def _window_of(actor: Actor, method: rules.PaymentMethod, code: str) -> str:
    """Return the code of the window at which a cashier takes a payment."""
    if code:
        window = hall.window(code=code) if code.isprintable() else None
        is_open = window is not None and window.is_active
    else:
        membership = queries.membership_of(actor)
        own = membership.member_id if membership else None
        window = hall.window_of(own) if own else None
        code = window.code if window else ""
        is_open = (
            window is not None
            or method is rules.PaymentMethod.TRANSFER
            or not hall.list_windows().exists()
        )
    if not is_open:
        raise errors.PaymentOutsideCenterError(path=("window",), window=code[:20] or "—")
    return code


def _give_receipt(case: models.Case, payment: rules.Payment, now: datetime) -> None:
    try:
        with transaction.atomic():
            models.FeeReceipt.objects.create(
                case=case,
                number=payment.receipt,
                cents=payment.cents,
                received_at=now,
                cashier_number=payment.by["staff_number"],
            )
    except IntegrityError as error:
        if "cases_feereceipt_number" in str(error):
            raise errors.ReceiptUsedError(path=("receipt",), receipt=payment.receipt) from error
        raise


def _close(
    opened: opening.Opened, name: str, sheet: rules.FeeSheet, audited: dict[str, Any]
) -> None:
    opening.close_case(opened, name=name, changes={"fees": sheet.to_json()}, audited=audited)
