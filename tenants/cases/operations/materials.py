"""Adding material to a case."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime

from tenants.cases import rules
from tenants.cases.operations.outcomes import Outcome
from tongban.kernel.actors import Actor


def add_material(
    *,
    actor: Actor,
    number: str,
    files: Sequence[rules.IncomingFile],
    material_code: str = "",
    material_name: str = "",
    expected_version: int | None,
    idempotency_key: uuid.UUID,
    now: datetime,
) -> Outcome:
    raise NotImplementedError
