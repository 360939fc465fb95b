"""How a neighbour changes its catalog: an open round and a proposal that nobody else may see."""

import uuid
from datetime import datetime
from typing import Any

from tests import issuing, publishing
from tongban.catalog import models
from tongban.catalog.operations import proposals, rounds
from tongban.catalog.states import RoundDecision
from tongban.kernel.actors import PlatformRole
from tongban.kernel.context import SharedRole, shared_context

MATTER = "370199917001"


def settle(*, issuer: str, center: str, mark: str, now: datetime) -> None:
    """Let a division go through a matter of its own, and a center of it ask for a change.

    All of it bears the mark.
    """
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
        proposals.propose_change(
            actor=publishing.person(201, PlatformRole.OFFERING_EDITOR, center.ljust(12, "0")),
            center_code=center,
            matter_code=MATTER,
            elements={"theme": mark},
            reason=mark,
            idempotency_key=uuid.uuid4(),
            now=now,
        )


def things() -> dict[str, list[Any]]:
    """Return what a request can name of it."""
    with shared_context(SharedRole.CATALOG):
        proposal = str(models.ChangeProposal.objects.get(matter__code=MATTER).id)
    return {
        "round.number": [1],
        "round": [1],
        "target": [MATTER],
        "decideMatter.matter": [MATTER],
        "dropDecision.matter": [MATTER],
        "changeProposal.id": [proposal],
        "proposal": [proposal],
    }
