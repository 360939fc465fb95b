"""How a neighbour changes its catalog: an open round, whose decisions nobody else may see."""

import uuid
from datetime import datetime
from typing import Any

from tests import issuing, publishing
from tongban.catalog.operations import rounds
from tongban.catalog.states import RoundDecision
from tongban.kernel.context import SharedRole, shared_context

MATTER = "370199917001"


def settle(*, issuer: str, mark: str, now: datetime) -> None:
    """Let a division go through a matter of its own in a round that bears the mark."""
    issuing.issue(MATTER, issuer=issuer, on=now.date())
    by: dict[str, Any] = {"actor": publishing.editor(issuer), "issuer_code": issuer, "now": now}
    with shared_context(SharedRole.CATALOG):
        found = rounds.open_round(**by, title=mark, basis=mark, idempotency_key=uuid.uuid4())
        rounds.decide_matter(
            **by,
            number=found.number,
            matter_code=MATTER,
            decision=RoundDecision.KEEP,
            basis=mark,
            idempotency_key=uuid.uuid4(),
        )


def things() -> dict[str, list[Any]]:
    """Return what a request can name of it."""
    return {
        "round.number": [1],
        "round": [1],
        "target": [MATTER],
        "decideMatter.matter": [MATTER],
        "dropDecision.matter": [MATTER],
    }
