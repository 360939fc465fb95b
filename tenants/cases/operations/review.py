"""一审一核."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime

from tenants.cases import rules
from tenants.cases.operations.outcomes import Outcome
from tongban.kernel.actors import Actor


def start_review(
    *,
    actor: Actor,
    number: str,

    expected_version: int | None,
    idempotency_key: uuid.UUID,
    now: datetime,
) -> Outcome:
    raise NotImplementedError


def record_review(
    *,
    actor: Actor,
    number: str,
    kind: rules.ReviewKind,
    is_favourable: bool,
    opinion: str,
    expected_version: int | None,
    idempotency_key: uuid.UUID,
    now: datetime,
) -> Outcome:
    raise NotImplementedError
