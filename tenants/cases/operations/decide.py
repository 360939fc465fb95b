"""Deciding."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime

from tenants.cases import rules
from tenants.cases.operations.outcomes import Outcome
from tongban.kernel.actors import Actor


def decide_case(
    *,
    actor: Actor,
    number: str,
    decision: rules.Decision,
    ground_code: str = "",
    text: str = "",
    expected_version: int | None,
    idempotency_key: uuid.UUID,
    now: datetime,
) -> Outcome:
    raise NotImplementedError
