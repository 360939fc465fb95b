"""Carrying out what a center in the chain asks of the custodian for the applicant."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from tenants.cases import models, rules
from tenants.cases.operations import (
    consents,
    infected,
    log,
    materials,
    notice,
    opening,
    requests,
    withdraw,
)
from tenants.cases.operations.incoming import Addition
from tenants.cases.states import Custody
from tongban.kernel import actors, context
from tongban.kernel.errors import DomainError
from tongban.kernel.ports import Message, OutOfOrderError
from tongban.kernel.transactions import Work, unit_of_work


def take_request(message: Message, *, now: datetime) -> None:
    """Carry a request out where the case is held, else pass it on toward its custodian.

    A rule of the trade that refuses it is answered, never raised: it would hold up the case's
    messages. So is who asks while the case is on its way back to them. Raises: OutOfOrderError
    while the case is unknown here or in transit; LogConflictError for a request from outside the
    chain.
    """
    with unit_of_work() as work:
        case = models.Case.objects.select_for_update().filter(number=message.key).first()
        if case is None or case.custody == Custody.IN_TRANSIT:
            raise OutOfOrderError(f"{message.key}: nobody can act on it here now")
        if message.origin not in {*case.peers, case.toward_code}:
            raise log.LogConflictError(f"{case.number}: {message.origin} is no neighbour")
        if case.custody == Custody.ELSEWHERE and case.toward_code != message.origin:
            _pass_on(work, case, message.payload)
            return
        try:
            with transaction.atomic():
                _carry_out(work, case, message.payload, now=now)
        except DomainError as error:
            _refuse(work, case, message.payload, error)


def _pass_on(work: Work, case: models.Case, payload: Mapping[str, Any]) -> None:
    work.send(
        destination=case.toward_code,
        kind=requests.REQUEST_KIND,
        key=case.number,
        payload={**payload, "via": [*payload["via"], context.current_center()]},
    )


def _carry_out(work: Work, case: models.Case, payload: Mapping[str, Any], *, now: datetime) -> None:
    log.require_custody(case)
    operation, said = payload["operation"], payload["said"]
    additions = [Addition(**item) for item in payload["additions"]]
    by = rules.Party(**payload["by"])
    applicant = payload["on_behalf_of"]
    on_behalf_of = rules.Party(**applicant) if applicant else None
    request_id: str = payload["request_id"]
    if operation == "add_material":
        materials.add_to(
            work, case, additions,
            by=by, on_behalf_of=on_behalf_of, now=now, request_id=request_id,
        )  # fmt: skip
    elif operation == "answer_notice":
        answers = [rules.Answer(*answer) for answer in said["answers"]]
        notice.answer_to(
            work, case, answers, additions, is_partial=said.get("is_partial", False),
            by=by, on_behalf_of=on_behalf_of, now=now, request_id=request_id,
        )  # fmt: skip
    elif operation == "withdraw_consent":
        consents.withdraw(
            work, case, rules.ConsentKind(said["kind"]),
            by=by, on_behalf_of=on_behalf_of, now=now, request_id=request_id,
        )  # fmt: skip
    else:
        withdraw.withdraw(
            work, case, said["reason"],
            by=by, on_behalf_of=on_behalf_of, now=now, request_id=request_id,
        )  # fmt: skip
    infected.report(work, case, now=now)
    opening.audit(
        work, actors.system("relay"), operation, case, now=now,
        data={"by": by.as_json(), "request_id": request_id},
    )  # fmt: skip


def _refuse(work: Work, case: models.Case, payload: Mapping[str, Any], error: DomainError) -> None:
    work.send(
        destination=payload["via"][-1],
        kind=requests.REFUSED_KIND,
        key=case.number,
        payload={
            "request_id": payload["request_id"],
            "operation": payload["operation"],
            "via": payload["via"][:-1],
            "code": error.code,
            "params": dict(error.params),
            "message_zh": error.message("zh-Hans"),
            "message_en": error.message("en"),
        },
    )


def take_refusal(message: Message, *, now: datetime) -> None:
    """Put the custodian's refusal of a request into the log of the center that asked."""
    payload = message.payload
    with unit_of_work() as work:
        if payload["via"]:
            work.send(
                destination=payload["via"][-1],
                kind=requests.REFUSED_KIND,
                key=message.key,
                payload={**payload, "via": payload["via"][:-1]},
            )
            return
        work.record(
            topic=requests.TOPIC,
            subject=message.key,
            name=requests.REFUSED_KIND,
            at=now,
            data={
                name: payload[name]
                for name in (
                    *("request_id", "operation", "code", "params"),
                    *("message_zh", "message_en"),
                )
            },
        )
