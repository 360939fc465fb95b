"""一次告知: telling all defects at once, and answering."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime

from tenants.cases import rules
from tenants.cases.operations.outcomes import Outcome
from tongban.kernel.actors import Actor


def issue_notice(
    *,
    actor: Actor,
    number: str,
    defects: Sequence[rules.Defect],
    expected_version: int | None,
    idempotency_key: uuid.UUID,
    now: datetime,
) -> Outcome:
    raise NotImplementedError


def answer_notice(
    *,
    actor: Actor,
    number: str,
    answers: Sequence[rules.Answer],
    files: Mapping[str, Sequence[rules.IncomingFile]],
    expected_version: int | None,
    idempotency_key: uuid.UUID,
    now: datetime,
) -> Outcome:
    raise NotImplementedError
