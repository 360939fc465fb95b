"""Handing in an application, or saving it as a draft."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime

from tenants.cases import rules
from tenants.cases.operations.outcomes import Submitted
from tongban.kernel.actors import Actor


def submit_case(
    *,
    actor: Actor,
    request: rules.SubmitRequest,
    files: Mapping[str, Sequence[rules.IncomingFile]],
    idempotency_key: uuid.UUID,
    now: datetime,
) -> Submitted:
    raise NotImplementedError
