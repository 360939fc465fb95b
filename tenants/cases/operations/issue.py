"""Issuing the result of a decided case, and recording its delivery."""

import uuid
from datetime import datetime

from tenants.cases import errors, models, rules
from tenants.cases.operations import opening, texts
from tenants.cases.operations.outcomes import Outcome
from tenants.cases.states import BY_ACTION, State
from tongban.catalog.rules.snapshot import read_snapshot
from tongban.kernel import personal, ports
from tongban.kernel.actors import Actor
from tongban.kernel.transactions import unit_of_work


def issue_result(
    *,
    actor: Actor,
    number: str,
    deliver_at: rules.DeliverAt,
    result_name: str = "",
    result_number: str = "",
    expected_version: int | None = None,
    idempotency_key: uuid.UUID,
    now: datetime,
) -> Outcome:
    """Issue the result; with ``ORIGIN`` the case goes back for delivery where it was handed in.

    A rejection is issued too: its letter names the remedies. ``result_name`` is the offering's
    where none is given. Raises: TextInvalidError, the handoffs' refusal where nobody handed the
    case over, CaseIssueResultNotAllowedError and as ``opening.open_case``.
    """
    with unit_of_work() as work:
        opened = opening.open_case(
            work,
            actor=actor,
            action="issue_result",
            number=number,
            request={"deliver_at": deliver_at, "name": result_name, "number": result_number},
            expected_version=expected_version,
            idempotency_key=idempotency_key,
            now=now,
        )
        case = opened.case
        if opened.is_repeat:
            return Outcome(case)
        opening.close_case(
            opened,
            name="case.issued",
            changes={
                "state": BY_ACTION["issue_result"].target,
                "issued_at": now,
                "result": {
                    "name": texts.checked(result_name, path=("resultName",)) or _name(case),
                    "number": texts.checked(result_number, path=("resultNumber",)),
                    "deliver_at": deliver_at.value,
                    "by": opened.by.as_json(),
                },
            },
        )
        if deliver_at is rules.DeliverAt.ORIGIN:
            ports.custody().complete(case.number, now)
            case.refresh_from_db()
    return Outcome(case)


def _name(case: models.Case) -> str:
    if case.state == State.REJECTED:
        return "不予行政许可决定书"
    result = read_snapshot(case.offering).content.result
    return result.name if result else case.matter_name


def complete_case(
    *,
    actor: Actor,
    number: str,
    delivery: rules.Delivery,
    expected_version: int | None = None,
    idempotency_key: uuid.UUID,
    now: datetime,
) -> Outcome:
    """Record that the issued result reached its receiver (送达回证), which ends the case.

    The receiver's name is kept masked. Raises: TextInvalidError, CaseCompleteNotAllowedError and
    as ``opening.open_case``.
    """
    with unit_of_work() as work:
        opened = opening.open_case(
            work,
            actor=actor,
            action="complete_case",
            number=number,
            request={
                "method": delivery.method,
                "receiver": delivery.receiver_name,
                "note": delivery.note,
            },
            expected_version=expected_version,
            idempotency_key=idempotency_key,
            now=now,
        )
        case = opened.case
        if opened.is_repeat:
            return Outcome(case)
        receiver = texts.checked(
            delivery.receiver_name, path=("delivery", "receiverName"), is_required=True
        )
        if len(receiver) > rules.LONGEST_NAME:
            raise errors.TextInvalidError(
                path=("delivery", "receiverName"), limit=rules.LONGEST_NAME
            )
        opening.close_case(
            opened,
            name="case.completed",
            changes={
                "state": BY_ACTION["complete_case"].target,
                "completed_at": now,
                "delivery": {
                    "method": delivery.method.value,
                    "receiver_name_masked": personal.mask_name(receiver),
                    "note": texts.checked(delivery.note, path=("delivery", "note")),
                    "by": opened.by.as_json(),
                },
            },
        )
    return Outcome(case)
