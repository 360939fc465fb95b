"""Issuing the result and recording its delivery."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime

from tenants.cases import rules
from tenants.cases.operations.outcomes import Outcome
from tongban.kernel.actors import Actor


def issue_result(
    *,
    actor: Actor,
    number: str,
    deliver_at: rules.DeliverAt,
    result_name: str = "",
    result_number: str = "",
    expected_version: int | None,
    idempotency_key: uuid.UUID,
    now: datetime,
) -> Outcome:
    raise NotImplementedError


def complete_case(
    *,
    actor: Actor,
    number: str,
    delivery: rules.Delivery,
    expected_version: int | None,
    idempotency_key: uuid.UUID,
    now: datetime,
) -> Outcome:
    raise NotImplementedError
